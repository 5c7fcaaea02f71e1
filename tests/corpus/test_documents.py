"""The sample documents beside the clone: each parses, and facts stand where they belong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from corpus.chunk import chunk
from corpus.errors import ParseError
from corpus.sources import SourceFile, list_folder, load
from corpus.types import Document
from tests.corpus.checks import check_chunks, check_parsed

# Pages that scripts build in the browser hold no text of their own.
UNREADABLE = {"smollm_DOM_tree_viz.html"}


@cache
def loaded(folder: Path, name: str) -> Document:
    (file,) = [file for file in list_folder(folder, "docs") if file.path.name == name]
    return load(file)


def test_every_document_parses_or_says_why_not(documents_dir: Path) -> None:
    failed = set()
    files = list(list_folder(documents_dir, "docs"))
    assert len(files) >= 80
    for file in files:
        try:
            check_document(file)
        except ParseError as error:
            assert str(error).startswith(file.path.name)
            failed.add(file.path.name)
    assert failed == UNREADABLE


def check_document(file: SourceFile) -> None:
    made = load(file)
    check_parsed(made)
    assert made.info.title.strip()
    assert check_chunks(made)


@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        (
            "DeepSeek_R1.pdf",
            "Model | AIME 2024 pass@1 | AIME 2024 cons@64 | MATH-500 pass@1 | GPQA Diamond pass@1",
            "DeepSeek-R1-Distill-Qwen-32B | 72.6 | 83.3 | 94.3 | 62.1 | 57.2 | 1691",
        ),
        (
            "DeepSeek_R1.pdf",
            "| Benchmark (Metric) | Claude-3.5- Sonnet-1022 | GPT-4o 0513 | DeepSeek V3",
            "English | MMLU-Pro (EM) | 78.0 | 72.6 | 75.9 | 80.3 | - | 84.0",
        ),
        (
            "Qwen3_Technical_Report.pdf",
            "Models | Layers | Heads (Q / KV) | Tie Embedding | Context Length",
            "Qwen3-4B | 36 | 32 / 8 | Yes | 128K",
        ),
        (
            "Qwen_TECHNICAL_REPORT.pdf",
            "# of Params | Hidden size | Heads | Layers | Learning rate",
            "7B | 4096 | 32 | 32 | 3.0 × 10^−4 | 4M | 2.4T",
        ),
        (
            "DeepSeek-V3_README.md",
            "Model | #Total Params | #Activated Params | Context Length",
            "DeepSeek-V3 | 671B | 37B | 128K",
        ),
        ("GLM-4.5_README_zh.md", "模型 | 精度 | GPU类型和数量", "GLM-4.5-Air | FP8 | H100 x 2"),
    ],
)
def test_table_row_stands_on_one_line_with_its_header(
    documents_dir: Path, name: str, header: str, row: str
) -> None:
    made = loaded(documents_dir, name)
    passages = [
        (made.text[slice(*c.header)] + "\n" if c.header else "") + made.text[c.start : c.end]
        for c in chunk(made)
    ]
    assert any(header in p and f"\n{row}" in p for p in passages), name


def test_two_column_page_is_read_column_by_column(documents_dir: Path) -> None:
    text = loaded(documents_dir, "Step3-Sys-Tech-Report.pdf").text
    assert "how it allows us to divide-and-conquer attention and FFN designs" in text
    assert "For each model, we searched for the best deployment strategy" in text


@pytest.mark.parametrize(
    ("name", "title", "language"),
    [
        ("DeepSeek-V2_tech_report.pdf", "DeepSeek-V2: A Strong, Economical", "en"),
        ("Moonlight.pdf", "MUON IS SCALABLE FOR LLM TRAINING", "en"),
        ("Qwen_README_CN.md", "Qwen README CN", "zh"),
        ("GLM-4.5_README_ja.md", "GLM-4.7 & GLM-4.6 & GLM-4.5", "ja"),
        ("Qwen_README_FR.md", "Qwen README FR", "fr"),
        ("QwQ_LICENSE.txt", "QwQ LICENSE", "en"),
    ],
)
def test_title_and_language_are_found(
    documents_dir: Path, name: str, title: str, language: str
) -> None:
    info = loaded(documents_dir, name).info
    assert info.title.startswith(title)
    assert info.language == language


def test_words_broken_at_line_ends_are_mended_and_names_keep_their_hyphen(
    documents_dir: Path,
) -> None:
    text = loaded(documents_dir, "DeepSeek_R1.pdf").text
    assert "without supervised fine-tuning (SFT) as a preliminary step" in text
    assert "DeepSeek-R1 achieves performance comparable to OpenAI-o1-1217" in text


def test_passage_of_a_pdf_knows_its_page(documents_dir: Path) -> None:
    made = loaded(documents_dir, "DeepSeek_R1.pdf")
    pages = {
        c.page for c in chunk(made) if "AIME 2024 (Pass@1) | 16.0" in made.text[c.start : c.end]
    }
    assert pages == {13}
