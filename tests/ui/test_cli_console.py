"""What the terminal shows of an answer and of a refresh."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from assistant.types import (
    Answer,
    Answered,
    Citation,
    Draft,
    EvidenceFound,
    Rewritten,
    Sentence,
    Table,
)
from corpus.errors import HomeError
from index.types import Failure, Progress, RefreshReport
from ui import console

CITATION = Citation(1, "d", "T", "quote", 0, 5)
ANSWER = Answer("answered", "q", "q", "Checked. [1]", citations=(CITATION,))


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


ESCAPE = re.compile(r"\x1b\[(\d*)([A-Za-z])|(.)", re.DOTALL)


class Screen:
    """What a terminal shows of newlines, carriage returns, cursor-up and clear."""

    def __init__(self, width: int = 80) -> None:
        self.rows: list[list[str]] = [[]]
        self.row = self.column = 0
        self._width = width

    def write(self, text: str) -> None:
        """Obey ``text``."""
        for argument, command, character in ESCAPE.findall(text):
            if command == "A":
                self.row -= int(argument)
                assert self.row >= 0, "the cursor left the screen"
            elif command == "J":
                del self.rows[self.row][self.column :]
                del self.rows[self.row + 1 :]
            elif character == "\r":
                self.column = 0
            elif character:
                self._put(character)

    def _put(self, character: str) -> None:
        if character == "\n" or self.column == self._width:
            self.row, self.column = self.row + 1, 0
            if len(self.rows) == self.row:
                self.rows.append([])
        if character != "\n":
            self.rows[self.row][self.column :] = [character]
            self.column += 1


def screen(written: str) -> str:
    """The lines that stand on a terminal after ``written``."""
    terminal = Screen()
    terminal.write(written)
    return "\n".join("".join(line).rstrip() for line in terminal.rows).strip()


def show(*texts: str, terminal: bool = True) -> str:
    """Everything written while an answer with this draft was shown."""
    stream = Terminal() if terminal else io.StringIO()
    view = console.AnswerView(stream)
    view.show(EvidenceFound((CITATION,)))
    for text in texts:
        view.show(Draft(text))
    view.show(Answered(ANSWER))
    return stream.getvalue()


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("one ", "two"),
        ("line\n", "line\n"),
        ("x" * 80,),
        ("x" * 81,),
        ("long " * 60, "\n", "more"),
    ],
)
def test_the_checked_answer_replaces_the_draft(
    texts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert any(text in show(*texts) for text in texts) or not texts
    assert screen(show(*texts)) == screen(console.answer_text(ANSWER))


def test_a_draft_longer_than_the_screen_is_set_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert "Checked answer:" in screen(show("line\n" * 30))


def test_a_pipe_gets_the_checked_answer_only() -> None:
    assert show("draft", terminal=False) == console.answer_text(ANSWER) + "\n"


def test_the_question_as_understood_stays_on_the_terminal() -> None:
    stream = Terminal()
    view = console.AnswerView(stream)
    view.show(Rewritten("whole question"))
    view.show(Draft("draft"))
    view.show(Answered(ANSWER))
    assert "Understood as: whole question" in screen(stream.getvalue())


def test_text_of_documents_cannot_drive_the_terminal() -> None:
    assert console.printable("a\x1b]0;title\x07b\u202ec\x9bd\re") == "a]0;titlebcde"
    assert console.printable("line\n\t三") == "line\n    三"


def test_an_answer_that_the_corpus_lacks_shows_the_nearest_passages() -> None:
    answer = Answer("not_in_corpus", "q", "q", "Not in the corpus.", nearest=(CITATION,))
    text = console.answer_text(answer)
    assert text.startswith("Not in the corpus.\n\nNearest passages:\n[1] T")


def test_columns_line_up_with_wide_characters() -> None:
    lines = console.table(("名", "b"), (("x", "1"), ("三三", "2"))).splitlines()
    assert [console.columns(line) for line in lines] == [7, 7, 7]


def test_show_refresh_gives_the_report_and_draws_nothing_without_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = RefreshReport(("a",), failed=(Failure("b", "b", "no text"),))
    events = iter((Progress("parse", 1, 2, "files"), Progress("embed", 1, 0, "chunks"), report))
    assert console.show_refresh(events) == report
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_a_refresh_without_a_report_is_an_error() -> None:
    with pytest.raises(HomeError, match="run it again"):
        console.show_refresh(iter((Progress("parse", 1, 2, "files"),)))


# --- tables under an answer -----------------------------------------------------------------


def table_of(rows: int, cited_by_text: int = 2) -> Answer:
    """An answer with a row and a citation per model."""
    citations = tuple(Citation(n, f"d{n}", f"Model {n}", "q", 0, 1) for n in range(1, rows + 1))
    return Answer(
        "answered",
        "q",
        "q",
        f"{rows} models. [{cited_by_text}]",
        (Sentence(f"{rows} models.", (cited_by_text,)),),
        citations,
        Table(
            ("Model", "Total parameters (B)", "Context (tokens)", "Open"),
            tuple((f"Model {n}", n / 2, 1000 * n, None) for n in range(1, rows + 1)),
            tuple((n,) for n in range(1, rows + 1)),
            {"described": "open-weight"},
        ),
    )


def test_a_table_shows_its_rows_with_their_citations_and_the_query() -> None:
    lines = console.answer_text(table_of(3)).splitlines()
    assert lines[2].split("  ")[0] == "Model"
    assert lines[2].endswith("Source")
    assert [line.split() for line in lines[3:6]] == [
        ["Model", str(n), f"{n / 2:g}", f"{1000 * n}", "–", f"[{n}]"] for n in (1, 2, 3)
    ]
    assert lines[6] == "Query: open-weight"
    assert sum(line.startswith("[") for line in lines) == 3


def test_a_long_table_shows_20_rows_and_the_references_of_what_is_shown() -> None:
    text = console.answer_text(table_of(100, cited_by_text=77))
    assert "Model 20 " in text and "Model 21 " not in text
    assert "… and 80 more rows (--json has them all)" in text
    shown = re.findall(r"^\[(\d+)\]", text, re.MULTILINE)
    assert shown == [*(str(n) for n in range(1, 21)), "77"]
    assert "… and 79 more sources (--json has them all)" in text


def test_sources_asked_for_bound_the_references_under_a_table() -> None:
    assert len(re.findall(r"^\[\d+\]", console.answer_text(table_of(9), 2), re.MULTILINE)) == 2


def test_a_row_with_many_sources_names_the_first() -> None:
    answer = table_of(9)
    assert answer.table is not None
    every = tuple(range(1, 10))
    table = replace(answer.table, rows=answer.table.rows[:1], row_citations=(every,))
    assert "[1][2][3][4]…" in console.answer_text(replace(answer, table=table))


@pytest.mark.parametrize("width", [30, 50, 80])
def test_a_table_fits_the_terminal_and_keeps_its_citations(width: int) -> None:
    text = console.answer_text(table_of(5), width=width)
    rows = text.split("\n\n")[1].splitlines()[:6]
    assert max(console.columns(row) for row in rows) <= width
    assert all(row.rstrip().endswith("]") for row in rows[1:])
    assert ("No room for" in text) == (width == 30)


def test_a_table_cannot_drive_the_terminal() -> None:
    hostile = Table(("a\x1b[2J",), (("x\x1b]0;t\x07\u202e\ny",),), ((1,),), {"described": "q\x9b"})
    text = console.answer_text(replace(table_of(1), table=hostile))
    assert not set("\x1b\x07\u202e\x9b") & set(text)
    assert "x]0;t y" in text
