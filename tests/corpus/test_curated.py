"""The documents that ship with refdesk, and the front matter that each must have."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.curated import curated_files, documents_folder, problems
from corpus.errors import SourceError
from corpus.sources import load

FRONT = """---
id: export-rule-2022
title: Export rule of 2022
publisher: An Office
url: https://example.org/rule
published: 2022-10-07
language: en
licence: public domain
tags: [policy]
---
The rule limits exports.
"""


def test_curated_documents_that_ship_have_nothing_wrong() -> None:
    assert problems() == []
    assert len(list(curated_files())) == len(list(documents_folder().glob("*.md")))


def test_curated_document_takes_id_and_description_from_its_front_matter(tmp_path: Path) -> None:
    (tmp_path / "any-name.md").write_text(FRONT)
    (file,) = curated_files(tmp_path)
    info = load(file).info
    assert (file.document_id, info.id) == ("export-rule-2022", "export-rule-2022")
    assert (info.title, info.publisher) == ("Export rule of 2022", "An Office")
    assert (info.published, info.licence, info.tags) == ("2022-10-07", "public domain", ("policy",))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("url: https://example.org/rule", "url: ftp://example.org"), "url"),
        (("published: 2022-10-07", "published: last year"), "published"),
        (("publisher: An Office\n", ""), "publisher"),
        (("tags: [policy]", "colour: red"), "colour"),
        (("id: export-rule-2022", "id: ../escape"), "id"),
    ],
)
def test_wrong_front_matter_is_named_with_its_file(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    (tmp_path / "rule.md").write_text(FRONT.replace(*change))
    with pytest.raises(SourceError, match=rf"rule\.md: {reason}"):
        list(curated_files(tmp_path))
    assert len(problems(tmp_path)) == 1


def test_two_files_with_one_id_are_an_error(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(FRONT)
    with pytest.raises(SourceError, match="taken"):
        list(curated_files(tmp_path))
