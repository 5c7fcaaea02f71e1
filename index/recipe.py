"""How a document was read: changes when a parser, the chunker, the tokeniser or OCR does.

A document read by an older recipe is read again at the next refresh; only chunks whose
embedded text differs are embedded again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import corpus
from corpus.parse.ocr import Ocr
from index.fulltext import FULLTEXT_VERSION

_MARK, _NONE = "~", "none"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How files are read in this refresh. What is noted of a document or failure is a text."""

    code: str
    ocr: Ocr

    def noted(self, scanned: bool) -> str:
        """What to note; with the languages of OCR where pictures of text had a part in it."""
        return f"{self.code}{_MARK}{self.ocr.state or _NONE}" if scanned else self.code

    def holds(self, noted: str) -> bool:
        """Whether what was read so would be read in the same way now.

        What was read through OCR that has gone since is not read again without it.
        """
        code, _, languages = noted.partition(_MARK)
        known = not languages or not self.ocr.languages or languages == self.ocr.state
        return code == self.code and known


def used_ocr(noted: str) -> bool:
    """Whether OCR read a part of the document."""
    _, mark, languages = noted.partition(_MARK)
    return bool(mark) and languages != _NONE


@cache
def current_code() -> str:
    """12 hex digits over the sources of package corpus (about 2 ms, once), and a version.

    Hashing the code cannot be forgotten as raising a number can; a reworded comment costs
    one parse, about 2 % of the embedding that it does not repeat.
    """
    digest = hashlib.sha256()
    root = Path(corpus.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()[:12]}.{FULLTEXT_VERSION}"
