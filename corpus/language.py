"""Which language a text is in, as an ISO 639-1 code.

Scripts decide for Chinese, Japanese and Korean, because technical text in them is full
of English terms that mislead a statistical model; py3langid decides for the rest. Knows
nothing of documents.
"""

from __future__ import annotations

import re

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_LETTERS = re.compile(r"[^\W\d_]")

_SAMPLE_CHARS = 6000
# Below this many letters py3langid's guess over 97 languages is little better than chance.
_MIN_LETTERS = 60
_MIN_CJK = 12


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of ``text``'s language, or None when there is too little to tell."""
    sample = text[:_SAMPLE_CHARS]
    letters = len(_LETTERS.findall(sample))
    han, kana, hangul = (len(p.findall(sample)) for p in (_HAN, _KANA, _HANGUL))
    if han + kana + hangul >= max(_MIN_CJK, 0.12 * letters):
        if kana >= 0.08 * (han + kana):
            return "ja"
        return "ko" if hangul > han else "zh"
    if letters < _MIN_LETTERS:
        return None
    import py3langid

    language, _ = py3langid.classify(sample)
    return str(language)
