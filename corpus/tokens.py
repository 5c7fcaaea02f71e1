"""Estimate how many word pieces an embedder makes of a text, without loading it.

Calibrated on the blocks of 78 READMEs, papers and licences against all-MiniLM-L6-v2's
tokenizer; tests/corpus/test_tokens.py holds it to that.
"""

from __future__ import annotations

import re

# Words: ASCII letters, digits, other letters, or one symbol.
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^\W\d_A-Za-z]+|[^\w\s]|_")
_SPACED_SCRIPT = re.compile("[\u00c0-\u1fff]")
# Vocabularies hold common words up to about this length whole.
_WHOLE_WORD = 8
_LETTERS_PER_EXTRA_PIECE = 4
# Names in mixed case or capitals (DeepSeek, GPQA) are seldom in the vocabulary.
_LETTERS_PER_NAME_PIECE = 3
# Years and scores are one piece or two, long decimals about one for two digits.
_WHOLE_NUMBER = 2


def estimate_tokens(text: str) -> int:
    """About how many word pieces ``text`` is (0 for white space)."""
    return sum(map(_pieces, _PIECE.findall(text)))


def _pieces(word: str) -> int:
    length = len(word)
    if not word[0].isascii():
        return 1 + length // 3 if _SPACED_SCRIPT.match(word) else length
    if word[0].isdigit():
        return 1 if length <= _WHOLE_NUMBER else 1 + (length - 1) // 2
    if not word[1:].islower() and length > 2:
        return 1 + (length - 1) // _LETTERS_PER_NAME_PIECE
    if length <= _WHOLE_WORD:
        return 1
    return 1 + (length - _WHOLE_WORD + _LETTERS_PER_EXTRA_PIECE - 1) // _LETTERS_PER_EXTRA_PIECE
