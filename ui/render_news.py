"""What is new since a visitor was last here, as a strip above the list of documents.

Pure functions; every string of a document goes through ``escaped``. Knows nothing of how news
are found or of when somebody was here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from index.types import NewsItem
from ui.markup import Span, document_href, escaped, flat, moment, shortened

SHOWN = 4  # at once; the others are folded away
MOST = 100
MAX_QUOTE = 200  # characters; the line is cut where the window ends
WORDS = {"added": "new", "changed": "changed", "removed": "gone"}


def whats_new(items: Sequence[NewsItem], since: str) -> str:
    """Return the strip, newest first; "" when nothing has come, changed or gone."""
    if not items:
        return ""
    counts = Counter(item.what for item in items)
    told = ", ".join(f"{counts[what]:,} {word}" for what, word in WORDS.items() if counts[what])
    rows = list(map(_row, items[:MOST]))
    rest = ""
    if len(rows) > SHOWN:
        left = f'<p class="note">The newest {MOST:d} are listed.</p>' if len(items) > MOST else ""
        rest = (
            f'<details data-fold="news"><summary>{len(rows) - SHOWN:,} more</summary>'
            f"<ol>{''.join(rows[SHOWN:])}</ol>{left}</details>"
        )
    return (
        f'<section class="whats-new" aria-label="Since your last visit"><h2>Since your last visit:'
        f" {told} <span>({escaped(moment(since))})</span></h2>"
        f"<ol>{''.join(rows[:SHOWN])}</ol>{rest}</section>"
    )


def _row(item: NewsItem) -> str:
    href = document_href(item.document_id, Span(item.start, item.end), item.quote)
    return (
        f'<li><span class="how">{WORDS[item.what]}</span><div><a class="here" dir="auto"'
        f' href="{escaped(href)}" target="_blank">{escaped(shortened(item.title, 160))}</a>'
        f'<q dir="auto">{escaped(shortened(flat(item.quote), MAX_QUOTE))}</q></div></li>'
    )
