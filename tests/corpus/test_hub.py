"""Models of the Hub: what their metadata state, what is kept of them, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import huggingface_hub
import pytest
from huggingface_hub import HfApi

from corpus.cards import ModelCard
from corpus.errors import InputError
from corpus.gathered import Gathered
from corpus.hub.card import hub_card
from corpus.hub.metadata import hub_model
from corpus.hub.places import HubPlace, hub_place
from corpus.hub.reader import HubReader
from corpus.hub.shelf import HubCardFile, Shelf
from corpus.sources import PageFile, load
from corpus.web.fetch import Fetcher
from tests.corpus.hub_server import FakeHub, hub_serving

README = "---\nlicense: mit\n---\n# Alpha-7B\n\nAlpha-7B speaks of quokkas."
PAGE = "https://huggingface.co/lab/Alpha-7B"
ONE = "hub:lab/Alpha-7B"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with hub_serving() as hub:
        yield hub


@pytest.fixture
def shelf(hub: FakeHub, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "hub", HubReader(Fetcher(), hub.endpoint))


def cards(found: Gathered) -> list[ModelCard]:
    assert found.files is not None, found.problem
    return [file.card for file in found.files if isinstance(file, HubCardFile)]


def readmes(found: Gathered) -> dict[str, str]:
    assert found.files is not None, found.problem
    return {f.document_id: load(f).text for f in found.files if isinstance(f, PageFile)}


def test_model_gives_its_readme_and_a_card_of_what_the_hub_states(
    hub: FakeHub, shelf: Shelf
) -> None:
    hub.add("lab/Alpha-7B", README)
    found = shelf.bring("a", ONE, None)
    assert readmes(found) == {"a/Alpha-7B.md": "Alpha-7B\n\nAlpha-7B speaks of quokkas."}
    (card,) = cards(found)
    page = f"{hub.endpoint}/lab/Alpha-7B"
    assert (card.id, card.name, card.aliases) == ("lab--alpha-7b", "Alpha-7B", ("lab/Alpha-7B",))
    assert (card.developer, card.country, card.release_date) == ("lab", None, "2025-01-20")
    assert (card.total_params_b, card.modalities) == (7.616, ("text",))
    assert (card.licence, card.licence_spdx, card.licence_class) == ("MIT", "MIT", "permissive")
    assert (card.active_params_b, card.context_length, card.architecture) == (None, None, None)
    assert [source.url for source in card.sources] == [page]
    assert "last changed on 27 March 2025" in card.notes[-1]
    assert found.files is not None
    assert {load(file).info.url for file in found.files} == {page}


def test_author_gives_the_newest_models_up_to_the_limit(hub: FakeHub, shelf: Shelf) -> None:
    for number in range(5):
        hub.add(f"lab/M-{number}", f"Model {number}.", createdAt=f"2025-0{number + 1}-01T00:00:00Z")
    hub.add("other/X-1", "Another's.")
    found = shelf.bring("lab", "hub:lab", 3)
    assert sorted(readmes(found)) == ["lab/M-2.md", "lab/M-3.md", "lab/M-4.md"]
    assert len(readmes(shelf.bring("lab", "hub:lab", None))) == 5


def test_only_readmes_of_another_version_are_asked_for_again(hub: FakeHub, shelf: Shelf) -> None:
    hub.add("lab/A-1", "First.")
    hub.add("lab/B-1", "Second.")
    first = shelf.bring("lab", "hub:lab", None)
    hub.asked.clear()
    assert shelf.bring("lab", "hub:lab", None) == first
    assert len(hub.asked) == 1
    hub.add("lab/B-1", "Second, revised.")
    second = shelf.bring("lab", "hub:lab", None)
    assert [path for path in hub.asked if "/resolve/" in path][-1].startswith("/lab/B-1/resolve/")
    assert len(hub.asked) == 3
    assert readmes(second)["lab/B-1.md"] == "Second, revised."
    assert shelf.stored("lab", "hub:lab") == second


def test_downloads_and_likes_change_nothing(hub: FakeHub, shelf: Shelf) -> None:
    hub.add("lab/A-1", "First.", downloads=1)
    version = hub.models["lab/A-1"]["sha"]
    first = shelf.bring("lab", "hub:lab", None)
    hub.add("lab/A-1", downloads=99, likes=7, sha=version)
    assert shelf.bring("lab", "hub:lab", None) == first


def test_model_that_is_withdrawn_goes_and_an_empty_list_is_not_believed(
    hub: FakeHub, shelf: Shelf
) -> None:
    hub.add("lab/A-1", "First.")
    hub.add("lab/B-1", "Second.")
    shelf.bring("lab", "hub:lab", None)
    hub.models["lab/B-1"]["private"] = True
    assert sorted(readmes(shelf.bring("lab", "hub:lab", None))) == ["lab/A-1.md"]
    hub.models.clear()
    found = shelf.bring("lab", "hub:lab", None)
    assert "lists no models of lab" in str(found.problem)
    assert sorted(readmes(found)) == ["lab/A-1.md"]


def test_readme_that_cannot_be_read_keeps_the_last_good_one(hub: FakeHub, shelf: Shelf) -> None:
    hub.add("lab/A-1", "First.")
    hub.add("lab/B-1", "Second.")
    shelf.bring("lab", "hub:lab", None)
    hub.add("lab/A-1", "First, revised.")
    path = f"/lab/A-1/resolve/{hub.models['lab/A-1']['sha']}/README.md"
    for reply, reason in (
        ((500, b""), "an error (500)"),
        ((429, b""), "asked too often"),
        ((200, b"x" * (3 << 20)), "over 2 MB"),
    ):
        hub.replies[path] = reply
        found = shelf.bring("lab", "hub:lab", None)
        assert readmes(found)["lab/A-1.md"] == "First."
        ((document_id, _, why),) = found.failed
        assert document_id == "lab/A-1.md" and reason in why
    hub.replies.clear()
    assert readmes(shelf.bring("lab", "hub:lab", None))["lab/A-1.md"] == "First, revised."


def test_model_without_a_readme_has_its_card_alone(hub: FakeHub, shelf: Shelf) -> None:
    hub.add("lab/A-1")
    found = shelf.bring("a", "hub:lab/A-1", None)
    assert (readmes(found), len(cards(found)), found.failed) == ({}, 1, ())


def test_redirects_are_followed_through_the_check_of_addresses(hub: FakeHub, shelf: Shelf) -> None:
    hub.redirect = True
    hub.add("lab/A-1", "First.")
    assert readmes(shelf.bring("a", "hub:lab/A-1", None)) == {"a/A-1.md": "First."}


def test_no_token_is_sent(hub: FakeHub, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.add("lab/A-1", "First.")
    shelf.bring("a", "hub:lab/A-1", None)
    assert "hf_secret" not in repr(hub.headers)


def test_official_client_asks_this_hub_for_the_same(hub: FakeHub, shelf: Shelf) -> None:
    hub.add("lab/Alpha-7B", README)
    shelf.bring("a", ONE, None)
    shelf.bring("lab", "hub:lab", 7)
    ours = [asked for asked in hub.asked if asked.startswith("/api/")]
    hub.asked.clear()
    api = HfApi(endpoint=hub.endpoint, token=False)
    expand: Any = ["cardData", "createdAt", "disabled", "gated", "gguf", "lastModified",
                   "pipeline_tag", "private", "safetensors", "sha", "tags"]  # fmt: skip
    info = api.model_info("lab/Alpha-7B", expand=expand)
    (listed,) = api.list_models(author="lab", sort="created_at", limit=7, expand=expand)
    assert info.sha == listed.sha == hub.models["lab/Alpha-7B"]["sha"]
    for mine, theirs in zip(ours, hub.asked, strict=True):
        assert urlsplit(mine).path == urlsplit(theirs).path
        asked = parse_qs(urlsplit(theirs).query)
        assert parse_qs(urlsplit(mine).query) == {
            k: v for k, v in asked.items() if k != "direction"
        }


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, b"<html>"), "not a Hugging Face Hub"),
        ((200, b"\xff\xfe"), "not a Hugging Face Hub"),
        ((200, b"{}"), "no list of models"),
        ((200, b'[{"id": NaN}]'), "not a Hugging Face Hub"),
        ((200, b"[" * 200_000), "not a Hugging Face Hub"),
        ((200, b"[" + b" " * (17 << 20) + b"]"), "over 16 MB"),
        ((200, b"[]"), "lists no models"),
        ((401, b""), "not public"),
        ((403, b""), "does not let programs"),
        ((404, b""), "is not on the Hub"),
        ((429, b""), "too often"),
        ((503, b""), "an error (503)"),
        ((307, b""), "redirects without saying"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hub_that_answers_badly_gives_one_clear_line_and_keeps_what_is_here(
    hub: FakeHub, shelf: Shelf, reply: tuple[int, bytes], reason: str
) -> None:
    hub.add("lab/A-1", "First.")
    good = shelf.bring("lab", "hub:lab", None)
    hub.replies["/api/models"] = reply
    found = shelf.bring("lab", "hub:lab", None)
    assert reason in str(found.problem) and "\n" not in str(found.problem)
    assert "what it gave on 20" in str(found.problem)
    assert found.files == good.files


WRONG_ENTRIES: list[object] = [
    7, "lab/A-1", [], {}, {"id": 7}, {"id": "lab/../x"}, {"id": "../../etc"}, {"id": "lab"},
    {"id": "lab/a b"}, {"id": "lab/<script>"}, {"id": "x" * 300}, {"sha": "main"},
    {"sha": "../" * 14}, {"sha": None}, {"id": "lab/A\n1"}, {"id": "/lab/A-1"},
]  # fmt: skip


@pytest.mark.parametrize("entry", WRONG_ENTRIES, ids=lambda entry: str(entry)[:20])
def test_entry_that_is_none_is_told_and_the_others_come_in(
    hub: FakeHub, shelf: Shelf, entry: object
) -> None:
    hub.add("lab/Good-1", "Good.")
    good = hub.models["lab/Good-1"]
    bad = good | entry if isinstance(entry, dict) and entry else entry
    hub.replies["/api/models"] = 200, json.dumps([bad, good]).encode()
    found = shelf.bring("lab", "hub:lab", None)
    assert readmes(found) == {"lab/Good-1.md": "Good."}
    ((_, _, reason),) = found.failed
    assert "cannot be used" in reason and "\n" not in reason


def model(**changes: Any) -> ModelCard:
    hub = FakeHub()
    hub.add("lab/Alpha-7B", None, **changes)
    card = hub_card(hub_model(hub.models["lab/Alpha-7B"]), PAGE)
    assert card is not None
    return card


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"safetensors": {"total": -5}}, "total_params_b", None),
        ({"safetensors": {"parameters": {"BF16": -1}}}, "total_params_b", None),
        ({"safetensors": {"parameters": {"BF16": "many"}}}, "total_params_b", None),
        ({"safetensors": {"parameters": {"BF16": 1e12}}}, "total_params_b", None),
        ({"safetensors": {"total": 10**30}}, "total_params_b", None),
        ({"safetensors": {"total": True}}, "total_params_b", None),
        ({"safetensors": [1, 2]}, "total_params_b", None),
        ({"safetensors": None}, "total_params_b", None),
        ({"safetensors": {"parameters": {"I32": 10**9, "F16": 10**8}}}, "total_params_b", None),
        ({"safetensors": {"parameters": {"BF16": 684_531_386_000}}}, "total_params_b", 684.5),
        ({"safetensors": {}, "gguf": {"total": 1_543_714_304}}, "total_params_b", 1.544),
        ({"gguf": {"context_length": 32768}}, "context_tokens_approx", 32768),
        ({"gguf": {"context_length": 10**20}}, "context_tokens_approx", None),
        ({"createdAt": "2099-01-01T00:00:00Z"}, "release_date", None),
        ({"createdAt": "2022-03-02T23:29:04.000Z"}, "release_date", None),
        ({"createdAt": "yesterday"}, "release_date", None),
        ({"createdAt": 7}, "release_date", None),
        ({"createdAt": None}, "release_date_note", None),
        ({"cardData": {"license": "other", "license_name": "lab-licence"}}, "licence",
         "lab-licence"),
        ({"cardData": {"license": "other"}}, "licence", None),
        ({"cardData": {"license": "llama3.1"}}, "licence", "llama3.1"),
        ({"cardData": {"license": "llama3.1"}}, "licence_spdx", None),
        ({"cardData": {"license": "cc-by-nc-4.0"}}, "licence_class", "non-commercial"),
        ({"cardData": {"license": ["mit", "apache-2.0"]}}, "licence", None),
        ({"cardData": {"license": {"a": 1}}}, "licence", None),
        ({"cardData": "text"}, "licence", None),
        ({"cardData": {"base_model": "lab/Base"}}, "base_model", "lab/Base"),
        ({"cardData": {"base_model": ["a/b", "c/d"]}}, "base_model", None),
        ({"cardData": {"base_model": "<b>x</b>"}}, "base_model", None),
        ({"pipeline_tag": "image-text-to-text"}, "modalities", ("text", "image")),
        ({"pipeline_tag": "any-to-any"}, "modalities", ()),
        ({"pipeline_tag": "<img src=x>"}, "modalities", ()),
        ({"pipeline_tag": ["x"]}, "modalities", ()),
        ({"tags": 7}, "gguf_repo", None),
        ({"tags": ["gguf"] * 5000}, "gguf_repo", "lab/Alpha-7B"),
        ({"tags": ["x" * 5000, None]}, "gguf_repo", None),
    ],
)  # fmt: skip
def test_what_the_metadata_do_not_state_soundly_stays_unknown(
    changes: dict[str, Any], field: str, expected: object
) -> None:
    # Something must say that there are weights: tags or counts.
    kept = {"tags": ["safetensors"]} if "safetensors" in changes else {}
    changes = kept | changes
    assert getattr(model(**changes), field) == expected


def test_page_without_weights_is_no_model_of_the_catalogue() -> None:
    hub = FakeHub()
    hub.add("lab/Dataset-tools", None, tags=["code"], safetensors=None)
    assert hub_card(hub_model(hub.models["lab/Dataset-tools"]), PAGE) is None


def test_plain_word_is_named_with_its_author_and_curated_makers_by_their_names() -> None:
    hub = FakeHub()
    for model_id in ("lab/What", "deepseek-ai/New-9B"):
        hub.add(model_id)
    what, new = (hub_card(hub_model(hub.models[i]), PAGE) for i in hub.models)
    assert what is not None and new is not None
    assert (what.name, what.aliases, what.id) == ("lab/What", (), "lab--what")
    assert (new.developer, new.country) == ("DeepSeek", None)


def test_notes_of_long_metadata_are_bounded() -> None:
    languages = [f"language number {n}" for n in range(500)]
    card = model(cardData={"language": languages, "base_model": [f"a/{n}" for n in range(300)]},
                 gated="manual", tags=["safetensors", "base_model:quantized:a/b"])  # fmt: skip
    assert all(len(note) <= 600 for note in card.notes)
    assert any("quantized version" in note for note in card.notes)
    assert any("ask its maker" in note for note in card.notes)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("hub:deepseek-ai/DeepSeek-R1", HubPlace("deepseek-ai", "DeepSeek-R1")),
        (" HUB:deepseek-ai ", HubPlace("deepseek-ai")),
        ("https://huggingface.co/Qwen/QwQ-32B/", HubPlace("Qwen", "QwQ-32B")),
    ],
)
def test_places_of_the_hub_are_named_shortly(location: str, expected: HubPlace) -> None:
    assert hub_place(location) == expected


@pytest.mark.parametrize(
    "location",
    ["hub:", "hub:a/b/c", "hub:../x", "hub:a/..", "hub:a b", "hub:a?x=1", "hub:a#b", "hub:-a",
     "hub:" + "a" * 200, "https://evil.example/a/b", "hub:a/b\nc", "hub:a--b"],
)  # fmt: skip
def test_what_is_no_place_of_the_hub_is_refused(location: str) -> None:
    with pytest.raises(InputError):
        hub_place(location)


def test_hub_that_is_switched_off_or_unreachable_is_said_to_be(
    hub: FakeHub, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Shelf(tmp_path / "away", HubReader(Fetcher(), "http://127.0.0.1:9"))
    assert "No page is read from port 9" in str(away.bring("a", ONE, None).problem)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE is set" in str(shelf.bring("a", ONE, None).problem)
    assert hub.asked == []


def test_public_endpoint_may_not_lead_into_the_own_network(tmp_path: Path) -> None:
    inside = Fetcher(resolver=lambda host, port: ["127.0.0.1"])
    found = Shelf(tmp_path, HubReader(inside, "https://huggingface.co")).bring("a", ONE, None)
    assert "not a public address" in str(found.problem)


@pytest.mark.parametrize("damage", ["{", "[]", '{"location": "x"}'])
def test_damaged_note_means_asking_anew(hub: FakeHub, shelf: Shelf, damage: str) -> None:
    hub.add("lab/A-1", "First.")
    shelf.bring("a", "hub:lab/A-1", None)
    (shelf.folder_of("hub:lab/A-1") / "hub.json").write_text(damage)
    assert shelf.stored("a", "hub:lab/A-1").files is None
    assert readmes(shelf.bring("a", "hub:lab/A-1", None)) == {"a/A-1.md": "First."}
