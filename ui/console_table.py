"""Tables on a terminal: aligned, numbers to the right, and no wider than the terminal.

Whatever is put into a cell must be printable already. Knows nothing of what the rows mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

GAP = "  "
NOT_KNOWN = "–"
LEAST = 8  # columns; a cell cut shorter than this says nothing, so the column goes instead
LEAST_NAME = 22  # of the first column: "DeepSeek-R1-Distill-Qwen-32B" needs 28

_WHOLE = re.compile(r"[\d,.:-]+\s?[%KMBT]?")
_NUMERIC = re.compile(r"[+-]?\d[\d,]*(\.\d+)?\s?[%KMBT]?")


def columns(text: str) -> int:
    """How many terminal columns ``text`` takes (CJK characters take two)."""
    return sum(2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text)


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` terminal columns, with an ellipsis where it was cut."""
    if columns(text) <= width:
        return text
    kept, taken = "", 1
    for character in text:
        taken += columns(character)
        if taken > width:
            break
        kept += character
    return kept.rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A table as text, and the heads of the columns that found no room."""

    text: str
    left_out: tuple[str, ...] = ()


def fitted(
    head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None, last: int = 0
) -> Fitted:
    """Rows under their heads, in ``width`` columns where that is given.

    The widest columns are cut first, then columns are left out from the right; the first one
    and the ``last`` ones always stay.
    """
    shown = list(range(len(head)))
    while True:
        own = [max(columns(line[i]) for line in (head, *rows)) for i in shown]
        least = [_least(i, [row[i] for row in rows], w) for i, w in zip(shown, own, strict=True)]
        widths = own if width is None else _shrunk(own, least, width)
        if widths is not None or len(shown) <= 1 + last:
            break
        del shown[len(shown) - 1 - last]
    left_out = tuple(name for i, name in enumerate(head) if i not in shown)
    right = [_is_numeric([row[i] for row in rows]) for i in shown]
    lines = [_line([line[i] for i in shown], widths or least, right) for line in (head, *rows)]
    return Fitted("\n".join(lines), left_out)


def _least(column: int, cells: Sequence[str], own: int) -> int:
    """The narrowest that a column may become: names stay telling, numbers and dates whole."""
    whole = max((columns(cell) for cell in cells if _WHOLE.fullmatch(cell)), default=0)
    return min(own, max(LEAST_NAME if column == 0 else LEAST, whole))


def _shrunk(own: Sequence[int], least: Sequence[int], width: int) -> list[int] | None:
    """Widths that fit, the widest columns cut first; None when that would leave too little."""
    room = width - len(GAP) * (len(own) - 1)
    for most in range(max(own), 0, -1):
        widths = [max(low, min(wide, most)) for low, wide in zip(least, own, strict=True)]
        if sum(widths) <= room:
            return widths
    return None


def _is_numeric(cells: Sequence[str]) -> bool:
    known = [cell for cell in cells if cell not in ("", NOT_KNOWN)]
    return bool(known) and all(_NUMERIC.fullmatch(cell) for cell in known)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        text = cut(cell, width)
        space = " " * (width - columns(text))
        parts.append(space + text if to_right else text + space)
    return GAP.join(parts).rstrip()
