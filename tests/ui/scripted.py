"""A desk that follows a script: real events, real documents, no model.

``gate`` makes the script wait, so that a test can look at the page between two events.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.options import AskOptions
from assistant.saved.questions import SavedQuestions
from assistant.settings import Settings
from assistant.types import (
    Answer,
    Answered,
    Citation,
    Draft,
    Event,
    EvidenceFound,
    Rewritten,
    Sentence,
    Table,
    Thinking,
    Timings,
    Translation,
    Turn,
)
from corpus.card_text import card_document, card_text
from corpus.cards import ModelCard, curated_cards
from corpus.errors import InputError, ModelError
from corpus.types import Document, DocumentInfo
from index.card_record import answer_from
from index.catalogue import Query, Result
from index.types import (
    AS_IT_IS,
    Changes,
    Declaration,
    Failure,
    Mention,
    NewsItem,
    Original,
    Passage,
    Progress,
    Quoted,
    RefreshReport,
    Source,
    Status,
)
from tests.ui.scripted_asking import asking_script, found

R1_TEXT = (
    "This page gathers what the developers say about the release in one place, in our own words. "
    "DeepSeek-R1 is an open-weight reasoning model. It was published on 20 January 2025 by "
    "DeepSeek in Hangzhou. The code and the model weights are licensed under the MIT License. "
    "The model has 671 billion parameters in total, of which 37 billion are active for each "
    "token. Six smaller dense models were distilled from it and published on the same day. "
    "The licence allows commercial use, and distillation into other models is permitted. "
    "The report describes training by reinforcement learning without a supervised first step, "
    "which the authors call DeepSeek-R1-Zero, and then a version with cold-start data. "
    "Evaluation covers mathematics, code and reasoning."
)
QWQ_TEXT = (
    "QwQ-32B is a reasoning model of the Qwen series with 32.5 billion parameters. It is "
    "released under the Apache 2.0 licence. Its full context is 131,072 tokens. "
    "The developers compare it with DeepSeek-R1."
)
INFOS = {
    "curated/r1": DocumentInfo(
        "curated/r1",
        "DeepSeek-R1: what was released",
        path="documents/deepseek-r1.md",
        publisher="DeepSeek",
        published="2025-01-20",
        url="https://github.com/deepseek-ai/DeepSeek-R1",
        language="en",
        licence="MIT",
    ),
    "models/qwq-32b": DocumentInfo(
        "models/qwq-32b",
        "QwQ-32B",
        kind="model_card",
        publisher="Alibaba (Qwen)",
        published="2025-03-06",
        url="https://huggingface.co/Qwen/QwQ-32B",
        language="en",
        licence="Apache-2.0",
        tags=("reasoning", "32.5B"),
    ),
}
TEXTS = {"curated/r1": R1_TEXT, "models/qwq-32b": QWQ_TEXT}


def document(document_id: str) -> Document:
    """Return one of the script's documents."""
    return Document(INFOS[document_id], TEXTS[document_id], (), (), "0" * 64)


def cite(number: int, document_id: str, quote: str, page: int | None = None) -> Citation:
    """Return the citation of a quote that stands in the document."""
    start = TEXTS[document_id].index(quote)
    info = INFOS[document_id]
    return Citation(
        number=number,
        document_id=document_id,
        title=info.title,
        quote=quote,
        start=start,
        end=start + len(quote),
        publisher=info.publisher,
        published=info.published,
        url=info.url,
        page=page,
        kind=info.kind,
    )


LICENCE = "The code and the model weights are licensed under the MIT License."
SIZE = "The model has 671 billion parameters in total"
APACHE = "It is released under the Apache 2.0 licence."


