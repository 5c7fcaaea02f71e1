"""A desk whose answers cite a real PDF, a very long text and a hostile one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.types import Answer, Answered, Citation, Event, EvidenceFound, Sentence, Turn
from corpus.sources import list_file, load
from corpus.types import Block, Document, DocumentInfo
from index.types import Original
from tests.corpus.pdf_files import Text, make_pdf, paragraph
from tests.ui.scripted import LICENCE, ScriptedDesk, cite

PDF_QUOTE = "The kiosk at the north gate opens at seven and closes when the last train has left."
QUOTE_TOP = 600.0  # points above the foot of an 842 point page
HOSTILE = '<img src=x onerror="window.hacked=1"></mark><script>window.hacked=1</script>'
HOSTILE_TITLE = '"><svg onload="window.hacked=1">'
LINE = "Line {:05d} of the ledger says nothing of interest to anybody. "
LONG = "\n\n".join(LINE.format(number) for number in range(80_000))  # 5 MB
LONG_QUOTE = "Line 40000 of the ledger"


def make_paper(pages: int = 12, quoted: int = 7) -> bytes:
    """A PDF with the quote over three lines of one page, a word broken at a line's end."""
    lines = [
        "The kiosk at the north gate",
        "opens at seven and clo-",
        "ses when the last train has left.",
    ]
    made: list[list[Any]] = []
    for number in range(1, pages + 1):
        items: list[Any] = [Text(72, 780, f"Chapter {number}", 16, True)]
        filler = [
            f"Plain text of page {number}, line {line}, without a point." for line in range(8)
        ]
        items += paragraph(72, 740, filler)
        if number == quoted:
            items += paragraph(72, QUOTE_TOP, lines)
        made.append(items)
    return make_pdf(made, title="The timetable of the kiosk")


def _plain(document_id: str, title: str, text: str) -> Document:
    blocks, start = [], 0
    for piece in text.split("\n\n"):
        blocks.append(Block("paragraph", start, start + len(piece)))
        start += len(piece) + 2
    return Document(DocumentInfo(document_id, title), text, tuple(blocks), (), "0" * 64)


def _cited(number: int, document: Document, quote: str) -> Citation:
    start = document.text.index(quote)
    page = next((p.number for p in document.pages if p.start <= start < p.end), None)
    info = document.info
    return Citation(number, info.id, info.title, quote, start, start + len(quote), info.publisher,
                    info.published, info.url, page)  # fmt: skip


class SourcesDesk(ScriptedDesk):
    """Answers every question from the same four documents, and found two more."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        file = home / "paper.pdf"
        file.write_bytes(make_paper())
        (listed,) = list_file(file, "files")
        paper = load(listed)
        paper = replace(paper, info=replace(paper.info, publisher="The Kiosk", published="2024-05"))
        hostile = _plain("files/hostile.txt", HOSTILE_TITLE, f"Before.\n\nSee {HOSTILE} here.")
        ledger = _plain("files/ledger.txt", "The ledger", LONG)
        self.texts = {one.info.id: one for one in (paper, hostile, ledger)}
        self.file = file
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        self.originals[paper.info.id] = Original(str(file), digest, "here")
        self.answer = self._answer(paper, hostile, ledger)

    def _answer(self, paper: Document, hostile: Document, ledger: Document) -> Answer:
        told = next(t for t in (PDF_QUOTE,) if t in " ".join(paper.text.split()))
        citations = (
            _cited(1, paper, told),
            cite(2, "curated/r1", LICENCE),
            _cited(3, hostile, HOSTILE),
            _cited(4, ledger, LONG_QUOTE),
        )
        unused = (
            replace(_cited(5, paper, "Plain text of page 2, line 3"), score=0.421),
            replace(_cited(6, ledger, "Line 00007"), score=0.2),
        )
        sentences = tuple(Sentence(f"Statement {n}.", (n,)) for n in range(1, 5))
        text = " ".join(f"{s.text} [{s.citations[0]}]" for s in sentences)
        return Answer("answered", "q", "q", text, sentences, citations, unused=unused)

    def stream(self, question: str, history: Sequence[Turn] = (), *given: Any) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        if "bare" in question:
            yield from super().stream(question, history)
            return
        yield EvidenceFound(self.answer.citations[:2])
        yield Answered(replace(self.answer, question=question, standalone_question=question))

    def document(self, document_id: str, quoted: object = None) -> Document | None:
        return self.texts.get(document_id) or super().document(document_id)
