"""Which code read a document: changes when a parser, the chunker or the tokeniser does.

A document read by an older recipe is read again at the next refresh; only chunks whose
embedded text differs are embedded again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import corpus
from corpus.parse import ocr
from index.fulltext import FULLTEXT_VERSION


@cache
def current_recipe() -> str:
    """12 hex digits over the sources of package corpus (about 2 ms, once), and a version.

    Hashing the code cannot be forgotten as raising a number can; a reworded comment costs
    one parse, about 2 % of the embedding that it does not repeat.
    """
    digest = hashlib.sha256()
    root = Path(corpus.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    for language in ocr.languages():  # what could not be read without it is read with it
        digest.update(language.encode())
    return f"{digest.hexdigest()[:12]}.{FULLTEXT_VERSION}"
