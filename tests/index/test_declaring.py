"""Declaring sources: what they are called, which kind they are, what of them is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import InputError
from index.store import Index
from index.types import Declaration, Source, SourceOptions
from tests.index.hash_embedder import HashEmbedder


@pytest.fixture
def index(home: Path) -> Iterator[Index]:
    with Index.open(home, HashEmbedder(), curated=False) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.txt").write_text("The letter a.")
    return folder


def test_options_are_kept_and_a_second_declaration_changes_them(index: Index, folder: Path) -> None:
    first = SourceOptions(include=("*.txt",), exclude=("old/",), revision="v1", limit=7)
    index.add_source(folder, Declaration(options=first))
    assert index.sources() == [Source("notes", "folder", str(folder), first)]
    index.add_source(folder)
    assert index.sources()[0].options == first, "nothing was said, nothing is changed"
    then = SourceOptions(limit=3)
    assert index.add_source(folder, Declaration(options=then)).options == then
    assert index.sources() == [Source("notes", "folder", str(folder), then)]


def test_a_source_may_be_given_a_name_that_its_documents_carry(index: Index, folder: Path) -> None:
    index.add_source(folder, Declaration(name="letters"))
    assert index.refresh().added == ("letters/a.txt",)


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "x" * 81, "."])
def test_a_name_that_cannot_begin_an_id_is_refused(index: Index, folder: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a source"):
        index.add_source(folder, Declaration(name=name))
    assert index.sources() == []


def test_a_name_in_use_is_refused(index: Index, folder: Path, tmp_path: Path) -> None:
    index.add_source(folder)
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="choose another --name"):
        index.add_source(tmp_path / "other", Declaration(name="notes"))
    with pytest.raises(InputError, match="remove it first"):
        index.add_source(folder, Declaration(name="letters"))


def test_what_a_location_is_not_it_cannot_be_declared_as(index: Index, folder: Path) -> None:
    for kind, location in [
        ("file", folder),
        ("folder", folder / "a.txt"),
        ("url", folder),
        ("folder", "https://example.org/"),
        ("curated", folder),
    ]:
        with pytest.raises(InputError):
            index.add_source(location, Declaration(kind=kind))  # type: ignore[arg-type]
    assert index.sources() == []
