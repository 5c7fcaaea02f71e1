"""The settings on the page: their layout, and the events they have on the server.

What a visitor chooses for the own questions is the business of the page's script and
``ui.preferences``; the model that answers is everybody's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from corpus.errors import RefdeskError
from ui import render_settings
from ui.acts import act, told
from ui.preferences import HasSettings, Speeds, models_here
from ui.shared import Shared

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class SettingsPanel:
    """The panel's components: the model's part is filled when the panel is opened."""

    model: gr.HTML
    opened: gr.HTML
    chosen: gr.HTML


def settings_button() -> None:
    """Put the button that opens the panel here."""
    gr.HTML(
        render_settings.BUTTON, elem_id="settings-open", apply_default_css=False, js_on_load=None
    )


def settings_panel(desk: HasSettings) -> SettingsPanel:
    """Lay the panel out; the script shows it when it is asked for."""
    plain: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    with gr.Column(elem_id="settings"):
        gr.HTML(render_settings.settings_panel(desk.settings), elem_id="settings-body", **plain)
        model = gr.HTML("", elem_id="settings-model", **plain)
    return SettingsPanel(model, act("settings"), act("use-model"))


class ModelChoice:
    """What the panel's events do; shared by all visitors, as the model is."""

    def __init__(self, shared: Shared, speeds: Speeds) -> None:
        self._shared = shared
        self._speeds = speeds

    def show(self, said: str = "") -> str:
        """The model as it is now: its speed here changes, and others may have chosen."""
        settings = self._shared.desk.settings
        models = models_here(settings, self._speeds)
        return render_settings.model_block(
            models, settings, said, may_choose=self._shared.at_home and not settings.base_url
        )

    def use(self, event: gr.EventData) -> Iterator[str]:
        """Let another model answer."""
        name = told(event, "name")
        if not self._shared.at_home:  # the page offers no button; a script may still send this
            yield self.show(render_settings.refused("The model is chosen on the desk’s machine."))
            return
        yield self.show(render_settings.loading(name))
        try:
            self._shared.desk.use_model(name)
        except RefdeskError as error:
            log.warning("the model %s was not taken: %s", name[:80], error)
            yield self.show(render_settings.refused(str(error)))
        else:
            yield self.show(render_settings.taken(name))


def connect_settings(panel: SettingsPanel, shared: Shared, speeds: Speeds) -> None:
    """Show the model each time the panel is opened, and exchange it when another is chosen."""
    choice = ModelChoice(shared, speeds)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    panel.opened.click(choice.show, outputs=[panel.model], queue=False, **quiet)
    panel.chosen.click(choice.use, outputs=[panel.model], concurrency_limit=1, **quiet)
