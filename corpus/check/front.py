"""Front matter against the file and the catalogue: name, title, date, models, links.

Knows nothing of sources or figures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from urllib.parse import urlsplit

from corpus.check.finding import Finding
from corpus.check.page import Page


def check_front(page: Page, models: Collection[str], today: date) -> Iterator[Finding]:
    """What front matter says that the file, the catalogue or the calendar does not bear out."""
    front, stem = page.front, page.file.removesuffix(".md")
    if front.id != stem:
        text = f"id is {front.id!r} but the file is {page.file}; make them the same"
        yield Finding("error", page.file, "id", "front", text)
    if front.published > today.isoformat():
        text = f"published {front.published} is in the future"
        yield Finding("error", page.file, "published", "front", text)
    for model in front.models:
        if model not in models:
            text = f"{model!r} is the id of no model card"
            yield Finding("error", page.file, "models", "front", text)
    for model in sorted({model for model in front.models if front.models.count(model) > 1}):
        text = f"{model!r} is listed twice"
        yield Finding("error", page.file, "models", "front", text)
    yield from _title(page)


def _title(page: Page) -> Iterator[Finding]:
    first = page.passages[0]
    if first.kind != "heading" or first.level != 1:
        text = f"the text must start with the heading # {page.front.title}"
        yield Finding("error", page.file, f"line {first.line}", "title", text)
    elif first.text != page.front.title:
        text = f"first heading {first.text!r} is not the title {page.front.title!r}"
        yield Finding("error", page.file, f"line {first.line}", "title", text)


def check_ids(pages: list[Page]) -> Iterator[Finding]:
    """Ids and titles that two documents share."""
    ids: dict[str, str] = {}
    titles: dict[str, str] = {}
    for page in pages:
        for what, value, seen in (
            ("id", page.front.id, ids),
            ("title", page.front.title.casefold(), titles),
        ):
            if value in seen:
                text = f"{what} {value!r} is taken by {seen[value]}"
                yield Finding("error", page.file, what, "front", text)
            seen.setdefault(value, page.file)


def check_links(page: Page, files: Collection[str]) -> Iterator[Finding]:
    """Links in the text that lead to no document."""
    for passage in page.passages:
        for target in passage.links:
            path = urlsplit(target).path
            external = urlsplit(target).scheme in ("http", "https")
            if external or not path or path in files:
                continue
            text = f"link to {target!r} leads to no document"
            yield Finding("error", page.file, f"line {passage.line}", "link", text)
