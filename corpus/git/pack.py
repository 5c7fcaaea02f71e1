"""Is a pack that a server sent small enough to be unpacked? Looked at before anything does.

A few bytes can unpack to gigabytes, directly (zlib) or by a difference that copies (delta). So
every entry is unpacked here once, piece by piece, without keeping it. Knows the format of packs
(gitformat-pack), not what they hold.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import SourceError

OFS_DELTA, REF_DELTA = 6, 7
_KNOWN = (1, 2, 3, 4, OFS_DELTA, REF_DELTA)
_PIECE = 1 << 16
_HEAD = 24  # the two sizes at the beginning of a delta take up to 20 bytes
_TRAILER = 20
_LONGEST_CHAIN = 4095  # Git's own most; each link is a step for every file read


@dataclass(frozen=True, slots=True)
class PackLimits:
    """How much a pack may hold: objects, bytes of the largest one, bytes of all of them."""

    objects: int = 200_000
    object_bytes: int = 256 << 20
    unpacked_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class GitLimits:
    """How much one repository may cost: bytes that are sent, seconds, and what they unpack to."""

    bytes: int = 256 << 20
    seconds: float = 110.0
    pack: PackLimits = field(default_factory=PackLimits)


class _DamagedError(Exception):
    """The pack is not as packs are."""


def check_pack(path: Path, limits: PackLimits, go_on: Callable[[], None]) -> None:
    """Raise SourceError unless the pack at ``path`` is whole and within ``limits``.

    ``go_on`` is asked now and then, and may raise.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _Walk(data, limits, go_on).run()
    except (_DamagedError, ValueError, IndexError, struct.error, zlib.error) as error:
        raise SourceError("the server sent a damaged pack of files") from error


class _Walk:
    """A walk over the entries of a pack."""

    def __init__(self, data: mmap.mmap, limits: PackLimits, go_on: Callable[[], None]) -> None:
        self._data, self._limits, self._go_on = data, limits, go_on
        self._end = len(data) - _TRAILER
        self._at = 12
        self._unpacked = 0
        self._chains: dict[int, int] = {}

    def run(self) -> None:
        """Look at every entry."""
        sign, version, count = struct.unpack(">4sLL", self._data[:12])
        if sign != b"PACK" or version not in (2, 3):
            raise _DamagedError
        if count > self._limits.objects:
            raise SourceError(f"the repository has more than {self._limits.objects:,} objects")
        for number in range(count):
            if number % 256 == 0:
                self._go_on()
            self._entry()
        if self._at != self._end:
            raise _DamagedError

    def _entry(self) -> None:
        start = self._at
        kind, size = self._header()
        self._count(size)
        if kind == OFS_DELTA:
            base = start - self._offset()
            self._chains[start] = self._chains.get(base, 0) + 1
            if self._chains[start] > _LONGEST_CHAIN:
                raise _DamagedError
        elif kind == REF_DELTA:
            self._at += 20
        head = self._inflate(size)
        if kind in (OFS_DELTA, REF_DELTA):
            _, after = _varint(head, 0)
            self._count(_varint(head, after)[0])

    def _count(self, size: int) -> None:
        self._unpacked += size
        if size > self._limits.object_bytes:
            most = self._limits.object_bytes >> 20
            raise SourceError(f"a file in the repository is over {most:,} MB")
        if self._unpacked > self._limits.unpacked_bytes:
            most = self._limits.unpacked_bytes >> 20
            raise SourceError(f"the repository unpacks to more than {most:,} MB")

    def _header(self) -> tuple[int, int]:
        byte = self._next()
        kind, size, shift = (byte >> 4) & 7, byte & 15, 4
        while byte & 128:
            byte = self._next()
            size |= (byte & 127) << shift
            shift += 7
            if shift > 64:
                raise _DamagedError
        if kind not in _KNOWN:
            raise _DamagedError
        return kind, size

    def _offset(self) -> int:
        byte = self._next()
        value = byte & 127
        while byte & 128:
            byte = self._next()
            value = ((value + 1) << 7) | (byte & 127)
            if value > len(self._data):
                raise _DamagedError
        return value

    def _next(self) -> int:
        if self._at >= self._end:
            raise _DamagedError
        self._at += 1
        return self._data[self._at - 1]

    def _inflate(self, size: int) -> bytes:
        """Unpack an entry without keeping it; returns its first bytes."""
        unpack, head, done = zlib.decompressobj(), b"", 0
        rest = b""
        while not unpack.eof:
            piece = rest or self._data[self._at : min(self._at + _PIECE, self._end)]
            if not rest:
                self._at += len(piece)
            out = unpack.decompress(piece, _PIECE)
            rest = unpack.unconsumed_tail
            done += len(out)
            head = head or out[:_HEAD]
            if done > size or (not piece and not out):
                raise _DamagedError
        if done != size:
            raise _DamagedError
        self._at -= len(unpack.unused_data)
        return head


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, least first, and where it ends."""
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if not byte & 128:
            return value, at
        if shift > 64:
            raise _DamagedError
