"""Turn answers into HTML, by pure functions.

Every string of a document, a model or a visitor goes through ``escaped``; nothing is read
as Markdown. Knows nothing of Gradio, of the assistant or of how an answer is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.types import Answer, Citation, Sentence, Table
from ui.answer_chart import answer_chart
from ui.csv_table import FILE_NAME, csv_address
from ui.line import Place
from ui.markup import escaped, flat, shortened, words
from ui.plain_text import translation_note
from ui.render_feedback import thumbs
from ui.render_sides import question_back, sides_block, stated_sentences
from ui.render_sources import peek
from ui.render_table import Cell, Look, data_table, value_cell
from ui.render_tools import next_steps, turn_tools
from ui.render_trace import why_turn
from ui.views import Conversation, TurnView

UNSUPPORTED_NOTE = "not supported by the sources"
MAX_ROW_MARKS = 3
FULL_WIDTH_ENDS = ("。", "！", "？", "；", "」", "』")

_MARKER = re.compile(r"\[(\d{1,3})\]")

_PROGRESS = {
    "waiting": "Waiting for a free place at the desk…",
    "searching": "Searching the corpus…",
    "drafting": "Reading the sources…",
}
_BEING_WRITTEN = "Being written; each sentence is checked when complete."


def marker(number: int, turn: int, citation: Citation | None = None, *, glued: bool = True) -> str:
    """Return the citation marker of ``#source-<number>``; hovering shows its quote.

    A ``glued`` one stays on the line of the word before it.
    """
    return (
        f'{"&#8288;" if glued else ""}<a class="citation" data-n="{number:d}" data-turn="{turn:d}"'
        f' href="#source-{number:d}"{peek(citation)} aria-label="Source {number:d}">'
        f"[{number:d}]</a>"
    )


def conversation(turns: Conversation) -> str:
    """Return the turns before the last one, each with why it was answered as it was."""
    return "".join(turn_article(turn, why_turn(turn), last=False) for turn in turns)


def turn_article(turn: TurnView, below: str = "", *, last: bool = True) -> str:
    """Return one question and what has come of it so far, with what can be done about it.

    ``below`` is HTML to stand under it.
    """
    tools = "" if turn.running else turn_tools(turn, last=last)
    return (
        f'<article class="turn" data-turn="{turn.number:d}" aria-busy="{_flag(turn.running)}">'
        f'<p class="asked" dir="auto"><span class="visually-hidden">You asked: </span>'
        f"{escaped(turn.question)}</p>{_rewritten(turn)}{_thinking(turn)}{_reply(turn)}"
        f"{next_steps() if last and _refused(turn) else ''}"
        f'<div class="turn-foot">{tools}{thumbs(turn)}</div>{below}</article>'
    )


def _refused(turn: TurnView) -> bool:
    answer = turn.answer
    return answer is not None and answer.status == "not_in_corpus" and not answer.clarification


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _rewritten(turn: TurnView) -> str:
    standalone = turn.standalone_question
    if not standalone or standalone.strip() == turn.question.strip():
        return ""
    return f'<p class="rewritten" dir="auto">Searched for: {escaped(standalone)}</p>'


def _thinking(turn: TurnView) -> str:
    text = (turn.answer.thinking if turn.answer else None) or turn.thinking
    if not text:
        return ""
    label = "Thinking…" if turn.running and not turn.draft else "The model’s thinking, unchecked"
    return (
        f'<details class="thinking" data-fold="thinking-{turn.number:d}"><summary>{label}'
        f'</summary><div class="prewrap" dir="auto">{escaped(text)}</div></details>'
    )


def _reply(turn: TurnView) -> str:
    if turn.phase == "failed":
        return f'<p class="error" role="alert">{escaped(turn.error or "")}</p>'
    if turn.answer is not None:
        return answer_block(turn.answer, turn.number)
    draft = _draft(turn) if turn.draft else ""
    if turn.phase == "stopped":
        checked = any(sentence.citations for sentence in turn.settled.sentences)
        told = "Only what has a number was checked." if checked else "Nothing here was checked."
        return f'{draft}<p class="note stopped">Stopped. {told}</p>'
    label = _BEING_WRITTEN if draft else _PROGRESS[turn.phase]
    if turn.phase == "waiting" and turn.place is not None:
        label = f"{label} {in_line(turn.place)}"
    return f'{draft}<p class="note progress">{label}</p>'


def in_line(place: Place) -> str:
    """Return where a question waits, and about how long: "2nd in line, about 20 s." """
    ends = {1: "st", 2: "nd", 3: "rd"}
    number = place.number
    end = "th" if 10 < number % 100 < 20 else ends.get(number % 10, "th")
    where = "Next in line" if number == 1 else f"{number:d}{end} in line"
    if place.seconds is None:
        return f"{where}."
    if place.seconds >= 90:
        return f"{where}, about {round(place.seconds / 60):d} min."
    return f"{where}, about {max(5, 5 * round(place.seconds / 5)):d} s."


def _draft(turn: TurnView) -> str:
    """The draft in the answer's own place: settled sentences, then what is not checked yet."""
    cited = {citation.number: citation for citation in turn.settled.citations}
    settled = "".join(_spaced(one, cited, turn.number) for one in turn.settled.sentences)
    rest = f'<span class="draft">{escaped(turn.settled.rest(turn.draft))}</span>'
    return (
        f'<div class="answer being-written"><p class="prewrap" dir="auto">{settled}{rest}</p></div>'
    )


