"""Lay the page out and connect its events to ``ui.handlers``.

Knows nothing of what an event does. Element ids are a contract: tests and other programs
find ``question``, ``send``, ``stop``, ``chat``, ``sources``, ``source-N``, ``trace``,
``corpus-table``, ``models-table``, ``refresh`` and ``upload`` by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui import render_reader, render_sources
from ui.api import AT_ONCE
from ui.api_endpoints import Endpoints
from ui.asking import Asking, AskParts, ask_parts, connect_asking, place
from ui.handlers import MAX_QUESTION, Handlers
from ui.page_blocks import PageBlocks
from ui.saved_panel import SavedPanel, SavedParts, connect_saved, saved_parts
from ui.settings_panel import connect_settings, settings_button, settings_panel
from ui.shared import Shared
from ui.shelf_forms import documents_form, models_form
from ui.talks_handlers import TalksHandlers
from ui.talks_panel import TalksParts, connect_talks, open_talk_tools, opener, talks_parts
from ui.web_pages import PageAdder, PageField, page_field

PULSE_SECONDS = 4.0  # how late a page learns that somebody else's refresh changed the corpus
KEPT_SESSIONS = 100
"""Open pages whose state the server holds: Gradio takes 0.4 MB for each, for as long as it runs.
A page that has lost its place goes on from what was kept (``ui.keeping``)."""

MASTHEAD = (
    '<div class="masthead"><h1>refdesk</h1>'
    "<p>Answers from your own corpus; every sentence checked against its source.</p></div>"
)
# All views stay in the page; the script shows one. (Gradio 6.31 keeps the components of
# an inactive tab out of the page, whatever ``render_children`` says.)
NAVIGATION = (
    '<nav aria-label="Views"><a href="#ask" data-view="ask" aria-current="page">Ask</a>'
    '<a href="#corpus" data-view="corpus">Corpus</a>'
    '<a href="#models" data-view="models">Models</a>'
    '<a href="#saved" data-view="saved">Saved</a></nav>'
)


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The components that events read or change."""

    turns: gr.State
    status: gr.HTML
    asking: AskParts
    past: gr.HTML
    live: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    new: gr.Button
    sources: gr.HTML
    trace: gr.HTML
    corpus_table: gr.HTML
    models_table: gr.HTML
    refresh: gr.Button
    upload: gr.UploadButton
    report: gr.HTML
    pages: PageField
    talks: TalksParts
    compare: gr.Button
    saved: SavedParts


def build_page(shared: Shared, examples: Sequence[str]) -> gr.Blocks:
    """Return the page of one desk; ``shared`` is shared by all its visitors."""
    page = PageBlocks(title="refdesk", analytics_enabled=False, fill_width=True)
    with page:
        Endpoints(
            shared.programs, shared.listeners
        ).connect()  # before events whose handlers have the same names
        components = _layout()
        handlers = Handlers(shared, components)
        _connect(page, components, handlers, Asking(handlers, examples))
        connect_settings(settings_panel(shared.desk), shared, handlers.speeds)
    page.state_session_capacity = KEPT_SESSIONS
    page.queue(default_concurrency_limit=AT_ONCE, max_size=64, api_open=False)
    return page


