"""Text in a document that speaks to the model instead of to the reader.

Two defences, both pure: ``disarmed`` rewrites text on its way into a prompt, so that no
chat-template token, role marker or hidden character in it means anything to the engine, and
``instructs`` tells whether a sentence gives orders to a language model, so that it is neither
put before one nor quoted as an answer. Quotes are never rewritten: they stay exact. Knows
nothing of passages, engines or answers; detection by wording is no proof, which is why
nothing here is trusted to be complete: what a model writes is checked all the same.
"""

from __future__ import annotations

import re
import unicodedata

# llama.cpp reads special tokens wherever they stand in a chat message: a document that holds
# "<|im_end|>\n<|im_start|>system" opens a turn of its own (measured with Qwen2.5: the sentence
# costs 25 prompt tokens as it is and 32 with the same letters taken apart). Any tag-like word
# is taken apart, since each model family has its own: <|im_start|>, <｜User｜>, <start_of_turn>,
# <s>, </think>, <<SYS>>, [INST].
_TAG = re.compile(r"<(?=[|｜/<!?]{0,2}[^\W_][^<>\s]{0,60}>)")
_BRACKET = re.compile(r"\[(?=/?[A-Z]{2,12}(?:_[A-Z]{2,12}){0,2}\])")
_COMMENT = re.compile(r"<!--.{0,4000}?(?:-->|\Z)", re.DOTALL)
# "system:" or "### Instruction:" at the start of a line opens a turn in plain-text templates.
_ROLE = re.compile(
    r"^([ \t>*_#-]{0,8})(system|assistant|user|human|developer|instructions?|response)"
    r"([*_ ]{0,3})[:：]",
    re.IGNORECASE | re.MULTILINE,
)
_VISIBLE_CONTROLS = frozenset("\n\t")


def disarmed(text: str) -> str:
    """``text`` as a prompt may hold it: no template tokens, role markers or hidden characters."""
    text = _COMMENT.sub(" ", "".join(c for c in text if not _is_hidden(c)))
    text = _BRACKET.sub("[ ", _TAG.sub("< ", text))
    return _ROLE.sub(r"\1\2\3 -", text)


def _is_hidden(char: str) -> bool:
    """Control and format characters: zero width, bidirectional, Unicode tags."""
    return char not in _VISIBLE_CONTROLS and unicodedata.category(char) in {"Cc", "Cf", "Co"}


