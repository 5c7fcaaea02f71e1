"""What the terminal shows of an answer and of a refresh."""

from __future__ import annotations

import io
import re

import pytest

from assistant.types import Answer, Answered, Citation, Draft, EvidenceFound, Rewritten
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
