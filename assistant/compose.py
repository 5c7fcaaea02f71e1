"""From checked sentences to an Answer: citations numbered in order of appearance.

Knows nothing of models or retrieval; pure functions over values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.attribution import REPORTING, Quote, Support, best_quote
from assistant.attribution.names import missing_names, names
from assistant.evidence import SOURCE_NOTE, Evidence, Extract, Line
from assistant.lexical import content_terms
from assistant.types import Citation, Sentence
from corpus.types import DocumentInfo
from index.types import Passage

NOT_IN_CORPUS = "The corpus does not hold an answer to this question."
NOT_DRAFTED = "No answer could be drafted, and no passage answers the question by itself."
MIN_EXTRACT_OVERLAP = 0.6
"""Share of the question's weighted terms that a quote must hold to stand as the answer."""
MIN_ASKED = 0.5
"""Share of the question's terms other than names that a quote must hold."""
NEARLY = 0.9
"""A second quote is shown if its overlap is at least this share of the best one's."""
MAX_EXTRACTS = 2
MAX_NEAREST = 3
MAX_UNUSED = 8


@dataclass(slots=True)
class Numbering:
    """Gives each distinct quote its number, in order of first use."""

    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    citations: list[Citation] = field(default_factory=list)

    def number(self, quote: Quote) -> int:
        """The number of ``quote``; the same span of the same document keeps its number."""
        key = (quote.passage.document.id, quote.start, quote.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(citation(self._numbers[key], quote))
        return self._numbers[key]


def citation(number: int, quote: Quote) -> Citation:
    """A quote with what a reader needs to find it."""
    info = quote.passage.document
    return Citation(
        number=number,
        document_id=info.id,
        title=info.title,
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        publisher=info.publisher,
        published=info.published,
        url=source_of(quote.text, info) or info.url,
        page=quote.passage.chunk.page,
        kind=info.kind,
    )


def source_of(quote: str, info: DocumentInfo) -> str | None:
    """The address of the first source that a quote of a curated document names, or None."""
    addresses = dict(info.sources)
    for note in SOURCE_NOTE.finditer(quote):
        for label in note["labels"].split(";"):
            if label.strip() in addresses:
                return addresses[label.strip()]
    return None


def cite(
    checked: Sequence[tuple[str, Support]],
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Sentences with their citation numbers, and the citations themselves."""
    numbering = Numbering()
    sentences = tuple(
        Sentence(text, tuple(dict.fromkeys(map(numbering.number, support.quotes))), "supported")
        if support.supported
        else Sentence(text, (), "unsupported")
        for text, support in checked
    )
    return sentences, tuple(numbering.citations)


def written(sentences: Sequence[Sentence]) -> str:
    """The answer's text: supported sentences only, each followed by its markers."""
    return " ".join(
        f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}".strip()
        for sentence in sentences
        if sentence.verdict == "supported"
    )


def sources(evidence: Evidence) -> tuple[Citation, ...]:
    """The evidence as provisional citations, shown before the first token."""
    quotes = (_span(extract.passage, *extract.span) for extract in evidence.extracts)
    return tuple(citation(number, quote) for number, quote in enumerate(quotes, start=1))


def _span(passage: Passage, start: int, end: int) -> Quote:
    offset = passage.chunk.start
    return Quote(passage, start, end, passage.text[start - offset : end - offset])


def extracts(question: str, evidence: Evidence) -> list[Quote]:
    """The quotes that come closest to answering, when no drafted sentence stands.

    The best line of the evidence, and a second one that is about as close. A line that
    only names what the question is about says nothing of what is asked, and is left out.
    """
    lines = [(line, extract) for extract in evidence.extracts for line in extract.lines]
    close = [
        (line, extract)
        for line, extract in lines
        if line.overlap >= MIN_EXTRACT_OVERLAP and _touches(question, line, extract)
    ]
    if not close:
        return []
    close.sort(key=lambda pair: -pair[0].overlap)
    best = [pair for pair in close if pair[0].overlap >= NEARLY * close[0][0].overlap]
    return [_quote_of(extract, line) for line, extract in best[:MAX_EXTRACTS]]


def likeliest(question: str, evidence: Evidence) -> list[Quote]:
    """The best line of the evidence, and another of the same passage that is about as good.

    For an answer that the passage is known to hold, in whatever words.
    """
    pairs = [(line, extract) for extract in evidence.extracts for line in extract.lines]
    if not pairs:
        return []
    best, extract = max(pairs, key=lambda pair: pair[0].score)
    framed = f"{extract.heading}\n{extract.text}"
    if any(any(map(str.isdigit, name)) for name in missing_names(question, framed)):
        return []
    close = [line for line in extract.lines if line.score >= NEARLY * best.score]
    shown = sorted(close, key=lambda line: -line.score)[:MAX_EXTRACTS]
    return [_quote_of(extract, line) for line in sorted(shown, key=lambda line: line.unit.start)]


def _touches(question: str, line: Line, extract: Extract) -> bool:
    """Whether the line, with its headings, holds the names and most of what else is asked."""
    framed = f"{extract.heading}\n{line.text}"
    if _lacks_names(question, framed):
        return False
    of_names = {term for name in names(question) for term in content_terms(name)}
    asked = set(content_terms(question)) - of_names - REPORTING
    said = content_terms(f"{extract.heading}\n{line.text}")
    return not asked or len(asked.intersection(said)) >= MIN_ASKED * len(asked)


def _lacks_names(question: str, framed: str) -> bool:
    """Whether a line lacks a versioned name of the question, or most of its other names."""
    asked, missing = names(question), missing_names(question, framed)
    versioned = any(any(map(str.isdigit, name)) for name in missing)
    return versioned or len(missing) > len(asked) / 2


def _quote_of(extract: Extract, line: Line) -> Quote:
    offset = extract.passage.chunk.start
    return _span(extract.passage, offset + line.unit.start, offset + line.unit.end)


def nearest(question: str, passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """The nearest passages, for a reader who was refused; numbered from 1."""
    close = passages[:MAX_NEAREST]
    return tuple(citation(n, best_quote(question, p)) for n, p in enumerate(close, start=1))


def unused(
    question: str, passages: Sequence[Passage], shown: Sequence[Citation]
) -> tuple[Citation, ...]:
    """The best passages that none of the ``shown`` quotes is from, numbered after those."""
    first = max((cited.number for cited in shown), default=0) + 1
    left = [passage for passage in passages if not any(_is_from(c, passage) for c in shown)]
    return tuple(
        replace(citation(number, best_quote(question, passage)), score=passage.score)
        for number, passage in enumerate(left[:MAX_UNUSED], start=first)
    )


def _is_from(cited: Citation, passage: Passage) -> bool:
    chunk = passage.chunk
    return (
        cited.document_id == chunk.document_id
        and cited.start < chunk.end
        and chunk.start < cited.end
    )
