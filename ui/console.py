"""Terminal rendering: answers as they come, tables, progress bars.

Whatever comes from documents, models or file names is stripped of control characters, so
that it cannot drive the terminal. Knows nothing of commands or of how answers are made.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from ui.console_table import NOT_KNOWN, columns, fitted
from ui.pace import standing_changes
from ui.plain_text import translated

if TYPE_CHECKING:
    from tqdm import tqdm

    from assistant.types import Answer, Citation, Event, Table
    from index.types import Changes, Passage, Progress, RefreshReport, Status

QUOTE_WIDTH = 300  # characters of a quote shown under an answer; --json has all of it
LONGEST_CELL = 60
MOST_ROWS = 20  # of a table under an answer; --json has them all
MOST_QUOTED = 6  # references shown with their quote, where all of them are model cards
MOST_MARKS = 4  # citation numbers in a row
SNIPPET_WIDTH = 160  # characters of a passage in a search result


def printable(text: str) -> str:
    """``text`` without control and format characters, except newlines; tabs become spaces."""
    return "".join(
        character
        for character in text.expandtabs(4)
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
    )


def one_line(text: str, width: int) -> str:
    """``text`` on one line, cut at ``width`` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


class AnswerView:
    """Shows one answer on a stream: the draft as it is written, then the checked answer.

    On a terminal the unchecked draft is dim and is replaced by the checked answer; piped
    output holds the checked answer only.
    """

    def __init__(self, stream: TextIO, sources: int | None = None) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._sources = sources
        self._draft = ""

    def show(self, event: Event) -> None:
        """Show one event of the stream."""
        from assistant.types import Answered, Draft, EvidenceFound, Rewritten

        if isinstance(event, Answered):
            self._erase()
            width = shutil.get_terminal_size().columns if self._live else None
            self._write(answer_text(event.answer, self._sources, width) + "\n")
        elif not self._live:
            return
        elif isinstance(event, Rewritten):
            line = f"Understood as: {one_line(event.standalone_question, 200)}\n\n"
            self._write(click.style(line, dim=True))
        elif isinstance(event, EvidenceFound):
            self._draft += f"Reading {len(event.sources)} passages …\n"
            self._write(click.style(self._draft, dim=True))
        elif isinstance(event, Draft):
            text = printable(event.text)
            self._draft += text
            self._write(click.style(text, dim=True))

    def interrupted(self) -> None:
        """Leave the terminal tidy when the answer was stopped."""
        if self._live:
            self._write("\n")

    def _erase(self) -> None:
        """Take back what is not checked, if it still stands on the screen in full."""
        if not self._live or not self._draft:
            return
        width, height = shutil.get_terminal_size()
        rows = [max(1, -(-columns(line) // width)) for line in self._draft.split("\n")]
        if sum(rows) < height:
            up = sum(rows) - 1
            self._write("\r" + (f"\x1b[{up}A" if up else "") + "\x1b[J")
        else:
            self._write("\n\n" + click.style("Checked answer:", bold=True) + "\n")
        self._draft = ""

    def _write(self, text: str) -> None:
        click.echo(text, file=self._stream, nl=False)
        self._stream.flush()


def answer_text(answer: Answer, sources: int | None = None, width: int | None = None) -> str:
    """The answer with its table, notice and numbered references, as plain text.

    A table is cut to ``MOST_ROWS`` rows and to ``width`` terminal columns; the references of
    the rows that are not shown are left out and counted.
    """
    parts = [printable(answer.text)]
    if answer.table is not None and answer.table.rows:
        parts.append(_answer_table(answer.table, width))
    if answer.translation is not None:
        parts += [printable(part) for part in translated(answer.translation)]
    if answer.notice:
        parts.append(f"({printable(answer.notice)})")
    shown = _cited(answer)
    if shown:
        parts.append(_references(shown[:sources] if sources is not None else shown,
                                 len(answer.citations) - len(shown)))  # fmt: skip
    elif answer.status == "not_in_corpus" and answer.nearest:
        nearest = answer.nearest[:sources] if sources is not None else answer.nearest
        parts.append("\n".join(["Nearest passages:", *(_reference(c) for c in nearest)]))
    return "\n\n".join(part for part in parts if part)


def _answer_table(answered: Table, width: int | None) -> str:
    """The first rows, each with the numbers of its citations in the last column."""
    rows = []
    for number, row in enumerate(answered.rows[:MOST_ROWS]):
        cited = answered.row_citations[number] if number < len(answered.row_citations) else ()
        marks = "".join(f"[{n}]" for n in cited[:MOST_MARKS])
        rows.append([*map(_cell, row), marks + ("…" if len(cited) > MOST_MARKS else "")])
    heads = [one_line(name.replace("_", " "), 60) for name in answered.columns]
    drawn = fitted([*heads, "Source"], rows, width, last=1)
    lines = [drawn.text]
    if len(answered.rows) > MOST_ROWS:
        lines.append(f"… and {len(answered.rows) - MOST_ROWS} more rows (--json has them all)")
    if drawn.left_out:
        lines.append(f"No room for {', '.join(drawn.left_out)}; widen the terminal or use --json.")
    if described := answered.query.get("described"):
        lines.append(f"Query: {one_line(str(described), 300)}")
    return "\n".join(lines)


def _cited(answer: Answer) -> list[Citation]:
    """The citations of the text and of the table's rows that are shown."""
    if answer.table is None or len(answer.table.rows) <= MOST_ROWS:
        numbers = {citation.number for citation in answer.citations}
    else:
        of_rows = answer.table.row_citations[:MOST_ROWS]
        numbers = {n for cited in of_rows for n in cited[:MOST_MARKS]}
        numbers |= {n for sentence in answer.sentences for n in sentence.citations}
    return [citation for citation in answer.citations if citation.number in numbers]


def _references(shown: Sequence[Citation], others: int) -> str:
    many = len(shown) > MOST_QUOTED
    lines = [_short(c) if many and c.kind == "model_card" else _reference(c) for c in shown]
    if shown and others:
        lines.append(f"… and {others} more sources (--json has them all)")
    return "\n".join(lines)


def _short(citation: Citation) -> str:
    """A model card on one line: its row stands above, its quote in --json."""
    by = f" ({printable(citation.publisher)})" if citation.publisher else ""
    where = one_line(citation.url or citation.document_id, 300)
    return f"[{citation.number}] {one_line(citation.title, 200)}{by}  {where}"


def _reference(citation: Citation) -> str:
    page = f", page {citation.page}" if citation.page is not None else ""
    by = f" ({printable(citation.publisher)})" if citation.publisher else ""
    head = f"[{citation.number}] {one_line(citation.title, 200)}{by}{page}"
    lines = [head, f"    “{one_line(citation.quote, QUOTE_WIDTH)}”"]
    lines.append(f"    {one_line(citation.url or citation.document_id, 300)}")
    return "\n".join(lines)


def _cell(value: object) -> str:
    """A table's value as a reader writes it."""
    if value is None or value == "":
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return one_line(", ".join(map(str, value)), LONGEST_CELL)
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return one_line(f"{value:,}" if type(value) is int and abs(value) >= 10_000 else str(value),
                    LONGEST_CELL)  # fmt: skip


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads, columns aligned."""
    return fitted(head, rows).text


def passages_text(passages: Sequence[Passage]) -> str:
    """Search results, best first: rank, score, document, page, heading and a snippet."""
    blocks = []
    for rank, passage in enumerate(passages, start=1):
        page = f", page {passage.chunk.page}" if passage.chunk.page is not None else ""
        path = " › ".join(passage.chunk.heading_path)
        blocks.append(
            f"{rank:>2}  {passage.score:.4f}  {one_line(passage.document.title, 100)}{page}\n"
            + (f"    {one_line(path, SNIPPET_WIDTH)}\n" if path else "")
            + f"    {one_line(passage.text, SNIPPET_WIDTH)}\n"
            + f"    {one_line(passage.document.id, SNIPPET_WIDTH)}"
        )
    return "\n".join(blocks) or "Nothing found."


def report_text(report: RefreshReport) -> str:
    """What a refresh did: counts, then every document that was touched or failed."""
    counts = (
        f"{len(report.added)} added, {len(report.changed)} changed, "
        f"{len(report.renamed)} renamed, {len(report.removed)} removed, "
        f"{report.unchanged} unchanged, {len(report.failed)} failed"
    )
    lines = [f"{counts}; {report.embedded} of {report.chunks} chunks embedded "
             f"in {report.seconds:.1f} s"]  # fmt: skip
    lines += [f"  repaired {one_line(document, 200)}" for document in report.repaired]
    return "\n".join(lines + _touched(report))


def changes_text(changes: Changes) -> str:
    """What a refresh would do: counts, then every document that it would touch."""
    counts = (
        f"{len(changes.added)} new, {len(changes.changed)} changed, "
        f"{len(changes.renamed)} renamed, {len(changes.removed)} gone, "
        f"{changes.unchanged} unchanged, {len(changes.failed)} cannot be read; "
        f"{changes.to_read:,} bytes to read. Nothing was changed."
    )
    return "\n".join([counts, *_touched(changes)])


def _touched(outcome: RefreshReport | Changes) -> list[str]:
    """A line per document that a refresh touched or would touch, or that failed; then notes."""
    groups = (("added", outcome.added), ("changed", outcome.changed), ("removed", outcome.removed))
    lines = [f"  {name:<9}{one_line(i, 200)}" for name, ids in groups for i in ids]
    lines += [f"  renamed  {one_line(a, 100)} -> {one_line(b, 100)}" for a, b in outcome.renamed]
    lines += [
        f"  failed   {one_line(f.document_id, 150)}: {one_line(f.reason, 300)}"
        for f in outcome.failed
    ]
    return lines + [f"  note     {one_line(note, 300)}" for note in outcome.notes]


def status_text(status: Status) -> str:
    """The state of a home, a line each."""
    rows = [
        ("home", status.home),
        ("documents", f"{status.documents} in {status.chunks} chunks, {status.vectors} vectors"),
        ("models", str(status.models)),
        ("embedder", status.embedder),
        ("as of", status.as_of or "never refreshed; run: refdesk refresh"),
    ]
    rows += [("source", f"{s.name}  {s.kind}  {s.location}") for s in status.sources]
    rows += [("re-index", line) for line in standing_changes(status)]
    if status.pending and status.reindex is None:
        rows.append(("pending", f"{len(status.pending)} still to embed; found by words until then"))
    rows += [("failed", f"{f.document_id}: {f.reason}") for f in status.failed]
    return "\n".join(f"{name:<10}{one_line(value, 300)}" for name, value in rows)


def show_refresh(events: Iterator[Progress | RefreshReport]) -> RefreshReport:
    """Draw the progress of a refresh on a terminal's stderr; give its report."""
    from corpus.errors import HomeError
    from index.types import RefreshReport

    with contextlib.closing(_StageBars()) as bars:
        for event in events:
            if isinstance(event, RefreshReport):
                return event
            bars.show(event)
    raise HomeError("the refresh ended without a report; run it again")


class _StageBars:
    """One bar after another on stderr, each with its ETA; nothing where it is no terminal."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: tqdm[Any] | None = None

    def show(self, progress: Progress) -> None:
        """Move the bar of this stage; a new stage begins a new bar."""
        if self._bar is None or progress.stage != self._stage:
            self.close()
            self._bar = self._begin(progress)
        self._bar.total = progress.total or None
        self._bar.set_postfix_str(one_line(progress.detail, 40), refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _begin(self, progress: Progress) -> tqdm[Any]:
        from tqdm import tqdm

        self._stage = progress.stage
        return tqdm(
            total=progress.total or None,
            initial=progress.done,
            unit="B" if progress.unit == "bytes" else f" {progress.unit}",
            unit_scale=progress.unit == "bytes",
            desc=progress.stage,
            leave=False,
            dynamic_ncols=True,
            disable=not sys.stderr.isatty(),
        )