CHINESE = "DeepSeek-R1 使用 MIT 许可证。"
LICENCE_TRACE = {
    "draft": "DeepSeek-R1 is under the MIT licence. It has 671 billion parameters. It is the most…",
    "prompt_tokens": 412,
    "cached_tokens": 96,
    "answer_tokens": 38,
    "tokens_per_second": 17.25,
    "evidence_tokens": 305,
    "overlap": 0.91,
    "gates": [
        {
            "sentence": "DeepSeek-R1 is under the MIT licence.",
            "supported": True,
            "coverage": 0.8,
            "score": 0.7,
            "passed": ["overlap", "numbers", "names"],
            "failed": {},
        },
        {
            "sentence": "It has 671 billion parameters.",
            "supported": True,
            "coverage": 1.0,
            "score": 0.9,
            "passed": ["overlap", "numbers", "names"],
            "failed": {},
        },
        {
            "sentence": "It is the most popular model in the world.",
            "supported": False,
            "coverage": 0.2,
            "score": 0.1,
            "passed": ["numbers"],
            "failed": {"overlap": []},
        },
    ],
    "passages": [
        {
            "document_id": "curated/r1",
            "position": 0,
            "title": "DeepSeek-R1: what was released",
            "start": 0,
            "end": len(R1_TEXT),
            "score": 0.91,
            "cosine": 0.6884,
            "bm25": 5.8,
            "used": True,
            "doubted": False,
        },
        {
            "document_id": "models/qwq-32b",
            "position": 0,
            "title": "QwQ-32B",
            "start": 0,
            "end": len(QWQ_TEXT),
            "score": 0.44,
            "cosine": 0.41,
            "bm25": None,
            "used": False,
            "doubted": False,
        },
    ],
    "answerable": {"probability": 0.86, "stated": 0.8, "correct": 0.9, "needed": 0.4},
}
"""As the assistant tells it (``assistant.outcome``)."""


def licence_answer(question: str) -> Answer:
    """Return an answer with two supported sentences and one unsupported."""
    return Answer(
        status="answered",
        question=question,
        standalone_question="Under which licence was DeepSeek-R1 released?",
        text="DeepSeek-R1 is under the MIT licence. [1] It has 671 billion parameters. [2]",
        sentences=(
            Sentence("DeepSeek-R1 is under the MIT licence.", (1,)),
            Sentence("It has 671 billion parameters.", (2,)),
            Sentence("It is the most popular model in the world.", (), "unsupported"),
        ),
        citations=(cite(1, "curated/r1", LICENCE, page=2), cite(2, "curated/r1", SIZE)),
        thinking="The licence is named in the second source.",
        model="scripted",
        as_of="2026-11-23",
        timings=Timings(0.0, 0.02, 0.03, 0.4, 1.2, judge=0.3, draft=0.7, check=0.1),
        trace=LICENCE_TRACE,
    )


def qwq_answer(question: str) -> Answer:
    """Return an answer from the catalogue, with a table."""
    return Answer(
        status="answered",
        question=question,
        standalone_question=question,
        text="QwQ-32B is under Apache 2.0. [1]",
        sentences=(Sentence("QwQ-32B is under Apache 2.0.", (1,)),),
        citations=(cite(1, "models/qwq-32b", APACHE),),
        table=Table(
            ("model", "total_parameters", "licence"),
            (("QwQ-32B", 32_500_000_000, "Apache-2.0"),),
            ((1,),),
        ),
        model="scripted",
        as_of="2026-11-23",
    )


def refusal(question: str) -> Answer:
    """Return a refusal with the nearest passage."""
    return Answer(
        status="not_in_corpus",
        question=question,
        standalone_question=question,
        text="The corpus does not say who won the 1998 World Cup.",
        nearest=(cite(1, "curated/r1", "The licence allows commercial use"),),
        model="scripted",
        timings=Timings(0.01, 0.2, 0.22, None, 3.1, judge=2.8),
        trace={
            "refused": "improbable",
            "passages": LICENCE_TRACE["passages"],
            "answerable": {"probability": 0.12, "stated": 0.2, "correct": None, "needed": 0.4},
        },
    )


