"""The HTTP API, driven by Gradio's own Python client over a socket."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from index.types import Progress, RefreshReport
from tests.ui.scripted import LICENCE, LICENCE_TRACE, ScriptedDesk
from tests.ui.serving import Served, serving, until
from ui.api import Access
from ui.api_events import INTERNAL_ERROR

QUESTION = "Under which licence was DeepSeek-R1 released?"
ENDPOINTS = ("/ask", "/ask_stream", "/catalogue", "/document", "/refresh", "/search", "/status")


def client_of(address: str, **options: Any) -> Client:
    return Client(
        address,
        verbose=False,
        analytics_enabled=False,
        download_files=False,
        httpx_kwargs={"timeout": 60},  # not the default of five seconds: machines are loaded
        **options,
    )


@pytest.fixture(scope="module")
def client(served: tuple[Served, str]) -> Client:
    return client_of(served[1])


def test_the_endpoints_are_described_with_their_types(client: Client) -> None:
    described = client.view_api(return_format="dict", print_info=False)
    assert isinstance(described, dict)
    named = described["named_endpoints"]
    assert sorted(named) == list(ENDPOINTS) and described["unnamed_endpoints"] == {}
    parameters = {p["parameter_name"]: p for p in named["/search"]["parameters"]}
    assert parameters["query"]["python_type"]["type"] == "str"
    assert parameters["limit"]["parameter_default"] == 10
    assert all("nothing" not in entry["description"] for entry in named.values())
    told = {name: entry["description"] for name, entry in named.items()}
    assert "checked citation" in told["/ask"] and "best first" in told["/search"]
    assert [p["parameter_name"] for p in named["/catalogue"]["parameters"]] == [
        "where", "sort", "limit", "group_by",
    ]  # fmt: skip


def test_an_answer_comes_whole_with_its_citations(client: Client, desk: Served) -> None:
    answer = client.predict(QUESTION, api_name="/ask")
    assert answer["status"] == "answered" and answer["text"].startswith("DeepSeek-R1 is under")
    assert answer["citations"][0]["quote"] == LICENCE
    assert answer["trace"]["passages"] == json.loads(json.dumps(LICENCE_TRACE["passages"]))


def test_earlier_turns_reach_the_desk(client: Client, desk: Served) -> None:
    history = [{"role": "user", "text": "What is QwQ?"}, {"role": "assistant", "text": "A model."}]
    client.predict("And its QwQ licence?", history, api_name="/ask")
    question, turns = desk.asked[0]
    assert question == "And its QwQ licence?"
    assert [(turn.role, turn.text) for turn in turns] == [
        ("user", "What is QwQ?"), ("assistant", "A model."),
    ]  # fmt: skip


def test_a_refusal_is_an_answer_and_no_error(client: Client, desk: Served) -> None:
    answer = client.predict("Who won the World Cup?", api_name="/ask")
    assert answer["status"] == "not_in_corpus" and answer["nearest"] and not answer["citations"]


def test_the_stream_tells_the_events_in_order_and_ends_with_the_answer(
    client: Client, desk: Served
) -> None:
    job = client.submit(QUESTION, api_name="/ask_stream")
    events = list(job)
    assert [event["type"] for event in events] == [
        "rewritten", "evidence", "thinking", "thinking", "draft", "draft", "draft", "answer",
    ]  # fmt: skip
    assert events[1]["sources"][1]["quote"] == LICENCE
    assert events[-1]["answer"]["citations"][0]["quote"] == LICENCE


def test_a_stream_that_is_cancelled_frees_the_engine(client: Client, desk: Served) -> None:
    job = client.submit("endless", api_name="/ask_stream")
    assert until(lambda: len(job.outputs()) > 2)
    job.cancel()
    assert until(lambda: desk.closed == ["endless"])


@pytest.mark.parametrize("name", ["ask", "ask_stream"])
def test_a_caller_that_hangs_up_frees_the_engine(
    served: tuple[Served, str], desk: Served, name: str
) -> None:
    call = f"{served[1]}gradio_api/call/{name}"
    event = httpx.post(call, json={"data": ["endless", None]}).json()["event_id"]
    with httpx.stream("GET", f"{call}/{event}", timeout=60) as reply:
        assert reply.status_code == 200
        assert until(lambda: desk.asked)
    assert until(lambda: desk.closed == ["endless"]), "the draft went on without a reader"


def test_passages_are_found_with_their_documents(client: Client, desk: Served) -> None:
    found = client.predict("reasoning model", 1, api_name="/search")
    assert len(found["passages"]) == 1
    passage = found["passages"][0]
    assert passage["document"]["title"] and "reasoning" in passage["text"]


def test_cards_are_listed_and_counted(client: Client, desk: Served) -> None:
    listed = client.predict(
        ["licence_spdx=MIT"], "total_params_b:desc", 3, None, api_name="/catalogue"
    )
    assert listed["matched"] >= 3 and len(listed["models"]) == 3
    assert {model["licence_spdx"] for model in listed["models"]} == {"MIT"}
    counted = client.predict(group_by="country", api_name="/catalogue")
    assert counted["matched"] > 50 and counted["groups"]


def test_a_document_is_read_in_parts(client: Client, desk: Served) -> None:
    part = client.predict("curated/r1", 10, 20, api_name="/document")
    whole = client.predict("curated/r1", api_name="/document")
    assert part["text"] == whole["text"][10:30] and part["characters"] == len(whole["text"])


def test_the_state_is_told(client: Client, desk: Served) -> None:
    state = client.predict(api_name="/status")
    assert (state["documents"], state["refreshing"]) == (2, False)


def test_a_refresh_reports_what_it_did(client: Client, desk: Served) -> None:
    report = client.predict(api_name="/refresh")
    assert report["added"] == ["files/a.md"] and report["unchanged"] == 3


@pytest.mark.parametrize("call, said", [
    (("", None, "/ask"), "The question is empty."),
    (("x" * 2001, None, "/ask"), "The question is longer than 2000 characters: shorten it."),
    (("x", [{"role": "king"}], "/ask"), "History is a list of"),
    ((7, None, "/ask_stream"), "The question must be text."),
    (("broken", None, "/ask"), "The model server does not answer; start it or choose another."),
    (("broken", None, "/ask_stream"), "The model server does not answer; start it"),
    (("crash", None, "/ask"), INTERNAL_ERROR),
    (("crash", 5, "/search"), INTERNAL_ERROR),
    (("x", 51, "/search"), "Limit must be a whole number from 1 to 50."),
    (("x", "many", "/search"), "Limit must be a whole number"),
    ((["shoe=4"], None, None, None, "/catalogue"), "shoe"),
    ((["country"], None, None, None, "/catalogue"), "country"),
    ((None, "shoe", None, None, "/catalogue"), "shoe"),
    ((None, None, 0, None, "/catalogue"), "Limit must be a whole number from 1 to 1000."),
    (("nothing/here", 0, 20, "/document"), "No document has the id 'nothing/here'"),
    (("curated/r1", -1, 20, "/document"), "Start must be a whole number"),
])  # fmt: skip
def test_an_error_is_one_sentence(
    client: Client, desk: Served, call: tuple[Any, ...], said: str
) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(*call[:-1], api_name=call[-1])
    line = str(caught.value)
    assert said in line and "\n" not in line and len(line) < 500
    assert "secret" not in line and "Traceback" not in line


def test_those_who_would_wait_too_long_are_told_so(client: Client, desk: Served) -> None:
    jobs = [client.submit("endless", api_name="/ask_stream") for _ in range(18)]
    assert until(lambda: sum(job.done() for job in jobs) == 2, 60), "room for more or fewer than 16"
    refused = [job for job in jobs if job.done()]
    for job in refused:
        with pytest.raises(AppError, match="busy: too many questions wait"):
            job.result()
    desk.gate.set()
    for job in jobs:
        job.cancel()
    assert until(lambda: len(desk.closed) == len(desk.asked), 60)
    assert client.predict(QUESTION, api_name="/ask")["status"] == "answered"


class Slow(ScriptedDesk):
    """A desk whose refresh lasts until the gate opens."""

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        yield Progress("parse", 1, 2, "files", "a.md")
        assert self.gate.wait(30)
        yield RefreshReport(added=("files/a.md",), seconds=0.5)


def test_those_who_wait_for_a_refresh_keep_nobody_from_reading(tmp_path: Path) -> None:
    desk = Slow(tmp_path)
    with serving(desk) as address:
        client = client_of(address)
        jobs = [client.submit(api_name="/refresh") for _ in range(12)]
        assert until(lambda: client.predict(api_name="/status")["refreshing"])
        assert client.predict("reasoning", api_name="/search")["passages"]
        waiting = [t for t in threading.enumerate() if t.name == "refdesk-refresh"]
        desk.gate.set()
        reports = [job.result(timeout=30) for job in jobs]
    assert {tuple(report["added"]) for report in reports} == {("files/a.md",)}
    assert len(waiting) <= 2, "one runs, at most one waits; the others share it"


def test_with_a_key_every_endpoint_asks_for_it(tmp_path: Path) -> None:
    desk = ScriptedDesk(tmp_path)
    with serving(desk, access=Access("sesame")) as address:
        stranger = client_of(address)
        calls: dict[str, list[Any]] = {name: ["x"] for name in ENDPOINTS}
        calls.update({"/catalogue": [], "/refresh": [], "/status": []})
        for name, given in calls.items():
            with pytest.raises(AppError, match="asks for its key"):
                stranger.predict(*given, api_name=name)
        friend = client_of(address, headers={"Authorization": "Bearer sesame"})
        assert friend.predict(api_name="/status")["documents"] == 2
    assert desk.asked == []


def test_every_endpoint_that_is_tested_has_a_documented_signature() -> None:
    from ui.api_endpoints import Endpoints

    for name in ENDPOINTS:
        function = getattr(Endpoints, name.strip("/"))
        assert inspect.getdoc(function), name
        assert inspect.signature(function).return_annotation is not inspect.Signature.empty
