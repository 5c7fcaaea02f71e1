"""What a visitor prefers, read from cookies that anybody may have written; models and speeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.options import AskOptions
from assistant.settings import Settings
from index import weights
from tests.ui.scripted import licence_answer, qwq_answer
from tests.ui.test_render import HOSTILE, Tags
from ui.preferences import ModelHere, Speeds, models_here, options_of
from ui.render_settings import loading, model_block, refused, settings_panel, taken

SMALL, LARGE = "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"


def test_what_the_cookies_say_is_asked_for() -> None:
    cookies = {"refdesk_evidence": "500", "refdesk_strictness": "0.25", "other": "x"}
    assert options_of(cookies) == AskOptions(500, 0.25)
    assert options_of({"refdesk_language": "zh"}) == AskOptions(language="zh")
    assert options_of({"refdesk_strictness": "0"}) == AskOptions(None, 0.0)
    assert options_of({}) == AskOptions()


@pytest.mark.parametrize(
    "value", ["", "x", "-1", "1e9", "nan", "inf", "99999999", "149", "901", "٣٠٠", "5;0", "0x1F4"]
)
def test_a_value_out_of_bounds_counts_as_not_said(value: str) -> None:
    assert options_of({"refdesk_evidence": value}) == AskOptions()
    assert options_of({"refdesk_strictness": value}) == AskOptions()
    assert options_of({"refdesk_language": value}) == AskOptions()


def files_of_two_models(folder: Path) -> None:
    """Files of the right names and sizes, with nothing in them."""
    for name in (LARGE, SMALL):
        (file,) = weights.find(name).files
        with (folder / file.name).open("wb") as there:
            there.truncate(file.size or 0)


def test_the_models_of_this_machine_are_listed_the_one_in_use_first(tmp_path: Path) -> None:
    files_of_two_models(tmp_path)
    settings = Settings(weights=tmp_path, model=SMALL)
    speeds = Speeds()
    for speed in (10.0, 20.0, 90.0):
        trace = {"tokens_per_second": speed}
        speeds.note(replace(licence_answer("?"), model=SMALL, trace=trace))
    used, other = models_here(settings, speeds)
    assert (used.name, used.in_use, used.speed) == (SMALL, True, 20.0)
    assert (other.name, other.in_use, other.speed) == (LARGE, False, None)
    assert used.licence == "Apache-2.0" and used.size == 491400064
    assert "data-act" not in model_block([used, other], settings)
    offered = model_block([used, other], settings, may_choose=True)
    assert offered.count("data-act") == 1 and f'data-name="{LARGE}"' in offered
    told = Tags(model_block([used, other], settings)).text
    assert "0.5 GB" in told and "20 tokens a second here" in told and "serve --model NAME" in told


def test_an_answer_without_a_speed_is_not_counted() -> None:
    speeds = Speeds()
    speeds.note(None)
    speeds.note(qwq_answer("?"))
    speeds.note(replace(licence_answer("?"), trace={"tokens_per_second": "fast"}))
    assert speeds.of("scripted") is None


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_name_of_a_model_makes_a_tag(payload: str) -> None:
    def html(text: str) -> str:
        model = ModelHere(text, text, text, text, 1, True)
        others = [replace(model, in_use=False)]
        asked = loading(text) + taken(text) + refused(text)
        offered = model_block([model, *others], Settings(), asked, may_choose=True)
        return offered + model_block([], Settings(model=text))

    assert [tag for tag, _ in Tags(html(payload)).tags] == [tag for tag, _ in Tags(html("x")).tags]


def test_the_path_of_a_model_file_is_told_to_nobody() -> None:
    html = model_block([], Settings(model="/srv/secret/own.gguf"))
    assert "own.gguf" in html and "secret" not in html


def test_the_sliders_know_what_the_desk_is_set_up_with() -> None:
    inputs = {attrs["id"]: attrs for tag, attrs in
              Tags(settings_panel(Settings(strictness=0.3, evidence_tokens=2000))).tags
              if tag == "input" and attrs.get("type") == "range"}  # fmt: skip
    assert inputs["set-strictness"]["data-usual"] == "0.3"
    assert inputs["set-evidence"]["data-usual"] == inputs["set-evidence"]["max"] == "900"
