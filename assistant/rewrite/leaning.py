"""Whether a question leans on the talk without a pronoun, or leaves the talk behind.

"any awards", "What was the previous record?", "Are public schools covered too?". Knows only
the words of the question; names and pronouns are judged by ``rules``.
"""

from __future__ import annotations

import re

from assistant.lexical import content_terms, has_cjk

MOST_FRAGMENT_WORDS = 5
MOST_LEANING_TERMS = 2
"""Content words up to which "the …" and comparisons are taken to lean on the talk."""

_VERB_OR_QUESTION = re.compile(
    r"\b(?:is|isn't|was|are|were|be|did|does|do|has|have|had|can|could|will|would|should|shall|may|"
    r"must|which|what|how|who|whose|when|where|why|tell|explain|give|show|list|describe|compare|"
    r"want|need|know|think|let|find|summari[sz]e|define)\b",
    re.IGNORECASE,
)
_BARE_QUESTION_WORD = re.compile(
    r"^\s{0,9}(?:why|how|when|where|who|how come|how so|how many|how much|为什么|为何)"
    r"(?: (?:not|exactly|then|so))?\s{0,5}[?？.!]{0,3}$",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:the (?!(?:world|sun|moon|earth|internet|weather|government|president)\b)\w|"
    r"(?:an|any|some|each|every|no)?other\b|else\b|instead\b|the same\b|"
    r"which (?:one|is|are|was|were)\b|how many|how much|(?:more|less|better|worse) "
    r"(?:important|expensive|common|likely)|one[.?!]?$)",
    re.IGNORECASE,
)
# "The largest open model?" asks of every model, whatever was talked about before.
_ASKS_OF_ALL = re.compile(
    r"\b(?:models?|labs?|licen[cs]es|benchmarks)\b|模型|实验室", re.IGNORECASE
)
_ADDS = re.compile(r"\b(?:too|as well|either)\s{0,3}[?？.!]{0,3}$", re.IGNORECASE)
_COMPLEMENT = re.compile(r"\bthe (?:[\w-]{1,40} ){1,3}(?:of|in|for|at|on|to|from|between)\b", re.I)
_NEW_TOPIC = re.compile(
    r"^\s{0,9}(?:(?:thanks|thank you|ok|okay|great|good|fine|that is (?:fine|ok|okay))\b"
    r"[\s,.!]{0,5})?"
    r"(?:(?:and |but )?(?:by the way|btw|on another (?:note|topic|subject)|"
    r"(?:now |here is |i have )?(?:something|anything) (?:else|different|new)|"
    r"(?:a |one )?(?:different|another|new|unrelated) (?:question|topic|subject)|"
    r"changing (?:the )?(?:subject|topic)|speaking of (?:something|other things))\b"
    r"|(?:顺便问一下|另外|换个(?:话题|问题)))[\s,.!:;：，—-]{0,5}",
    re.IGNORECASE,
)
_ASKS_FOR_MORE = re.compile(
    r"^\s{0,9}(?:(?:please|can you|could you) ){0,2}(?:(?:tell|give|show|say)(?: me| us)? "
    r"(?:(?:some|a bit|a little) )?more(?: (?:details?|information|about (?:it|this|that)))?|"
    r"go on|continue|elaborate)(?: please)?\s{0,3}[.!?]{0,3}$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^\s{0,9}(?:(?:thanks|thank you|ok|okay|got it|i see|great|good to know|interesting|"
    r"that(?:'s| is| was) (?:fine|ok|okay|great|good|not (?:my question|what i asked)))"
    r"(?: (?:so|very) much)?[\s,.!]{1,5}){1,3}(?=\S)",
    re.IGNORECASE,
)


def opens_new_topic(question: str) -> bool:
    """Whether the asker says that something else is asked: "by the way, …"."""
    return _NEW_TOPIC.match(question) is not None


def without_opening(question: str) -> str:
    """The question without thanks and announcements before it."""
    rest = _NEW_TOPIC.sub("", question, count=1) or question
    rest = _THANKS.sub("", rest, count=1)
    return rest if rest.strip(" ?!.") else question


def is_fragment(question: str) -> bool:
    """A few words without a verb, or a question word alone: "regional differences", "why?"."""
    if _BARE_QUESTION_WORD.match(question):
        return True
    short = 0 < len(question.split()) <= MOST_FRAGMENT_WORDS and not has_cjk(question)
    return short and _VERB_OR_QUESTION.search(question) is None


def leans(question: str) -> bool:
    """Whether a question without names and pronouns still takes something for known."""
    if _ASKS_OF_ALL.search(question):
        return False
    if is_fragment(question) or _ADDS.search(question) or _ASKS_FOR_MORE.match(question):
        return True
    if len(set(content_terms(question))) > MOST_LEANING_TERMS or _COMPLEMENT.search(question):
        return False
    return _LEANS.search(question) is not None
