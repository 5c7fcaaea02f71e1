"""Make small PDFs to parse: text at given places, ruled lines, several pages.

Writes the few objects a reader needs (catalogue, pages, two standard fonts) and a correct
cross-reference table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A string in Helvetica with its baseline's left end at (x, y), in points."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    x0: float
    x1: float
    y: float


Item = Text | Rule


def make_pdf(pages: Sequence[Sequence[Item]], *, title: str = "") -> bytes:
    """A PDF with one page of 595 x 842 points per list of items."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    kids = " ".join(f"{6 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        font % "Helvetica",
        font % "Helvetica-Bold",
        f"<< /Title ({_escaped(title)}) >>",
    ]
    for index, items in enumerate(pages):
        stream = "\n".join(_drawn(item) for item in items)
        fonts = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        contents = f"/Contents {7 + 2 * index} 0 R"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {fonts} {contents} >>"
        )
        length = len(stream.encode("cp1252"))
        objects.append(f"<< /Length {length} >>\nstream\n{stream}\nendstream")
    return _assembled(objects)


def paragraph(x: float, y: float, lines: Sequence[str], *, size: float = 10) -> list[Item]:
    """Lines below each other, 12 points apart."""
    return [Text(x, y - 12 * index, line, size) for index, line in enumerate(lines)]


def _drawn(item: Item) -> str:
    if isinstance(item, Rule):
        return f"0.5 w {item.x0} {item.y} m {item.x1} {item.y} l S"
    font = "F2" if item.bold else "F1"
    return f"BT /{font} {item.size} Tf {item.x} {item.y} Td ({_escaped(item.text)}) Tj ET"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assembled(objects: Sequence[str]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>"
    out += f"{trailer}\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
