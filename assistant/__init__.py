"""refdesk: local answers whose every sentence carries a checked citation.

    from assistant import ask
    print(ask("What licence does DeepSeek-R1 use?").text)

Importing this package brings in neither torch nor gradio; they load when first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.types import Answer, Citation, Sentence, Table, Timings, Turn

if TYPE_CHECKING:
    from assistant.calls import Desk
    from assistant.desk import Assistant
    from assistant.settings import Settings
    from index.types import RefreshReport

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Sentence",
    "Settings",
    "Table",
    "Timings",
    "Turn",
    "ask",
    "refresh",
]


def ask(question: str, history: Sequence[Turn] = (), **settings: Any) -> Answer:
    """Answer one question over the default home, or over ``home=…``.

    ``settings`` are fields of ``Settings`` (home, model, base_url, …). Each call opens the
    desk anew; keep an ``Assistant`` for several questions.
    """
    desk = _open(settings)
    try:
        return desk.ask(question, history)
    finally:
        desk.close()


def refresh(**settings: Any) -> RefreshReport:
    """Bring the default home, or ``home=…``, up to date with its sources."""
    desk = _open(settings)
    try:
        return desk.refresh()
    finally:
        desk.close()


def _open(settings: dict[str, Any]) -> Desk:
    from assistant.desk import Assistant
    from assistant.settings import Settings

    return Assistant.open(settings=Settings(**settings))


def __getattr__(name: str) -> Any:
    if name == "Assistant":
        from assistant.desk import Assistant

        return Assistant
    if name == "Settings":
        from assistant.settings import Settings

        return Settings
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
