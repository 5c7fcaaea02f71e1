"""Saved questions as HTML: the answer of now, what changed in it, and the answers before.

Pure functions; questions, answers and changes are what visitors, models and documents said, and
go through ``escaped``. Knows nothing of Gradio or of how a question is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.saved.questions import NEW_ANSWER
from assistant.saved.types import Change, DatedAnswer, SavedQuestion
from assistant.types import Answer, Citation
from ui.atom import ATOM_PATH
from ui.markup import Span, document_href, escaped, flat, moment, shortened

MAX_QUESTION = 500  # characters of the field
MAX_TEXT = 1200  # characters of an answer in the list
MOST_SOURCES = 6
MAX_QUOTE = 300
NOTHING_YET = (
    "Nothing is saved yet. Choose “Keep asking” below an answer, or write a question here."
)
EXPLAINED = (
    "The desk asks these again, one at a time, after a refresh has brought documents that may"
    " change their answers, and marks what changed."
)
_MARKER = re.compile(r"\[(\d{1,3})\]")

FORM = (
    f'<div class="saved-intro"><h2 id="saved-title" tabindex="-1">Saved questions</h2>'
    f"<p>{EXPLAINED}</p>"
    '<form data-form="save-words" class="saved-form"><label><span class="visually-hidden">Question'
    ' to keep asking</span><input name="question" dir="auto" required autocomplete="off"'
    f' maxlength="{MAX_QUESTION:d}" placeholder="A question to keep asking…"></label>'
    '<button type="submit">Keep asking</button></form></div>'
)


def saved_list(questions: Sequence[SavedQuestion], feed: str = "", note: str = "") -> str:
    """Return the visitor's saved questions, last changed first; ``feed`` is a feed's secret."""
    if not questions:
        return f'{note}<p class="empty">{NOTHING_YET}</p>'
    newest = max((one.key for q in questions for one in q.answers), default=0)
    rows = "".join(map(_row, questions))
    address = f"{ATOM_PATH}?saved={escaped(feed)}" if feed else ATOM_PATH
    return (
        f'{note}<div class="saved-list" data-newest="{newest:d}">{rows}'
        f'<p class="note">Changes are also in <a href="{address}">this feed</a> (Atom)'
        f"{', which only who has its address can read' if feed else ''}.</p></div>"
    )


def problem(reason: str) -> str:
    """Return one line about what went wrong."""
    return f'<p class="error" role="alert">{escaped(reason)}</p>'


def _row(one: SavedQuestion) -> str:
    identity, question = escaped(one.id), escaped(one.question)
    mark = ' <span class="saved-mark">changed</span>' if one.unseen else ""
    whose = "" if one.owner else ' <span class="state">saved for everybody</span>'
    newest = one.answers[0] if one.answers else None
    changed = one.changed
    return (
        f'<article class="saved" data-saved="{identity}" data-question="{question}"'
        f"{' data-own' if one.owner else ''}{' data-unseen' if one.unseen else ''}>"
        f'<h3 dir="auto">{question}{mark}{whose}</h3>'
        f"{_answer(newest.answer) if newest else ''}"
        f"{_changes(changed) if changed else ''}{_facts(one)}"
        f'<div class="saved-more">{_sources(one) if newest else ""}{_earlier(one)}</div>'
        f"{_acts(one)}</article>"
    )


def _answer(answer: Answer) -> str:
    """The answer's text, its numbers leading to their quotes."""
    if answer.status == "not_in_corpus":
        return f'<p class="saved-answer refused" dir="auto">{escaped(shortened(answer.text))}</p>'
    rows = len(answer.table.rows) if answer.table else 0
    table = f' <span class="note">(a table of {rows:,} rows)</span>' if rows else ""
    return f'<p class="saved-answer" dir="auto">{_linked(answer)}{table}</p>'