def _block(value: str = "", *, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _layout() -> Components:
    turns, asking = gr.State(()), ask_parts()
    status, upload, refresh, report = _masthead()
    with gr.Column(elem_id="ask-view", elem_classes="view"), gr.Row(elem_id="desk"):
        with gr.Column(elem_id="reading"):
            with gr.Column(elem_id="welcome"):  # shown while there is no turn
                place(asking.welcome)
            with gr.Column(elem_id="chat"):
                past, live = _block(elem_id="past"), _block(elem_id="live")
                place(asking.follow_ups)
            with gr.Row(elem_id="after"):
                trace = _block(elem_id="trace")
                tools = open_talk_tools()
                new = gr.Button("New conversation", elem_id="new", scale=0, visible=False)
            question, send, stop = _composer(asking.edit_bar)
        with gr.Column(elem_id="beside"):
            sources = _block(render_sources.sources_panel(()), elem_id="sources")
            _block(render_reader.SHELL, elem_id="reader")
    with gr.Column(elem_id="corpus-view", elem_classes="view"):
        pages = page_field()
        compare = gr.Button("What would a refresh change?", elem_id="compare", size="sm")
        corpus_table = _block(documents_form(), elem_id="corpus-table")
    with gr.Column(elem_id="models-view", elem_classes="view"):
        models_table = _block(models_form(), elem_id="models-table")
    saved = saved_parts()
    return Components(
        turns=turns,
        status=status,
        asking=asking,
        past=past,
        live=live,
        question=question,
        send=send,
        stop=stop,
        new=new,
        sources=sources,
        trace=trace,
        corpus_table=corpus_table,
        models_table=models_table,
        refresh=refresh,
        upload=upload,
        report=report,
        pages=pages,
        talks=talks_parts(tools),
        compare=compare,
        saved=saved,
    )


def _masthead() -> tuple[gr.HTML, gr.UploadButton, gr.Button, gr.HTML]:
    with gr.Row(elem_id="masthead"):
        _block(MASTHEAD, elem_id="wordmark")
        status = _block(elem_id="status-line")
    with gr.Row(elem_id="bar"):
        _block(NAVIGATION, elem_id="views")
        opener()
        # The id is on a box around the button: Gradio puts the file input beside the button.
        with gr.Column(elem_id="upload", scale=0, min_width=0):
            # No file_types: Gradio would turn a whole batch away for one file of another kind,
            # where the handler answers for each file.
            upload = gr.UploadButton(
                "Add documents", file_count="multiple", type="filepath", size="sm"
            )
        refresh = gr.Button("Refresh", elem_id="refresh", size="sm", scale=0)
        settings_button()
    report = _block(elem_id="refresh-report")
    return status, upload, refresh, report


def _composer(edit_bar: gr.HTML) -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Row(elem_id="composer"):
        place(edit_bar)
        question = gr.Textbox(
            elem_id="question",
            label="Your question",
            show_label=False,
            container=False,
            placeholder="Ask a question…",
            lines=1,
            max_lines=6,
            max_length=MAX_QUESTION,
            autofocus=True,
            scale=1,
        )
        send = gr.Button("Ask", elem_id="send", variant="primary", scale=0)
        # The page shows one of the two, by whether the live turn is busy: Gradio may lose a change
        # of ``visible`` that comes while another event of the page ends.
        stop = gr.Button("Stop", elem_id="stop", variant="stop", scale=0)
    return question, send, stop


def _connect(page: gr.Blocks, c: Components, handlers: Handlers, asking: Asking) -> None:
    chat: list[Any] = [c.turns, c.past, c.live, c.question, c.new]
    chat += [c.sources, c.trace, c.talks.tools]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    connect_asking(page, asking, chat)
    c.stop.click(handlers.stop, queue=False, **quiet)
    c.new.click(handlers.new, outputs=chat, queue=False, **quiet)

    talks = TalksHandlers(handlers, handlers.keeper, c.talks)
    for shown in connect_talks(page, talks, chat):
        asking.begin_again(shown)

    overview = [c.status]
    corpus = [*overview, c.report, c.refresh, c.upload]
    bringing: dict[str, Any] = {**quiet, "concurrency_limit": None, "outputs": corpus}
    page.load(handlers.overview, outputs=overview, **quiet)
    beat = gr.Timer(PULSE_SECONDS)
    beat.tick(handlers.pulse, [c.status], overview, queue=False, **quiet)
    connect_saved(page, c.saved, SavedPanel(handlers.desk, handlers.keeper), c.turns, beat)
    c.refresh.click(handlers.refresh, **bringing)
    c.compare.click(handlers.compare, **{**bringing, "outputs": [c.report]})
    # "multiple": files may follow while others are still brought in.
    c.upload.upload(handlers.upload, [c.upload], trigger_mode="multiple", **bringing)
    adder = PageAdder(handlers.desk, handlers.refresher, c.pages)
    adding = adder.connect(**quiet, concurrency_limit=None)
    adding.then(handlers.overview, outputs=overview, **quiet)
