"""Where the sentences of a text are, by sentencex's rules for its language.

The only file that knows sentencex and what it cannot take. Knows nothing of blocks,
passages or answers.
"""

from __future__ import annotations

import re

# sentencex 1.0 steps back one byte over white space before "." and so panics inside a wider
# character; a lone surrogate cannot be handed over as UTF-8. Both are replaced one for one,
# so that offsets stay.
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of ``text``, in order; one span where sentencex fails."""
    from sentencex import get_sentence_boundaries

    safe = _SURROGATE.sub("\ufffd", _WIDE_SPACE.sub(" ", text))
    try:
        found = get_sentence_boundaries(language, safe)
    except BaseException as error:  # a Rust panic is no Exception, and its class has no import
        if type(error).__name__ != "PanicException":
            raise
        return [(0, len(text))]
    return [(sentence["start_index"], sentence["end_index"]) for sentence in found]
