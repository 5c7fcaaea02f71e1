"""The claims of a document together with the cards of the models that they are about.

A sentence's claims are about the models that it names; a table cell's about the model of the
cell, else of its column, else of its row. Knows nothing of whether claims are true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.cards import ModelCard
from corpus.check.benchmarks import named_benchmarks
from corpus.check.dates import written_dates
from corpus.check.names import Mention, NameIndex
from corpus.check.page import Page, Passage
from corpus.check.quantities import MASK, Claim, claims
from corpus.check.rows import row_claims
from corpus.check.scores import score_claims
from corpus.check.sources import SOURCE_COLUMN, without_markers

# A sentence that says that its sources disagree may give other values than the card.
_DISAGREE = re.compile(
    r"disagree|\bother (?:sources?|reports?|pages?)|\bdiffer(?:s|ed|ing)?\b|dispute|conflict|"
    r"contradict|doubtful|\bwhereas\b|\bwrong(?:ly)?\b|\bmistaken|"
    r"\b(?:one|another|a second|some|two) (?:secondary )?(?:sources?|reports?|pages?)\b",
    re.I,
)
# A name with a number that is no card's: the figure may be that model's.
# Licences, chips and number formats are no models.
_OTHER_MODEL = re.compile(
    r"(?!(?:Apache|CC|OpenMDW|Section|Table|Figure|Article|Attachment|On|In|At|By|From|To|Of|About|The|"
    r"Since|Until|[AHBV]\d{2,3}|[BF]+P?\d+|INT\d|Q\d)\b)"
    r"(?<![\w.-])[A-Z][A-Za-z]*[\s-]?[A-Za-z]*\d[\w.]*(?:-[\w.]+)*"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim and the models that it may be about.

    ``alone``: nothing else in ``text`` looks like a model that has no card.
    """

    claim: Claim
    cards: tuple[ModelCard, ...]
    text: str
    alone: bool


def statements(page: Page, passage: Passage, names: NameIndex) -> Iterator[Statement]:
    """What a passage states about models that have cards."""
    if passage.kind == "row":
        beside = _beside_table(page, passage)
        yield from (s for s in _of_row(passage, names) if not _excused(s, beside, names))
    elif passage.kind in ("paragraph", "item"):
        for sentence in passage.sentences:
            if not _DISAGREE.search(sentence):
                yield from _of_sentence(without_markers(sentence), names)


def _of_sentence(text: str, names: NameIndex) -> Iterator[Statement]:
    mentions = names.mentions(text)
    if not mentions:
        return
    masked = _masked(text, mentions)
    alone = not _names_another(masked)
    for claim in (*claims(masked), *score_claims(masked)):
        yield Statement(claim, _distinct(mentions), text, alone)


def _masked(text: str, mentions: list[Mention]) -> str:
    """``text`` with the names of models made unreadable, so that their numbers are no figures."""
    for mention in mentions:
        size = mention.end - mention.start
        text = text[: mention.start] + MASK * size + text[mention.end :]
    return text


def _distinct(mentions: list[Mention]) -> tuple[ModelCard, ...]:
    return tuple({mention.card.id: mention.card for mention in mentions}.values())


def _names_another(text: str) -> bool:
    """Whether something that looks like a model without a card is named too."""
    taken = [(named.start, named.end) for named in named_benchmarks(text)]
    taken += [date.span for date in written_dates(text)]
    return any(
        not any(start < match.end() and match.start() < end for start, end in taken)
        for match in _OTHER_MODEL.finditer(text)
    )


def _of_row(passage: Passage, names: NameIndex) -> Iterator[Statement]:
    if any(_DISAGREE.search(text) for text in (passage.text, *passage.columns)):
        return
    columns = [_distinct(names.mentions(column)) for column in passage.columns]
    row = _model_of_row(passage, names)
    for number, claim in row_claims(passage.columns, passage.cells):
        cards = _distinct(names.mentions(passage.cells[number])) or columns[number] or row
        if cards:
            yield Statement(claim, cards, passage.text, alone=True)


def _beside_table(page: Page, row: Passage) -> list[str]:
    """Sentences right under the table of ``row`` that say that sources disagree."""
    after = [p for p in page.passages if p.line > row.line and p.table != row.table]
    texts = [text for passage in after[:3] for text in passage.sentences]
    return [text for text in texts if _DISAGREE.search(text)]


def _excused(statement: Statement, beside: list[str], names: NameIndex) -> bool:
    """Whether one of those sentences is about the statement's model or benchmark."""
    ids = {card.id for card in statement.cards}
    return any(
        any(mention.card.id in ids for mention in names.mentions(text))
        or any(named.name in statement.claim.benchmarks for named in named_benchmarks(text))
        for text in beside
    )


def _model_of_row(passage: Passage, names: NameIndex) -> tuple[ModelCard, ...]:
    """The models of the first cell, or of a later one that is nothing but a name."""
    for number, (column, cell) in enumerate(zip(passage.columns, passage.cells, strict=False)):
        mentions = names.mentions(cell)
        if not mentions or SOURCE_COLUMN.match(column):
            continue
        only = len(cell) - sum(m.end - m.start for m in mentions) <= 12
        if only or number == 0:
            return _distinct(mentions)
    return ()
