"""A turn as plain text: the answer with its numbers, its table, and the references below.

What *Copy* puts on the clipboard. Pure functions; knows nothing of HTML.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.types import Answer, Citation, Sentence, Table, Translation
from ui.markup import flat, shortened
from ui.render_table import shown
from ui.views import TurnView

MOST_ROWS = 100
MAX_QUOTE = 300  # characters of a quote in a reference


def turn_text(turn: TurnView) -> str:
    """Return the answer of a turn with numbered references, or "" if there is none."""
    if turn.answer is None:
        return ""
    answer = turn.answer
    parts = [_prose(answer), *(translated(answer.translation) if answer.translation else ())]
    if answer.table is not None and answer.table.rows:
        parts.append(_table(answer.table))
    if answer.notice:
        parts.append(answer.notice)
    cited = answer.citations or answer.nearest
    if cited:
        label = "Sources" if answer.status == "answered" else "Nearest passages"
        parts.append("\n".join([f"{label}:", *map(_reference, cited)]))
    return "\n\n".join(part for part in parts if part)


def translated(told: Translation) -> tuple[str, str]:
    """Return a translation with its numbers, and what it is worth."""
    return " ".join(map(_sentence, told.sentences)), f"({translation_note(told)})"


def translation_note(told: Translation) -> str:
    """Return what a translation is worth."""
    kept = ""
    if told.kept:
        what = "One sentence is" if told.kept == 1 else f"{told.kept:d} sentences are"
        kept = f" {what} left as before, since names or numbers did not agree."
    return (
        "Translated by the model. Names and numbers were compared, the meaning was not checked;"
        f" the sentences above were.{kept}"
    )


def _prose(answer: Answer) -> str:
    if answer.status != "answered" or not answer.sentences:
        return answer.text
    return " ".join(_sentence(sentence) for sentence in answer.sentences)


def _sentence(sentence: Sentence) -> str:
    if sentence.verdict != "supported":
        return f"{sentence.text} (not supported by the sources)"
    return f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}".strip()


def _table(table: Table) -> str:
    rows = [table.columns, *(tuple(map(shown, row)) for row in table.rows[:MOST_ROWS])]
    return "\n".join("\t".join(flat(str(cell)) for cell in row) for row in rows)


def _reference(cited: Citation) -> str:
    page = f"page {cited.page}" if cited.page is not None else ""
    facts = (cited.title, cited.publisher, cited.published, page, cited.url)
    said = ". ".join(_known(facts))
    return f"[{cited.number}] {said}. “{shortened(flat(cited.quote), MAX_QUOTE)}”"


def _known(facts: Iterable[str | None]) -> list[str]:
    return [flat(fact).rstrip(".") for fact in facts if fact]
