"""A conversation as a file: Markdown, HTML, JSON, and its sources as BibTeX or CSL-JSON.

Every format holds what was shown: the same sentences, numbers and quotes. Pure functions; every
value is untrusted text. Knows nothing of servers or of where conversations are kept.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

from assistant.types import Answer, Citation, Sentence, Table
from ui.export_sources import bibtex, csl_json, safe_url
from ui.markup import flat, moment, readable, words
from ui.plain_text import translation_note
from ui.render import UNSUPPORTED_NOTE
from ui.render_table import shown
from ui.views import Conversation, TurnView

MAX_NAME = 60  # characters of a file's name

# What Markdown (CommonMark and its tables) would read as a sign wherever it stands.
_SIGNS = re.compile(r"([\\`*_\[\]<>#|~$&])")
# At the start of a line only: lists, quotes, rules and headings.
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Exported:
    """What is written: a conversation and when it was held (ISO times)."""

    title: str
    created: str
    changed: str
    turns: Conversation


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file; ``write`` makes its text."""

    label: str
    suffix: str
    media_type: str
    write: Callable[[Exported], str]


def file_name(title: str, suffix: str) -> str:
    """A name of plain letters, digits and hyphens: safe in a header and on every system."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_NAMES.sub("-", plain).strip("-")[:MAX_NAME].strip("-")
    return f"refdesk-{slug or 'conversation'}.{suffix}"


# --- JSON -------------------------------------------------------------------------------


def to_json(talk: Exported) -> str:
    """The conversation with each answer in the structure of ``refdesk ask --json``."""
    turns = [
        {
            "number": turn.number,
            "question": turn.question,
            "outcome": turn.phase,
            "error": turn.error,
            "answer": turn.answer.to_dict() if turn.answer else None,
            "feedback": asdict(turn.feedback) if turn.feedback else None,
        }
        for turn in talk.turns
    ]
    told = {"title": talk.title, "created": talk.created, "changed": talk.changed, "turns": turns}
    return json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"


# --- Markdown ---------------------------------------------------------------------------


def to_markdown(talk: Exported) -> str:
    """The conversation as CommonMark with the references of each answer below it."""
    parts = [f"# {_line(talk.title)}", f"refdesk, {moment(talk.changed)}"]
    for turn in talk.turns:
        parts.append(f"## {turn.number:d}. {_line(turn.question)}")
        parts.extend(_turn_parts(turn))
    return "\n\n".join(parts) + "\n"


def _turn_parts(turn: TurnView) -> Iterator[str]:
    answer = turn.answer
    if answer is None:
        yield "*" + _line(turn.error or "Stopped. Nothing here was checked.") + "*"
        return
    if answer.standalone_question.strip() not in ("", turn.question.strip()):
        yield f"*Searched for: {_line(answer.standalone_question)}*"
    yield _said(answer)
    if answer.translation is not None:
        yield " ".join(map(_sentence, answer.translation.sentences))
        yield f"*{_line(translation_note(answer.translation))}*"
    if answer.table is not None and answer.table.columns:
        yield _table(answer.table)
    if answer.notice:
        yield f"*{_line(answer.notice)}*"
    refused = answer.status == "not_in_corpus"
    references = answer.nearest if refused else answer.citations
    if references:
        yield "Nearest passages, which do not answer it:" if refused else "References:"
        yield "\n\n".join(map(_reference, references))


def _said(answer: Answer) -> str:
    if answer.status == "answered" and answer.sentences:
        return " ".join(map(_sentence, answer.sentences))
    return _lines(answer.text)


def _sentence(sentence: Sentence) -> str:
    text = _lines(sentence.text)
    if sentence.verdict != "supported":
        return f"{text} *({UNSUPPORTED_NOTE})*"
    marks = "".join(f"[{number:d}]" for number in sentence.citations)
    return f"{text} {marks}" if marks else text


def _table(table: Table) -> str:
    rows = ["| " + " | ".join(_line(words(name)) for name in table.columns) + " |"]
    rows.append("|" + " --- |" * len(table.columns))
    for index, row in enumerate(table.rows):
        numbers = table.row_citations[index] if index < len(table.row_citations) else ()
        cells = [_line(shown(cell)) for cell in row]
        cells[0] = " ".join(filter(None, [cells[0], "".join(f"[{n:d}]" for n in numbers)]))
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _reference(citation: Citation) -> str:
    facts = [citation.publisher, citation.published]
    facts.append(f"page {citation.page:d}" if citation.page is not None else None)
    facts.append("model card" if citation.kind == "model_card" else None)
    told = [_line(fact) for fact in facts if fact]
    url = safe_url(citation.url)
    told += [f"<{url}>"] if url else []
    told.append(f"document {_line(citation.document_id)}")
    quoted = "\n".join(f"> {line}" for line in _lines(citation.quote).split("\n"))
    return f"[{citation.number:d}] **{_line(citation.title)}** — {', '.join(told)}\n\n{quoted}"


def _line(text: str) -> str:
    """``text`` on one line, every sign as itself."""
    return _escaped(flat(readable(text)))


def _lines(text: str) -> str:
    """``text`` with its line breaks, every sign as itself."""
    lines = [_escaped(line.strip()) for line in readable(text).splitlines()]
    return "\\\n".join(line for line in lines if line)


def _escaped(line: str) -> str:
    return _LINE_START.sub(_held, _SIGNS.sub(r"\\\1", line))


def _held(start: re.Match[str]) -> str:
    """A line's first sign as itself: ``\\-`` for a dash, ``1\\.`` for a number with a dot."""
    blank, sign = start.groups()
    return f"{blank}{sign}\\" if sign[0].isdigit() else f"{blank}\\{sign}"


def to_html(talk: Exported) -> str:
    """The conversation as a page that needs nothing else."""
    from ui.render_talk import talk_page
    from ui.theme import talk_style

    return talk_page(talk.title, f"refdesk, {moment(talk.changed)}", talk.turns, talk_style())


FORMATS: Mapping[str, Format] = {
    "md": Format("Markdown", "md", "text/markdown; charset=utf-8", to_markdown),
    "html": Format("Web page", "html", "text/html; charset=utf-8", to_html),
    "json": Format("JSON", "json", "application/json", to_json),
    "bib": Format(
        "Sources as BibTeX", "bib", "application/x-bibtex; charset=utf-8",
        lambda talk: bibtex(talk.turns),
    ),
    "csl": Format(
        "Sources as CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json",
        lambda talk: csl_json(talk.turns),
    ),
}  # fmt: skip
"""By the name that an address gives: ``/talk/ID/export?format=md``."""
