"""Texts that look as if they were put there to answer one question.

Poisoned collections hold several short texts, each of its own document, that repeat a
question's wording and assert one answer (PoisonedRAG uses five). None of that proves
anything, so nothing is hidden: what only such texts say is shown as what they say, with the
reason to doubt it, and they weigh less when sources are counted. Rules only.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.lexical import content_terms
from assistant.readings import share
from index.types import Passage

SHORT = 60
"""Words up to which a text can be made for one question; a paragraph of prose has about 120."""
ON_QUESTION = 0.6
"""Share of the question's content words that such a text repeats."""
SWARM = 3
"""So many of them, each its own document, do not come about by chance."""


def planted(question: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that look planted for ``question``; () unless there are ``SWARM`` of them.

    They must have something in common that the question does not say: the answer they push.
    """
    asked = frozenset(content_terms(question))
    bare = [p for p in passages if _is_bare(p)]
    said = [frozenset(content_terms(passage.text)) - asked for passage in bare]
    swarm = [_repeats(asked, passage) for passage in bare]
    texts: dict[str, set[str]] = {}
    for passage, terms, repeats in zip(bare, said, swarm, strict=True):
        for term in terms if repeats else ():
            texts.setdefault(term, set()).add(passage.document.id)
    pushed = {term for term, documents in texts.items() if len(documents) >= SWARM}
    if not pushed:
        return ()
    # One of them may word the question otherwise, and pushes the same answer all the same.
    return tuple(
        passage
        for passage, terms, repeats in zip(bare, said, swarm, strict=True)
        if repeats or terms & pushed
    )


def _is_bare(passage: Passage) -> bool:
    """Whether a passage is a short text by itself that nobody vouches for."""
    info = passage.document
    vouched = info.publisher or info.url or info.published or info.kind == "model_card"
    whole = passage.chunk.position == 0 and not passage.chunk.heading_path
    return whole and not vouched and len(passage.text.split()) <= SHORT


def _repeats(asked: frozenset[str], passage: Passage) -> bool:
    return share(asked, frozenset(content_terms(passage.text))) >= ON_QUESTION


__all__ = ["planted"]
