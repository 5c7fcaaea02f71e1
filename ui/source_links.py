"""The sources that a document names: ``(source: LABEL)`` in its text, linked to the address.

Only labels that the document's own list of sources explains become links. Pure functions; knows
nothing of how a document came about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ui.markup import escaped, link

# No spaces around the marks: a document of 64,000 of them took 13 s.
_MARKER = re.compile(r"\(sources?(?: of the table)?:([^()]*)\)", re.IGNORECASE)
_BETWEEN_LABELS = re.compile(r"(;)")
_BETWEEN_CELLS = re.compile(r"([|;\n\t])")

Addresses = Mapping[str, str]


def linked(text: str, addresses: Addresses, *, is_table: bool = False) -> str:
    """Return ``text`` as HTML; labels in markers, and whole cells of a table, become links."""
    if not addresses:
        return escaped(text)
    if is_table:
        return _labels(text, _BETWEEN_CELLS, addresses)
    parts, last = [], 0
    for match in _MARKER.finditer(text):
        parts.append(escaped(text[last : match.start(1)]))
        parts.append(_labels(match[1], _BETWEEN_LABELS, addresses))
        last = match.end(1)
    return "".join([*parts, escaped(text[last:])])


def source_list(sources: Sequence[tuple[str, str]]) -> str:
    """Return the list of a document's sources, for its foot; "" when it names none."""
    rows = "".join(f"<li>{_source(label, address)}</li>" for label, address in sources)
    if not rows:
        return ""
    return f'<section class="sources"><h2>Sources</h2><ul>{rows}</ul></section>'


def _labels(text: str, between: re.Pattern[str], addresses: Addresses) -> str:
    parts = between.split(text)
    return "".join(_label(part, addresses) for part in parts)


def _label(part: str, addresses: Addresses) -> str:
    label = part.strip()
    address = addresses.get(label)
    found = link(address, label, "origin") if address else ""
    if not found:
        return escaped(part)
    before, _, after = part.partition(label)
    return f"{escaped(before)}{found}{escaped(after)}"


def _source(label: str, address: str) -> str:
    found = link(address, label, "origin")
    return (found or escaped(label)) + f' <span class="address">{escaped(address)}</span>'