CARDS = tuple(card for _, card in curated_cards())
BIG_CARDS = tuple(card for card in CARDS if (card.total_params_b or 0) > 60)[:60]
FORMULA = '=HYPERLINK("https://evil.example","x")<img src=x onerror="window.hacked=1">'


def of_card(number: int, card: ModelCard) -> Citation:
    """Return the citation of a card from its first sentence to its licence, or its name."""
    document = card_document(card, "models.yaml")
    where = card_text(card)[1]
    start, end = where["name"][0], where.get("licence", where["name"])[1]
    info = document.info
    return Citation(number, info.id, info.title, document.text[start:end], start, end,
                    info.publisher, info.published, info.url, kind="model_card")  # fmt: skip


def table_answer(question: str, cards: Sequence[ModelCard] = BIG_CARDS) -> Answer:
    """Return a catalogue answer with a row per card, and one whose value is a formula."""
    citations = tuple(of_card(number, card) for number, card in enumerate(cards, start=1))
    rows = [(c.name, c.total_params_b, c.active_params_b, c.release_date, c.licence) for c in cards]
    rows.append(("Formula", -1.5, None, None, FORMULA))
    return Answer(
        status="answered",
        question=question,
        standalone_question=question,
        text=f"{len(cards)} models have over 60B parameters. [1][2]",
        sentences=(Sentence(f"{len(cards)} models have over 60B parameters.", (1, 2)),),
        citations=citations,
        table=Table(
            ("Model", "Total parameters (B)", "Active parameters (B)", "Released", "Licence"),
            tuple(rows),
            (*((number,) for number in range(1, len(cards) + 1)), ()),
            {"shape": "list", "described": "total parameters over 60B"},
        ),
        model="scripted",
        as_of="2026-11-23",
    )


Script = Callable[[str], Iterator[Event]]


def in_chinese(event: Event) -> Event:
    """The last event with a translation, of which one sentence did not agree."""
    if not isinstance(event, Answered) or event.answer.status != "answered":
        return event
    first, *others = [one for one in event.answer.sentences if one.verdict == "supported"]
    told = Translation("zh", (replace(first, text=CHINESE), *others), len(others))
    return Answered(replace(event.answer, translation=told))