def _linked(answer: Answer) -> str:
    text, cited = shortened(answer.text, MAX_TEXT), {c.number: c for c in answer.citations}
    parts, last = [], 0
    for match in _MARKER.finditer(text):
        if (citation := cited.get(int(match[1]))) is not None:
            parts += [escaped(text[last : match.start()]), _number(citation)]
            last = match.end()
    return "".join([*parts, escaped(text[last:])])


def _number(citation: Citation) -> str:
    title = escaped(f"{citation.title}: “{shortened(flat(citation.quote), MAX_QUOTE)}”")
    return (
        f'<a class="saved-number" href="{escaped(_href(citation))}" target="_blank"'
        f' title="{title}">[{citation.number:d}]</a>'
    )


def _href(citation: Citation) -> str:
    return document_href(citation.document_id, Span(citation.start, citation.end), citation.quote)


def _changes(answer: DatedAnswer) -> str:
    return (
        f'<div class="saved-changes"><p>Changed on <time>{escaped(moment(answer.made))}</time>:'
        f"</p>{_change_list(answer.changes)}</div>"
    )


def _change_list(changes: Sequence[Change]) -> str:
    return "<ul>" + "".join(f'<li dir="auto">{escaped(one.text)}</li>' for one in changes) + "</ul>"


def _facts(one: SavedQuestion) -> str:
    if one.due:
        waits = "Waiting to be asked" + (" again: the documents have changed." if one.answers
                                         else ".")  # fmt: skip
        note = f" {escaped(one.note)}" if one.note.startswith("Could not") else ""
        return f'<p class="note">{waits}{note}</p>'
    if one.note == NEW_ANSWER:  # what changed, and when, stands above
        return ""
    return f'<p class="note">{escaped(moment(one.checked))} · {escaped(one.note)}</p>'


def _sources(one: SavedQuestion) -> str:
    citations = one.answers[0].answer.citations
    if not citations:
        return ""
    items = "".join(map(_source, citations[:MOST_SOURCES]))
    more = len(citations) - MOST_SOURCES
    rest = f'<p class="note">and {more:,} more</p>' if more > 0 else ""
    noun = "source" if len(citations) == 1 else "sources"
    return (
        f'<details data-fold="saved-sources-{escaped(one.id)}"><summary>{len(citations):,} {noun}'
        f"</summary><ul>{items}</ul>{rest}</details>"
    )


def _source(citation: Citation) -> str:
    return (
        f'<li dir="auto">[{citation.number:d}] <a class="here" href="{escaped(_href(citation))}"'
        f' target="_blank">{escaped(shortened(citation.title, 120))}</a>'
        f' <q class="quoted">{escaped(shortened(flat(citation.quote), MAX_QUOTE))}</q></li>'
    )


def _earlier(one: SavedQuestion) -> str:
    """The answers before the one of now, each with what had changed in it then."""
    past = one.answers[1:]
    if not past:
        return ""
    items = "".join(
        f"<li><time>{escaped(moment(before.made))}</time>"
        f'<span dir="auto">{escaped(shortened(before.answer.text))}</span></li>'
        for before in past
    )
    noun = "earlier answer" if len(past) == 1 else "earlier answers"
    return (
        f'<details data-fold="saved-earlier-{escaped(one.id)}"><summary>{len(past):,} {noun}'
        f'</summary><ol class="saved-earlier">{items}</ol></details>'
    )


def _acts(one: SavedQuestion) -> str:
    identity, question = escaped(one.id), escaped(one.question)
    said = escaped(shortened(one.question, 80))
    ask = (
        f'<button type="button" class="tool" data-act="ask" data-while-idle'
        f' data-question="{question}" aria-label="Ask now: {said}">Ask now</button>'
    )
    stop = (
        f'<button type="button" class="tool" data-act="unsave" data-saved="{identity}"'
        f' aria-label="Stop asking: {said}">Stop asking</button>'
        if one.owner
        else ""
    )
    return f'<div class="saved-acts">{ask}{stop}</div>'
