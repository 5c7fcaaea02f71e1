"""The HTTP API: Gradio's named endpoints, with typed inputs and outputs.

Their docstrings and type hints are what ``client.view_api()`` shows; Gradio reads the hints
as values, so this module must not postpone them. Knows nothing of how an answer is made.
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import asdict
from typing import Any, TypeVar

import gradio as gr
import gradio.events

from assistant.types import Answered, Event
from corpus.errors import RefdeskError
from ui.api import DEFAULT_TEXT, Programs
from ui.api_events import INTERNAL_ERROR
from ui.api_json import event_json, without_paths
from ui.api_listeners import Listeners

log = logging.getLogger(__name__)

Value = TypeVar("Value")

LOOK_SECONDS = 1.0  # how often one looks whether the caller is still there
GONE = "The caller has left."
NO_KEY = "This desk asks for its key; send it as the header Authorization: Bearer KEY."


class Endpoints:
    """The functions behind the endpoints; errors come as one clear sentence."""

    def __init__(self, programs: Programs, listeners: Listeners) -> None:
        self._programs = programs
        self._listeners = listeners

    def connect(self) -> None:
        """Offer every endpoint in the Blocks that are being built."""
        for function in (self.ask, self.ask_stream):
            gradio.events.api(function, api_name=function.__name__, concurrency_limit=None)
        for quick in (self.search, self.catalogue, self.document, self.status, self.refresh):
            gradio.events.api(quick, api_name=quick.__name__)

    async def ask(
        self, request: gr.Request, question: str, history: list[dict[str, str]] | None = None
    ) -> dict[str, Any]:
        """Answer a question from the corpus, every sentence with a checked citation.

        question: up to 2000 characters.
        history: earlier turns, oldest first, each {"role": "user" or "assistant", "text": "…"}.
        Returns the answer: status ("answered" or "not_in_corpus"), text with [n] markers,
        sentences, citations (exact quotes with their place in the document), table, nearest,
        model, timings, trace.
        """
        self._check(request)
        with _one_sentence():
            async with aclosing(self._events(request, question, history)) as events:
                made = [event.answer async for event in events if isinstance(event, Answered)]
            return without_paths(made[-1].to_dict())

    async def ask_stream(
        self, request: gr.Request, question: str, history: list[dict[str, str]] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Answer a question as it happens: one JSON event after another.

        question, history: as for /ask.
        Yields events by their "type": rewritten, evidence (sources), thinking, draft (a piece
        of unchecked text), checked (a sentence with its verdict), and last answer (the whole of
        /ask, which replaces everything before it). Cancelling the job stops the draft.
        """
        self._check(request)
        with _one_sentence():
            async with aclosing(self._events(request, question, history)) as events:
                async for event in events:
                    yield without_paths(event_json(event))

    async def _events(
        self, request: gr.Request, question: object, history: object
    ) -> AsyncGenerator[Event]:
        """The events of one answer for as long as its caller is there."""
        beats = self._programs.beating(question, history, LOOK_SECONDS)
        async with aclosing(beats) as events:
            async for event in events:
                if self._listeners.has_left(request.session_hash):
                    raise RefdeskError(GONE)
                if event is not None:
                    yield event

    def search(self, request: gr.Request, query: str, limit: int = 10) -> dict[str, Any]:
        """Find the passages nearest to a query, best first, without an answer.

        query: up to 2000 characters.
        limit: 1 to 50 passages.
        Returns the query and its passages, each with its document, chunk (offsets, page,
        headings), text and scores.
        """
        return without_paths(
            asdict(self._told(request, lambda: self._programs.search(query, limit)))
        )

    def catalogue(
        self,
        request: gr.Request,
        where: list[str] | None = None,
        sort: str | None = None,
        limit: int | None = None,
        group_by: str | None = None,
    ) -> dict[str, Any]:
        """List, sort or count the model cards that meet conditions.

        where: conditions that must all hold, each FIELD OPERATOR VALUE, for example
        "country=China", "total_params_b>100", "licence_spdx!=MIT", "release_date>=2025-03",
        "benchmarks.AIME24>80", "modalities~image".
        sort: a field, or FIELD:desc.
        limit: 1 to 1000 models.
        group_by: a field, to count the models per value of it.
        Returns models (every field of every card), matched, groups, unknown, notes.
        """
        from ui.cli.catalogue import document

        found = self._told(request, lambda: self._programs.catalogue(where, sort, limit, group_by))
        return without_paths(document(found))

    def document(
        self, request: gr.Request, document_id: str, start: int = 0, length: int = DEFAULT_TEXT
    ) -> dict[str, Any]:
        """Read a document's text, or a part of it.

        document_id: as citations and passages name it.
        start, length: the first character and how many, at most 100000.
        Returns document (title, publisher, url, …), text, start, end, and the characters of all.
        """
        part = self._told(request, lambda: self._programs.document(document_id, start, length))
        return without_paths(asdict(part))

    def status(self, request: gr.Request) -> dict[str, Any]:
        """Say what the desk holds.

        Returns documents, chunks, vectors, models, failed, pending, sources, as_of, refreshing.
        """
        return without_paths(self._told(request, self._programs.status).to_dict())

    async def refresh(self, request: gr.Request) -> dict[str, Any]:
        """Bring the corpus up to date with its sources, and wait for the report.

        Returns added, changed, renamed, removed, failed (with reasons), unchanged, seconds.
        A refresh that is under way goes on when the caller leaves.
        """
        self._check(request)
        with _one_sentence():
            return without_paths(asdict(await self._programs.refresh()))

    def _told(self, request: gr.Request, work: Callable[[], Value]) -> Value:
        self._check(request)
        with _one_sentence():
            return work()

    def _check(self, request: gr.Request) -> None:
        shown = request.headers.get("authorization") if request else None
        if not self._programs.check_key(shown):
            raise gr.Error(NO_KEY, print_exception=False)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Tell a program an error of ours as it is, and of any other no more than that it was."""
    try:
        yield
    except RefdeskError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except Exception as error:  # outermost frame of ours: Gradio would tell nobody's sentence
        log.exception("a call of the HTTP API failed")
        raise gr.Error(INTERNAL_ERROR, print_exception=False) from error