@dataclass
class ScriptedDesk:
    """Follows the first script whose key stands in the question; fails when there is none."""

    home: Path
    settings: Settings = field(default_factory=Settings)
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    options: list[AskOptions | None] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    originals: dict[str, Original] = field(default_factory=dict)
    warmed: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    changes: Changes = field(
        default_factory=lambda: Changes(added=("files/a.md",), unchanged=3, to_read=2048)
    )
    pages: dict[str, Source] = field(default_factory=dict)
    refreshed: int = 0
    told: tuple[NewsItem, ...] = ()
    refresh_steps: tuple[Progress | RefreshReport, ...] = (
        Progress("parse", 1, 2, "files", "a.md"),
        RefreshReport(added=("files/a.md",), unchanged=3, seconds=0.5),
    )

    def __post_init__(self) -> None:
        self.saved = SavedQuestions(self, self.home, lambda: str(self.refreshed))

    def stream(
        self, question: str, history: Sequence[Turn] = (), options: AskOptions | None = None
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        self.options.append(options)
        try:
            for event in self._script(question):
                yield in_chinese(event) if options and options.language == "zh" else event
        finally:
            self.closed.append(question)

    def _script(self, question: str) -> Iterator[Event]:
        if (script := asking_script(question, cite, self.gate)) is not None:
            yield from script
            return
        if "broken" in question:
            raise ModelError("The model server does not answer; start it or choose another.")
        if "crash" in question:
            raise ZeroDivisionError("secret detail")
        if "endless" in question:
            yield EvidenceFound((cite(1, "curated/r1", LICENCE),))
            while not self.gate.wait(0.02):
                yield Draft("word ")
            return
        if "World Cup" in question:
            yield EvidenceFound((cite(1, "curated/r1", LICENCE),))
            yield Answered(refusal(question))
            return
        if "QwQ" in question:
            yield EvidenceFound((cite(1, "models/qwq-32b", APACHE),))
            yield Answered(qwq_answer(question))
            return
        if "table" in question:
            answer = table_answer(question, CARDS if "longest" in question else BIG_CARDS)
            yield EvidenceFound(answer.citations[:3])
            yield Answered(answer)
            return
        yield from self._licence(question)

    def _licence(self, question: str) -> Iterator[Event]:
        yield Rewritten("Under which licence was DeepSeek-R1 released?")
        yield EvidenceFound((cite(1, "curated/r1", SIZE), cite(2, "curated/r1", LICENCE)))
        if "slowly" in question:
            assert self.gate.wait(30), "the test never opened the gate"
        yield Thinking("The licence is named ")
        yield Thinking("in the second source.")
        for piece in ("DeepSeek-R1 ", "is under ", "the MIT licence. "):
            yield Draft(piece)
        if "draft" in question:
            assert self.gate.wait(30), "the test never opened the gate"
        yield Answered(licence_answer(question))

    def status(self) -> Status:
        failed = (Failure("files/bad.pdf", "bad.pdf", "not a PDF file"),)
        sources = tuple(Source("uploads", "folder", location) for location in self.added)
        return Status(2, 7, 7, 1, failed, (), "2026-11-23T09:00:00Z", str(self.home), "e",
                      sources + tuple(self.pages.values()))  # fmt: skip

    def documents(self) -> list[DocumentInfo]:
        return list(INFOS.values())

    def news(self, since: str) -> list[NewsItem]:
        return list(self.told)

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        if document_id in INFOS:
            return document(document_id)
        page = self.pages.get(document_id.removesuffix("/page"))
        if page is not None and "gone" not in page.location:
            info = DocumentInfo(document_id, "The page's <b>title</b>", url=page.location)
            return Document(info, "Some text.", (), (), "0" * 64)
        found = [card for card in CARDS if card.document_id == document_id]
        return card_document(found[0], "models.yaml") if found else None

    def original(self, document_id: str) -> Original | None:
        return self.originals.get(document_id)

    def cards(self) -> list[ModelCard]:
        return list(CARDS)

    def search(self, query: str, limit: int = 10) -> list[Passage]:
        return list(found(query, TEXTS, INFOS))[:limit]

    def mentions(self, card_id: str) -> list[Mention]:
        name = next((card.name for card in CARDS if card.id == card_id), None)
        places = ((i, text.find(name)) for i, text in TEXTS.items() if name)
        return [Mention(INFOS[i], at, at + len(name or "")) for i, at in places if at >= 0]

    def catalogue(self, query: Query) -> Result:
        return answer_from(CARDS, query)

    def compare(self) -> Changes:
        return self.changes

    def add(self, location: str, how: Declaration = AS_IT_IS) -> Source:
        if "://" in location:
            return self._add_page(location)
        self.added.append(location)
        return Source("uploads", "folder", location)

    def _add_page(self, address: str) -> Source:
        """A page on "private" is refused at once, one on "gone" at the refresh."""
        if "private" in address:
            raise InputError("private.test leads to 10.0.0.1, which is not a public address")
        source = Source(f"page-{len(self.pages)}", "url", address)
        self.pages[source.name] = source
        return source

    def remove(self, name: str) -> None:
        del self.pages[name]

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        self.refreshed += 1
        gone = [s for s in self.pages.values() if "gone" in s.location]
        failed = tuple(Failure(s.name, s.location, "there is no such page (404)") for s in gone)
        for step in self.refresh_steps:
            done = isinstance(step, RefreshReport)
            yield replace(step, failed=step.failed + failed) if done and failed else step

    def warm_up(self) -> None:
        self.warmed.set()

    def use_model(self, name: str) -> None:
        if not self.gate.is_set():
            self.gate.wait(10)
        if "broken" in name:
            raise ModelError("It cannot be loaded; choose another.")
        self.settings = self.settings.model_copy(update={"model": name})