_WHAT = (
    r"(?:instructions?|prompts?|rules|directions|guidelines|messages?|constraints|context|"
    r"sources?|documents?|passages?|text|questions?|commands?|training|answers?)"
)
_MODEL = (
    r"(?:AI|A\.I\.|LLMs?|language models?|assistants?|chat ?bots?|GPT|bots?|AI (?:models?|agents?|"
    r"assistants?|systems?))"
)
_BEFORE = r"(?:previous|prior|above|earlier|preceding|foregoing|existing|system|your|other|all)"
_SPEAK = r"(?:answer|respond|reply|output|say|state|print|write|repeat|claim|tell)"
_START = r"(?:^|[.!?:;]\s)[\W_]{0,4}"
# Repetitions are bounded: documents may hold anything, at any length.
_ORDERS = re.compile(
    "|".join(
        (
            # Set aside what came before.
            rf"\b(?:ignore|disregard|forget)\b[^.!?\n]{{0,30}}\b{_BEFORE}\b"
            rf"[^.!?\n]{{0,30}}\b{_WHAT}\b",
            # A law may override earlier rules.
            rf"\b(?:override|bypass)\b[^.!?\n]{{0,30}}\b{_BEFORE}\b[^.!?\n]{{0,30}}"
            r"\b(?:instructions?|prompts?|guidelines|messages?|constraints|context|training)\b",
            r"\b(?:ignore|disregard|forget) (?:everything|anything|all (?:of )?(?:that|this))\b",
            # Be something else.
            r"\byou are now (?:an?|called|no longer|free|the|(?-i:[A-Z]{2,}))\b",
            rf"\bfrom now on,? (?:you|{_SPEAK})\b|\b{_SPEAK} (?:to )?(?:every|all|any|each) "
            r"(?:questions?|messages?|prompts?|quer(?:y|ies)) (?:with|by|in)\b|"
            r"\bpretend (?:that you|you are|you're)\b",
            rf"{_START}(?:please )?(?:act as|pretend to be)\b",
            r"\b(?:new|updated|real|hidden|secret|override) (?:system )?(?:instructions?|prompt|"
            r"directive)\s*[:：]",
            r"\bsystem (?:override|instruction|note|alert)\b\s*[:：]|\bdeveloper mode\b",
            # Address the model.
            rf"\b(?:note|notice|message|instructions?|attention|important|reminder) (?:to|for) "
            rf"(?:the |any |all |every )?{_MODEL}\b",
            rf"\b(?:dear|hey|hello|(?:attention|attn)[,:]) (?:the |any |all )?{_MODEL}\b(?!-)",
            rf"\bif you are (?:an? )?{_MODEL}\b(?! (?:providers?|developers?|deployers?|makers?|"
            r"users?|vendors?|compan(?:y|ies)|researchers?|engineers?))",
            # Say this and nothing else.
            rf"{_START}(?:please |you must |always |now |then |just |simply )*{_SPEAK} "
            r"(?:only|just|exactly|nothing but|always|instead)\b"
            r"(?! (?:if|when|once|after|at|as|what|one|two)\b)",
            r"\byou (?:must|should|will|have to|need to|are (?:required|instructed|ordered) to)"
            r" (?:(?:now |only |always |never |instead |just )+(?:answer|respond|reply|output|"
            r"repeat)\b(?! be)|(?:answer|respond|reply|output|repeat)\b(?:[^.!?\n]{0,25} (?:with|"
            r"that|only|exactly|nothing)\b|\s?[:：\"“]))",
            rf"\balways {_SPEAK} (?:with |that |only )|"
            r"\bmust (?:answer|respond|reply|output|say|print|repeat) (?:with |that |only )",
            rf"\b(?:when|if|whenever) (?:(?:you are |you're )?asked|(?:the |a |any )?(?:user|"
            rf"reader|person|anyone|someone|somebody) asks?)\b[^.!?\n]{{0,80}}\b{_SPEAK}\b",
            # Hide or reveal.
            r"\b(?:reveal|print|show|repeat|leak|output|disclose) (?:me )?(?:your "
            r"(?:system |hidden |initial |full )?|the (?:system |hidden |initial ))"
            r"(?:prompt|instructions)\b",
            rf"{_START}(?:please )?(?:do not|don't|never) (?:cite|mention|quote|use|trust|"
            rf"refer to|consult|answer|reveal)\b[^.!?\n]{{0,40}}\b{_WHAT}\b",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
_ORDERS_ELSEWHERE = re.compile(
    "|".join(
        (
            r"(?:忽略|无视|忘记|忽视|不要理会|不要遵守)[^。！？\n]{0,20}(?:之前|以上|前面|先前|上述|此前|所有|系统)"
            r"[^。！？\n]{0,12}(?:指令|指示|提示|说明|规则|内容|要求|命令)",
            r"(?:请|你|必须|务必|一律|直接)(?:必须|只能|只需|只|仅|一律|务必|直接){0,2}(?:回答|回复|输出)[“\"「:：]",
            r"(?:只|仅)(?:能|需|要|可)?(?:回答|回复|输出)",
            r"你现在是|从现在(?:起|开始)[，,]?你|(?:系统(?:提示|消息|指令)|新指令)[:：]",
            r"\bignore[zr]? (?:toutes )?(?:les|vos) [^.\n]{0,20}instructions\b",
            r"\bignor[ae] (?:todas )?(?:las|tus|sus) [^.\n]{0,20}instrucciones\b",
            r"\bignorier(?:e|en) [^.\n]{0,30}(?:anweisungen|vorgaben)\b",
            r"игнорируй[^.\n]{0,30}(?:инструкци|указани)",
        )
    ),
    re.IGNORECASE,
)
_ABOUT_ORDERS = re.compile(
    r"\b(?:prompts?|prompting|instructions?(?![- ](?:tun|follow|fine))|inject\w*|jailbreak\w*|"
    r"system message|chat template)\b"
    r"|提示|指令|注入|越狱",
    re.IGNORECASE,
)


def instructs(text: str, question: str = "") -> bool:
    """Whether ``text`` gives orders to a language model.

    Never for a ``question`` that asks about prompts or instructions: then it is the matter.
    """
    if question and _ABOUT_ORDERS.search(question):
        return False
    seen = unicodedata.normalize("NFKC", "".join(c for c in text if not _is_hidden(c)))
    return (_ORDERS.search(seen) or _ORDERS_ELSEWHERE.search(seen)) is not None


__all__ = ["disarmed", "instructs"]
