"""Documents that come with a question: search kept to them, and false ones among them.

Some sets (RAMDocs, PoisonedRAG) name the wrong answers that their documents assert. Such an
answer counts as asserted where a supported sentence says it as a fact; shown as one side of a
disagreement it does not. Knows nothing of how answers are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from assistant.measure.judging import holds
from assistant.types import Answer
from index.store import Index
from index.types import Passage


class GivenDocuments:
    """An index in which each question finds its own documents and no other."""

    def __init__(self, index: Index) -> None:
        """Over ``index``, which holds all of them."""
        self._index = index
        self.only: frozenset[str] = frozenset()
        """Ids of the documents that may be found."""

    def stand_in(self) -> Index:
        """This, typed as the index that it stands in for: all but search is the index's."""
        return cast("Index", self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """The best passages of the documents given; every passage of the index is ranked."""
        everything = self._index.status().chunks
        found = self._index.search(query, max(everything, limit))
        return [passage for passage in found if passage.document.id in self.only][:limit]


def asserted(answer: Answer, wrong_answers: Sequence[str]) -> list[str]:
    """The wrong answers that supported sentences of ``answer`` say as a fact."""
    if answer.status != "answered":
        return []
    facts = [
        s.text
        for s in answer.sentences
        if s.verdict == "supported" and not _tells_a_side(s.text, answer)
    ]
    text = " ".join(facts) if answer.sentences else answer.text
    return [wrong for wrong in wrong_answers if holds(text, wrong)]


def _tells_a_side(sentence: str, answer: Answer) -> bool:
    """Whether ``sentence`` is one of those that tell what sources say differently."""
    sides = (side for one in answer.disagreements for side in one.sides)
    return any(f"“{side.value}” (" in sentence for side in sides)


def exactly_matches(text: str, answers: Sequence[str], wrong: Sequence[str], every: bool) -> bool:
    """Whether ``text`` holds the answers (all where ``every``, else one) and no wrong one."""
    held = [holds(text, answer) for answer in answers]
    enough = all(held) if every else any(held)
    return bool(held) and enough and not any(holds(text, one) for one in wrong)
