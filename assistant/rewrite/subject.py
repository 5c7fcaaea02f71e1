"""What a conversation is about, found without capital letters.

A word of an earlier question counts once for every turn that holds it: what the answer and the
next question take up is the subject ("web chat widget"), what they do not is wording ("worth
having"). Knows no index: weighting by document frequency as well gained nothing measurable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.lexical import STOP_WORDS, content_terms
from assistant.types import Turn

LOOK_BACK = 2
"""Earlier questions whose words count. mtrag, recall@5 at four words: 1 .791, 2 .799, 4 .790."""
OLDER_SHARE = 0.5
"""What a word of the question before the last one counts for."""
LONGEST_PHRASE = 5

_WORD = re.compile(r"[^\W_]+(?:[-'’./][^\W_]+)*")
_COURTESY = frozenset(
    """thank thanks please ok okay fine good great nice cool know see sure got yes yeah no oops
    sorry hi hello wow interesting meant mean way anyway btw pls""".split()
)
_ASKING = frozenset("what which how who whom whose when where why".split())
# A word after one of these is most often a verb: "how to add …", "can I extend …".
_BEFORE_A_VERB = frozenset(
    "to i you we they he she it can could will would should may might must not".split()
)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    terms: tuple[str, ...]
    after: str


def salient_words(question: str, history: Sequence[Turn], most: int) -> list[str]:
    """Up to ``most`` words that the talk is about and ``question`` lacks, most telling first."""
    if most < 1:
        return []
    weights = _weights(history)
    own = set(content_terms(question))
    found: dict[str, tuple[float, str]] = {}
    for share, text in _recent(history):
        for word in _words(text):
            for term in word.terms:
                weight = share * weights[term]
                if term not in own and weight > found.get(term, (0.0, ""))[0]:
                    found[term] = weight, word.text
    ranked = sorted(found.values(), key=lambda pair: -pair[0])
    return list(dict.fromkeys(word for _, word in ranked))[:most]


def subject_phrase(question: str, history: Sequence[Turn]) -> str:
    """The words that stand together in an earlier question and come up again; "" if none do.

    Of equals the later wins: in English what a question is about stands at its end.
    """
    weights, own = _weights(history), set(content_terms(question))
    best, phrase = 0.0, ""
    for share, text in _recent(history):
        for run in (_trimmed(run, weights) for run in _runs(text)):
            terms = {term for word in run for term in word.terms}
            weight = share * sum(weights[term] for term in terms)
            if terms - own and (weight > best or (weight == best and share == 1)):
                best, phrase = weight, text[run[0].start : run[-1].end]
    return phrase


def _trimmed(run: list[_Word], weights: Counter[str]) -> list[_Word]:
    """A run from the first to the last of its words that come up again."""
    again = [i for i, word in enumerate(run) if any(weights[term] > 1 for term in word.terms)]
    return run[again[0] : again[-1] + 1] if again else []


def is_courtesy(text: str) -> bool:
    """Whether nothing but courtesy is said: "Thank you!", "ok, good to know"."""
    words = [word.lower() for word in _WORD.findall(text)]
    if "?" in text or not _ASKING.isdisjoint(words):
        return False
    telling = [word for word in words if word not in STOP_WORDS or word in _COURTESY]
    return bool(telling) and all(word in _COURTESY for word in telling)


def _recent(history: Sequence[Turn]) -> list[tuple[float, str]]:
    """The last questions, newest first, with what their words count for."""
    asked = [t.text for t in history if t.role == "user" and not is_courtesy(t.text)]
    return [(OLDER_SHARE**i, text) for i, text in enumerate(asked[: -LOOK_BACK - 1 : -1])]


def _weights(history: Sequence[Turn]) -> Counter[str]:
    """In how many turns each term stands."""
    return Counter(term for turn in history for term in set(content_terms(turn.text)))


def _words(text: str) -> Iterator[_Word]:
    before = ""
    for match in _WORD.finditer(text):
        word = match.group()
        terms = () if word.lower() in _COURTESY else tuple(content_terms(word))
        yield _Word(word, match.start(), match.end(), terms, before)
        before = word.lower()


def _runs(text: str) -> Iterator[list[_Word]]:
    """Neighbouring content words, without a verb at their head."""
    run: list[_Word] = []
    for word in _words(text):
        touching = bool(run) and text[run[-1].end : word.start].isspace()
        if run and not (touching and word.terms and len(run) < LONGEST_PHRASE):
            yield run
            run = []
        if word.terms and not (not run and word.after in _BEFORE_A_VERB):
            run.append(word)
    if run:
        yield run
