"""The MCP server: the desk as tools for language models, over HTTP or a process's pipes.

One set of tools for both. Needs the ``mcp`` package, which is an extra: import this module only
where ``available()`` of ``ui.mcp_door`` says so. Knows nothing of how an answer is made.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

import anyio
from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field, create_model

from assistant.types import Answer, Answered, EvidenceFound
from corpus.errors import RefdeskError
from index.types import RefreshReport
from ui.api import (
    MAX_PASSAGES,
    MAX_QUESTION,
    MAX_ROWS,
    MAX_TEXT,
    DocumentPart,
    Passages,
    Programs,
)
from ui.api_events import INTERNAL_ERROR

log = logging.getLogger(__name__)

INSTRUCTIONS = (
    "A reference desk over a curated corpus of documents and model cards. Use `ask` for an "
    "answer whose every sentence carries a checked citation [n]; keep the numbers and name the "
    "sources when you pass it on. When it says that the corpus does not hold the answer, say "
    "so; do not fill the gap. Use `search` and `document` to read the sources themselves, and "
    "`catalogue` for exact lists of models."
)
DEFAULT_ROWS = 20  # a language model reads them all
AT_WORK = 4  # calls that search or read at a time; each takes a thread of the page's forty
TOOL_TEXT = 8000  # characters of a document in one reply, unless asked for more

Value = TypeVar("Value")

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Said(BaseModel):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    text: str


def _shape(of: type) -> type[BaseModel]:
    """A dataclass as the mcp package wants it: that takes the slots of one for its defaults."""
    fields: dict[str, Any] = {name: (hint, ...) for name, hint in get_type_hints(of).items()}
    return create_model(of.__name__, **fields)


AnswerShape = _shape(Answer)
PassagesShape = _shape(Passages)
PartShape = _shape(DocumentPart)
ReportShape = _shape(RefreshReport)

Question = Annotated[
    str, Field(description=f"The question, in plain language; up to {MAX_QUESTION} characters.")
]
History = Annotated[
    list[Said] | None, Field(description="Earlier messages, oldest first, for a follow-up.")
]
Query = Annotated[str, Field(description="What to look for: a few words or a question.")]
Limit = Annotated[int, Field(ge=1, le=MAX_PASSAGES, description="Most passages to return.")]
Where = Annotated[
    list[str] | None,
    Field(
        description="Conditions that must all hold, each FIELD OPERATOR VALUE: "
        '"country=China", "total_params_b>100", "licence_spdx!=MIT", "release_date>=2025-03", '
        '"benchmarks.AIME24>80", "modalities~image", "open_weights=true". Fields: id, name, '
        "family, developer, country, release_date, total_params_b and active_params_b (in "
        "billions), architecture, context_tokens_approx, licence, licence_spdx, licence_class, "
        "open_weights, modalities, base_model, benchmarks.NAME."
    ),
]
Order = Annotated[str | None, Field(description='A field, or FIELD:desc: "total_params_b:desc".')]
Rows = Annotated[int, Field(ge=1, le=MAX_ROWS, description="Most models to return.")]
GroupBy = Annotated[
    str | None, Field(description="Count the models per value of this field instead.")
]
DocumentId = Annotated[str, Field(description="The id that citations and passages give.")]
Start = Annotated[int, Field(ge=0, description="The first character to return.")]
Length = Annotated[int, Field(ge=1, le=MAX_TEXT, description="How many characters to return.")]


class Tools:
    """The tools; ``programs`` is awaited, because the desk may still be opening."""

    def __init__(self, programs: Callable[[], Awaitable[Programs]]) -> None:
        self._programs = programs
        self._few = anyio.CapacityLimiter(AT_WORK)

    async def ask(
        self, question: Question, ctx: Context, history: History = None
    ) -> Annotated[CallToolResult, AnswerShape]:
        """Answer a question from the corpus, with checked citations.

        Every sentence of the answer carries the number of a quote that supports it. When the
        corpus does not hold the answer, status is "not_in_corpus" and the nearest passages are
        given instead.
        """
        from ui.console import answer_text

        async def work() -> CallToolResult:
            turns = [turn.model_dump() for turn in history or ()]
            answer = await self._answer(question, turns, ctx)
            return _result(answer_text(answer, width=100), answer.to_dict())

        return await _told(work)

    async def _answer(self, question: str, turns: list[dict[str, Any]], ctx: Context) -> Answer:
        events = (await self._programs()).events(question, turns)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, EvidenceFound):
                    found = f"{len(event.sources)} passages found"
                    await ctx.report_progress(1, 2, found)
                if isinstance(event, Answered):
                    return event.answer
        raise RefdeskError(INTERNAL_ERROR)

    async def search(
        self, query: Query, limit: Limit = 8
    ) -> Annotated[CallToolResult, PassagesShape]:
        """Find the passages of the corpus nearest to a query, best first, with their documents."""

        async def work() -> CallToolResult:
            programs = await self._programs()
            found = await self._aside(programs.search, query, limit)
            return _result(_passages(found), asdict(found))

        return await _told(work)

    async def catalogue(
        self,
        where: Where = None,
        sort: Order = None,
        limit: Rows = DEFAULT_ROWS,
        group_by: GroupBy = None,
    ) -> CallToolResult:
        """List, sort or count the model cards that meet conditions: exact, not by similarity."""
        from ui.cli.catalogue import document, shown_columns
        from ui.console_catalogue import catalogue_text

        async def work() -> CallToolResult:
            programs = await self._programs()
            found = await self._aside(programs.catalogue, where, sort, limit, group_by)
            text = catalogue_text(found.result, shown_columns(found.result.query))
            return _result("\n".join([text, *found.notes]), document(found))

        return await _told(work)

    async def document(
        self, document_id: DocumentId, start: Start = 0, length: Length = TOOL_TEXT
    ) -> Annotated[CallToolResult, PartShape]:
        """Read a document of the corpus, or a part of it, as plain text."""

        async def work() -> CallToolResult:
            programs = await self._programs()
            part = await self._aside(programs.document, document_id, start, length)
            more = f"\n\n[characters {part.start} to {part.end} of {part.characters}]"
            return _result(part.document.title + "\n\n" + part.text + more, asdict(part))

        return await _told(work)

    async def status(self) -> CallToolResult:
        """Say how many documents and model cards the desk holds, and how old they are."""
        from ui.console import status_text

        async def work() -> CallToolResult:
            state = await self._aside((await self._programs()).status)
            return _result(status_text(state.status), state.to_dict())

        return await _told(work)

    async def refresh(self) -> Annotated[CallToolResult, ReportShape]:
        """Bring the corpus up to date with its sources; may take minutes."""
        from ui.console import report_text

        async def work() -> CallToolResult:
            programs = await self._programs()
            report = await programs.refresh()
            return _result(report_text(report), asdict(report))

        return await _told(work)

    async def _aside(self, work: Callable[..., Value], *given: object) -> Value:
        """Do in a thread what would keep the others waiting."""
        return await anyio.to_thread.run_sync(lambda: work(*given), limiter=self._few)


def build_mcp(programs: Callable[[], Awaitable[Programs]], *, refresh: bool) -> MCPServer:
    """Return the server; ``refresh`` says whether that tool is among the others."""
    server = MCPServer(
        "refdesk",
        title="refdesk",
        description="Answers from your own corpus, every sentence with a checked citation.",
        instructions=INSTRUCTIONS,
        version=version("refdesk"),
        log_level="WARNING",
    )
    tools = Tools(programs)
    for tool in (tools.ask, tools.search, tools.catalogue, tools.document, tools.status):
        server.add_tool(tool, annotations=READS)
    if refresh:
        changes = ToolAnnotations(read_only_hint=False, destructive_hint=False)
        server.add_tool(tools.refresh, annotations=changes)
    return server


async def _told(work: Callable[[], Awaitable[CallToolResult]]) -> CallToolResult:
    """The result, or the error's one sentence for the model to read."""
    try:
        return await work()
    except RefdeskError as error:
        return _failed(str(error))
    except Exception:  # outermost frame of ours: the model must not read what it says
        log.exception("a tool failed")
        return _failed(INTERNAL_ERROR)


def _failed(line: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=line)], is_error=True)


def _result(text: str, data: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], structured_content=data)


def _passages(found: Passages) -> str:
    blocks = []
    for number, passage in enumerate(found.passages, start=1):
        page = f", page {passage.chunk.page}" if passage.chunk.page is not None else ""
        head = f"{number}. {passage.document.title}{page} ({passage.document.id})"
        blocks.append("\n".join(part for part in (head, passage.header, passage.text) if part))
    return "\n\n".join(blocks) or "Nothing found."
