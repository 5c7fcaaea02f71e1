"""The desk's tools, driven by the official MCP client over HTTP and over a process's pipes."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from index.home import Home
from tests.assistant.served_desk import ScriptedDesk as OwnedDesk
from tests.assistant.served_desk import owning
from tests.ui.scripted import LICENCE, ScriptedDesk
from tests.ui.serving import Served, serving, until
from ui.api import Access
from ui.api_events import INTERNAL_ERROR

mcp = pytest.importorskip("mcp", reason="the extra refdesk[mcp] is not installed")

Value = TypeVar("Value")

QUESTION = "Under which licence was DeepSeek-R1 released?"
READERS = ["ask", "catalogue", "document", "search", "status"]
PROGRAM = "from ui.cli import main; main()"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@pytest.fixture
def address(served: tuple[Served, str]) -> str:
    return served[1] + "mcp"


def talk(server: Any, work: Callable[[Any], Awaitable[Value]]) -> Value:
    """Connect the official client to a server, by address or command, and do ``work`` with it."""

    async def connected() -> Value:
        async with mcp.Client(server, read_timeout_seconds=120) as client:
            return await work(client)

    return asyncio.run(connected())


def call(server: Any, name: str, **given: Any) -> Any:
    """What a tool gives."""
    return talk(server, lambda client: client.call_tool(name, given))


def test_the_tools_are_described_with_their_schemas(address: str, desk: Served) -> None:
    async def work(client: Any) -> tuple[Any, str]:
        return (await client.list_tools()).tools, client.instructions

    tools, instructions = talk(address, work)
    assert sorted(tool.name for tool in tools) == READERS, "refresh must be allowed first"
    named = {tool.name: tool for tool in tools}
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    ask, search = named["ask"].input_schema, named["search"].input_schema
    assert ask["required"] == ["question"] and "history" in ask["properties"]
    limit = search["properties"]["limit"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 50, 8)
    where = named["catalogue"].input_schema["properties"]["where"]
    assert "total_params_b>100" in where["description"]
    assert "citations" in named["ask"].output_schema["properties"]
    assert "checked citation" in instructions


def test_an_answer_comes_as_text_and_as_data(address: str, desk: Served) -> None:
    given = call(address, "ask", question=QUESTION)
    assert not given.is_error
    assert "MIT licence. [1]" in given.content[0].text
    assert "DeepSeek-R1: what was released" in given.content[0].text, "the sources are named"
    assert given.structured_content["citations"][0]["quote"] == LICENCE


def test_earlier_messages_reach_the_desk(address: str, desk: Served) -> None:
    history = [{"role": "user", "text": "What is QwQ?"}]
    call(address, "ask", question="And its QwQ licence?", history=history)
    question, turns = desk.asked[0]
    assert question == "And its QwQ licence?" and turns[0].text == "What is QwQ?"


def test_a_refusal_says_that_the_corpus_does_not_hold_it(address: str, desk: Served) -> None:
    given = call(address, "ask", question="Who won the World Cup?")
    assert not given.is_error
    assert given.structured_content["status"] == "not_in_corpus"
    assert "does not say who won" in given.content[0].text


def test_sources_cards_documents_and_state_can_be_read(address: str, desk: Served) -> None:
    async def work(client: Any) -> list[Any]:
        return [
            await client.call_tool("search", {"query": "reasoning model", "limit": 1}),
            await client.call_tool("catalogue", {"where": ["licence_spdx=MIT"], "limit": 2}),
            await client.call_tool("catalogue", {"group_by": "country"}),
            await client.call_tool("document", {"document_id": "curated/r1", "length": 30}),
            await client.call_tool("status", {}),
        ]

    found, cards, counted, part, state = talk(address, work)
    assert found.structured_content["passages"][0]["document"]["title"] in found.content[0].text
    assert [m["licence_spdx"] for m in cards.structured_content["models"]] == ["MIT", "MIT"]
    assert counted.structured_content["groups"] and "China" in counted.content[0].text
    assert part.structured_content["end"] == 30 and "characters 0 to 30" in part.content[0].text
    assert state.structured_content["documents"] == 2


@pytest.mark.parametrize("name, given, said", [
    ("ask", {"question": " "}, "The question is empty."),
    ("ask", {"question": "x" * 2001}, "longer than 2000 characters"),
    ("ask", {"question": "broken"}, "The model server does not answer; start it"),
    ("ask", {"question": "crash"}, INTERNAL_ERROR),
    ("search", {"query": "crash"}, INTERNAL_ERROR),
    ("catalogue", {"where": ["shoe=4"]}, "shoe"),
    ("document", {"document_id": "nothing/here"}, "No document has the id 'nothing/here'"),
])  # fmt: skip
def test_an_error_is_one_sentence_for_the_model(
    address: str, desk: Served, name: str, given: dict[str, Any], said: str
) -> None:
    result = call(address, name, **given)
    assert result.is_error
    (content,) = result.content
    assert said in content.text and "\n" not in content.text
    assert "secret" not in content.text


def test_what_does_not_fit_the_schema_is_not_done(address: str, desk: Served) -> None:
    for name, given in (("ask", {}), ("search", {"query": "x", "limit": 51}), ("refresh", {})):
        try:
            refused = call(address, name, **given).is_error
        except mcp.MCPError:
            refused = True
        assert refused, name
    assert desk.asked == []


def test_both_addresses_with_and_without_a_slash_are_the_server(
    served: tuple[Served, str], desk: Served
) -> None:
    for path in ("mcp", "mcp/", "gradio_api/mcp", "gradio_api/mcp/"):
        assert call(served[1] + path, "status").structured_content["documents"] == 2


def test_a_client_that_hangs_up_frees_the_engine(served: tuple[Served, str], desk: Served) -> None:
    body = {**CALL, "params": {"name": "ask", "arguments": {"question": "endless"}}}
    connection = http.client.HTTPConnection(
        served[1].removeprefix("http://").strip("/"), timeout=60
    )
    connection.request("POST", "/mcp", json.dumps(body), ACCEPT)
    assert until(lambda: desk.asked)
    connection.close()
    assert until(lambda: desk.closed == ["endless"]), "the draft went on without a reader"


def test_a_client_that_gives_up_waiting_frees_the_engine(address: str, desk: Served) -> None:
    async def work(client: Any) -> None:
        with pytest.raises(mcp.MCPError, match=r"(?i)timed out"):
            await client.call_tool("ask", {"question": "endless"}, read_timeout_seconds=1)

    talk(address, work)
    assert until(lambda: desk.closed == ["endless"])


def test_progress_is_told_once_evidence_is_found(address: str, desk: Served) -> None:
    told: list[str | None] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append(message)

    async def work(client: Any) -> None:
        await client.call_tool("ask", {"question": QUESTION}, progress_callback=note)

    talk(address, work)
    assert told == ["2 passages found"]


def test_a_body_without_end_is_not_read(address: str, desk: Served) -> None:
    reply = httpx.post(address, content=b" " * 1_200_000, headers=ACCEPT, timeout=60)
    assert reply.status_code == 413


def test_refresh_is_a_tool_only_where_it_is_allowed_and_the_key_is_asked_for(
    tmp_path: Path,
) -> None:
    desk = ScriptedDesk(tmp_path)
    with serving(desk, access=Access("sesame", tools_refresh=True)) as address:
        assert httpx.post(f"{address}mcp", json=CALL, headers=ACCEPT).status_code == 401

        async def keyed() -> tuple[list[str], Any]:
            from httpx2 import AsyncClient
            from mcp.client.streamable_http import streamable_http_client

            headers = {"Authorization": "Bearer sesame"}
            async with AsyncClient(headers=headers, timeout=60) as http:
                door = streamable_http_client(f"{address}mcp", http_client=http)
                async with mcp.Client(door) as client:
                    names = [tool.name for tool in (await client.list_tools()).tools]
                    return names, await client.call_tool("refresh", {})

        names, report = asyncio.run(keyed())
    assert sorted(names) == sorted([*READERS, "refresh"])
    assert report.structured_content["added"] == ["files/a.md"]


# Over pipes


@pytest.fixture
def owned(home: Path) -> Iterator[OwnedDesk]:
    """A scripted desk that owns ``home``; the process of ``refdesk mcp`` asks it."""
    with owning(home) as desk:
        yield desk


def piped(home: Path, *words: str) -> Any:
    """How a desktop client starts the tools."""
    return mcp.StdioServerParameters(
        command=sys.executable,
        args=["-c", PROGRAM, "mcp", "--home", str(home), *words],
        env={**os.environ, "REFDESK_CURATED": "0"},
    )


def test_a_process_serves_the_same_tools_over_its_pipes(home: Path, owned: OwnedDesk) -> None:
    async def work(client: Any) -> tuple[list[str], Any, Any, Any]:
        return (
            [tool.name for tool in (await client.list_tools()).tools],
            await client.call_tool("ask", {"question": "How many?"}),
            await client.call_tool("search", {"query": "one"}),
            await client.call_tool("document", {"document_id": "nothing"}),
        )

    names, answer, found, missing = talk(piped(home), work)
    assert sorted(names) == READERS
    assert answer.structured_content["citations"][0]["document_id"] == "curated/a.md"
    assert "It is two. [1]" in answer.content[0].text
    assert found.structured_content["passages"][0]["text"] == "one"
    assert missing.is_error and "No document has the id" in missing.content[0].text


def test_a_call_that_is_cancelled_over_the_pipes_frees_the_engine(
    home: Path, owned: OwnedDesk
) -> None:
    async def work(client: Any) -> bool:
        with pytest.raises(mcp.MCPError, match=r"(?i)timed out"):
            await client.call_tool("ask", {"question": "endless"}, read_timeout_seconds=2)
        freed = await asyncio.to_thread(owned.stopped_early.wait, 60)
        return freed and not (await client.call_tool("status", {})).is_error

    assert talk(piped(home), work), "the draft went on without a reader"


def test_a_desk_that_cannot_be_opened_is_told_with_the_first_call(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    Home(home).record.write_bytes(b"no database " * 100)
    given = call(piped(home), "status")
    assert given.is_error and str(home) in given.content[0].text
    assert "\n" not in given.content[0].text and "Traceback" not in given.content[0].text
