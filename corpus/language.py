"""Which language a text is in, as an ISO 639-1 code.

Scripts decide for Chinese, Japanese and Korean, because technical text in them is full
of English terms that mislead a statistical model; py3langid decides for the rest. Knows
nothing of documents.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_LETTERS = re.compile(r"[^\W\d_]")

_SAMPLE_CHARS = 6000
_MIN_LETTERS = 20
# py3langid's probability. Sentences of ten words have .92 to 1 in their language; lists of names,
# of benchmarks, of addresses or of records, and one sentence each in five languages .03 to .30.
SURE = 0.6
_MIN_CJK = 12


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of ``text``'s language, or None when that is not sure."""
    sample = text[:_SAMPLE_CHARS]
    letters = len(_LETTERS.findall(sample))
    han, kana, hangul = (len(p.findall(sample)) for p in (_HAN, _KANA, _HANGUL))
    if han + kana + hangul >= max(_MIN_CJK, 0.12 * letters):
        if kana and kana >= 0.08 * (han + kana):
            return "ja"
        return "ko" if hangul > han else "zh"
    if letters < _MIN_LETTERS:
        return None
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
