"""The model's draft: written piece by piece, cut into sentences, each checked as it is complete.

Knows prompts' results and the checks; nothing of search, of what is shown in the end, or why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import takewhile

from assistant.attribution import Entailment, Gate, Similarity, Support, check
from assistant.attribution.names import names
from assistant.clock import Clock
from assistant.compose import Numbering
from assistant.hostile import instructs
from assistant.lexical import units
from assistant.llm import Stream
from assistant.types import Checked, Draft, Event, Sentence, Thinking, Verdict
from assistant.verify import Verifier, verified
from corpus.errors import ModelError, WeightsError
from index.types import Passage

_MARKER = re.compile(r" ?\[\d{1,3}\]")
_TERMINAL = tuple(".!?。！？…\"'”’)]")


@dataclass(slots=True)
class Written:
    """What the model wrote, and why it stopped if it failed."""

    text: str = ""
    thinking: str = ""
    failure: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    tokens_per_second: float | None = None
    cut_off: bool = False

    def sentences(self) -> list[str]:
        """The draft's sentences, without markers of the model's own making.

        A last sentence that was cut off is left out if others stand.
        """
        texts = self._cut()
        cut_off = self.cut_off or self.failure is not None
        if cut_off and len(texts) > 1 and not texts[-1].endswith(_TERMINAL):
            texts.pop()
        return texts

    def complete(self) -> list[str]:
        """The sentences that more text cannot change: all but the last."""
        return self._cut()[:-1]

    def _cut(self) -> list[str]:
        return [unit.text for unit in units(_MARKER.sub("", self.text))]


@dataclass(slots=True)
class Checks:
    """The draft's sentences with their support, in order; "It …" is about the one before."""

    passages: Sequence[Passage]
    question: str
    similarity: Similarity | None
    entailment: Entailment | None = None
    done: list[tuple[str, Support]] = field(default_factory=list)
    _numbering: Numbering = field(default_factory=Numbering)

    def settle(self, sentences: Sequence[str]) -> Iterator[Checked]:
        """Check those of ``sentences`` that are new, and tell of each.

        More text can join two sentences ("the U.S." and "Congress …"): they are checked again.
        """
        pairs = zip(self.done, sentences, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0][0] == pair[1], pairs))
        del self.done[same:]
        for text in sentences[same:]:
            support = self._obeyed(
                check(
                    text,
                    self.passages,
                    self.question,
                    self.similarity,
                    self._subject(),
                    self.entailment,
                )
            )
            self.done.append((text, support))
            yield self._told(text, support)

    def _obeyed(self, support: Support) -> Support:
        """No support where the quote is an order to a model: a draft that says so obeyed it."""
        if any(instructs(quote.text, self.question) for quote in support.quotes):
            return replace(support, quotes=(), gates=(*support.gates, Gate("order", False)))
        return support

    def _subject(self) -> list[str]:
        """What the last sentence that names anything named."""
        return next((found for text, _ in reversed(self.done) if (found := names(text))), [])

    def verify(self, ask: Verifier | None) -> None:
        """Ask the model about the sentences whose words their quote lacks."""
        self.done = [(text, verified(text, s, ask, self.question)) for text, s in self.done]

    def _told(self, text: str, support: Support) -> Checked:
        known = len(self._numbering.citations)
        numbers = tuple(dict.fromkeys(map(self._numbering.number, support.quotes)))
        verdict: Verdict = "supported" if support.supported else "unsupported"
        return Checked(Sentence(text, numbers, verdict), tuple(self._numbering.citations[known:]))


def write(written: Written, pieces: Stream, checks: Checks, clock: Clock) -> Iterator[Event]:
    """Pass the pieces on as they come, and each sentence once it is complete and checked.

    A model that fails ends the draft.
    """
    try:
        with closing(pieces):
            for piece in pieces:
                if piece.thinking:
                    written.thinking += piece.text
                    yield Thinking(piece.text)
                elif piece.text:
                    clock.note("token")
                    written.text += piece.text
                    yield Draft(piece.text)
                    yield from checks.settle(written.complete())
            done = pieces.completion()  # nothing is left to drain: this gives the counts
        written.prompt_tokens, written.cached_tokens = done.prompt_tokens, done.cached_tokens
        written.completion_tokens = done.completion_tokens
        written.tokens_per_second = done.tokens_per_second
        written.cut_off = done.finish_reason == "length"
    except (ModelError, WeightsError) as error:
        written.failure = str(error)
    clock.note("draft")
    yield from checks.settle(written.sentences())
