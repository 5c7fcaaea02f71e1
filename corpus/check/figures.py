"""What documents say in figures about models, against those models' cards.

A figure is right when it fits any of the models that its sentence names. Knows nothing of how
figures are found in sentences, or of what makes them fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.cards import ModelCard
from corpus.check.finding import Finding, Severity
from corpus.check.held import fits, known, values_of
from corpus.check.names import NameIndex
from corpus.check.page import Page
from corpus.check.quantities import Claim
from corpus.check.statements import Statement, statements

# Words by which a sentence speaks of more than the one model that it names.
_FAMILY = re.compile(
    r"\b(?:family|families|series|sizes|versions|variants|range|smaller|larger|sibling|sister|"
    r"respectively|collection|generation|(?:both|each|these|all|two|three|four|five|six|seven|eight)"
    r"(?: [\w-]+)? (?:models?|sizes?|versions?|releases?))\b",
    re.I,
)
_REMEDY = "correct it, add it to the card's disputes, or say that the sources differ"


def check_figures(page: Page, names: NameIndex) -> Iterator[Finding]:
    """Every figure of a document that its model's card contradicts, or lacks."""
    lacking: dict[str, list[str]] = {}
    for passage in page.passages:
        for statement in statements(page, passage, names):
            claim, cards = statement.claim, statement.cards
            if any(fits(claim, card) for card in cards):
                continue
            silent = [card for card in cards if not known(claim, card)]
            if silent:
                lacking.setdefault(silent[0].id, []).append(_said(claim))
                continue
            yield from _contradiction(page, passage.line, statement, names)
    for model, said in lacking.items():
        text = f"the card {model} has no value for: {', '.join(dict.fromkeys(said))}"
        yield Finding("warning", page.file, f"card {model}", "not-in-card", text)


def _contradiction(
    page: Page, line: int, statement: Statement, names: NameIndex
) -> Iterator[Finding]:
    """What to correct; a figure of another model of the family is only left unclear."""
    claim, cards = statement.claim, statement.cards
    other = next((card for card in _siblings(cards, names) if fits(claim, card)), None)
    if other is None:
        text = f"{_said(claim)} is not what the card says: {values_of(claim, cards)} ({_REMEDY})"
        severity: Severity = "error" if statement.alone else "warning"
        yield Finding(severity, page.file, f"line {line}", "figure", text)
    elif not _FAMILY.search(statement.text):
        text = f"{_said(claim)} is of {other.name}, which the sentence does not name"
        yield Finding("warning", page.file, f"line {line}", "figure", text)


def _siblings(cards: tuple[ModelCard, ...], names: NameIndex) -> list[ModelCard]:
    families = {(card.developer, card.family) for card in cards}
    return [card for card in names.by_id.values() if (card.developer, card.family) in families]


def _said(claim: Claim) -> str:
    of = f" on {' / '.join(claim.benchmarks)}" if claim.benchmarks else ""
    kind = "parameters" if claim.kind in ("total", "active") else claim.kind
    return f"{kind} {claim.written}{of}"
