"""How a document reads: its length, its sentences, and what it repeats of other documents.

Knows nothing of facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.cards import ModelCard
from corpus.check.finding import Finding
from corpus.check.page import Page
from corpus.check.sources import without_markers

MIN_WORDS, MAX_WORDS = 250, 1000
# A passage quoted as evidence holds about 60 words; longer sentences are cut or crowd it out.
MAX_SENTENCE_WORDS = 60
# Shorter sentences repeat by chance.
_MIN_REPEATED_WORDS = 8


def check_length(page: Page) -> Iterator[Finding]:
    """Documents and sentences that are too long or too short."""
    words = page.words
    if not MIN_WORDS <= words <= MAX_WORDS:
        text = f"{words} words; a document has {MIN_WORDS} to {MAX_WORDS:,}"
        yield Finding("error", page.file, "body", "length", text)
    for passage, sentence in page.sentences:
        count = len(without_markers(sentence).split())
        if count > MAX_SENTENCE_WORDS:
            text = f"sentence of {count} words; split it: {sentence[:60]}…"
            yield Finding("warning", page.file, f"line {passage.line}", "long-sentence", text)


def check_repeats(pages: list[Page], cards: list[ModelCard]) -> Iterator[Finding]:
    """Sentences that stand in two documents, or in a document and a card's notes."""
    seen = {
        key: f"the card {card.id}" for card in cards for note in card.notes if (key := _key(note))
    }
    for page in pages:
        for passage, sentence in page.sentences:
            key = _key(sentence)
            if not key:
                continue
            if key in seen and seen[key] != page.file:
                text = f"sentence stands in {seen[key]} too: {sentence[:60]}…"
                yield Finding("warning", page.file, f"line {passage.line}", "repeated", text)
            seen.setdefault(key, page.file)


def _key(sentence: str) -> str:
    words = re.findall(r"[\w.%$]+", without_markers(sentence).casefold())
    return " ".join(words) if len(words) >= _MIN_REPEATED_WORDS else ""
