"""ZIP archives as folders: what is in one, and the bytes of one member.

Nothing is unpacked to disk, so a member's name can lead nowhere. Knows nothing of documents.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.errors import ParseError, SourceError

SUFFIX = ".zip"
MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 2 * 1024**3
# Text packs 3 to 10 times, a spreadsheet's XML up to 50; beyond this it is made to do harm.
MAX_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024  # small files of one letter pack better and harm nobody
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, ValueError, KeyError, EOFError, OSError),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; ``name`` finds it there, ``path`` has no step out of it.

    ``size`` in bytes, unpacked. ``problem`` says why it will not be read.
    """

    name: str
    path: PurePosixPath
    size: int
    problem: str | None = None


def members(archive: Path) -> list[Member]:
    """The files in an archive, in order; raises ParseError when it is damaged or a bomb."""
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
    except PermissionError as error:
        raise SourceError(f"cannot read {archive}: {error.strerror or error}") from error
    except _DAMAGED as error:
        raise ParseError(f"{archive.name}: damaged ZIP archive; pack it again") from error
    if len(infos) > MAX_MEMBERS:
        raise ParseError(f"{archive.name}: more than {MAX_MEMBERS:,} files in it; split it")
    if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise ParseError(
            f"{archive.name}: unpacks to more than {MAX_TOTAL_BYTES >> 30} GB; split it"
        )
    return [_member(info) for info in infos]


def read_member(archive: Path, name: str, limit: int) -> bytes:
    """The bytes of a member; raises ParseError when it is damaged or larger than ``limit``."""
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(name) as file:
            data = file.read(limit + 1)
    except _DAMAGED as error:
        shown = PurePosixPath(name).name[:100]
        raise ParseError(f"{archive.name}: {shown} in it is damaged; pack it again") from error
    if len(data) > limit:
        raise ParseError(f"larger than {limit >> 20} MB; split it")
    return data


def _member(info: zipfile.ZipInfo) -> Member:
    steps = PurePosixPath(_name(info).replace("\\", "/")).parts
    path = PurePosixPath(*(step for step in steps if step not in ("/", "..", ".")))
    return Member(info.filename, path, info.file_size, _problem(info))


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its packer meant it: many write UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _problem(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & 0x1:
        return "encrypted; pack it again without a password"
    if info.file_size > _RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(
        info.compress_size, 1
    ):
        return f"unpacks to more than {MAX_RATIO} times its size; it is not opened"
    if PurePosixPath(info.filename).suffix.lower() == SUFFIX:
        return "archives in archives are not opened; unpack it"
    return None
