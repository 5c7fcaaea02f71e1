"""The fidelity bench, small: what each format keeps of its library's own output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.fidelity import REFERENCES, compare, measure, table

# python-docx reads a text box twice, and each part of a formula as a word of its own; what
# notes.docx holds is told by its golden file.
READ_OTHERWISE = {"notes.docx"}
GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def test_the_golden_files_keep_their_pages_tables_and_words() -> None:
    files = measure(GOLDEN)
    assert {kept.suffix for kept in files} == set(REFERENCES)
    for kept in files:
        assert kept.pages is None or kept.pages[0] == kept.pages[1], kept
        assert kept.tables is None or kept.tables[0] == kept.tables[1], kept
        if kept.suffix not in (".pdf", ".html") and kept.name not in READ_OTHERWISE:
            # running heads and navigation are dropped in the others
            # docutils alone takes the markup of Sphinx's roles for words: 2 of the 29 here
            least = 0.9 if kept.suffix == ".rst" else 0.97
            assert kept.words[0] >= least * kept.words[1], kept
    assert table(files).count("\n") == 1 + len(REFERENCES)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("GLM-4.5_README_zh.md", 0.995),
        ("GLM-4.5_README_ja.md", 0.995),
        ("generic_japanese.docx", 0.995),
        ("s1_POSTER.pptx", 0.995),
        ("Hunyuan_A13B_Technical_Report.pdf", 0.98),
        ("OLMo-2-0425-1B_checkpoints.csv", 0.999),
        ("Qwen_quantization_benchmark.rst", 0.98),
        ("flag_day.html", 0.97),
    ],
)
def test_real_documents_keep_their_letters(documents_dir: Path, name: str, least: float) -> None:
    kept = compare(documents_dir / name, "")
    assert kept is not None
    assert kept.letters[0] >= least * kept.letters[1]
    assert kept.pages is None or kept.pages[0] == kept.pages[1]
