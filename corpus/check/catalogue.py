"""Model cards on their own: dates, context, repositories, base models, and who covers them.

The schema itself is checked where cards are read. Knows nothing of what documents say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from corpus.cards import ModelCard, card_files, read_cards
from corpus.check.finding import Finding
from corpus.check.names import folded
from corpus.check.page import Page
from corpus.check.quantities import same_size, token_counts
from corpus.errors import SourceError

# The transformer paper; no model of this catalogue is older.
FIRST_YEAR = "2017"
_REPOSITORY = re.compile(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")

Cards = list[tuple[Path, ModelCard]]


def read_every_card(folder: Path) -> tuple[Cards, list[Finding]]:
    """Every card that its file's schema lets through; ids must be of one card each."""
    cards: Cards = []
    found: list[Finding] = []
    owner: dict[str, str] = {}
    for path in card_files(folder):
        try:
            read = read_cards(path)
        except SourceError as error:
            text = str(error).removeprefix(f"{path.name}: ")
            found.append(Finding("error", path.name, "schema", "schema", text))
            continue
        for card in read:
            if card.id in owner:
                text = f"the id {card.id!r} is taken in {owner[card.id]}"
                found.append(Finding("error", path.name, card.id, "schema", text))
                continue
            owner[card.id] = path.name
            cards.append((path, card))
    return cards, found


def check_card(path: Path, card: ModelCard, today: date) -> Iterator[Finding]:
    """What is wrong in one card, seen alone."""
    for field, text in _problems(card, today):
        yield Finding("error", path.name, f"{card.id}.{field}", "card", text)
    if (card.context_length is None) != (card.context_tokens_approx is None):
        empty = "context_length" if card.context_length is None else "context_tokens_approx"
        text = "is null although the other context field is known"
        yield Finding("warning", path.name, f"{card.id}.{empty}", "card", text)


def _problems(card: ModelCard, today: date) -> Iterator[tuple[str, str]]:
    released = card.release_date
    if released is not None and released > today.isoformat():
        yield "release_date", f"{released} is in the future"
    if released is not None and released < FIRST_YEAR:
        yield "release_date", f"{released} is before {FIRST_YEAR}"
    for field in ("weights_repo", "gguf_repo"):
        repository = getattr(card, field)
        if repository is not None and not _REPOSITORY.match(repository):
            yield field, f"{repository!r} is not of the form owner/name"
    if card.weights_repo is not None and not card.open_weights:
        yield "weights_repo", "is given, but open_weights is false"
    if card.context_length is not None and card.context_tokens_approx is not None:
        told = token_counts(card.context_length)
        if told and not any(same_size(card.context_tokens_approx, size) for size in told):
            text = (
                f"{card.context_tokens_approx} is not the {card.context_length!r} of context_length"
            )
            yield "context_tokens_approx", text


def check_references(cards: Cards) -> Iterator[Finding]:
    """Base models written otherwise than their cards, and repositories given twice."""
    # Aliases are left out: "Qwen2.5-32B" may be an alias of the chat model, but is its base here.
    names = {folded(card.name): card for _, card in cards}
    repositories: dict[str, str] = {}
    for path, card in cards:
        base = names.get(folded(card.base_model)) if card.base_model else None
        if base is not None and base.name != card.base_model:
            text = f"write {card.base_model!r} as its card does: {base.name!r}"
            yield Finding("error", path.name, f"{card.id}.base_model", "card", text)
        if base is not None and base.id == card.id:
            text = "a model is not its own base"
            yield Finding("error", path.name, f"{card.id}.base_model", "card", text)
        if card.weights_repo is not None:
            other = repositories.setdefault(card.weights_repo.casefold(), card.id)
            if other != card.id:
                text = f"{card.weights_repo} is the repository of {other} too"
                yield Finding("warning", path.name, f"{card.id}.weights_repo", "card", text)


def check_covered(cards: Cards, pages: list[Page]) -> Iterator[Finding]:
    """Families that no document is about, by the ``models:`` of the documents."""
    covered = {model for page in pages for model in page.front.models}
    families: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for path, card in cards:
        families[path.name, card.developer, card.family].append(card.id)
    for (file, developer, family), models in families.items():
        if not covered.intersection(models):
            listed = ", ".join(models[:3]) + (", …" if len(models) > 3 else "")
            text = f"no document lists a model of {developer}'s {family} under models: ({listed})"
            yield Finding("error", file, f"family {family}", "uncovered", text)
