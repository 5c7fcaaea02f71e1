"""JSON and JSON Lines to text: a record a block, a line for each of its fields.

Numbers stay as they are written. Knows nothing of what the fields mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus.errors import ParseError
from corpus.parse.build import TextBuilder, one_line
from corpus.parse.dates import iso_date
from corpus.parse.encoding import decode
from corpus.types import Parsed

# Deeper than people write; what lies below is shown as JSON.
_MAX_DEPTH = 12
_MAX_RECORDS = 200_000


def load_json(text: str, what: str = "the file") -> object:
    """``text`` as JSON, numbers as strings; raises ParseError when it is none, or too deep."""
    try:
        return json.loads(text, parse_int=str, parse_float=str)
    except RecursionError as error:
        raise ParseError(f"{what} nests too deep for JSON that people read") from error
    except ValueError as error:
        raise ParseError(f"{what} is not JSON ({one_line(str(error))[:120]})") from error


def parse(data: bytes, name: str) -> Parsed:
    """Parse records; raises ParseError when they are damaged, too many or empty."""
    text = decode(data).lstrip("\ufeff")
    lines = name.lower().endswith(".jsonl")
    records = list(_lines(text)) if lines else _records(load_json(text))
    if len(records) > _MAX_RECORDS:
        raise ParseError(f"more than {_MAX_RECORDS:,} records; split the file")
    builder = TextBuilder()
    for record in records:
        builder.paragraph("\n".join(_fields(record, "", 0)))
    top = records[0] if len(records) == 1 and isinstance(records[0], dict) else {}
    title = top.get("title")
    return builder.build(
        title=title if isinstance(title, str) else None,
        published=iso_date(top.get("published") or top.get("date")),
    )


def _lines(text: str) -> Iterator[object]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield load_json(line, f"line {number}")


def _records(value: object) -> list[object]:
    """A list is its records; so is the only list of records that an object holds."""
    if isinstance(value, list):
        return list(value)
    return [value]


def _fields(value: object, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict | list) and depth >= _MAX_DEPTH:
        yield f"{path}: {_flat(value)}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list):
        yield from _list(value, path, depth)
    elif value is not None and value != "":
        shown = one_line(_scalar(value))
        yield f"{path}: {shown}" if path else shown


def _list(values: list[object], path: str, depth: int) -> Iterator[str]:
    if any(isinstance(value, dict | list) for value in values):
        for number, value in enumerate(values, start=1):
            yield from _fields(value, f"{path}[{number}]", depth + 1)
    elif values:
        shown = ", ".join(one_line(_scalar(value)) for value in values if value is not None)
        yield f"{path}: {shown}" if path else shown


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested deeper than is shown)"
