"""Scripts of what can become of a question: a draft that settles, sides, a question back.

And a search over the script's own texts by shared words, so that suggestions can be checked.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.types import (
    Answer,
    Answered,
    Checked,
    Citation,
    Disagreement,
    Draft,
    Event,
    EvidenceFound,
    Sentence,
    Side,
    Table,
)
from corpus.types import Chunk, DocumentInfo
from index.types import Passage

Cite = Callable[[int, str, str], Citation]

LICENSED = "DeepSeek-R1 is under the MIT licence."
POPULAR = "It is the most popular model in the world."
SIZED = "It has 671 billion parameters."


def asking_script(question: str, cite: Cite, gate: threading.Event) -> Iterator[Event] | None:
    """Return the script that a question asks for, or None."""
    if "settle" in question:
        return _settling(question, cite, gate)
    if "differ" in question:
        return iter([Answered(_differing(question, cite))])
    if "the clinic" in question:
        return iter([Answered(_asked_back(question, cite))])
    if "Compare scores" in question:
        return iter([Answered(_compared(question, cite))])
    return None


def _settling(question: str, cite: Cite, gate: threading.Event) -> Iterator[Event]:
    licence = cite(1, "curated/r1", "The code and the model weights are licensed under")
    size = cite(2, "curated/r1", "The model has 671 billion parameters in total")
    yield EvidenceFound((cite(1, "curated/r1", "It was published on 20 January 2025"),))
    yield Draft(f"{LICENSED} {POPULAR[:9]}")
    yield Checked(Sentence(LICENSED, (1,)), (licence,))
    if "early" in question:
        assert gate.wait(30), "the test never opened the gate"
    yield Draft(f"{POPULAR[9:]} {SIZED[:8]}")
    yield Checked(Sentence(POPULAR, (), "unsupported"))
    assert gate.wait(30), "the test never opened the gate"
    yield Draft(SIZED[8:])
    yield Checked(Sentence(SIZED, (2,)), (size,))
    sentences = (
        Sentence(LICENSED, (1,)),
        Sentence(POPULAR, (), "unsupported"),
        Sentence(SIZED, (2,)),
    )
    text = f"{LICENSED} [1] {SIZED} [2]"
    yield Answered(Answer("answered", question, question, text, sentences, (licence, size)))


def _differing(question: str, cite: Cite) -> Answer:
    new = cite(1, "models/qwq-32b", "QwQ-32B is a reasoning model")
    old = cite(2, "curated/r1", "It was published on 20 January 2025")
    sides = (
        Side("6 March 2025", (1,), 1, "2025-03-06", "QwQ-32B"),
        Side("20 January <b>2025</b>", (2,), 2, "2025-01-20", "DeepSeek-R1: what was released"),
    )
    sentences = (
        Sentence("Sources disagree: “6 March 2025” (QwQ-32B, 2025-03-06).", (1,)),
        Sentence("“20 January <b>2025</b>” (DeepSeek-R1, 2025-01-20; 2 sources).", (2,)),
    )
    text = " ".join(sentence.text for sentence in sentences)
    return Answer(
        "answered", question, question, text, sentences, (new, old),
        disagreements=(Disagreement(sides),),
    )  # fmt: skip


def _asked_back(question: str, cite: Cite) -> Answer:
    back = "Which clinic do you mean: Sierra Clinic, Mercy Clinic or another?"
    nearest = (cite(1, "curated/r1", "Evaluation covers mathematics"),)
    return Answer("not_in_corpus", question, question, back, nearest=nearest, clarification=back)


def _compared(question: str, cite: Cite) -> Answer:
    card = cite(1, "models/qwq-32b", "QwQ-32B is a reasoning model")
    table = Table(
        ("", "QwQ-32B", "DeepSeek-R1"),
        (
            ("Total parameters", "32.5B", "671B"),
            ("AIME 2024", "79.5", "79.8"),
            ("MATH-500", "90.6", "97.3"),
        ),
        ((1,), (1,), (1,)),
        {"shape": "compare"},
    )
    sentences = (Sentence("They differ.", (1,)),)
    return Answer(
        "answered",
        question,
        question,
        "They differ in their scores. [1]",
        sentences,
        (card,),
        table,
    )


def found(
    query: str, texts: Mapping[str, str], infos: Mapping[str, DocumentInfo]
) -> Sequence[Passage]:
    """Return the texts that share a word with a query, most first, each as one passage."""
    asked = set(re.findall(r"\w+", query.lower()))
    shared = {i: len(asked & set(re.findall(r"\w+", text.lower()))) for i, text in texts.items()}
    return [
        Passage(infos[i], Chunk(i, 0, 0, len(texts[i])), texts[i])
        for i in sorted(shared, key=lambda i: -shared[i])
        if shared[i]
    ]
