"""Uploaded files: names that cannot leave the folder, bounds, and no overwriting."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import InputError
from ui import uploads
from ui.uploads import keep, safe_name

SUFFIXES = {".md", ".pdf"}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.md", "report.md"),
        ("../../etc/passwd.md", "passwd.md"),
        ("..\\..\\windows\\x.MD", "x.md"),
        ("C:\\a\\b.md", "b.md"),
        ("a\x00b\n<c>.md", "a_b_c_.md"),
        (".hidden.md", "hidden.md"),
        ("报告 2025.md", "报告 2025.md"),
        ("cafe\u0301.md", "café.md"),
        ("a" * 500 + ".md", "a" * 120 + ".md"),
        ("noend", "noend"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", "..", ".", "/", "///", "\x00", "<>.md", ".md"])
def test_names_without_anything_usable_are_refused_or_made_plain(name: str, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_text("text")
    with pytest.raises(InputError):
        keep(upload, name, tmp_path / "kept", SUFFIXES)


def put(tmp_path: Path, text: str, name: str = "a.md") -> str:
    upload = tmp_path / "upload"
    upload.write_text(text)
    return keep(upload, name, tmp_path / "kept", SUFFIXES)


def test_a_file_of_the_same_name_is_never_overwritten(tmp_path: Path) -> None:
    assert put(tmp_path, "one") == "a.md"
    assert put(tmp_path, "two") == "a (2).md"
    assert (tmp_path / "kept" / "a.md").read_text() == "one"
    assert (tmp_path / "kept" / "a (2).md").read_text() == "two"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    assert put(tmp_path, "one") == put(tmp_path, "one") == "a.md"
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_link_in_the_folder_is_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("mine")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.md").symlink_to(outside)
    assert put(tmp_path, "theirs") == "a (2).md"
    assert outside.read_text() == "mine"


def test_unknown_kinds_are_refused_with_the_known_ones_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.md, \.pdf"):
        put(tmp_path, "x", "run.exe")


def test_empty_and_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="empty"):
        put(tmp_path, "")
    monkeypatch.setattr(uploads, "MAX_BYTES", 3)
    with pytest.raises(InputError, match="over"):
        put(tmp_path, "four")
