"""The page's style sheet, script and Gradio theme: system fonts only, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

STATIC = Path(__file__).parent / "static"
# In this order: the later ones may use what the earlier ones set up.
STYLES = (
    "page.css",
    "chart.css",
    "why.css",
    "settings.css",
    "shelf.css",
    "ask.css",
    "sources.css",
    "web_pages.css",
    "talks.css",
    "saved.css",
)
SCRIPTS = (
    "acts.js",
    "settings.js",
    "peek.js",
    "page.js",
    "shelf.js",
    "ask.js",
    "unsent.js",
    "server.js",
    "reader.js",
    "talks.js",
    "saved.js",
    "news.js",
)
SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Consolas", "Liberation Mono", "monospace")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231f5f4e'/%3E%3Cpath d='M9 8h11a3 3 0 0 1 3 "
    "3v13H12a3 3 0 0 1-3-3z' fill='%23fbf7ee'/%3E%3Cpath d='M12.500 13h7m-7 4h7' "
    "stroke='%231f5f4e' stroke-width='1.800'/%3E%3C/svg%3E"
)


def theme() -> gr.themes.Base:
    """Return Gradio's plain theme without its web fonts."""
    import gradio as gr

    return gr.themes.Base(font=SANS, font_mono=MONO)


def style() -> str:
    """Return the page's style sheet."""
    return "\n".join(map(_static, STYLES))


def document_style() -> str:
    """Return the style sheet of a document's own page."""
    return _static("document.css")


def card_style() -> str:
    """Return the style sheet of a model card's own page."""
    return _static("document.css") + _static("card.css")


def talk_style() -> str:
    """Return the style sheet of a conversation's own page."""
    return "\n".join(map(_static, ("document.css", "talk.css")))


def head() -> str:
    """Return what goes into the page's head: the icon, what Gradio would prefix, the scripts."""
    scripts = "".join(f"<script>{_static(name)}</script>" for name in SCRIPTS)
    return f'<link rel="icon" href="{ICON}"><style>{_static("screens.css")}</style>{scripts}'


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
