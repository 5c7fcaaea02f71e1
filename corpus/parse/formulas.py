"""Formulas to one line of text: MathML, as web pages and OpenDocument have it, and Office's own.

x squared becomes "x^2", a fraction "(a+b)/c". Knows nothing of documents, nor of what a formula
means. Elements are those of lxml or of xml.etree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

MAX_DEPTH = 60
# What says something about a formula, or says it again; Office's properties end in "Pr".
_SILENT = frozenset(["annotation", "annotation-xml"])
# Office names the parts of a formula; in MathML their order tells. This is that order.
_PARTS = ("e", "num", "den", "fName", "deg", "sub", "lim", "sup")
_BIG = frozenset("∑∏∫∬∮⋃⋂")
_JOINTS = {"mtr": ", ", "mr": ", ", "mtable": "; ", "m": "; ", "eqArr": "; ", "func": " "}


def formula(element: Any) -> str:
    """The text of a formula, on one line."""
    return " ".join(_text(element, 0).split())


def _text(element: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        return ""
    name, parts = local_name(element), list(_parts(element))
    if not parts:
        return element.text or ""
    said = [_text(part, depth + 1) for part in parts]
    if name == "nary":
        return f"{_both([_sign(element), *said[1:], '', ''])} {said[0]}"
    shape = _SHAPES.get(name)
    if shape is None:
        return _JOINTS.get(name, "").join(said)
    # What is summed up follows after a space: ∑_(i=1)^n x_i
    return shape([*said, "", "", ""]) + (" " if said[0].strip() in _BIG else "")


def local_name(element: Any) -> str:
    """The name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _parts(element: Any) -> Iterator[Any]:
    names = [(local_name(child), child) for child in element]
    kept = [(n, child) for n, child in names if n not in _SILENT and n and not n.endswith("Pr")]
    if kept and all(name in _PARTS for name, _ in kept):
        kept.sort(key=lambda pair: _PARTS.index(pair[0]))
    return (child for _, child in kept)


def _sign(nary: Any) -> str:
    """The sign of a sum, product or integral; Office leaves out that of the integral."""
    for element in nary.iter():
        if local_name(element) == "chr":
            return next((str(v) for k, v in element.attrib.items() if k.endswith("val")), "∫")
    return "∫"


def _grouped(text: str) -> str:
    """In brackets unless it is one sign, name or number."""
    text = text.strip()
    return text if len(text) < 2 or text.replace(".", "").isalnum() else f"({text})"


def _above(said: Sequence[str]) -> str:
    return f"{said[0]}^{_grouped(said[1])}" if said[1].strip() else said[0]


def _below(said: Sequence[str]) -> str:
    return f"{said[0]}_{_grouped(said[1])}" if said[1].strip() else said[0]


def _both(said: Sequence[str]) -> str:
    return _above([_below(said), said[2]])


def _over(said: Sequence[str]) -> str:
    """A limit; a bar or a hat over a letter says nothing in a line of text."""
    accent = len(said[1].strip()) == 1 and not said[1].strip().isalnum()
    return said[0] if accent else _above(said)


def _fraction(said: Sequence[str]) -> str:
    return f"{_grouped(said[0])}/{_grouped(said[1])}"


def _root(said: Sequence[str]) -> str:
    degree = said[1].strip()
    return f"√{f'[{degree}]' if degree else ''}({said[0].strip()})"


def _square_root(said: Sequence[str]) -> str:
    return f"√({''.join(said).strip()})"


def _in_brackets(said: Sequence[str]) -> str:
    return f"({', '.join(filter(None, said))})"


_SHAPES: dict[str, Callable[[Sequence[str]], str]] = {
    "msup": _above, "sSup": _above, "limUpp": _above, "mover": _over,
    "msub": _below, "sSub": _below, "munder": _below, "limLow": _below,
    "msubsup": _both, "sSubSup": _both, "munderover": _both,
    "mfrac": _fraction, "f": _fraction,
    "msqrt": _square_root, "mroot": _root, "rad": _root,
    "mfenced": _in_brackets, "d": _in_brackets,
}  # fmt: skip
