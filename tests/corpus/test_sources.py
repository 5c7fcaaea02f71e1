"""Listing folders and files, and loading what they hold."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from corpus.errors import ParseError, SourceError
from corpus.sources import list_file, list_folder, load


def ids(root: Path) -> list[str]:
    return [file.document_id for file in list_folder(root, "docs")]


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# A title\n\nSome text.\n", "utf-8")


def test_folder_lists_supported_files_in_order_with_ids_from_their_paths(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/c.txt", "a/b d.MD", "film.mp4", "程序/说明.md")
    assert ids(tmp_path) == ["docs/a/b d.MD", "docs/a/c.txt", "docs/b.md", "docs/程序/说明.md"]


def test_hidden_files_caches_and_lock_files_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, ".git/a.md", ".b.md", "node_modules/c.md", "__pycache__/d.md", "~$e.docx")
    assert ids(tmp_path) == []


def test_links_out_of_the_folder_and_loops_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    write(inside, "a.md", "sub/b.md")
    write(outside, "secret.md")
    (inside / "link.md").symlink_to(outside / "secret.md")
    (inside / "away").symlink_to(outside)
    (inside / "sub" / "up").symlink_to(inside)
    (inside / "dangling.md").symlink_to(tmp_path / "nothing.md")
    assert ids(inside) == ["docs/a.md", "docs/sub/b.md"]


def test_folder_behind_a_link_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "real", "a.md")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert ids(tmp_path / "link") == ["docs/a.md"]


def test_missing_folder_and_file_in_place_of_a_folder_are_source_errors(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    for root in (tmp_path / "nothing", tmp_path / "a.md"):
        with pytest.raises(SourceError):
            ids(root)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_folder_is_a_source_error(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    with pytest.raises(SourceError, match="closed"):
        ids(closed)


def test_single_file_is_listed_or_says_why_not(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.exe")
    (file,) = list_file(tmp_path / "a.md", "mine")
    assert file.document_id == "mine/a.md"
    for name, reason in (("b.exe", "b.exe"), ("none.md", "cannot read")):
        with pytest.raises(SourceError, match=reason):
            list(list_file(tmp_path / name, "mine"))


def test_load_fills_the_document_from_file_and_front_matter(tmp_path: Path) -> None:
    source = "---\npublisher: A Lab\nurl: https://example.org/x\nlicense: mit\ntags: a, b\n---\n"
    path = tmp_path / "some_notes.md"
    path.write_text(source + "Only a body without any heading.\n", "utf-8")
    (file,) = list_folder(tmp_path, "docs")
    made = load(file)
    assert made.content_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    info = made.info
    assert (info.id, info.title) == ("docs/some_notes.md", "some notes")
    assert (info.publisher, info.url) == ("A Lab", "https://example.org/x")
    assert (info.licence, info.tags) == ("mit", ("a", "b"))
    assert info.media_type == "text/markdown"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://", "https://a b", "http://[", 5]
)
def test_unsafe_url_in_front_matter_is_dropped(tmp_path: Path, url: object) -> None:
    (tmp_path / "a.md").write_text(f"---\nurl: {url!r}\ntitle: {'x' * 999}\n---\nBody.\n")
    (file,) = list_folder(tmp_path, "docs")
    made = load(file)
    assert made.info.url is None
    assert made.info.title == "a"


def test_load_names_the_file_that_cannot_be_parsed(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 but no more")
    (file,) = list_folder(tmp_path, "docs")
    with pytest.raises(ParseError, match=r"^broken\.pdf: "):
        load(file)


def test_file_that_vanished_is_a_source_error(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (file,) = list_folder(tmp_path, "docs")
    file.path.unlink()
    with pytest.raises(SourceError, match=r"a\.md"):
        load(file)