def answer_block(answer: Answer, turn: int) -> str:
    """Return a checked answer: sentences with markers, or a refusal, with table and notice."""
    notice = f'<p class="note notice">{escaped(answer.notice)}</p>' if answer.notice else ""
    if answer.clarification:
        nearest = _nearest(answer, turn, "Passages that may be meant:")
        return f"{question_back(answer)}{nearest}{notice}"
    table = answer_table(answer.table, answer, turn) if answer.table else ""
    if answer.status == "not_in_corpus":
        return f'<div class="answer refusal">{_refusal(answer, turn)}{notice}</div>'
    retold = _translation(answer, turn)
    return f'<div class="answer">{_prose(answer, turn)}{retold}{table}{notice}</div>'


def _translation(answer: Answer, turn: int) -> str:
    """The answer once more in the visitor's language, marked as what it is."""
    told = answer.translation
    if told is None:
        return ""
    cited = {citation.number: citation for citation in answer.citations}
    body = "".join(_spaced(sentence, cited, turn) for sentence in told.sentences).rstrip()
    return (
        f'<div class="translation" lang="{escaped(told.language)}"><p class="prewrap" dir="auto">'
        f'{body}</p></div><p class="note translated">{translation_note(told)}</p>'
    )


def _prose(answer: Answer, turn: int) -> str:
    """The sentences; where sources differ, the sides stand below in place of their sentences."""
    cited = {citation.number: citation for citation in answer.citations}
    if not answer.sentences:
        return f'<p class="prewrap" dir="auto">{linked_markers(answer.text, answer, turn)}</p>'
    stated = stated_sentences(answer)
    body = "".join(_spaced(sentence, cited, turn) for sentence in stated).rstrip()
    sides = ""
    if len(stated) < len(answer.sentences):
        sides = "".join(
            sides_block(one, lambda numbers: _markers(numbers, cited, turn))
            for one in answer.disagreements
        )
    return (f'<p class="prewrap" dir="auto">{body}</p>' if body else "") + sides


Cited = Mapping[int, Citation]


def _spaced(sentence: Sentence, cited: Cited, turn: int) -> str:
    """Return a sentence and the space after it, which Chinese and Japanese do without."""
    space = "" if sentence.text.rstrip().endswith(FULL_WIDTH_ENDS) else " "
    return _sentence(sentence, cited, turn) + space


