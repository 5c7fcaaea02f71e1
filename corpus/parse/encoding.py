"""Bytes of a text file to str, whatever its encoding.

Knows byte order marks, UTF-8, declared HTML charsets and what charset-normalizer can
guess (UTF-16, GB18030, Big5, Shift-JIS, EUC-KR, Windows code pages).
"""

from __future__ import annotations

import codecs
import re

from corpus.errors import ParseError
from corpus.language import detect_language

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
# Languages whose 8-bit text is not in the Western code page. For Latin script the bytes
# alone cannot tell cp1250, cp1252 and cp1257 apart, the language can.
_NOT_WESTERN = frozenset("pl cs sk hu hr sl ro sr bs lt lv et tr az".split())
_LATIN = re.compile("[\u0080-\u024f]")


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
        if (cut := _cut_utf8(data)) is not None:
            return cut
    return _guess(data)


def _cut_utf8(data: bytes) -> str | None:
    """UTF-8 that ends within a character, as a copy that was broken off does; else None."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data) or None
    except UnicodeDecodeError:
        return None


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
    return _latin_or(best.encoding, data)


def _latin_or(encoding: str, data: bytes) -> str:
    """``data`` in ``encoding``, or in cp1252 when it is Latin text of a Western language."""
    text = data.decode(encoding, errors="replace")
    foreign = [c for c in text[:_SAMPLE] if c > "\x7f"]
    if foreign and sum(bool(_LATIN.match(c)) for c in foreign) > 0.8 * len(foreign):
        try:
            western = data.decode("cp1252")
        except UnicodeDecodeError:
            return text
        return text if detect_language(western) in _NOT_WESTERN else western
    return text


def _guess_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: in mostly ASCII text every other byte is zero."""
    sample = data[: _SAMPLE & ~1]
    if len(sample) < 4:
        return None
    letters = [byte for byte in sample if byte]
    if sum(32 <= byte < 127 or byte in b"\t\n\r" for byte in letters) < 0.7 * len(letters):
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.3 * half and even < 0.02 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None
