"""Follow-up questions made to stand alone, as they are shown and answered.

Rules come first: they cost nothing and cannot lose a name. "And for GLM-4.5?" takes the last
question with its subject exchanged; "what is its licence?" has the pronoun replaced by the
subject of the conversation; "regional differences" is followed by what the talk was about. The
language model is asked only where the conversation names no subject, and its rewrite is used
only if it keeps every name and number of the question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from assistant.attribution.names import missing_names, names
from assistant.attribution.quantities import missing_quantities
from assistant.lexical import STOP_WORDS, content_terms
from assistant.rewrite.corrections import (
    corrected,
    is_whole_question,
    meant_instead,
    with_size,
)
from assistant.rewrite.leaning import leans, opens_new_topic, without_opening
from assistant.rewrite.subject import is_courtesy, subject_phrase
from assistant.types import Turn

LOOK_BACK = 6
"""Turns searched for the subject of a follow-up."""
MAX_REWRITE_LENGTH = 400
MOST_BEFORE_REFERENCE = 3
"""Content words before a pronoun; after more it most often means one of them."""

# Quantifiers are bounded throughout: a question of only spaces must cost no more than any other.
# "this", "that", "these" and "those" refer by themselves only where no noun follows: before the
# end, punctuation or a stop word; the words below are stop words that still lead to a noun, or
# that open a clause ("those who …", "that they …").
_LEADS_ON = frozenset(
    """few further he her how i it many more most of other own same she such that there they very we
    which who whom whose you""".split()
)
_STOP = "|".join(sorted(STOP_WORDS - _LEADS_ON))
_ALONE = rf"(?=\s{{0,9}}(?:$|[^\w\s])|\s{{1,9}}(?:{_STOP})\b)"
_AUXILIARY = "is are was were do does did has have can could will would should".split()
# "Is this open?", "how was that trained?": after an auxiliary, what follows is no noun.
_AFTER_AUXILIARY = "|".join(rf"(?<=\b{word} )" for word in _AUXILIARY)
_PREDICATE = (
    r"(?= (?:available|better|bigger|cheaper|compare|cost|differ|faster|free|larger|mean|need|"
    r"open|require|run|smaller|support|true|work|\w{1,30}ed)\b)"
)
_PRONOUN = re.compile(
    r"\b(?P<possessive>its|their|his|her)\b|\b(?:it|they|them|he|she|"
    r"(?:this|that) (?:same )?(?:model|lab|company|one|family|team|system)|"
    r"(?:these|those) (?:same )?(?:models|labs|companies|ones|families|teams|systems)|"
    r"the (?:same )?(?:model|lab|company|one|family))\b|"
    rf"\b(?:this|that|these|those)\b{_ALONE}|"
    rf"(?:{_AFTER_AUXILIARY})(?:this|that|these|those)\b{_PREDICATE}|"
    r"它们|(?<!其)它|他们|(?<!其)他|她|该模型|这个模型|这款模型|此模型|这个(?!月|季|星期)",
    re.IGNORECASE,
)
# An infinitive with an object: "to train GPT-4", but not "how much did it cost to train?",
# where "it" is what was trained.
_TO_DO = r" to \w{1,30}(?:-\w{1,30})? \w"
_NOT_A_REFERENCE = re.compile(
    # "that" inside a clause ("the model that won")
    rf"\b(?!(?:{'|'.join(sorted(STOP_WORDS - {'all', 'any', 'some', 'those'}))})\b)\w{{1,40}} that "
    r"(?:is|are|was|were|has|have|can|does|did|\w{1,40}ed|\w{1,40}s)\b|"
    # "it" that stands for what comes after it
    rf"\bit (?:costs?|takes?|took|requires?)(?: \w{{1,30}}){{0,3}}?(?={_TO_DO})|"
    r"\b(?:(?:is|was) it|it (?:is|was)) (?:(?:true|possible|necessary)\b(?: that\b)?|"
    rf"(?:allowed|legal|safe)(?: that\b|(?={_TO_DO})))",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(
    r"^\s{0,9}(?:and|or|but|also|then|so)\b|^\s{0,9}(?:what|how) about\b|"
    r"^\s{0,9}(?:那么?|还有|以及)|呢\s{0,9}[?？]?\s{0,9}$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"^\s{0,9}(?:for|in|with|of) \w", re.IGNORECASE)
_VERB_LIKE = re.compile(
    r"\b(?:is|was|are|were|did|does|do|has|have|can|could|will|which|what|how|who|when|where|why)\b",
    re.IGNORECASE,
)
# The number of a bill or an order; a year is none.
_NUMBER = r"(?!(?:19|20)\d\d\b)\d{3,5}(?![\w.,%-])"
_COMPARED = re.compile(r"\b(?:than|with|to|from|against|like)\s{1,3}$", re.IGNORECASE)
_BARE_WHY = re.compile(
    r"(why|how|when|where|how come)(?: (?:so|exactly|then))?\s{0,5}[?.!]{0,3}$", re.IGNORECASE
)
_ASKS_WHEN = re.compile(
    r"(?:why|how|when|where)(?= (?:is|are|was|were|did|does|do|has|have|had|can|will)\b)",
    re.IGNORECASE,
)
_MOST_ELLIPTIC_WORDS = 5
_ORDER = re.compile(
    r"^\W{0,9}(?:compare|define|describe|discuss|elaborate|expand|explain|find|list|mention|name|"
    r"outline|repeat|say|show|summari[sz]e|translate)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\s{0,9}(?:(?:and|or|but|also|then|so)\b[\s,]{0,9})?(?:(?:what|how) about\b\s{0,9})?|"
    r"^\s{0,9}(?:那么?|还有|以及)",
    re.IGNORECASE,
)


# Questions whose answer, not whose wording, names what is talked about next: after "which
# models …?" any reference means the models; after "who …?" only "they" means the makers.
_ASKS_WHAT = re.compile(
    r"^\s{0,9}(?:which|what) (?:\w{1,40} )?(?:models?|famil(?:y|ies)|systems?)\b", re.IGNORECASE
)
_ASKS_WHO = re.compile(
    r"^\s{0,9}(?:who(?! (?:is|was|are|were) (?-i:[A-Z]))|"
    r"(?:which|what) (?:\w{1,40} )?(?:labs?|compan(?:y|ies)|teams?|developers?|"
    r"organi[sz]ations?))\b",
    re.IGNORECASE,
)
_THEY = re.compile(
    r"\b(?:they|them|their|these|those|he|she|his|her|the (?:lab|company))\b", re.IGNORECASE
)
_SEVERAL = re.compile(r"(?:they|them|their|these|those)\b|它们|他们", re.IGNORECASE)


def needs_rewrite(question: str, history: Sequence[Turn]) -> bool:
    """Whether ``question`` leans on the conversation before it."""
    if not any(turn.role == "user" for turn in history) or is_courtesy(question):
        return False
    if meant_instead(question) or _is_elliptic(question) or _reference(question) is not None:
        return True
    return not _own_names(question) and leans(question)


def _own_names(text: str) -> list[str]:
    """The names in ``text``, its first word too; "Explain it" opens with none."""
    return names(f"about {_ORDER.sub(lambda order: order.group().lower(), text)}")


def _is_elliptic(question: str) -> bool:
    """Half a question: "and the licence?", "for GLM-4.5?"; not "In which year was …?"."""
    if _ELLIPSIS.search(question):
        return True
    short = len(question.split()) <= _MOST_ELLIPTIC_WORDS
    return bool(short and _PREPOSITION.search(question) and not _VERB_LIKE.search(question))


def refers_back(question: str) -> str | None:
    """The word of ``question`` that refers to something said before it, or None."""
    found = _reference(question)
    return found.group() if found else None


def _reference(question: str) -> re.Match[str] | None:
    """The first word that refers to the conversation, matched at its place in ``question``.

    A name before it ("Does Qwen3 beat its predecessor?") is what it refers to instead, unless
    the two are compared ("Is Qwen3 larger than it?").
    """
    masked = _NOT_A_REFERENCE.sub(lambda match: "_" * len(match.group()), question)
    found = _PRONOUN.search(masked)
    if found is None:
        return None
    before = _LEAD.sub("", question[: found.start()])
    if _own_names(before):
        compared = _COMPARED.search(before) and not found["possessive"]
        return found if compared else None
    return found if len(content_terms(before)) <= MOST_BEFORE_REFERENCE else None


def stand_alone(
    question: str,
    history: Sequence[Turn],
    ask: Callable[[str, Sequence[Turn]], str] | None = None,
) -> str:
    """The question as it would be asked without the conversation.

    ``ask`` is the language model's rewrite, called only when the rules find no subject.
    """
    if not any(turn.role == "user" for turn in history):
        return question
    if opens_new_topic(question) and _reference(without_opening(question)) is None:
        return _capitalised(without_opening(question))
    asked, question = question, without_opening(question)
    if not needs_rewrite(question, history):
        return asked
    if _names_its_subject(question) and not meant_instead(question):
        return _LEAD.sub("", question).strip()
    previous, subject = _topic(question, history)
    if subject:
        return _by_rule(question, previous, subject)
    return _without_names(question, previous, history, ask)


def _topic(question: str, history: Sequence[Turn]) -> tuple[str, list[str]]:
    """The last user question that names something, made whole, with what it is about."""
    asked = [t.text for t in history if t.role == "user" and not is_courtesy(t.text)][-LOOK_BACK:]
    previous = asked[0] if asked else question
    for index, text in enumerate(asked[1:], start=1):
        earlier = [Turn("user", t) for t in asked[:index]]
        if not needs_rewrite(text, earlier):
            previous = text
        elif named(previous):
            previous = _by_rule(text, previous, named(previous))
    answer_is_meant = _ASKS_WHAT.search(previous) or (
        _ASKS_WHO.search(previous) and _THEY.search(question)
    )
    if answer_is_meant and (answered := _new_names(history, previous)):
        return previous, answered
    return previous, named(previous)


def named(text: str) -> list[str]:
    """The names in ``text``, those of several words whole: "New York", "SB 1047"."""
    whole: list[str] = []
    for found in names(text):
        name = found
        if name.isupper() and (numbered := re.search(rf"{re.escape(name)} {_NUMBER}", text)):
            name = numbered.group()
        if whole and f"{whole[-1]} {name}" in text:
            whole[-1] = f"{whole[-1]} {name}"
        else:
            whole.append(name)
    return whole


def _new_names(history: Sequence[Turn], question: str) -> list[str]:
    """What the answer to "which models …?" named: the subject of the conversation from then on."""
    answer = next((turn.text for turn in reversed(history) if turn.role == "assistant"), "")
    return [name for name in named(answer) if missing_names(f"about {name}", question)][:2]


def _without_names(
    question: str,
    previous: str,
    history: Sequence[Turn],
    ask: Callable[[str, Sequence[Turn]], str] | None,
) -> str:
    """A follow-up on a question that names nothing: the words it is about, or the model."""
    if (again := _again(question, previous)) is not None:
        return again
    about = subject_phrase(question, history) or _name_of_answers(history)
    if about:
        return _about(meant_instead(question) or without_opening(question), [about])
    return _by_model(question, history, ask) or _with_context(question, previous)


def _name_of_answers(history: Sequence[Turn]) -> str:
    """The name that the most turns hold; "" where none holds in two."""
    counts = Counter(name for turn in history for name in set(named(turn.text)))
    name, times = max(counts.items(), key=lambda pair: pair[1], default=("", 0))
    return name if times > 1 else ""


def _by_rule(question: str, previous: str, subject: list[str]) -> str:
    if (again := _again(question, previous)) is not None:
        return again
    question = meant_instead(question) or without_opening(question)
    if _names_its_subject(question):
        return _LEAD.sub("", question).strip()
    own, reference = _own_names(question), _reference(question)
    asks_of_it = reference and _VERB_LIKE.search(_LEAD.sub("", question))  # "and is it Apache?"
    if own and _is_elliptic(question) and _is_bare(question, own) and not asks_of_it:
        return _exchange(previous, subject, own)
    if reference:
        return _put_in(question, reference, subject)
    rest = _LEAD.sub("", question).strip()
    if not _is_elliptic(question) or _VERB_LIKE.search(rest):
        return _about(rest, subject)
    return f"What about {rest.rstrip('?？呢 ')} of {_joined(subject)}?"


def _again(question: str, previous: str) -> str | None:
    """``previous`` asked once more, with what the asker puts right, or of another size."""
    rest = _LEAD.sub("", question).strip()
    meant = meant_instead(question)
    if (sized := with_size(meant or rest, previous)) is not None:
        return sized
    if (asked := _BARE_WHY.match(rest)) and _ASKS_WHEN.match(previous):
        return f"{_capitalised(asked[1])}{_ASKS_WHEN.sub('', previous, count=1)}"
    if meant is None:
        return None
    if (swapped := corrected(meant, previous)) is not None:
        return swapped
    own = _own_names(meant)
    if own and _is_bare(meant, own) and named(previous):
        return _exchange(previous, named(previous), own)
    return None if is_whole_question(meant) else f"{previous} (meant: {meant})"


def _put_in(question: str, reference: re.Match[str], subject: list[str]) -> str:
    """The subject in the place of the word that refers to it; after the question, if unsure."""
    if len(subject) > (2 if _SEVERAL.match(reference.group()) else 1):
        return _about(question, subject)
    stand_in = f"{_joined(subject)}'s" if reference["possessive"] else _joined(subject)
    return f"{question[: reference.start()]}{stand_in}{question[reference.end() :]}"


def _about(question: str, subject: list[str]) -> str:
    """The question with its subject after it, where no word of it holds the subject's place."""
    return f"{_capitalised(question.strip())} (about {_joined(subject)})"


