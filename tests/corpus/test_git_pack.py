"""Packs that a server sends: what is damaged or a bomb is refused before it is unpacked."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha1
from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.git.pack import PackLimits, check_pack


def pack_of(*entries: bytes, count: int | None = None, version: int = 2) -> bytes:
    body = struct.pack(">4sLL", b"PACK", version, len(entries) if count is None else count)
    body += b"".join(entries)
    return body + sha1(body).digest()


def entry(kind: int, size: int, content: bytes, base: bytes = b"") -> bytes:
    first, rest = (kind << 4) | (size & 15), size >> 4
    head = bytearray([first | (128 if rest else 0)])
    while rest:
        head.append((rest & 127) | (128 if rest > 127 else 0))
        rest >>= 7
    return bytes(head) + base + zlib.compress(content, 9)


def varint(value: int) -> bytes:
    out = bytearray()
    while True:
        out.append((value & 127) | (128 if value > 127 else 0))
        value >>= 7
        if not value:
            return bytes(out)


def delta(result: int) -> bytes:
    content = varint(3) + varint(result) + b"\x90\x03"
    return entry(7, len(content), content, b"\x11" * 20)


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        (b"", "damaged"),
        (b"PACK", "damaged"),
        (pack_of(version=9), "damaged"),
        (pack_of(entry(3, 5, b"hello"), count=2), "damaged"),
        (pack_of(entry(3, 5, b"hello")) + b"more", "damaged"),
        (pack_of(entry(5, 5, b"hello")), "damaged"),
        (pack_of(entry(3, 4, b"hello")), "damaged"),
        (pack_of(entry(3, 6, b"hello")), "damaged"),
        (pack_of(entry(3, 5, b"\0" * 3_000_000)), "damaged"),
        (pack_of(entry(3, 3_000_000, b"\0" * 3_000_000)), "over 1 MB"),
        (pack_of(delta(1 << 40)), "over 1 MB"),
        (pack_of(*[delta(900_000)] * 3), "unpacks to more than"),
        (pack_of(b"\xbf" + b"\xff" * 30), "damaged"),
        (pack_of(count=1 << 31), "more than 300 objects"),
        (pack_of(entry(3, 5, b"hello")[:-4]), "damaged"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value)[:12],
)
def test_pack_that_is_damaged_or_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, pack: bytes, reason: str
) -> None:
    path = tmp_path / "x.pack"
    path.write_bytes(pack)
    with pytest.raises(SourceError, match=reason):
        check_pack(path, PackLimits(300, 1 << 20, 2 << 20), lambda: None)


def test_sound_pack_passes(tmp_path: Path) -> None:
    path = tmp_path / "x.pack"
    path.write_bytes(pack_of(entry(3, 5, b"hello"), entry(3, 200_000, b"ab" * 100_000), delta(9)))
    check_pack(path, PackLimits(300, 1 << 20, 2 << 20), lambda: None)
