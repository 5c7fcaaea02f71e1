"""The few facts that the engine needs of a GGUF file before loading it, read from its header.

Reads the key-value section only (format: ggml docs, gguf.md, versions 2 and 3). The file is
untrusted: every length is checked against what is left, and arrays are skipped by seeking
where their size is known. Knows nothing of tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_KEYS = 10_000
MAX_STRING = 1_000_000
MAX_ARRAY = 4_000_000
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
"""The format's type numbers as ``struct`` codes."""
_STRING, _ARRAY = 8, 9
_KEPT_ARRAY = 1_000
"""Longest array that is kept: per-layer numbers, not vocabularies."""

Value = int | float | bool | str | list[int]


class NotGGUFError(ValueError):
    """The file is not a GGUF file, or its header is damaged."""


@dataclass(frozen=True, slots=True)
class Header:
    """``context_length`` is the longest that the model was trained for, in tokens (0: unsaid).

    ``cache_bytes`` is the memory of the attention cache per token, at 16 bits per number.
    """

    architecture: str
    context_length: int
    cache_bytes: int
    chat_template: str


def read_header(path: Path) -> Header:
    """The header of ``path``. Raises NotGGUFError, or OSError when it cannot be read."""
    with path.open("rb") as file:
        try:
            values = _read_values(file)
        except (struct.error, UnicodeDecodeError, OverflowError) as error:
            raise NotGGUFError("the header is damaged") from error
    architecture = str(values.get("general.architecture", ""))
    return Header(
        architecture,
        _integer(values, f"{architecture}.context_length"),
        _cache_bytes(values, architecture),
        str(values.get("tokenizer.chat_template", "")),
    )


def _read_values(file: BinaryIO) -> dict[str, Value]:
    if file.read(4) != b"GGUF":
        raise NotGGUFError("it does not start with GGUF")
    version, _, count = struct.unpack("<IQQ", file.read(20))
    if version not in (2, 3) or count > MAX_KEYS:
        raise NotGGUFError(f"unknown version {version}")
    values: dict[str, Value] = {}
    for _ in range(count):
        key = _string(file)
        value = _value(file, _number(file, "I"))
        if value is not None:
            values[key] = value
    return values


def _value(file: BinaryIO, kind: int) -> Value | None:
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        return _array(file)
    if kind not in _SCALARS:
        raise NotGGUFError(f"unknown value type {kind}")
    (scalar,) = struct.unpack("<" + _SCALARS[kind], _exactly(file, kind))
    return scalar  # type: ignore[no-any-return]


def _array(file: BinaryIO) -> list[int] | None:
    """Short arrays of numbers; None for the others, which are skipped."""
    kind, count = _number(file, "I"), _number(file, "Q")
    if count > MAX_ARRAY:
        raise NotGGUFError("an array is too long")
    if kind == _STRING:
        for _ in range(count):
            file.seek(_length(file), 1)
        return None
    if kind not in _SCALARS:
        raise NotGGUFError(f"unknown array type {kind}")
    if count > _KEPT_ARRAY:
        file.seek(count * struct.calcsize("<" + _SCALARS[kind]), 1)
        return None
    return [int(struct.unpack("<" + _SCALARS[kind], _exactly(file, kind))[0]) for _ in range(count)]


def _exactly(file: BinaryIO, kind: int) -> bytes:
    return file.read(struct.calcsize("<" + _SCALARS[kind]))


def _number(file: BinaryIO, form: str) -> int:
    return int(struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))[0])


def _length(file: BinaryIO) -> int:
    length = _number(file, "Q")
    if length > MAX_STRING:
        raise NotGGUFError("a string is too long")
    return length


def _string(file: BinaryIO) -> str:
    data = file.read(_length(file))
    return data.decode("utf-8", "replace")


def _integer(values: dict[str, Value], key: str) -> int:
    value = values.get(key, 0)
    return value if isinstance(value, int) else 0


def _cache_bytes(values: dict[str, Value], architecture: str) -> int:
    """Keys and values of every layer for one token: 2 bytes per number."""
    layers = _integer(values, f"{architecture}.block_count")
    heads = _integer(values, f"{architecture}.attention.head_count")
    width = _integer(values, f"{architecture}.embedding_length") // max(heads, 1)
    key = _integer(values, f"{architecture}.attention.key_length") or width
    value = _integer(values, f"{architecture}.attention.value_length") or width
    kv_heads = values.get(f"{architecture}.attention.head_count_kv", heads)
    per_layer = sum(kv_heads) if isinstance(kv_heads, list) else layers * _as_int(kv_heads, heads)
    return 2 * per_layer * (key + value)


def _as_int(value: Value, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
