"""A draft that settles: which of its sentences are checked, and what of it is still unchecked.

Pure functions over text. Knows nothing of how a sentence is checked or shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.types import Citation, Sentence

_MARKER = re.compile(r" ?\[\d{1,3}\]?")  # of the model's own making; the last may be half written


@dataclass(frozen=True, slots=True)
class Settled:
    """The checked sentences so far, in order, and the citations that their markers mean.

    Numbers are provisional; ``end`` is how much of the draft (without markers) they cover.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    end: int = 0

    def with_sentence(self, draft: str, sentence: Sentence, new: Iterable[Citation]) -> Settled:
        """Return this with one more sentence of ``draft``.

        More text can join two sentences ("the U.S." and "Congress …"): the joined one takes
        the place of the first and of all that followed it.
        """
        text = _bare(draft)
        known = {citation.number: citation for citation in self.citations}
        known |= {citation.number: citation for citation in new}
        kept, end = _before(text, self.sentences, sentence.text, self.end)
        return Settled((*kept, sentence), tuple(known.values()), end)

    def rest(self, draft: str) -> str:
        """Return what of the draft is not checked yet, without the model's own markers."""
        return _bare(draft)[self.end :].lstrip()


NOTHING_SETTLED = Settled()


def _before(
    draft: str, settled: Sequence[Sentence], text: str, end: int
) -> tuple[Sequence[Sentence], int]:
    """Return the settled sentences that stand before ``text``, and where ``text`` ends."""
    start = draft.find(text, end)
    if start >= 0:
        return settled, start + len(text)
    places = _starts(draft, settled)
    for count, place in reversed(list(enumerate(places))):
        if draft.startswith(text, place):
            return settled[:count], place + len(text)
    return settled, end


def _starts(draft: str, settled: Sequence[Sentence]) -> list[int]:
    starts, at = [], 0
    for sentence in settled:
        start = max(draft.find(sentence.text, at), at)
        starts.append(start)
        at = start + len(sentence.text)
    return starts


def _bare(draft: str) -> str:
    return _MARKER.sub("", draft)
