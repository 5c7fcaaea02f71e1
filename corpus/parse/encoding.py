"""Bytes of a text file to str, whatever its encoding.

Knows byte order marks, UTF-8, declared HTML charsets and what charset-normalizer can
guess (UTF-16, GB18030, Big5, Shift-JIS, EUC-KR, Windows code pages).
"""

from __future__ import annotations

import codecs
import re

from corpus.errors import ParseError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,40})", re.I)
# Detection looks at this much; reading megabytes makes it slow, not better.
_SAMPLE = 64 * 1024
# Scripts that the East Asian encodings are tried for, dearest mistake first: GB18030
# decodes almost any bytes, so it comes after the stricter ones.
_EAST_ASIAN = ("shift_jis", "euc_kr", "gb18030", "big5")


def decode(data: bytes, *, html: bool = False) -> str:
    """Decode ``data``; raises ParseError when it is binary or in no known encoding."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_as(data, encoding)
    declared = _META_CHARSET.search(data[:4096]) if html else None
    candidates = ["utf-8"] + ([declared[1].decode("ascii")] if declared else [])
    if b"\x00" not in data[:_SAMPLE]:
        for encoding in candidates:
            try:
                return data.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
    return _guess(data)


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ParseError(f"damaged {encoding} text; save it as UTF-8") from error


def _guess(data: bytes) -> str:
    wide = _guess_utf16(data)
    if wide:
        return _decode_as(data, wide)
    if b"\x00" in data[:_SAMPLE]:
        raise ParseError("not a text file; rename it to its true format or save it as UTF-8")
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        raise ParseError("unknown text encoding; save it as UTF-8")
    return data.decode(best.encoding, errors="replace")


def _guess_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: in mostly ASCII text every other byte is zero."""
    sample = data[: _SAMPLE & ~1]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.3 * half and even < 0.02 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None
