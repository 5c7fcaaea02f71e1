"""Acts: events that buttons inside rendered HTML set off, through Gradio's own events.

``<button data-act="retry" data-turn="3">`` (or ``refdesk.act("retry", {turn: 3})`` in a script)
clicks the hidden component of that name; its handler reads the data with ``told``. Knows nothing
of what an act does.
"""

from __future__ import annotations

import gradio as gr

MAX_TEXT = 8000
"""Most characters of one value that a page may send along."""


def act(name: str) -> gr.HTML:
    """Return the hidden component of an act; connect its ``click`` to a handler."""
    return gr.HTML(
        "",
        elem_id=f"act-{name}",
        visible="hidden",
        apply_default_css=False,
        js_on_load=f"refdesk.offer({name!r}, (data) => trigger('click', data));",
    )


def told(event: gr.EventData, key: str) -> str:
    """Return what the page sent under ``key``, as text of bounded length; "" if nothing."""
    data = event._data
    value = data.get(key) if isinstance(data, dict) else None
    return str(value)[:MAX_TEXT] if isinstance(value, str | int) else ""


def told_number(event: gr.EventData, key: str) -> int | None:
    """Return what the page sent under ``key`` as a whole number; None if it is none."""
    value = told(event, key)
    return int(value) if value.isdecimal() and len(value) < 10 else None
