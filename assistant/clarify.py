"""Asking back where a question points at something that nobody has named.

"What services does the clinic provide?" names no clinic. Where neither the talk nor the question
says which, the readings that the passages offer are named instead of one being guessed. Precise
rather than eager: a question back that was not needed costs the reader a turn. Knows no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.attribution.names import names
from assistant.lexical import STOP_WORDS, content_terms, stem
from assistant.rewrite import is_courtesy, refers_back
from assistant.types import Passage, Turn

MOST_READINGS = 3
PASSAGES_READ = 8
PASSAGES_COMPARED = 5
SEVERAL = 3
"""Documents among the first passages from which "the author" may be one of many."""

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_POINTER = re.compile(r"\b(?P<word>this|these|the)\s{1,3}", re.IGNORECASE)
MOST_MODIFIERS = 3
MOST_TERMS_WITH_PRONOUN = 1
_PRONOUNS = frozenset("it its they them their he him his she her".split())
_PLACES = frozenset("in at on for and or".split())
# What there are many of, so that "the" alone does not say which: people, places, bodies, works.
# Left out are nouns that a word before them often makes a name of: war, state, law, act, game.
_ONE_OF_MANY = frozenset(
    map(
        stem,
        """actor actress airport animal artist author bank bird city clinic club college company
        county director film footballer governor hospital hotel hurricane island king lake
        mayor minister mountain movie museum newspaper novel painter park partner patient player
        poet politician president priest queen restaurant river school scientist singer song
        stadium storm team town university village writer""".split(),
    )
)
_AFTER = re.compile(r"\s{1,3}(?P<word>[^\W_]+)")
_POSSESSIVE = re.compile(r"^['’]s?\b")
_PRAISE = frozenset("famous former young male female".split())
_KINDS = frozenset(
    map(
        stem,
        """baseball basketball chess cricket famous female football former hockey male prime rugby
        soccer tennis young""".split(),
    )
)
"""Words before a noun that tell its kind and not which one."""
# "the actor who …", "the team of …": what follows says which.
_SAYS_WHICH = frozenset(
    """of who whom whose which that where when with from for in at on by to named called known
    between during after before about into and or""".split()
)


_THANKS = re.compile(r"\bthank|\bthx\b", re.IGNORECASE)
_ELSE, _ASK = "What else would you like to know?", "What would you like to know?"


def courtesy(question: str) -> str | None:
    """What to say to "Thank you!" or "hello", which ask nothing; None for a question."""
    if not is_courtesy(question):
        return None
    thanked = _THANKS.search(question) is not None
    return f"You are welcome. {_ELSE}" if thanked else _ASK


def clarification(
    question: str,
    standalone: str,
    history: Sequence[Turn],
    passages: Sequence[Passage],
) -> str | None:
    """One sentence that asks which of several things is meant, or None where that is clear.

    ``standalone`` is the question as it was rewritten: what the rewrite has named is clear.
    """
    if (pronoun := _without_antecedent(question, history)) is not None:
        return f"What does “{pronoun}” stand for in your question?"
    said = {term for turn in history for term in content_terms(turn.text)}
    phrase = _pointed_at(question, said)
    if phrase is None or _is_named(standalone):
        return None
    kind = " ".join(word for word in phrase if word.lower() not in _PRAISE)
    readings = _readings(phrase[-1].lower(), passages)
    if len(readings) == 1 or (not readings and _of_few_documents(passages)):
        return None  # in the documents at hand it is clear
    if not readings:
        return f"Which {kind} do you mean?"
    return f"Which {kind} do you mean: {', '.join(readings)} or another?"


def _of_few_documents(passages: Sequence[Passage]) -> bool:
    """Whether what was found speaks of few things: "the author" of one paper is clear."""
    first = {passage.document.id for passage in passages[:PASSAGES_COMPARED]}
    return len(first) < SEVERAL


def _without_antecedent(question: str, history: Sequence[Turn]) -> str | None:
    """The pronoun of a short first question that names nothing: "How big is it?"."""
    if any(turn.role == "user" for turn in history) or names(f"about {question}"):
        return None
    if len(set(content_terms(question))) > MOST_TERMS_WITH_PRONOUN:
        return None
    found = refers_back(question)
    return found if found and found.lower() in _PRONOUNS else None


def _pointed_at(question: str, said: set[str]) -> list[str] | None:
    """The phrase after "this …" or "the …" of which nothing has been said so far."""
    for pointer in _POINTER.finditer(question):
        phrase = _phrase(question, pointer.end())
        if not phrase or stem(phrase[-1].lower()) in said:
            continue
        if not said.isdisjoint(content_terms(question[: pointer.start()])) and len(phrase) > 3:
            continue
        if not _says_which(question, pointer, phrase):
            return phrase
    return None


def _phrase(question: str, start: int) -> list[str]:
    """The words from ``start`` to the first noun of which there are many; [] if none comes."""
    phrase: list[str] = []
    end = start
    for match in _WORD.finditer(question, start):
        if phrase and not question[end : match.start()].isspace():
            return []
        word = match.group()
        if word.lower() in STOP_WORDS or len(phrase) > MOST_MODIFIERS:
            return []
        phrase.append(word)
        end = match.end()
        if stem(word.lower()) in _ONE_OF_MANY:
            return phrase
    return []


def _says_which(question: str, pointer: re.Match[str], phrase: list[str]) -> bool:
    """Whether anything in the question tells which one is meant.

    After "this" nothing but a clause does: it points outside the question. "The" may be told
    by a word before the noun, by a name anywhere, or by what follows.
    """
    start = question.index(phrase[-1], pointer.end())
    rest = question[start + len(phrase[-1]) :]
    after = _AFTER.match(rest)
    following = after["word"].lower() if after else ""
    if pointer["word"].lower() in ("this", "these"):
        return following in _SAYS_WHICH - _PLACES
    kinds = {stem(word.lower()) for word in phrase[:-1]}
    named_elsewhere = names(f"about {question[: pointer.start()]}") or names(f"about {rest}")
    return (
        following in _SAYS_WHICH or _goes_on(rest) or not kinds <= _KINDS or bool(named_elsewhere)
    )


def _goes_on(rest: str) -> bool:
    """Whether words follow that may be a name in small letters: "the song cinnamon girl"."""
    words = _WORD.findall(_POSSESSIVE.sub("", rest))[:2]
    if words and _POSSESSIVE.match(rest) is None and words[0].lower() not in STOP_WORDS:
        return len(words) == 2 and words[1].lower() not in STOP_WORDS - _SAYS_WHICH
    return False


def _is_named(standalone: str) -> bool:
    """Whether the rewritten question says what it is about, by a name."""
    return "(about " in standalone and bool(names("about " + standalone.rsplit("(about ", 1)[1]))


def _readings(noun: str, passages: Sequence[Passage]) -> list[str]:
    """What the passages call by that noun: "Sierra County", "Hurricane Isaac"; most often first."""
    name = r"[A-Z][a-z'’.-]{1,30}(?: [A-Z][a-z'’.-]{1,30}){0,2}"
    noun = re.escape(noun.capitalize())  # as a part of the name: "an NBA player" is no reading
    one = r"[A-Z][a-z'’-]{1,30}(?! ?[A-Z])"  # "Hurricane Isaac", not "County Veterans Services"
    pattern = re.compile(rf"\b{name} {noun}\b|\b{noun} (?:of (?:the )?{name}|{one})")
    found: Counter[str] = Counter()
    for passage in passages[:PASSAGES_READ]:
        found.update({_tidy(match) for match in pattern.findall(passage.text)})
    kept: list[str] = []
    for reading, _ in found.most_common():
        if not any(reading in other or other in reading for other in kept):
            kept.append(reading)
    return kept[:MOST_READINGS]


def _tidy(reading: str) -> str:
    return re.sub(r"^(?:The|A|An|In|At|This|That|Each|Every|Your) ", "", reading).rstrip(".'’-")


def readings(question: str, asked_back: str) -> tuple[tuple[str, str], ...]:
    """What a question back offers, each with the question that it would make of ``question``.

    Empty where it names nothing to choose from.
    """
    match = _OFFER.fullmatch(asked_back)
    if match is None:
        return ()
    pointed = re.compile(
        rf"\b(?:this|these|the)\s{{1,3}}(?:[^\W_]+\s{{1,3}}){{0,{MOST_MODIFIERS}}}?"
        rf"{re.escape(match['kind'].split()[-1])}\b",
        re.IGNORECASE,
    )
    offered = [reading.strip() for reading in match["readings"].split(", ")]
    return tuple((reading, _meaning(question, pointed, reading)) for reading in offered if reading)


_OFFER = re.compile(r"Which (?P<kind>.{1,120}) do you mean: (?P<readings>.{1,400}) or another\?")


def _meaning(question: str, pointed: re.Pattern[str], reading: str) -> str:
    said, count = pointed.subn(lambda _: reading, question, count=1)
    return said if count else f"{question.rstrip('?!. ')} ({reading})?"
