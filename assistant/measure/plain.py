"""The plain baseline: what a desk does without refdesk's care, for comparison only.

Reciprocal rank fusion of both rankings, the three best passages whole, and one prompt that asks
the model to answer, to cite and to refuse by itself. Nothing is checked: its sentences carry the
citations that it wrote. The same index and the same model as the desk that is measured.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import closing

from assistant.abstain import declines
from assistant.attribution import context_of
from assistant.lexical import units
from assistant.llm import LanguageModel
from assistant.measure.given import GivenDocuments
from assistant.measure.systems import passages, rankings
from assistant.prompts import Message
from assistant.types import Answer, Citation, Sentence, Timings, Turn
from corpus.types import Chunk, Document
from index.store import Index
from index.types import Passage

TOP = 3
DEPTH = 50
ANSWER_TOKENS = 160
PROMPT = (
    "Answer the question from the numbered sources only. Cite the number of the source after each "
    "sentence, like [1]. If the sources do not hold the answer, say only: NOT IN SOURCES"
)
_MARKER = re.compile(r"\s?\[(\d{1,2})\]")
_REFUSES = re.compile(r"\bnot in (?:the )?sources?\b", re.IGNORECASE)


class PlainDesk:
    """Answers as ``Assistant`` does, without rewriting, packing, checks or abstention."""

    def __init__(
        self, index: Index, llm: LanguageModel, given: GivenDocuments | None = None
    ) -> None:
        """Over ``index``, or over the documents ``given`` with each question."""
        self._index = index
        self._llm = llm
        self._given = given

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """What the model writes, taken at its word; the last turn is searched for as it is."""
        started = time.perf_counter()
        sources = passages(self._index, self._found(question))
        searched = time.perf_counter() - started
        sent = [Message(turn.role, turn.text) for turn in history]
        messages = [Message("system", PROMPT), *sent, Message("user", _asked(question, sources))]
        text, first = "", None
        with closing(self._llm.stream(messages, max_tokens=ANSWER_TOKENS)) as pieces:
            for piece in pieces:
                first = first or time.perf_counter() - started
                text += "" if piece.thinking else piece.text
        total = time.perf_counter() - started
        timings = Timings(search=searched, first_evidence=searched, first_token=first,
                          draft=total - searched, total=total)  # fmt: skip
        return _answer(question, text, sources, timings, self._llm.name)

    def _found(self, question: str) -> list[Chunk]:
        if self._given is None:
            return rankings(self._index, question, DEPTH)["rrf"][:TOP]
        everything = rankings(self._index, question, self._index.status().chunks)["rrf"]
        return [chunk for chunk in everything if chunk.document_id in self._given.only][:TOP]

    def document(self, document_id: str) -> Document | None:
        """One document with its text, or None."""
        return self._index.document(document_id)


def _asked(question: str, sources: Sequence[Passage]) -> str:
    numbered = (f"[{n}] {context_of(passage)}" for n, passage in enumerate(sources, start=1))
    return "Sources:\n\n" + "\n\n".join(numbered) + f"\n\nQuestion: {question}"


def _answer(
    question: str, text: str, sources: Sequence[Passage], timings: Timings, model: str
) -> Answer:
    bare = _MARKER.sub("", text)
    if _REFUSES.search(text) or declines(bare):
        return Answer("not_in_corpus", question, question, text, timings=timings, model=model)
    sentences = _sentences(text, len(sources))
    used = sorted({n for sentence in sentences for n in sentence.citations})
    citations = tuple(_citation(n, sources[n - 1]) for n in used)
    return Answer("answered", question, question, text, sentences, citations,
                  timings=timings, model=model)  # fmt: skip


def _sentences(text: str, sources: int) -> tuple[Sentence, ...]:
    """The sentences with the sources they cite; markers alone belong to the one before.

    A text of nothing but markers has none: it neither answers nor refuses.
    """
    found: list[Sentence] = []
    for unit in units(text) if _MARKER.sub("", text).strip(" .") else ():
        numbers = {int(n) for n in _MARKER.findall(unit.text)}
        cited = tuple(sorted(n for n in numbers if 1 <= n <= sources))
        bare = _MARKER.sub("", unit.text).strip(" .")
        if bare or not found:
            found.append(Sentence(_MARKER.sub("", unit.text).strip(), cited))
        else:
            before = found[-1]
            both = tuple(sorted({*before.citations, *cited}))
            found[-1] = Sentence(before.text, both)
    return tuple(found)


def _citation(number: int, passage: Passage) -> Citation:
    document, chunk = passage.document, passage.chunk
    return Citation(number, document.id, document.title, passage.text, chunk.start, chunk.end)
