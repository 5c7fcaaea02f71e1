"""ZIP archives as folders: what is read of them, what is refused, and what stays."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import archives
from corpus.sources import list_file, list_folder
from index.store import Index
from tests.corpus.hostile import flagged, golden
from tests.index.hash_embedder import HashEmbedder

QUOKKA = b"# Quokka\n\nThe quokka lives on Rottnest Island."


def packed(**files: bytes) -> bytes:
    """A ZIP of these files; "__" in a name stands for "/"."""
    return zipped([(name.replace("__", "/"), body) for name, body in files.items()])


def zipped(files: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files:
            package.writestr(name, body)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    return made


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as opened:
        opened.add_source(folder)
        yield opened


def test_files_in_an_archive_are_documents_of_their_own(index: Index, folder: Path) -> None:
    files = [("a/quokka.md", QUOKKA), ("paper.pdf", golden("paper.pdf")), ("film.mp4", b"x")]
    (folder / "pack.zip").write_bytes(zipped(files))
    report = index.refresh()
    assert report.added == ("notes/pack.zip/a/quokka.md", "notes/pack.zip/paper.pdf")
    found = index.search("quokka", 1)[0].document
    assert (found.id, found.title) == ("notes/pack.zip/a/quokka.md", "Quokka")
    assert index.refresh().unchanged == 2


def test_only_what_changed_in_an_archive_is_read_again(index: Index, folder: Path) -> None:
    (folder / "p.zip").write_bytes(packed(a=b"", **{"a.md": QUOKKA, "b.md": b"Beta words."}))
    index.refresh()
    (folder / "p.zip").write_bytes(packed(**{"a.md": QUOKKA, "c.md": b"Gamma words now."}))
    report = index.refresh()
    assert report.added == ("notes/p.zip/c.md",)
    assert (report.removed, report.unchanged) == (("notes/p.zip/b.md",), 1)


def test_a_damaged_archive_keeps_what_was_read_of_it(index: Index, folder: Path) -> None:
    whole = packed(**{"a.md": QUOKKA, "b.md": b"Beta words."})
    (folder / "p.zip").write_bytes(whole)
    index.refresh()
    (folder / "p.zip").write_bytes(whole[:60])
    report = index.refresh()
    assert report.removed == ()
    reasons = {failure.document_id: failure.reason for failure in report.failed}
    assert "damaged ZIP archive" in reasons["notes/p.zip"]
    assert "the archive that it is in" in reasons["notes/p.zip/a.md"]
    assert index.search("quokka", 1)
    (folder / "p.zip").unlink()
    assert index.refresh().removed == ("notes/p.zip/a.md", "notes/p.zip/b.md")


@pytest.mark.parametrize(
    "name",
    ["../../../etc/quokka.md", "/etc/quokka.md", "a/../../quokka.md", "..\\..\\quokka.md",
     "./././quokka.md"],
)  # fmt: skip
def test_a_name_that_leads_out_leads_nowhere(folder: Path, name: str) -> None:
    (folder / "p.zip").write_bytes(zipped([(name, QUOKKA)]))
    (file,) = list_folder(folder, "notes")
    assert ".." not in file.document_id
    assert file.path.is_relative_to(folder / "p.zip")
    assert file.read() == QUOKKA
    assert sorted(p.name for p in folder.rglob("*")) == ["p.zip"]


def crowd() -> bytes:
    return zipped([(f"{n}.md", b"") for n in range(archives.MAX_MEMBERS + 1)])


def liar() -> bytes:
    """A member whose stated size is a tenth of what it holds."""
    data = bytearray(packed(**{"a.md": b"word " * 2000}))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 no archive", "damaged ZIP"),
        (b"", "damaged ZIP"),
        (b"MZ a program", "damaged ZIP"),
        (packed(**{"a.md": QUOKKA})[:-30], "damaged ZIP"),
        (flagged(packed(**{"a.md": QUOKKA})), "encrypted"),
        (packed(**{"bomb.txt": b"\0" * (20 << 20)}), "200 times its size"),
        (packed(**{"inner.zip": packed(**{"a.md": QUOKKA})}), "archives in archives"),
        (crowd(), "10,000 files"),
        (packed(**{"a.md": QUOKKA}).replace(b"Rottnest", b"Rottnast"), "damaged|a.md"),
        (liar(), "damaged"),
        (packed(**{"empty.md": b""}), "empty"),
    ],
    ids=[
        "no-archive", "empty", "program", "cut", "password", "bomb", "nested", "crowd",
        "changed-byte", "size-that-lies", "empty-file",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line_and_harms_nothing_else(
    index: Index, folder: Path, data: bytes, reason: str
) -> None:
    (folder / "p.zip").write_bytes(data)
    (folder / "good.md").write_bytes(QUOKKA)
    report = index.refresh()
    assert report.added == ("notes/good.md",) or reason == "damaged|a.md"
    for failure in report.failed:
        assert re.search(reason, failure.reason) and "\n" not in failure.reason
    assert report.failed or reason == "damaged|a.md"


def test_hidden_and_system_files_in_an_archive_are_passed_over(folder: Path) -> None:
    files = [("__MACOSX/._a.md", b"x"), (".git/a.md", b"x"), ("~$a.docx", b"x"), ("a.md", QUOKKA)]
    (folder / "p.zip").write_bytes(zipped(files))
    assert [file.document_id for file in list_folder(folder, "notes")] == ["notes/p.zip/a.md"]


def test_an_archive_can_be_a_source_by_itself(folder: Path) -> None:
    (folder / "p.zip").write_bytes(packed(**{"a.md": QUOKKA}))
    (file,) = list_file(folder / "p.zip", "pack")
    assert file.document_id == "pack/p.zip/a.md"


def test_names_in_utf8_without_the_mark_are_read_as_meant(folder: Path) -> None:
    data = zipped([("模型.md", QUOKKA)])
    out = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        out[out.find(mark) + at] &= ~0x08  # the flag that says UTF-8
    (folder / "p.zip").write_bytes(bytes(out))
    (file,) = list_folder(folder, "notes")
    assert file.document_id == "notes/p.zip/模型.md"
    assert file.read() == QUOKKA
