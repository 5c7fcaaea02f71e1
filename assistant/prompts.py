"""Every prompt, in one place. Small models are never asked to cite or to refuse.

Asked to answer, cite and refuse, the 1.5B got 7 of 30 answerable questions right; asked only
for a short answer from the sources, 24. Citing and refusing happen around the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.evidence import Evidence
from assistant.hostile import disarmed
from assistant.types import Turn

ANSWER = (
    "You answer questions from the sources you are given. Answer in one or two short, complete "
    "sentences that name their subject. Use only what the sources state, with their exact "
    "numbers, dates and names. Answer in the language of the question."
)
REWRITE = (
    "Rewrite the last question so that it can be understood without the conversation. Keep its "
    "meaning, put names in place of pronouns, and reply with the rewritten question only."
)

TRANSLATE = (
    "Translate the question into English. Keep names, numbers and dates as they are, and reply "
    "with the English question only."
)

RETELL = (
    "You are a professional translator. Translate the user's sentence into {language}. Keep every "
    "name, number, unit and date exactly. Write only the translation."
)

MEANING = (
    "A catalogue lists AI models with their licence, size, release date, context length, input "
    "types and benchmark scores. You are told a question for models from it and some of its "
    "words. Say what these words ask for."
)

VERIFY = "You check statements against a source. Answer yes or no."

STATED = (
    "You check whether a source answers a question. A source that speaks of another person, "
    "thing, time, place or relation, or of the opposite, does not answer it. Reply Yes or No."
)
_BRIDGE = (
    "Harbour bridge: The old bridge over the Tarn was built by Louis Meyer in 1887. It was "
    "replaced in 1954 by a steel bridge designed by his grandson."
)
_MOSS = (
    "Moss: Most mosses lack roots and take in water through their leaves. Only the largest, of "
    "the genus Dawsonia, have tissue that carries water."
)
_TRADE = (
    "Trade: In 2009 the island exported 40 tonnes of coffee to Norway and imported rice from "
    "Vietnam."
)
_CHESS = (
    "Chess club: The club won the league in 1998 under captain Ines Duarte, who had joined it "
    "three years earlier."
)
EXAMPLES = (
    (_BRIDGE, "Who designed the steel bridge that replaced the old one?", True),
    (_BRIDGE, "Who paid for the old bridge over the Tarn?", False),
    (_MOSS, "What do most mosses take in water through?", True),
    (_MOSS, "Which mosses have no tissue that carries water?", False),
    (_TRADE, "How much coffee did the island export to Sweden in 2009?", False),
    (_TRADE, "From where did the island get its rice?", True),
    (_CHESS, "When did Ines Duarte leave the club?", False),
    (_CHESS, "Who led the club when it won the league?", True),
)
"""Made up for this prompt: source, question, whether the source answers it. Each "no" is near:
another relation, the opposite, another place, another event."""
CORRECT = "Is this the correct answer to the question, according to the sources? Answer yes or no."


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message as every OpenAI-compatible server takes it."""

    role: Literal["system", "user", "assistant"]
    content: str


def answer_messages(question: str, evidence: Evidence, worded: str = "") -> list[Message]:
    """The draft prompt: a fixed instruction first, so that its prefix stays cached.

    ``worded`` is how a translated question was put: a small model's translation loses some of it.
    """
    asked = f"{question} ({worded})" if worded else question
    by_heading: dict[str, list[str]] = {}
    for extract in evidence.extracts:
        by_heading.setdefault(extract.heading, []).append(extract.text)
    sources = "\n\n".join("\n".join((heading, *texts)) for heading, texts in by_heading.items())
    return [
        Message("system", ANSWER),
        Message("user", f"Sources:\n\n{disarmed(sources)}\n\nQuestion: {disarmed(asked)}"),
    ]


def rewrite_messages(question: str, history: Sequence[Turn]) -> list[Message]:
    """The follow-up prompt, with at most the last four turns, each cut to 400 characters."""
    talk = "\n".join(f"{turn.role}: {disarmed(turn.text[:400])}" for turn in history[-4:])
    return [
        Message("system", REWRITE),
        Message("user", f"Conversation:\n{talk}\n\nLast question: {disarmed(question)}"),
    ]


def translate_messages(question: str) -> list[Message]:
    """The prompt for a question in a language that the documents are not written in."""
    return [Message("system", TRANSLATE), Message("user", disarmed(question))]


def retell_messages(sentence: str, language: str) -> list[Message]:
    """The prompt for one sentence of an answer in another language."""
    return [
        Message("system", RETELL.format(language=language)),
        Message("user", disarmed(sentence)),
    ]


def meaning_messages(question: str, words: Sequence[str], meanings: Sequence[str]) -> list[Message]:
    """The prompt for what a few words of a catalogue question mean, out of ``meanings``."""
    choices = "\n".join(f"- {meaning}" for meaning in meanings)
    asked = f"Question: {disarmed(question)}\nWords: {', '.join(words)}\nChoose one:\n{choices}"
    return [Message("system", MEANING), Message("user", asked)]


def verify_messages(statement: str, quote: str) -> list[Message]:
    """The prompt for whether a quote says a statement; the answer is a yes or a no."""
    asked = (
        f"Source: {disarmed(quote)}\n\nStatement: {disarmed(statement)}\n\n"
        "Does the source say exactly this?"
    )
    return [Message("system", VERIFY), Message("user", asked)]


def stated_messages(question: str, source: str) -> list[Message]:
    """The prompt for whether ``source`` answers exactly ``question``, with worked examples.

    All but the last message is the same each time (about 570 tokens), so that it stays cached.
    """
    messages = [Message("system", STATED)]
    for given, asked, answers in EXAMPLES:
        messages.append(_stated(asked, given))
        messages.append(Message("assistant", "Yes" if answers else "No"))
    return [*messages, _stated(question, source)]


def _stated(question: str, source: str) -> Message:
    asked = "Does the source answer exactly this question?"
    told = f"Source: {disarmed(source)}\n\nQuestion: {disarmed(question)}"
    return Message("user", f"{told}\n\n{asked}")


def correct_messages(drafted: Sequence[Message], draft: str) -> list[Message]:
    """The prompt for whether ``draft`` is right; ``drafted``, its own prompt, is still cached."""
    return [*drafted, Message("assistant", disarmed(draft)), Message("user", CORRECT)]
