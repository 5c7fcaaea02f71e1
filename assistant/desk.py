"""The Assistant: an index, a language model and the settings, put together.

This is the local desk, in the process that owns the home; ``assistant.remote`` has the same
interface for the others. Heavy parts (embedder, engine) start on first use or ``warm_up``.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import answerable, exchange, pipeline
from assistant.at_work import AtWork
from assistant.attribution.entailment import CrossEntailment
from assistant.catalogue.catalogue import Catalogue
from assistant.options import AS_SET_UP, AskOptions
from assistant.ownership import open_home
from assistant.retold import retold
from assistant.saved.questions import SavedQuestions
from assistant.second_opinions import SecondOpinions
from assistant.settings import DEFAULT_EMBEDDER, Settings
from assistant.types import Answer, Answered, Event, Turn
from corpus.cards import ModelCard
from corpus.errors import InputError, ModelError, WeightsError
from corpus.types import Document, DocumentInfo
from index.catalogue import Query, Result
from index.merged import merged
from index.rerank import CrossEncoderReranker
from index.types import (
    AS_IT_IS,
    Changes,
    Declaration,
    Explanation,
    Mention,
    NewsItem,
    Original,
    Passage,
    PastRefresh,
    Progress,
    Quoted,
    RefreshReport,
    Source,
    Status,
)

if TYPE_CHECKING:
    from llama_index.core.query_engine import BaseQueryEngine

    from assistant.llm import LanguageModel
    from assistant.remote import RemoteAssistant
    from index.embed import Embedder
    from index.store import Index


FIRST_DOCUMENTS_SECONDS = 120.0
"""Longest wait for the first documents of an empty index that is being filled."""
FIRST_READING_SECONDS = 15.0
"""Longest wait for the rest of them: the curated corpus is read in 3 s on two quiet cores."""
GIVE_WAY_SECONDS = 15.0
"""Longest time that a refresh stands still for answers between two of its steps."""
RETOLD_TOKENS = 200
"""Longest translation of a sentence."""
POLL_SECONDS = 0.2
NOTHING_INDEXED = "Nothing is indexed yet; run: refdesk refresh"
STILL_FILLING = "Documents are being brought in right now; ask again when the refresh has ended."


class Assistant:
    """Answers questions over one home. Use ``Assistant.open``; close it when done.

    ``llm`` may be None: answers are then quotes. Thread-safe; each call keeps its own state.
    """

    def __init__(self, index: Index, llm: LanguageModel | None, settings: Settings) -> None:
        self.index = index
        self.llm = llm
        self.settings = settings
        self._stack = ExitStack()
        self._catalogue = Catalogue(index)
        self._at_work = AtWork()
        self._untold: RefreshReport | None = None
        self.saved = SavedQuestions(self, index.home.path, self._version, self._at_work)
        """Questions that are asked again after a refresh, and what changed in their answers."""
        # A drafted sentence is compared with a window of every passage.
        self._encoded = lru_cache(maxsize=512)(
            lambda text: index.stores.embedder.encode_query(text)
        )
        self._reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
        self._entailment = CrossEntailment(settings.entailment) if settings.entailment else None

    @classmethod
    def open(
        cls, home: str | Path | None = None, settings: Settings | None = None
    ) -> Assistant | RemoteAssistant:
        """The desk of ``home``, through the process that owns it if there is one.

        Raises HomeError when the home cannot be used and WeightsError when the embedder is
        not here and cannot be fetched.
        """
        settings = settings or Settings()
        if home is not None:
            settings = settings.model_copy(update={"home": Path(home)})
        return open_home(settings, build)

    def stream(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Iterator[Event]:
        """Events of one answer, the last being ``Answered``; closing it frees the model.

        An empty index that is just being filled is waited for: nothing can be known of it yet.
        """
        self._await_first_documents()
        with self._at_work.counted(), closing(self._events(question, history, options)) as events:
            language = options.language if options else None
            for event in map(self._with_notice, events):
                yield self._retold(event, language) if language else event

    def _events(
        self, question: str, history: Sequence[Turn], options: AskOptions | None
    ) -> Generator[Event]:
        settings, status = self.settings, self.index.status()
        comparable = bool(status.vectors or status.former)
        wanted = (options or AS_SET_UP).over(settings.evidence_tokens, settings.strictness)
        return pipeline.stream(
            question,
            history,
            index=self.index,
            llm=self.llm,
            evidence_tokens=wanted.evidence_tokens,
            answer_tokens=settings.answer_tokens,
            thinking_tokens=settings.thinking_tokens,
            as_of=status.as_of,
            similarity=self._similarity,
            catalogue=self._catalogue,
            encode=self.index.stores.embedder.encode if comparable else None,
            reranker=self._reranker,
            entailment=self._entailment,
            strictness=wanted.strictness,
        )

    def _await_first_documents(self) -> None:
        started = time.monotonic()
        while self.index.refreshing and time.monotonic() < started + FIRST_DOCUMENTS_SECONDS:
            status = self.index.status()
            first = status.as_of is None and self.index.reading
            if status.documents and not first:
                return
            if status.documents and time.monotonic() > started + FIRST_READING_SECONDS:
                return
            time.sleep(POLL_SECONDS)

    def _with_notice(self, event: Event) -> Event:
        """A refusal says so where documents are on their way, or where there are none at all."""
        if not isinstance(event, Answered) or event.answer.status != "not_in_corpus":
            return event
        if event.answer.notice or not (self.index.refreshing or not self.index.status().documents):
            return event
        notice = STILL_FILLING if self.index.refreshing else NOTHING_INDEXED
        return Answered(replace(event.answer, notice=notice))

    def _retold(self, event: Event, language: str) -> Event:
        """The last event with the answer once more in ``language``."""
        if not isinstance(event, Answered) or self.llm is None:
            return event
        started, opinions = time.monotonic(), SecondOpinions(self.llm)
        told = retold(event.answer, language, lambda asked: opinions.complete(asked, RETOLD_TOKENS))
        timings = event.answer.timings
        timings = replace(timings, total=timings.total + time.monotonic() - started)
        return Answered(replace(event.answer, translation=told, timings=timings))

    def ask(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Answer:
        """The checked answer to ``question``."""
        events = self.stream(question, history, options)
        return [e.answer for e in events if isinstance(e, Answered)][-1]

    def _similarity(self, one: str, other: str) -> float:
        return float(self._encoded(one) @ self._encoded(other))

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        """The passages nearest to ``query``, best first; its names are set right before."""
        return self.index.search(self._catalogue.canonical(query), limit)

    def add(self, location: str, how: Declaration = AS_IT_IS) -> Source:
        """Declare a folder, file or web page as a source; ``refresh`` brings its documents in.

        ``how`` says its kind, its name and what to take of it, where that is not to be worked out.
        """
        return self.index.add_source(location, how)

    def remove(self, name: str) -> None:
        """Withdraw a source; the next refresh removes its documents."""
        self.index.remove_source(name)

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        """Bring the index up to date with its sources; the last event is the report.

        Without ``fetch`` no server is asked: pages stay as they were brought last. Nobody reads
        the report of a refresh in the ``background``: the next one tells what it did as well.

        Embedding gives way to answers, and to a model that loads: the same cores would make
        both slow, and the documents that were read are answered from already.
        """
        with closing(self.index.refresh_events(fetch=fetch)) as events:
            for event in events:
                if isinstance(event, RefreshReport):
                    yield self._told(event, background)
                    continue
                yield event
                if not self.index.reading:
                    self._at_work.wait(GIVE_WAY_SECONDS)

    def _told(self, report: RefreshReport, background: bool) -> RefreshReport:
        """What to say of a refresh that has just done its work (and still has its turn)."""
        whole = merged(self._untold, report) if self._untold is not None else report
        self._untold = whole if background else None
        return report if background else whole

    def _version(self) -> str | None:
        """A digest that changes when any document does; None while a refresh is under way."""
        return None if self.index.refreshing else self.index.version()

    def compare(self) -> Changes:
        """What a refresh would do now; changes nothing."""
        return self.index.compare()

    def refresh(self) -> RefreshReport:
        """``refresh_events`` drained to its report."""
        reports = [e for e in self.refresh_events() if isinstance(e, RefreshReport)]
        return reports[-1]

    def status(self) -> Status:
        """Counts, failures, sources and age of the index."""
        return self.index.status()

    def documents(self) -> list[DocumentInfo]:
        """Every document in the index, by id."""
        return self.index.documents()

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        """One document with its text, or None; the version that ``quoted`` was taken from."""
        return self.index.document(document_id, quoted)

    def history(self, limit: int = 20) -> list[PastRefresh]:
        """The last refreshes, newest first."""
        return self.index.history(limit)

    def explain(self, what: str) -> Explanation:
        """The state of a document, file or source, and why it is so."""
        return self.index.explain(what)

    def news(self, since: str) -> list[NewsItem]:
        """Documents that came, changed or went since a date or time, newest first."""
        return self.index.news(since)

    def original(self, document_id: str) -> Original | None:
        """The file that a document was read from, and whether it is still the same; or None."""
        return self.index.original(document_id)

    def cards(self) -> list[ModelCard]:
        """Every model card, by id."""
        return self.index.cards()

    def mentions(self, card_id: str) -> list[Mention]:
        """Where each document that names a model does so first; ``card_id`` is the model's."""
        return self.index.mentions(card_id)

    def catalogue(self, query: Query) -> Result:
        """The model cards that a typed query finds."""
        return self.index.catalogue(query)

    def warm_up(self) -> None:
        """Start the model and load the embedder, so that the first answer need not wait.

        The first documents of an empty index come before, the vectors of the others after it.

        A model that cannot start is not an error here: answers will say so and give quotes.
        """
        self._await_first_documents()
        with self._at_work.counted():
            self._load_model()
        stores = self.index.stores
        for embedder in dict.fromkeys([stores.searched.embedder, stores.embedder]):
            embedder.encode_query("warm up")

    def _load_model(self) -> None:
        if self.llm is not None:
            with suppress(ModelError, WeightsError):
                self.llm.warm_up()
                if self.settings.strictness:
                    answerable.warm_up(SecondOpinions(self.llm).yes)

    def use_model(self, name: str) -> None:
        """Let another model answer, from the next question on, until the desk is closed.

        Its file must be here. Answers under way end before, and questions that come meanwhile
        wait: the model in use is let go first, for two would not fit a small machine. Raises
        InputError for a model that cannot be chosen; when it cannot start ModelError or
        WeightsError, and the old one goes on.
        """
        settings = exchange.chosen(self.settings, name)
        with self._at_work.alone(exchange.PATIENCE_SECONDS) as free:
            if not free:
                raise InputError(exchange.BUSY)
            if self.llm is not None:
                self.llm.close()
            self.llm, self.settings = exchange.started(_language_model, settings), settings

    def as_query_engine(self) -> BaseQueryEngine:
        """This desk as a LlamaIndex query engine: checked answers with source nodes."""
        from assistant.llamaindex import DeskQueryEngine

        return DeskQueryEngine(self)

    def _close_model(self) -> None:
        if self.llm is not None:
            self.llm.close()

    def close(self) -> None:
        """Stop the model, close the stores and give the home back."""
        self._stack.close()
        self.saved.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def build(settings: Settings, stack: ExitStack) -> Assistant:
    """The local desk of ``settings.home``; what it opens is closed by ``stack``."""
    from assistant.engine import share_cores
    from corpus.web.fetch import Fetcher, Limits
    from index.embed import Embedder
    from index.store import Index
    from index.weights import ensure

    share_cores()  # before torch is imported
    folder = ensure(settings.embedder, settings.weights)
    embedder = Embedder(folder, threads=settings.threads)
    fetcher = Fetcher(
        [host.strip() for host in settings.allow_hosts.split(",") if host.strip()],
        Limits(bytes=settings.page_megabytes * 2**20),
    )
    index = Index.open(
        settings.home,
        embedder,
        curated=settings.curated,
        fetcher=fetcher,
        keep_days=settings.keep_days,
        hub_endpoint=settings.hub_endpoint,
        former=partial(_former_embedder, settings),
        ocr=settings.ocr,
    )
    stack.callback(index.close)
    assistant = Assistant(index, _language_model(settings), settings)
    stack.callback(assistant._close_model)
    assistant._stack = stack
    return assistant


def _former_embedder(settings: Settings, made_by: str) -> Embedder | None:
    """The embedder in the folder ``made_by``, or the default one, if it is still there."""
    from index.embed import Embedder
    from index.weights import path_of

    folder = Path(made_by) if made_by else path_of(DEFAULT_EMBEDDER, settings.weights)
    there = (folder / "config.json").is_file()
    return Embedder(folder, threads=settings.threads) if there else None


def _language_model(settings: Settings) -> LanguageModel | None:
    from assistant.llm import open_language_model
    from index.weights import ensure

    options: dict[str, Any] = {"connect_timeout": settings.connect_timeout,
                               "read_timeout": settings.read_timeout}  # fmt: skip
    if settings.base_url:
        chosen = settings.model if "model" in settings.model_fields_set else None
        return open_language_model(
            base_url=settings.base_url, api_key=settings.api_key, model=chosen, **options
        )
    return open_language_model(
        gguf=lambda: ensure(settings.model, settings.weights),
        model=settings.model,
        context_tokens=settings.context_tokens,
        threads=settings.threads,
        **options,
    )
