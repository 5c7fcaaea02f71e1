"""Full text: how text becomes FTS5 terms, and the BM25 ranking.

``terms`` is applied to stored text and to questions alike, so both meet. It cuts CJK runs
into overlapping bigrams and compound names into whole and parts: ``Qwen2.5-7B`` gives
``qwen2.57b``, ``qwen2.5``, ``qwen``, ``2.5`` and ``7b``. Stemming and diacritics are left
to the FTS5 tokenizer. Knows nothing of documents or vectors.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

FULLTEXT_VERSION = 1

# A decimal point inside a term, as a private-use character, which FTS5's unicode61 keeps
# inside a token (categories L*, N*, Co) where it would split at ".".
POINT = "\ue000"

# Postings that one query may score. SQLite 3.40 scores about 1 million a second on one core
# (80-word rows), so BM25 takes about 0.1 s at most, however large the index; in a
# desk of a few thousand chunks no term is ever dropped.
POSTINGS_BUDGET = 100_000
MAX_TERMS = 64

# Weights of title, headings and body in bm25(). The title at .3, .5, 1, 2 gives a mean nDCG@10
# (sets as in index.search) of .838, .840, .843, .840 fused; stop words left in cost .005.
COLUMN_WEIGHTS = (1.0, 1.0, 1.0)

# Characters of scripts written without spaces, for use inside a regular expression's [].
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[-._/+'’][^\W_{CJK}]+)*")
_IS_CJK = re.compile(rf"[{CJK}]")
_LETTER = re.compile(r"[^\W\d_]")
_NAME_THEN_NUMBER = re.compile(rf"([^\W\d_]{{2,}})(\d+(?:{POINT}\d+)*)$")
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_SEPARATOR = re.compile(r"[-._/+'’]")

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about all also am an and any are as at be been being but by can could did do does "
        "doing for from had has have having he her here hers him his how i if in into is it its "
        "itself just me my of on or our ours she should so some such than that the their theirs "
        "them then there these they this those to too us was we were what when where which "
        "while who whom whose why will with would you your yours s t",
    )
)


def terms(text: str) -> Iterator[str]:
    """The index terms of a text, in order, lower-cased, before stemming."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if _IS_CJK.match(run):
            yield from _bigrams(run)
        else:
            yield from _name_parts(run)


def index_text(text: str) -> str:
    """What is stored in an FTS5 column for ``text``."""
    return " ".join(terms(text))


def query_terms(question: str) -> list[str]:
    """The distinct terms of a question without stop words (with them, if nothing is left)."""
    found = list(dict.fromkeys(terms(question)))
    telling = [term for term in found if term not in STOP_WORDS]
    return (telling or found)[:MAX_TERMS]


def query_phrases(question: str) -> list[tuple[str, str]]:
    """The distinct pairs of neighbouring terms, neither of them a stop word or CJK.

    Overlapping CJK bigrams are phrases already: with pairs of them Chinese XQuAD falls from
    .957 to .948 nDCG@10.
    """
    found = list(terms(question))
    pairs = dict.fromkeys(pairwise(found))
    return [pair for pair in pairs if not any(map(_tells_nothing, pair))][:MAX_TERMS]


def _tells_nothing(term: str) -> bool:
    return term in STOP_WORDS or _IS_CJK.search(term) is not None


def cjk_share(text: str) -> float:
    """The share of CJK characters among the letters of ``text`` (0 to 1)."""
    letters = len(_LETTER.findall(text))
    return len(_IS_CJK.findall(text)) / letters if letters else 0.0


def bm25_top(
    db: sqlite3.Connection,
    question: str,
    limit: int,
    weights: tuple[float, float, float] = COLUMN_WEIGHTS,
) -> list[tuple[int, float]]:
    """The best (chunk key, BM25 score, higher is better) for a question, best first."""
    return _top(db, match_expression(affordable(db, query_terms(question))), limit, weights)


def phrases_top(db: sqlite3.Connection, question: str, limit: int) -> list[tuple[int, float]]:
    """The best (chunk key, score) by pairs of words that stand together, best first.

    BM25 in which a pair counts as a term. Only pairs of terms that BM25 could afford are looked
    up, each term in two at most, so this reads at most twice the postings that BM25 does.
    """
    pairs = query_phrases(question)
    kept = set(affordable(db, dict.fromkeys(term for pair in pairs for term in pair)))
    match = " OR ".join(
        f"{_quoted(one)} + {_quoted(other)}" for one, other in pairs if {one, other} <= kept
    )
    return _top(db, match, limit, COLUMN_WEIGHTS)


def _top(
    db: sqlite3.Connection, match: str, limit: int, weights: tuple[float, float, float]
) -> list[tuple[int, float]]:
    if not match:
        return []
    rows = db.execute(
        "SELECT rowid, -bm25(fulltext, ?, ?, ?) AS score FROM fulltext "
        "WHERE fulltext MATCH ? ORDER BY score DESC, rowid LIMIT ?",
        (*weights, match, limit),
    )
    return [(key, score) for key, score in rows]


def affordable(
    db: sqlite3.Connection, candidates: Iterable[str], budget: int = POSTINGS_BUDGET
) -> list[str]:
    """The rarest terms whose postings fit the budget together; always the rarest one.

    Counting stops at the budget; among terms more common than that a longer one goes first.
    """
    counted = [(document_frequency(db, term, budget), -len(term), term) for term in candidates]
    kept: list[str] = []
    spent = 0
    for frequency, _, term in sorted(counted):
        spent += frequency
        if frequency and (not kept or spent <= budget):
            kept.append(term)
    return kept


def document_frequency(db: sqlite3.Connection, term: str, cap: int) -> int:
    """In how many chunks a term occurs, counted up to ``cap``."""
    row = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM fulltext WHERE fulltext MATCH ? LIMIT ?)",
        (match_expression([term]), cap),
    ).fetchone()
    return int(row[0])


def match_expression(query: Iterable[str]) -> str:
    """An FTS5 expression that matches any of the terms, each quoted as plain text."""
    return " OR ".join(_quoted(term) for term in query)


def _quoted(term: str) -> str:
    """A term as an FTS5 string; a lone CJK character matches the bigrams it starts."""
    prefix = "*" if len(term) == 1 and _IS_CJK.match(term) else ""
    escaped = term.replace('"', '""')
    return f'"{escaped}"{prefix}'


def _bigrams(run: str) -> Iterator[str]:
    """Overlapping pairs, then the last character alone so that it, too, can be looked up."""
    for i in range(len(run) - 1):
        yield run[i : i + 2]
    yield run[-1]


def _name_parts(run: str) -> Iterator[str]:
    """A plain word as it is; a compound as its parts, their parts, and the whole."""
    pointed = _DECIMAL_POINT.sub(POINT, run)
    parts = _SEPARATOR.split(pointed)
    for part in parts:
        yield part
        if found := _NAME_THEN_NUMBER.match(part):
            yield from found.groups()
    if len(parts) > 1:
        yield "".join(parts)
