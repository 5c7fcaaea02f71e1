"""What parsing keeps: pages, tables, letters and words, beside each library's own output.

Run ``python -m tests.bench.fidelity FOLDER``, where FOLDER holds documents and, in
``MANIFEST.tsv``, their languages. The reference is all that the format's library gives: every
page's text (pypdfium2), every run of text (python-docx), every shape (python-pptx), the main part
of the page (Beautiful Soup), every cell (csv), every inline token (markdown-it). A letter counts
as kept when the document holds it at least as often; so does a word, or a Chinese or Japanese
character. Running heads, page numbers, navigation and scripts are dropped on purpose and lower
the figure.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ParseError
from corpus.parse import SUFFIXES, parse, suffix_of
from corpus.parse.build import clean
from corpus.parse.encoding import decode
from corpus.parse.front_matter import split_front_matter
from corpus.types import Parsed

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
CJK = ("zh", "ja")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a library gives of a file; None for what it does not know of."""

    text: str
    pages: int | None = None
    tables: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: kept of how many."""

    name: str
    suffix: str
    language: str
    letters: tuple[int, int]
    words: tuple[int, int]
    pages: tuple[int, int] | None
    tables: tuple[int, int] | None


def compare(path: Path, language: str) -> Kept | None:
    """What our parser keeps of the reference; None when it reads nothing in the file."""
    data = path.read_bytes()
    try:
        ours = parse(data, path.name)
    except ParseError:
        return None
    reference = REFERENCES[suffix_of(path.name)](data)
    tables = sum(block.kind == "table" for block in ours.blocks)
    return Kept(
        path.name,
        suffix_of(path.name),
        language,
        _kept(_letters(reference.text), _letters(ours.text)),
        _kept(WORD.findall(clean(reference.text).lower()), WORD.findall(ours.text.lower())),
        None if reference.pages is None else (_pages(ours), reference.pages),
        None if reference.tables is None else (min(tables, reference.tables), reference.tables),
    )


def _letters(text: str) -> list[str]:
    return [character for character in clean(text).lower() if character.isalnum()]


def _kept(reference: list[str], ours: list[str]) -> tuple[int, int]:
    return (Counter(reference) & Counter(ours)).total(), len(reference)


def _pages(parsed: Parsed) -> int:
    return len({page.number for page in parsed.pages})


def _pdf(data: bytes) -> Reference:
    import pypdfium2

    book = pypdfium2.PdfDocument(data)
    texts = [page.get_textpage().get_text_bounded() for page in book]
    return Reference("\n".join(texts), pages=len(texts))


def _docx(data: bytes) -> Reference:
    import docx

    book = docx.Document(io.BytesIO(data))
    runs = [node.text or "" for node in book.element.body.iter() if str(node.tag).endswith("}t")]
    return Reference(" ".join(runs), tables=len(book.tables))


def _pptx(data: bytes) -> Reference:
    import pptx

    slides = list(pptx.Presentation(io.BytesIO(data)).slides)
    parts: list[str] = []
    tables = 0
    for shape in (shape for slide in slides for shape in _shapes(slide.shapes)):
        if shape.has_text_frame:
            parts.append(shape.text_frame.text)
        if getattr(shape, "has_table", False):
            tables += 1
            parts += [cell.text for row in shape.table.rows for cell in row.cells]
    return Reference("\n".join(parts), pages=len(slides), tables=tables)


def _shapes(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        yield shape
        yield from _shapes(getattr(shape, "shapes", ()))


def _html(data: bytes) -> Reference:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(decode(data, html=True), "html.parser")
    for tag in soup(["script", "style", "nav", "header", "footer", "aside", "noscript", "svg"]):
        tag.decompose()
    main = soup.find("main") or soup.find("article") or soup.body or soup
    return Reference(main.get_text(" "), tables=len(main.find_all("table")))


def _csv(data: bytes) -> Reference:
    rows = list(csv.reader(io.StringIO(decode(data))))
    return Reference("\n".join(" ".join(row) for row in rows), tables=1)


def _markdown(data: bytes) -> Reference:
    from bs4 import BeautifulSoup
    from markdown_it import MarkdownIt

    page = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(split_front_matter(decode(data))[1])
    )
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup(["script", "style"]):
        tag.decompose()
    return Reference(soup.get_text(" "), tables=len(soup.find_all("table")))


def _text(data: bytes) -> Reference:
    return Reference(decode(data))


def _rst(data: bytes) -> Reference:
    from docutils import nodes
    from docutils.core import publish_doctree

    tree = publish_doctree(decode(data), settings_overrides=_RST)
    for remark in list(tree.findall(nodes.system_message)):  # docutils' own, not the author's
        remark.parent.remove(remark)
    return Reference(tree.astext())


_RST = {"report_level": 5, "file_insertion_enabled": False, "raw_enabled": False}
REFERENCES: dict[str, Callable[[bytes], Reference]] = {
    ".pdf": _pdf, ".docx": _docx, ".pptx": _pptx, ".html": _html, ".csv": _csv, ".md": _markdown,
    ".txt": _text, ".rst": _rst,
}  # fmt: skip


def measure(folder: Path) -> list[Kept]:
    """Compare every file of a folder whose format has a reference."""
    languages = {}
    if (folder / "MANIFEST.tsv").is_file():
        with (folder / "MANIFEST.tsv").open(encoding="utf-8") as file:
            languages = {r["file"]: r["language"] for r in csv.DictReader(file, delimiter="\t")}
    paths = [
        p for p in sorted(folder.rglob("*")) if suffix_of(p.name) in SUFFIXES & set(REFERENCES)
    ]
    found = [compare(path, languages.get(path.name, "")) for path in paths]
    return [kept for kept in found if kept is not None]


def table(files: list[Kept]) -> str:
    """A line for each format, then for Chinese and Japanese."""
    lines = [
        "| format | files | pages | tables | letters | words | least |",
        "| :- | -: | -: | -: | -: | -: | :- |",
    ]
    for suffix in sorted({kept.suffix for kept in files}):
        lines.append(_line(suffix, [kept for kept in files if kept.suffix == suffix]))
    for language in CJK:
        if chosen := [kept for kept in files if kept.language.startswith(language)]:
            lines.append(_line(f"of these in {language}", chosen))
    return "\n".join(lines)


def _line(name: str, files: list[Kept]) -> str:
    least = min(files, key=lambda kept: kept.letters[0] / max(kept.letters[1], 1))
    cells = (
        name,
        str(len(files)),
        _of([kept.pages for kept in files]),
        _of([kept.tables for kept in files]),
        _percent([kept.letters for kept in files]),
        _percent([kept.words for kept in files]),
        f"{least.name} {_percent([least.letters])}",
    )
    return f"| {' | '.join(cells)} |"


def _of(counts: list[tuple[int, int] | None]) -> str:
    known = [count for count in counts if count is not None]
    if not known:
        return "–"
    return f"{sum(ours for ours, _ in known)} of {sum(theirs for _, theirs in known)}"


def _percent(counts: list[tuple[int, int]]) -> str:
    return f"{100 * sum(a for a, _ in counts) / max(1, sum(b for _, b in counts)):.1f} %"


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", action="store_true", help="also a line for each file")
    given = parser.parse_args()
    files = measure(given.folder)
    print(table(files))
    for kept in files if given.files else ():
        print(kept.name, _percent([kept.letters]), _percent([kept.words]), kept.pages, kept.tables)


if __name__ == "__main__":
    main()
