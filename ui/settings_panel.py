"""The settings on the page: their layout, and the one event they have on the server.

What a visitor chooses is the business of the page's script and ``ui.preferences``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui import render_settings
from ui.acts import act
from ui.preferences import HasSettings, Speeds, models_here


@dataclass(frozen=True, slots=True, eq=False)
class SettingsPanel:
    """The panel's components: the model's part is filled when the panel is opened."""

    model: gr.HTML
    opened: gr.HTML


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
    return SettingsPanel(model, act("settings"))


def connect_settings(panel: SettingsPanel, desk: HasSettings, speeds: Speeds) -> None:
    """Show the model anew each time the panel is opened: its speed here changes."""

    def model() -> str:
        return render_settings.model_block(models_here(desk.settings, speeds), desk.settings)

    panel.opened.click(
        model,
        outputs=[panel.model],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
