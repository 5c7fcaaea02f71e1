"""What formats packed in a zip share: a bounded container; and Office's core properties."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from corpus.errors import ParseError
from corpus.parse.dates import iso_date

# XML inflates 10 to 30 times; a member beyond this is a decompression bomb, or a file
# nobody can read here.
_MAX_XML_BYTES = 64 * 1024 * 1024
_MAX_TOTAL_BYTES = 400 * 1024 * 1024
_MAX_MEMBERS = 20_000
# The members that are read as a whole.
_READ = (".xml", ".rels", ".opf", ".html", ".xhtml", ".htm")
_OLE = b"\xd0\xcf\x11\xe0"


def open_package(data: bytes, kind: str, must_hold: str = "[Content_Types].xml") -> io.BytesIO:
    """``data`` as a file after checking that it is a zip of bearable size, not encrypted."""
    if data.startswith(_OLE):
        raise ParseError(f"encrypted or in the old binary format; save it as a plain {kind}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check(package, kind, must_hold)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError) as error:
        raise ParseError(f"damaged {kind} file; open and save it again") from error
    return io.BytesIO(data)


def _check(package: zipfile.ZipFile, kind: str, must_hold: str) -> None:
    members = package.infolist()
    sizes = [member.file_size for member in members]
    xml = [
        m
        for m in members
        if m.filename.lower().endswith((".xml", ".rels", ".opf", ".html", ".xhtml", ".htm"))
    ]
    if len(members) > _MAX_MEMBERS or sum(sizes) > _MAX_TOTAL_BYTES:
        raise ParseError(f"unpacks to more than {_MAX_TOTAL_BYTES >> 20} MB; split the {kind} file")
    if any(member.file_size > _MAX_XML_BYTES for member in xml):
        raise ParseError(f"holds XML of more than {_MAX_XML_BYTES >> 20} MB; split the {kind} file")
    if not any(m.filename == must_hold for m in members):
        raise ParseError(f"not a {kind} file; check its suffix")
    if any(member.flag_bits & 0x1 for member in members):
        raise ParseError(f"encrypted; save the {kind} file without a password")


def sane_title(title: str | None) -> str | None:
    """A core-properties title, unless it is empty or a template's placeholder."""
    text = " ".join((title or "").split())
    placeholder = text.lower() in {"untitled", "title", "powerpoint presentation", "document"}
    if not text or placeholder or text.lower().startswith(("microsoft word -", "slide 1")):
        return None
    return text


def sane_date(created: datetime | None) -> str | None:
    """A core-properties date, unless it is the one that python-docx's template carries."""
    if created is None or created.date().isoformat() in {"2013-12-23", "2013-01-27"}:
        return None
    return iso_date(created)
