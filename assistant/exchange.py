"""Exchanging the model that answers: which may be chosen, and how the new one starts.

Knows nothing of answers, nor of who waits while the model is exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.settings import Settings
from corpus.errors import InputError, RefdeskError
from index import weights

if TYPE_CHECKING:
    from assistant.llm import LanguageModel

PATIENCE_SECONDS = 120.0
"""Longest wait for answers under way; a slow one takes half of it on two cores."""
BUSY = "Answers are still being made; choose the model again when they are done."


def chosen(settings: Settings, name: str) -> Settings:
    """The settings with the model ``name``. Raises InputError if it cannot answer here."""
    if settings.base_url:
        raise InputError(
            "This desk answers with a model server; its model is chosen where the desk is started."
        )
    rows = {row.name: row for row in weights.listing(settings.weights) if row.kind == "llm"}
    if name not in rows:
        raise InputError(f"No model is known as “{name[:80]}”; `refdesk weights` lists them.")
    if not rows[name].here:
        raise InputError(f"The file of {name} is not here; fetch it: refdesk weights pull {name}")
    return settings.model_copy(update={"model": name})


def started(
    open_model: Callable[[Settings], LanguageModel | None], settings: Settings
) -> LanguageModel | None:
    """The model of ``settings``, loaded; what it began is undone if it cannot load."""
    model = open_model(settings)
    if model is not None:
        try:
            model.warm_up()
        except RefdeskError:
            model.close()
            raise
    return model
