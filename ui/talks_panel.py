"""Lay out the drawer of conversations and connect its events to ``ui.talks_handlers``.

The drawer is opened and shut by the page's script (``talks.js``). Knows nothing of what an
event does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.acts import act

if TYPE_CHECKING:
    from ui.talks_handlers import TalksHandlers

OPENER = (
    '<button type="button" id="talks-open" aria-expanded="false" aria-controls="talks">'
    "Conversations</button>"
)
HEAD = (
    '<div class="talks-head"><h2 id="talks-title">Conversations</h2>'
    '<button type="button" id="talks-close" aria-label="Close the conversations">×</button></div>'
    '<p><button type="button" data-act="new-talk">New conversation</button></p>'
)
# What the address or this tab remembers as open; read by the page's script.
WANTED = "() => refdesk.wantedTalk()"
LISTING = ("open-talk", "delete-talk", "restore-talk", "rename-talk", "new-talk")
SHARING = ("share-talk", "withdraw-talk")


@dataclass(frozen=True, slots=True, eq=False)
class TalksParts:
    """The components of the drawer, the tools of the open conversation, and the acts."""

    words: gr.Textbox
    listed: gr.HTML
    tools: gr.HTML
    wanted: gr.Textbox
    acts: dict[str, gr.HTML]


def block(value: str = "", *, elem_id: str | None = None) -> gr.HTML:
    """HTML of our own without Gradio's style or script."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def opener() -> gr.HTML:
    """The button of the bar that opens the drawer."""
    return block(OPENER, elem_id="talks-opener")


def open_talk_tools() -> gr.HTML:
    """The place of export and sharing of the conversation that is open."""
    return block(elem_id="talk-tools")


def talks_parts(tools: gr.HTML) -> TalksParts:
    """Lay out the drawer."""
    with gr.Column(elem_id="talks", elem_classes="drawer"):
        block(HEAD)
        words = gr.Textbox(
            elem_id="talk-search",
            label="Search your questions and answers",
            placeholder="Search your questions and answers…",
            show_label=False,
            container=False,
            lines=1,
            max_lines=1,
            max_length=200,
        )
        listed = block(elem_id="talk-list")
    return TalksParts(
        words=words,
        listed=listed,
        tools=tools,
        wanted=gr.Textbox(visible="hidden", label="Conversation", elem_id="talk-wanted"),
        acts={name: act(name) for name in (*LISTING, *SHARING, "talks", "rate")},
    )


def connect_talks(page: gr.Blocks, handlers: TalksHandlers, chat: Sequence[Any]) -> list[Any]:
    """Connect the events; return those that may change which conversation the page shows.

    ``chat`` are the components that opening a conversation changes.
    """
    c, parts = handlers.c, handlers.parts
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    shown = list(dict.fromkeys([*chat, parts.tools, parts.listed]))
    resumed = page.load(handlers.resume, [parts.wanted, c.turns], shown, js=WANTED, **quiet)
    parts.acts["talks"].click(handlers.show, [parts.words], [parts.listed], **quiet)
    parts.words.change(
        handlers.show, [parts.words], [parts.listed], trigger_mode="always_last", **quiet
    )
    events = {
        "open-talk": handlers.open,
        "delete-talk": handlers.delete,
        "restore-talk": handlers.restore,
        "rename-talk": handlers.rename,
        "new-talk": handlers.new,
    }
    # "multiple": the page drops no second click, "1": and they are heard in order.
    every: dict[str, Any] = {**quiet, "trigger_mode": "multiple", "concurrency_limit": 1}
    connected = {
        name: parts.acts[name].click(event, [parts.words], shown, **every)
        for name, event in events.items()
    }
    parts.acts["share-talk"].click(handlers.share, outputs=[parts.tools], **quiet)
    parts.acts["withdraw-talk"].click(handlers.withdraw, outputs=[parts.tools], **quiet)
    parts.acts["rate"].click(handlers.rate, **every)
    return [resumed, *(connected[name] for name in ("open-talk", "new-talk", "delete-talk"))]
