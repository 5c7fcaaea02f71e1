"""Follow-up questions made to stand alone.

Rules come first: they cost nothing and cannot lose a name. "And for GLM-4.5?" takes the last
question with its subject exchanged; "what is its licence?" has the pronoun replaced by the
subject of the conversation. The language model is asked only where the conversation names no
subject, and its rewrite is used only if it keeps every name and number of the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.attribution.names import missing_names, names
from assistant.attribution.quantities import missing_quantities
from assistant.lexical import content_terms
from assistant.types import Turn

LOOK_BACK = 6
"""Turns searched for the subject of a follow-up."""
MAX_REWRITE_LENGTH = 400

_PRONOUN = re.compile(
    r"\b(?P<possessive>its|their|his|her|whose)\b|\b(?P<plain>it|they|them|he|she|this|that|these|"
    r"those|this one|that one|the (?:same )?(?:model|lab|company|one|family))\b|"
    r"(?P<cjk>它们|它|他们|他|她|该模型|这个模型|这款模型|此模型|这个)",
    re.IGNORECASE,
)
# "that" and "this" inside a clause ("the model that won") are not references.
_RELATIVE = re.compile(
    r"\b\w+\s+that\s+(?:is|are|was|were|has|have|can|does|did|\w+ed|\w+s)\b", re.IGNORECASE
)
_ELLIPSIS = re.compile(
    r"^\s*(?:and|or|but|also|then|so)\b|^\s*(?:what|how) about\b|^\s*(?:for|in|with|of) \w|"
    r"^\s*(?:那么?|还有|以及)|呢\s*[?？]?\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\s*(?:(?:and|or|but|also|then|so)\b[\s,]*)?(?:(?:what|how) about\b\s*)?|"
    r"^\s*(?:那么?|还有|以及)",
    re.IGNORECASE,
)


# Questions whose answer, not whose wording, names what is talked about next: after "which
# models …?" any reference means the models; after "who …?" only "they" means the makers.
_ASKS_WHAT = re.compile(
    r"^\s*(?:which|what) (?:\w+ )?(?:models?|famil(?:y|ies)|systems?)\b", re.IGNORECASE
)
_ASKS_WHO = re.compile(
    r"^\s*(?:who|(?:which|what) (?:\w+ )?(?:labs?|compan(?:y|ies)|teams?|developers?|"
    r"organi[sz]ations?))\b",
    re.IGNORECASE,
)
_THEY = re.compile(
    r"\b(?:they|them|their|these|those|he|she|his|her|the (?:lab|company))\b", re.IGNORECASE
)


def needs_rewrite(question: str, history: Sequence[Turn]) -> bool:
    """Whether ``question`` leans on the conversation before it."""
    if not any(turn.role == "user" for turn in history):
        return False
    if _ELLIPSIS.search(question):
        return True
    refers = _PRONOUN.search(_RELATIVE.sub(" ", question)) is not None
    return refers and not _opens_with_own_subject(question)


def _opens_with_own_subject(question: str) -> bool:
    """A name before the pronoun ("Does Qwen3 beat its predecessor?") is what it refers to."""
    reference = _PRONOUN.search(question)
    return bool(reference and names(f"about {question[: reference.start()]}"))


def stand_alone(
    question: str,
    history: Sequence[Turn],
    ask: Callable[[str, Sequence[Turn]], str] | None = None,
) -> str:
    """The question as it would be asked without the conversation.

    ``ask`` is the language model's rewrite, called only when the rules find no subject.
    """
    if not needs_rewrite(question, history):
        return question
    previous, subject = _topic(question, history)
    if subject:
        return _by_rule(question, previous, subject)
    return _by_model(question, history, ask) or _with_context(question, previous)


def _topic(question: str, history: Sequence[Turn]) -> tuple[str, list[str]]:
    """The last user question that names something, made whole, with what it is about."""
    asked = [turn.text for turn in history if turn.role == "user"][-LOOK_BACK:]
    previous = asked[0]
    for index, text in enumerate(asked[1:], start=1):
        earlier = [Turn("user", t) for t in asked[:index]]
        if not needs_rewrite(text, earlier):
            previous = text
        elif names(previous):
            previous = _by_rule(text, previous, names(previous))
    answer_is_meant = _ASKS_WHAT.search(previous) or (
        _ASKS_WHO.search(previous) and _THEY.search(question)
    )
    if answer_is_meant and (answered := _new_names(history, previous)):
        return previous, answered
    return previous, names(previous) or _names_in_answers(history)


def _new_names(history: Sequence[Turn], question: str) -> list[str]:
    """What the answer to "which models …?" named: the subject of the conversation from then on."""
    answer = next((turn.text for turn in reversed(history) if turn.role == "assistant"), "")
    return [name for name in names(answer) if missing_names(f"about {name}", question)][:2]


def _names_in_answers(history: Sequence[Turn]) -> list[str]:
    for turn in reversed(history):
        if turn.role == "assistant" and names(turn.text):
            return names(turn.text)[:1]
    return []


def _by_rule(question: str, previous: str, subject: list[str]) -> str:
    own = names(f"about {question}")
    if own and _ELLIPSIS.search(question) and _is_bare(question, own):
        return _exchange(previous, subject, own)
    joined = " and ".join(subject)
    if _PRONOUN.search(question):
        return _replace_pronoun(question, joined)
    rest = _LEAD.sub("", question).strip().rstrip("?？呢 ")
    return f"{rest} ({joined})?" if own else f"What about {rest} of {joined}?"


def _is_bare(question: str, own: list[str]) -> bool:
    """Whether little but names is asked: "and for GLM-4.5?" """
    own_terms = {term for name in own for term in content_terms(name)}
    return not set(content_terms(_LEAD.sub("", question))) - own_terms


def _exchange(previous: str, old: list[str], new: list[str]) -> str:
    """``previous`` with its first name replaced by the new subject and the other names kept."""
    return re.sub(re.escape(_closest(old, new[0])), lambda _: " and ".join(new), previous, count=1)


def _closest(old: list[str], new: str) -> str:
    """The old name most like the new one (both with digits, say), else the last of them."""
    alike = [name for name in old if _shape(name) == _shape(new)]
    return (alike or old)[-1]


def _shape(name: str) -> tuple[bool, bool]:
    return any(map(str.isdigit, name)), name.isupper()


def _replace_pronoun(question: str, subject: str) -> str:
    def stand_in(match: re.Match[str]) -> str:
        return f"{subject}'s" if match["possessive"] else subject

    return _PRONOUN.sub(stand_in, question, count=1)


def _by_model(
    question: str,
    history: Sequence[Turn],
    ask: Callable[[str, Sequence[Turn]], str] | None,
) -> str | None:
    if ask is None:
        return None
    rewritten = " ".join(ask(question, history).split())
    lost = missing_names(f"about {question}", rewritten) + missing_quantities(question, rewritten)
    if not rewritten or lost or len(rewritten) > MAX_REWRITE_LENGTH:
        return None
    return rewritten


def _with_context(question: str, previous: str) -> str:
    return f"{question} (asked after: {previous})"
