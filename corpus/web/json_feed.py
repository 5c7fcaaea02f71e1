"""JSON Feed (jsonfeed.org, versions 1 and 1.1) to the fields of its items.

Knows nothing of XML feeds; addresses and dates are checked by ``corpus.web.feed``.
"""

from __future__ import annotations

import html
import json

from corpus.errors import ParseError
from corpus.parse.encoding import decode


def is_json(data: bytes) -> bool:
    """Whether ``data`` begins as JSON does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def json_entries(data: bytes, most: int) -> tuple[list[dict[str, object]], int]:
    """The first ``most`` items and how many follow; raises ParseError when it is no feed."""
    try:
        feed = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise ParseError("the feed cannot be read: it is damaged, or not JSON") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ParseError("the feed cannot be read: it has no list of items")
    return [_fields(item) for item in items[:most] if isinstance(item, dict)], len(items[most:])


def _fields(item: dict[str, object]) -> dict[str, object]:
    text = item.get("content_text") or item.get("summary")
    written = f"<p>{html.escape(text)}</p>" if isinstance(text, str) else ""
    content = item.get("content_html")
    return {
        "id": item.get("id"),
        "url": item.get("url"),
        "title": item.get("title"),
        "content": content if isinstance(content, str) and content else written,
        "published": item.get("date_published"),
        "modified": item.get("date_modified"),
    }
