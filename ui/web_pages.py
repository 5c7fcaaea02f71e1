"""The field that adds web pages to the corpus by their addresses, with a result for each.

Knows nothing of how a page is fetched or what is refused; the desk says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from corpus.errors import RefdeskError
from corpus.web.pages import page_id
from index.types import RefreshReport
from ui import render_corpus
from ui.markup import shortened
from ui.refreshing import Refresher
from ui.render_corpus import Uploaded
from ui.views import Desk

AT_ONCE = 20  # addresses in one go; each costs a second or two, a slow one up to a minute
MAX_CHARS = 8000
NONE_GIVEN = "Enter the address of a web page, such as https://example.org/report."
WAITING = "waiting for the refresh"
ADDED = "in the corpus"

Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PageField:
    """The components of the field."""

    addresses: gr.Textbox
    send: gr.Button
    report: gr.HTML


@dataclass(frozen=True, slots=True)
class _Asked:
    """One address and what became of it; ``source`` is its name once it is declared."""

    result: Uploaded
    source: str = ""
    is_new: bool = False


def page_field() -> PageField:
    """Lay the field out: a line for addresses, a button, and room for the results."""
    with gr.Row(elem_id="add-url-row"):
        addresses = gr.Textbox(
            elem_id="add-url",
            label="Add web pages by their addresses",
            placeholder="https://…",
            lines=1,
            max_lines=4,
            max_length=MAX_CHARS,
            scale=1,
        )
        send = gr.Button("Add", elem_id="add-url-send", size="sm", scale=0)
    report = gr.HTML(elem_id="add-url-report", apply_default_css=False, js_on_load=None)
    return PageField(addresses, send, report)


class PageAdder:
    """What the field's events do; shared by all visitors, so it keeps nothing of any."""

    def __init__(self, desk: Desk, refresher: Refresher, field: PageField) -> None:
        self._desk = desk
        self._refresher = refresher
        self._field = field

    def connect(self, **options: Any) -> Any:
        """Connect the field; returns the event, for what follows on it."""
        field = self._field
        return gr.on(
            [field.addresses.submit, field.send.click],
            self.add,
            [field.addresses],
            [field.addresses, field.send, field.report],
            **options,
        )

    def add(self, text: str) -> Iterator[Updates]:
        """Declare each address in ``text`` and refresh; what cannot be added stays there."""
        field = self._field
        addresses = list(dict.fromkeys(map(_completed, text.split())))[:AT_ONCE]
        if not addresses:
            yield {field.report: render_corpus.problem(NONE_GIVEN)}
            return
        off, on = gr.update(interactive=False), gr.update(interactive=True)
        done: Updates = {field.send: on, field.addresses: on}
        asked = self._declare(addresses)
        kept = _rows(asked)
        if any(one.source for one in asked):
            request = self._refresher.request()
            starting = kept + render_corpus.starting()
            # What was typed meanwhile would be dropped: the page hears no event twice at once.
            yield {field.report: starting, field.send: off, field.addresses: off}
            for step in self._refresher.follow(request):
                yield {field.report: kept + render_corpus.progress(step)}
            if request.report is None:
                said = render_corpus.problem(request.error or "The refresh was interrupted.")
                yield {field.report: kept + said} | done
                return
            asked = [self._outcome(one, request.report) for one in asked]
        left = " ".join(one.result.name for one in asked if not one.result.taken)
        over = gr.update(value=left, interactive=True)
        yield {field.report: _rows(asked)} | done | {field.addresses: over}

    def _declare(self, addresses: list[str]) -> list[_Asked]:
        asked = []
        try:
            known = {source.name for source in self._desk.status().sources}
        except RefdeskError as error:
            return [_Asked(Uploaded(address, False, str(error))) for address in addresses]
        for address in addresses:
            try:
                source = self._desk.add(address)
            except RefdeskError as error:
                asked.append(_Asked(Uploaded(address, False, str(error))))
            else:
                result = Uploaded(source.location, True, WAITING)
                asked.append(_Asked(result, source.name, source.name not in known))
        return asked

    def _outcome(self, asked: _Asked, report: RefreshReport) -> _Asked:
        """What the refresh made of an address; a new one that gave nothing is withdrawn."""
        try:
            return self._brought(asked, report) if asked.source else asked
        except RefdeskError as error:
            result = Uploaded(asked.result.name, False, str(error))
            return replace(asked, result=result)

    def _brought(self, asked: _Asked, report: RefreshReport) -> _Asked:
        document = self._desk.document(page_id(asked.source))
        listed = sum(i.startswith(f"{asked.source}/") for i in report.added)
        if listed and document is None:  # a feed or a sitemap, whatever could not be had of it
            several = "1 page" if listed == 1 else f"{listed} pages"
            return replace(asked, result=replace(asked.result, detail=f"{several} {ADDED}"))
        for failure in report.failed:
            if failure.path == asked.result.name:
                if asked.is_new and document is None:
                    self._desk.remove(asked.source)
                result = Uploaded(asked.result.name, False, render_corpus.reason(failure))
                return replace(asked, result=result)
        title = f" as “{shortened(document.info.title, 80)}”" if document is not None else ""
        return replace(asked, result=replace(asked.result, detail=ADDED + title))


def _completed(address: str) -> str:
    """An address without its scheme, as people type it, with one; never a path of this machine."""
    return address if "://" in address else f"https://{address}"


def _rows(asked: list[_Asked]) -> str:
    return f'<div role="status">{render_corpus.uploads(one.result for one in asked)}</div>'
