"""Searching a real index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store import Index
from index.vectors import VectorsDamagedError
from tests.index.hash_embedder import HashEmbedder

FILES = {
    "qwen.md": "# Qwen2.5-7B\n\nThe 7B model of the Qwen2.5 family.\n\n## Licence\n\nApache-2.0.",
    "r1.md": "# DeepSeek-R1\n\nDeepSeek-R1 is an open-weight reasoning model.",
    "hunyuan.md": "# 混元\n\n混元大模型的参数量为八百亿,采用开源许可证发布。",
    "sizes.csv": "model,parameters\n" + "\n".join(f"model-{n},{n} billion" for n in range(300)),
    "long.txt": "\n\n".join(f"{f'word{n} ' * 120}end." for n in range(5)),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("docs")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    with Index.open(home, HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        index.refresh()
        yield index


def best(index: Index, question: str) -> str:
    return Path(index.search(question, 1)[0].document.path).name


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Qwen2.5-7B", "qwen.md"),
        ("licence of qwen 2.5", "qwen.md"),
        ("what is R1?", "r1.md"),
        ("deepseek-r1", "r1.md"),
        ("混元模型有多少参数?", "hunyuan.md"),
        ("许可证", "hunyuan.md"),
    ],
)
def test_search_finds_the_document(index: Index, question: str, name: str) -> None:
    assert best(index, question) == name


def test_passages_quote_their_document_exactly(index: Index) -> None:
    for question in ("model", "billion", "参数", "word3"):
        for passage in index.search(question, 20):
            document = index.document(passage.document.id)
            assert document is not None
            assert passage.text == document.text[passage.chunk.start : passage.chunk.end]
            assert passage.text.strip()


def test_a_passage_from_inside_a_table_has_its_header(index: Index) -> None:
    passage = index.search("model-250 billion", 1)[0]
    assert "model-250" in passage.text
    assert "model" in passage.header
    assert "parameters" in passage.header


def test_every_hit_of_an_english_question_has_its_cosine(index: Index) -> None:
    found = index.search("open-weight reasoning model", 20)
    assert all(p.cosine is not None and -1.001 <= p.cosine <= 1.001 for p in found)
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert len({(p.document.id, p.chunk.position) for p in found}) == len(found)


def test_a_chinese_question_leaves_the_english_vectors_alone(index: Index) -> None:
    assert all(p.cosine is None and p.bm25 is not None for p in index.search("参数量", 5))


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_finds_nothing(index: Index, question: str) -> None:
    assert index.search(question, 5) == []


def test_limits_are_kept(index: Index) -> None:
    assert len(index.search("model billion", 3)) == 3
    assert index.search("model", 0) == []
    assert len(index.search("billion word1", 80)) > 5


def test_odd_questions_do_not_fail(index: Index) -> None:
    for question in ('"', "a\0b", "NEAR(x)", "\ud800", "😀", "word1 " * 3000):
        index.search(question, 3)


def test_neighbours_are_the_passages_around(index: Index) -> None:
    passage = index.search("word2", 1)[0]
    before, after = index.neighbours(passage)
    assert before is not None and before.chunk.position == passage.chunk.position - 1
    assert after is not None and after.chunk.position == passage.chunk.position + 1
    document = index.document(passage.document.id)
    assert document is not None
    assert after.text == document.text[after.chunk.start : after.chunk.end]
    first = next(p for p in index.search("word0", 20) if p.chunk.position == 0)
    assert index.neighbours(first)[0] is None


def test_what_stands_around_a_passage_counts(tmp_path: Path) -> None:
    """Two passages say the same; the one whose neighbour is on the subject comes first."""
    filler = "The weather was fine and the harbour quiet. " * 14
    (tmp_path / "docs").mkdir()
    for name, subject in (("a.txt", "trains"), ("b.txt", "zeppelin engines")):
        first = f"A chapter about {subject}. {subject} {filler}"
        text = f"{first}\n\nThe fuel is petrol. {filler}"
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.add_source(tmp_path / "docs")
        index.refresh()
        found = index.search("which fuel for zeppelin engines", 10)
        petrol = [p.document.path for p in found if "petrol" in p.text]
        assert [Path(path).name for path in petrol][:2] == ["b.txt", "a.txt"]


def test_search_survives_vectors_that_cannot_be_read(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> dict[str, float]:
        raise VectorsDamagedError("cannot be read")

    whole = index.search("deepseek-r1 reasoning", 5)
    monkeypatch.setattr(index.stores.vectors, "similarities", broken)
    assert Path(index.search("deepseek-r1 reasoning", 5)[0].document.path).name == "r1.md"
    monkeypatch.setattr(index.stores.vectors, "nearest", broken)
    found = index.search("deepseek-r1 reasoning", 5)
    assert Path(found[0].document.path).name == "r1.md"
    assert whole[0].cosine is not None
    assert all(p.cosine is None for p in found)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    with Index.open(tmp_path, HashEmbedder(), curated=False) as empty:
        assert empty.search("anything", 5) == []
        assert empty.status().documents == 0
        assert empty.status().as_of is None


def test_passages_are_found_before_they_have_vectors(tmp_path: Path) -> None:
    embedder = HashEmbedder()
    (tmp_path / "docs").mkdir()
    for name, text in FILES.items():
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    with Index.open(tmp_path / "home", embedder, curated=False) as index:
        index.add_source(tmp_path / "docs")
        events = index.refresh_events()
        next(event for event in events if event.stage == "parse")  # type: ignore[union-attr]
        assert embedder.texts == []
        status = index.status()
        assert (status.documents, status.vectors) == (len(FILES), 0)
        assert len(status.pending) == len(FILES)
        assert best(index, "deepseek-r1") == "r1.md"
        next(event for event in events if event.stage == "embed")  # type: ignore[union-attr]
        assert best(index, "deepseek-r1") == "r1.md"