def _sentence(sentence: Sentence, cited: Cited, turn: int) -> str:
    if sentence.verdict != "supported":
        return (
            f'<span class="sentence unsupported"><span class="claim">{escaped(sentence.text)}'
            f'</span> <span class="verdict">{UNSUPPORTED_NOTE}</span></span>'
        )
    marks = _markers(sentence.citations, cited, turn)
    return f'<span class="sentence">{escaped(sentence.text)}{marks}</span>'


def _markers(numbers: Iterable[int], cited: Cited, turn: int) -> str:
    return _marks([cited[number] for number in numbers if number in cited], turn)


def _marks(citations: Sequence[Citation], turn: int) -> str:
    """Return markers in a row, which may break after the first."""
    return "".join(
        marker(citation.number, turn, citation, glued=place == 0)
        for place, citation in enumerate(citations)
    )


def linked_markers(text: str, answer: Answer, turn: int) -> str:
    """Return ``text`` escaped, with each ``[n]`` that is one of the citations as a marker."""
    cited = {citation.number: citation for citation in answer.citations}
    parts, last = [], 0
    for match in _MARKER.finditer(text):
        citation = cited.get(int(match.group(1)))
        if citation is not None:
            parts += [escaped(text[last : match.start()]), marker(citation.number, turn, citation)]
            last = match.end()
    return "".join([*parts, escaped(text[last:])])


def _refusal(answer: Answer, turn: int) -> str:
    text = answer.text or "The corpus does not hold the answer to this question."
    nearest = _nearest(answer, turn, "The nearest passages, which do not answer it:")
    return f'<p dir="auto">{escaped(text)}</p>{nearest}'


def _nearest(answer: Answer, turn: int, label: str) -> str:
    if not answer.nearest:
        return ""
    nearest = "".join(
        f"<li>{marker(near.number, turn, near)} {escaped(near.title)}"
        f' <span class="snippet" dir="auto">{escaped(shortened(flat(near.quote), 90))}</span></li>'
        for near in answer.nearest
    )
    return f'<p class="nearest-label">{label}</p><ul class="nearest">{nearest}</ul>'


def answer_table(table: Table, answer: Answer, turn: int) -> str:
    """Return the rows of a catalogue answer; markers stand in the first column, always in view."""
    if not table.rows or not table.columns:
        return ""
    cited = {citation.number: citation for citation in answer.citations}
    rows = []
    for index, row in enumerate(table.rows):
        numbers = table.row_citations[index] if index < len(table.row_citations) else ()
        fold = f"row-{turn:d}-{index:d}"
        sources = _row_markers([cited[n] for n in numbers if n in cited], turn, fold)
        first, *others = map(value_cell, row)
        rows.append([Cell(first.html + sources, first.key), *others])
    described = table.query.get("described")
    foot = ""
    if described:
        foot = f'<span class="described" dir="auto">Query: {escaped(described)}</span>'
    if len(table.rows) > 1:
        foot += (
            f'<a class="csv" download="{FILE_NAME}" href="{csv_address(table, answer.citations)}"'
            ' title="Download the whole table as a CSV file">CSV</a>'
        )
    look = Look(f"answer-{turn:d}", "Table of the answer", sortable=_sortable(table))
    heads = [words(name) for name in table.columns]
    return data_table(heads, rows, look, foot) + answer_chart(table)


def _sortable(table: Table) -> bool:
    """Whether a row is a thing of its own; where models stand side by side it is a property."""
    return len(table.rows) > 1 and table.query.get("shape") != "compare"


def _row_markers(citations: Sequence[Citation], turn: int, fold: str) -> str:
    """Return a row's markers; of many, the first ones and the others folded."""
    if len(citations) <= MAX_ROW_MARKS + 1:
        return _marks(citations, turn)
    rest = citations[MAX_ROW_MARKS:]
    return (
        f"{_marks(citations[:MAX_ROW_MARKS], turn)}"
        f'<details class="more" data-fold="{fold}"><summary>+{len(rest):d}</summary>'
        f"{_marks(rest, turn)}</details>"
    )
