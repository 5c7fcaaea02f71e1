"""A checked answer once more in the visitor's language, by the model that drafted it.

A sentence can be checked only against words of its own language, so the checked answer stays and
the translation stands below it, as one. Of 24 sentences that the 1.5B translated, 6 said something
else: "5.576 million" became 557.6 million in Chinese and, by its decimal point, 5,576 million in
German and Spanish; a day was lost, a name broken, "restricted" became "reduced". So only languages
without another decimal sign are offered, and a sentence whose names, numbers or dates do not agree
stays as it was: that stops all but the last kind. Knows no model: what completes is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant import prompts
from assistant.attribution.names import missing_names
from assistant.attribution.quantities import missing_quantities
from assistant.types import Answer, Sentence, Translation
from index.fulltext import cjk_share

Completer = Callable[[list[prompts.Message]], str]

LANGUAGES = {"en": "English", "zh": "Chinese"}
MOST_SENTENCES = 12
"""Of a longer answer the rest stays as it is: a sentence takes one to two seconds."""
MUCH_CJK, LITTLE_CJK = 0.15, 0.05
"""Shares of letters from which, and up to which, a sentence is taken as Chinese or not: a Chinese
sentence about DeepSeek-R1 and MIT has .29."""

_MONTHS = ("january february march april may june july august september october november"
           " december").split()  # fmt: skip
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})\b", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})\b", re.IGNORECASE)
_CHINESE_DAY = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2}) ?日")


def retold(answer: Answer, language: str, complete: Completer | None) -> Translation | None:
    """The supported sentences in ``language``; None where there is nothing to translate."""
    said = [sentence for sentence in answer.sentences if sentence.verdict == "supported"]
    if complete is None or answer.status != "answered" or answer.clarification:
        return None
    if all(_is_in(language, sentence.text) for sentence in said):
        return None
    sentences = [
        _sentence(sentence, language, complete) if place < MOST_SENTENCES else sentence
        for place, sentence in enumerate(said)
    ]
    kept = sum(new is old and not _is_in(language, old.text)
               for new, old in zip(sentences, said, strict=True))  # fmt: skip
    return Translation(language, tuple(sentences), kept) if kept < len(said) else None


def _sentence(sentence: Sentence, language: str, complete: Completer) -> Sentence:
    if _is_in(language, sentence.text):
        return sentence
    text = " ".join(complete(prompts.retell_messages(sentence.text, LANGUAGES[language])).split())
    if not text or not _is_in(language, text) or not agree(sentence.text, text):
        return sentence
    return Sentence(text, sentence.citations)


def _is_in(language: str, text: str) -> bool:
    share = cjk_share(text)
    return share >= MUCH_CJK if language == "zh" else share <= LITTLE_CJK


def agree(one: str, other: str) -> bool:
    """Whether two sentences state the same numbers and days, and the second no new names."""
    if missing_quantities(one, other) or missing_quantities(other, one):
        return False
    return _days(one) == _days(other) and not missing_names(f"about {other}", one)


def _days(text: str) -> set[tuple[int, int]]:
    """Month and day of every date in a text, English or Chinese."""
    months = {name: number for number, name in enumerate(_MONTHS, start=1)}
    days = {(months[m.lower()], int(day)) for day, m in _DAY_FIRST.findall(text)}
    days |= {(months[m.lower()], int(day)) for m, day in _MONTH_FIRST.findall(text)}
    return days | {(int(month), int(day)) for month, day in _CHINESE_DAY.findall(text)}