def _joined(subject: list[str]) -> str:
    return " and ".join(subject)


def _capitalised(question: str) -> str:
    return question[:1].upper() + question[1:]


def _names_its_subject(question: str) -> bool:
    """Whether only the lead-in of a follow-up ties it to the talk: "But is Llama 4 open?"."""
    own = _own_names(question)
    return bool(own) and not _is_bare(question, own) and _reference(question) is None


def _is_bare(question: str, own: list[str]) -> bool:
    """Whether little but names is asked: "and for GLM-4.5?" """
    own_terms = {term for name in own for term in content_terms(name)}
    return not set(content_terms(_LEAD.sub("", question))) - own_terms


def _exchange(previous: str, subject: list[str], new: list[str]) -> str:
    """``previous`` with its first name replaced by the new subject and the other names kept.

    After "Which models does Meta publish?" the subject is what the answer named: "and Google?"
    takes the place of a name of the question all the same.
    """
    old = [name for name in subject if name in previous] or named(previous)
    if not old:
        return _with_context(f"What about {_joined(new)}?", previous)
    return re.sub(re.escape(_closest(old, new[0])), lambda _: " and ".join(new), previous, count=1)


def _closest(old: list[str], new: str) -> str:
    """The old name most like the new one (both with digits, say), else the last of them."""
    return max(reversed(old), key=lambda name: _likeness(name, new))


def _likeness(one: str, other: str) -> int:
    """2 for the same shape, 1 where only a capital within the word differs; 3 for a family."""
    shape, wanted = _shape(one), _shape(other)
    family = one[:3].casefold() == other[:3].casefold()
    return 3 * family + (shape == wanted) + (shape[:2] == wanted[:2])


def _shape(name: str) -> tuple[bool, bool, bool]:
    inner = any(map(str.isupper, name[1:].replace(" ", "")))
    return any(map(str.isdigit, name)), name.isupper(), inner


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
