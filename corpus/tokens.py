"""Estimate how many word pieces an embedder makes of a text, without loading it.

Calibrated on the text of 78 READMEs, papers and licences against all-MiniLM-L6-v2's
tokenizer (see tests/corpus/test_tokens.py); it errs to the high side.
"""

from __future__ import annotations

import re

# A word: its pieces grow with its length (vocabularies hold short words whole).
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^\W\d_A-Za-z]+|[^\w\s]|_")
_SPACED_SCRIPT = re.compile("[\u00c0-\u1fff]")
_WHOLE_WORD = 7  # letters that usually make one piece
_LETTERS_PER_EXTRA_PIECE = 4
_DIGITS_PER_PIECE = 3


def estimate_tokens(text: str) -> int:
    """About how many word pieces ``text`` is (0 for white space)."""
    return sum(map(_pieces, _PIECE.findall(text)))


def _pieces(word: str) -> int:
    length = len(word)
    first = word[0]
    if first.isascii():
        if first.isdigit():
            return (length + _DIGITS_PER_PIECE - 1) // _DIGITS_PER_PIECE
        if length <= _WHOLE_WORD:
            return 1
        return 1 + (length - _WHOLE_WORD + _LETTERS_PER_EXTRA_PIECE - 1) // _LETTERS_PER_EXTRA_PIECE
    if _SPACED_SCRIPT.match(first):
        return 1 + length // 3
    return length
