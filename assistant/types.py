"""The nouns of an answer, in the shape that every door gives it.

``Answer.to_dict()`` is the JSON contract of ``refdesk ask --json``, the Python API, the HTTP API
and exports; ``Answer.from_dict()`` reads it back. Knows nothing of how an answer is made.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from corpus.errors import InputError
from corpus.types import DocumentKind
from index.types import Passage

Verdict = Literal["supported", "unsupported"]
AnswerStatus = Literal["answered", "not_in_corpus"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote: exactly ``document.text[start:end]`` of the cited document.

    ``score`` is what the search gave a passage that was not used (comparable within one answer).
    """

    number: int
    document_id: str
    title: str
    quote: str
    start: int
    end: int
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    page: int | None = None
    kind: DocumentKind = "document"
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the answer with the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...] = ()
    verdict: Verdict = "supported"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a catalogue answer; ``row_citations[i]`` are the citation numbers of row i."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    row_citations: tuple[tuple[int, ...], ...] = ()
    query: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds since the question arrived: ``first_evidence``, ``first_token`` and ``total``.

    The others are durations: ``judge`` is whether the sources answer, ``draft`` the model's
    writing, reading the prompt included, and ``check`` what came after it.
    """

    rewrite: float = 0.0
    search: float = 0.0
    first_evidence: float | None = None
    first_token: float | None = None
    total: float = 0.0
    judge: float | None = None
    draft: float | None = None
    check: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One value that sources give where others differ, with the citations that state it.

    ``sources`` counts independent texts; ``published`` is the newest date among them (ISO 8601).
    """

    value: str
    citations: tuple[int, ...]
    sources: int = 1
    published: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What sources say differently, newest or most told first.

    ``ambiguous``: the sides may speak of different things of the same name.
    """

    sides: tuple[Side, ...]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """An answer once more in ``language``, by the model; its meaning was not checked.

    ``kept`` sentences stand as they were: their names, numbers or dates did not agree.
    """

    language: str
    sentences: tuple[Sentence, ...]
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer. ``nearest`` are passages shown when the corpus lacks the answer.

    ``trace`` explains the answer (query terms, scores, gates, prompt size); it is for
    people and may grow. ``notice`` is one line for the reader when something degraded,
    for example "the language model is not reachable; these are quotes". ``clarification`` is
    what is asked back where it is unclear what the question is about (the status is then
    ``not_in_corpus``); ``disagreements`` are sources that differ, told in ``text`` as well.
    ``unused`` are passages that were found and neither cited nor shown as nearest, best first;
    their numbers go on where those of the others end. ``translation`` is there where one was
    asked for.
    """

    status: AnswerStatus
    question: str
    standalone_question: str
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    table: Table | None = None
    nearest: tuple[Citation, ...] = ()
    thinking: str | None = None
    model: str = ""
    as_of: str | None = None
    timings: Timings = field(default_factory=Timings)
    notice: str | None = None
    clarification: str | None = None
    disagreements: tuple[Disagreement, ...] = ()
    unused: tuple[Citation, ...] = ()
    trace: dict[str, Any] = field(default_factory=dict)
    translation: Translation | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract (tuples become lists when dumped)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> Answer:
        """The answer that ``to_dict`` told, also after JSON; raises InputError for another shape.

        Keys that this version does not know are left out.
        """
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter(cls).validate_python(data)
        except ValidationError as error:
            at = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
            raise InputError(f"This is not an answer of refdesk ({at} does not fit).") from error


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The question that is searched for, when it differs from the one asked."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """Passages that the answer will be drafted from, shown before the first token.

    ``sources`` carry provisional numbers; the final answer renumbers them in order of
    appearance.
    """

    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of a reasoning model's private text; never cited, shown folded."""

    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of unchecked answer text, replaced by the final answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A drafted sentence that is complete, with its verdict, and the citations it adds.

    Numbers are provisional: a second look may still take a sentence out of the answer.
    """

    sentence: Sentence
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """The last event: the checked answer."""

    answer: Answer


Event = Rewritten | EvidenceFound | Thinking | Draft | Checked | Answered

__all__ = [
    "Answer",
    "AnswerStatus",
    "Answered",
    "Checked",
    "Citation",
    "Disagreement",
    "Draft",
    "Event",
    "EvidenceFound",
    "Passage",
    "Rewritten",
    "Sentence",
    "Side",
    "Table",
    "Thinking",
    "Timings",
    "Translation",
    "Turn",
    "Verdict",
]
