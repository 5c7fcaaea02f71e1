"""The settings as HTML: sliders with words, the theme, and the model that answers.

The page's script reads and keeps what is chosen (``static/settings.js``); without it the
sliders show what the desk is set up with. Pure functions; knows nothing of Gradio.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.settings import Settings
from ui.markup import escaped
from ui.preferences import (
    EVIDENCE_COOKIE,
    LEAST_EVIDENCE,
    MOST_EVIDENCE,
    STRICTNESS_COOKIE,
    ModelHere,
)

BUTTON = (
    '<button type="button" id="settings-button" aria-expanded="false" aria-controls="settings">'
    "Settings</button>"
)
# The first is what a visitor who chose nothing gets.
ANSWER_LANGUAGES = (
    ("", "As the sources"),
    ("zh", '<span lang="zh">中文</span> as well'),
    ("en", "English as well"),
)
THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))


def settings_panel(settings: Settings) -> str:
    """Return the panel; each slider knows what the desk is set up with."""
    return (
        '<div class="settings-head"><h2 id="settings-title">Settings</h2>'
        '<button type="button" class="settings-close" aria-label="Close the settings">×</button>'
        '</div><p class="help">Kept in this browser; they hold from your next question on.</p>'
        f"{_strictness(settings)}{_evidence(settings)}{_themes()}{_language()}"
    )


def _strictness(settings: Settings) -> str:
    return _slider(
        "strictness",
        "When to refuse",
        (0, 1, 0.05),
        settings.strictness,
        STRICTNESS_COOKIE,
        ("answers more", "refuses more"),
        "Least probability that the sources answer your question. At 0 the model is never asked"
        " and the answer comes some seconds sooner.",
    )


def _evidence(settings: Settings) -> str:
    usual = min(max(settings.evidence_tokens, LEAST_EVIDENCE), MOST_EVIDENCE)
    return _slider(
        "evidence",
        "How much to read",
        (LEAST_EVIDENCE, MOST_EVIDENCE, 10),
        usual,
        EVIDENCE_COOKIE,
        ("answers sooner", "reads more"),
        "Tokens of the best passages that the model reads before it writes. Reading is most of"
        " the wait.",
    )


def _slider(
    name: str,
    label: str,
    bounds: tuple[float, float, float],
    usual: float,
    cookie: str,
    ends: tuple[str, str],
    text: str,
) -> str:
    least, most, step = bounds
    return (
        f'<div class="setting"><label for="set-{name}">{label}</label>'
        f'<output for="set-{name}" id="set-{name}-told"></output>'
        f'<input type="range" id="set-{name}" data-cookie="{cookie}" data-usual="{usual:g}"'
        f' min="{least:g}" max="{most:g}" step="{step:g}" value="{usual:g}"'
        f' aria-describedby="set-{name}-help">'
        f'<span class="ends"><span>{ends[0]}</span><span>{ends[1]}</span></span>'
        f'<p class="help" id="set-{name}-help">{text}</p></div>'
    )


def _themes() -> str:
    return f'<fieldset class="setting"><legend>Theme</legend>{_radios("theme", THEMES)}</fieldset>'


def _language() -> str:
    return (
        f'<fieldset class="setting" aria-describedby="language-help">'
        f"<legend>Language of the answer</legend>{_radios('language', ANSWER_LANGUAGES)}"
        '<p class="help" id="language-help">A sentence can be checked only against words of its own'
        " language, so the checked answer stays in that of the sources. The model’s translation"
        " stands below it, its names and numbers compared, and takes some seconds.</p></fieldset>"
    )


def _radios(name: str, choices: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<label><input type="radio" name="{name}" value="{value}"> {label}</label>'
        for value, label in choices
    )


def model_block(
    models: Sequence[ModelHere], settings: Settings, said: str = "", *, may_choose: bool = False
) -> str:
    """Return the model that answers, with size, licence and speed here, and the others here.

    ``said`` is HTML about a choice that was made; without ``may_choose`` none can be.
    """
    used = [model for model in models if model.in_use]
    if settings.base_url:
        told = f"{_named(settings.model)}, on a model server of this desk’s owner."
    elif used:
        told = _described(used[0])
    else:
        told = f"{_named(settings.model)}; its files are not here, so answers are quotes."
    others = [model for model in models if not model.in_use]
    return (
        f'<div class="setting"><span class="label">Model</span><p class="model">{told}</p>'
        f"{said}{_others(others, may_choose)}</div>"
        '<button type="button" class="settings-reset">Reset to what the desk is set up with'
        "</button>"
    )


def loading(name: str) -> str:
    """Return what is said while another model loads."""
    return (
        f'<p class="note working" role="status">{_named(name)} is loading; questions wait for it.'
        "</p>"
    )


def taken(name: str) -> str:
    """Return what is said when another model answers."""
    return f'<p class="note" role="status">{_named(name)} answers from now on.</p>'


def refused(reason: str) -> str:
    """Return why no other model answers."""
    return f'<p class="error" role="alert">{escaped(reason)}</p>'


def _named(model: str) -> str:
    name = model.replace("\\", "/").rsplit("/", 1)[-1]  # a path is nobody else's business
    return f"<strong>{escaped(name)}</strong>"


def _described(model: ModelHere) -> str:
    facts = [model.developer, f"{model.parameters} parameters", model.licence]
    if model.size is not None:
        facts.append(f"{model.size / 1e9:.1f} GB")
    if model.speed is not None:
        facts.append(f"{model.speed:.0f} tokens a second here")
    return f"{_named(model.name)} {escaped(' · '.join(facts))}"


def _others(models: Sequence[ModelHere], may_choose: bool) -> str:
    if not models:
        return (
            '<p class="help">No other model’s files are here; <strong>refdesk weights</strong>'
            " lists those that can be fetched.</p>"
        )
    listed = "".join(
        f"<li><span>{_described(one)}</span>{_use(one, may_choose)}</li>" for one in models
    )
    how = (
        "a choice holds until the desk is started anew, and answers under way end before."
        if may_choose
        else "to change it, start the desk anew with <strong>refdesk serve --model NAME</strong>."
    )
    return (
        '<p class="help">Also on this machine. One model answers for everybody, since two would'
        f' not fit a small machine; {how}</p><ul class="models-here">{listed}</ul>'
    )


def _use(model: ModelHere, may_choose: bool) -> str:
    if not may_choose:
        return ""
    name = escaped(model.name)
    return (
        f'<button type="button" data-act="use-model" data-name="{name}"'
        f' aria-label="Let {name} answer">Use it</button>'
    )
