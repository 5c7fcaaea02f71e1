"""Exchanging the model that answers: real engines, real stores, answers under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant import exchange
from assistant.at_work import AtWork
from assistant.desk import Assistant
from assistant.llm import open_language_model
from assistant.settings import Settings
from assistant.types import EvidenceFound
from corpus.errors import InputError, ModelError
from index.store import Index
from tests.conftest import SMALL_MODEL
from tests.index.hash_embedder import HashEmbedder
from tests.model_families import ENDLESS
from tests.tiny_gguf import write_model

QUESTION = "How many parameters does Zephyr have?"


@pytest.fixture
def desk(home: Path, tmp_path: Path, weights_dir: Path) -> Iterator[Assistant]:
    """A desk whose model is a tiny one that never stops by itself; the small real one is here."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "zephyr.md").write_text("# Zephyr\n\nZephyr has 7B parameters.\n")
    tiny = write_model(ENDLESS, tmp_path / "tiny.gguf")
    settings = Settings(
        home=home, curated=False, weights=weights_dir, model=str(tiny), strictness=0
    )
    model = open_language_model(gguf=tiny, model="tiny", context_tokens=2048, threads=1)
    with Index.open(home, HashEmbedder(), curated=False) as index:
        assistant = Assistant(index, model, settings)
        assistant.add(str(tmp_path / "documents"))
        assistant.refresh()
        yield assistant
        if assistant.llm is not None:
            assistant.llm.close()


def test_another_model_answers_from_the_next_question_on(desk: Assistant) -> None:
    before = desk.llm
    desk.use_model(SMALL_MODEL)
    assert desk.settings.model == SMALL_MODEL
    answer = desk.ask(QUESTION)
    assert answer.model == SMALL_MODEL and "7B" in answer.text
    assert before is not None and before.engine is not None
    assert not before.engine.running, "the old one has given its memory back"


def test_an_answer_under_way_ends_with_the_model_that_began_it(desk: Assistant) -> None:
    old = desk.llm
    changed = threading.Thread(target=desk.use_model, args=(SMALL_MODEL,))
    with closing(desk.stream(QUESTION)) as events:  # type: ignore[type-var]  # a generator
        assert any(isinstance(event, EvidenceFound) for event in events)
        changed.start()
        next(events)
        assert desk.llm is old and changed.is_alive()
    changed.join(120)
    assert not changed.is_alive() and desk.settings.model == SMALL_MODEL


def test_a_model_that_is_not_known_or_not_here_is_not_taken(
    desk: Assistant, tmp_path: Path
) -> None:
    old = desk.llm
    for name, told in (("nonsense", "No model is known"), ("../etc/passwd", "No model is known")):
        with pytest.raises(InputError, match=told):
            desk.use_model(name)
    desk.settings = desk.settings.model_copy(update={"weights": tmp_path})
    with pytest.raises(InputError, match="refdesk weights pull"):
        desk.use_model(SMALL_MODEL)
    assert desk.llm is old


def test_the_model_of_a_server_is_chosen_where_the_desk_is_started() -> None:
    with pytest.raises(InputError, match="model server"):
        exchange.chosen(Settings(base_url="http://127.0.0.1:1/v1"), SMALL_MODEL)


def test_a_model_that_cannot_load_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF and then nothing")
    with pytest.raises(ModelError):
        exchange.started(lambda _: open_language_model(gguf=broken, model="broken"), Settings())


def test_what_comes_while_one_is_alone_waits_for_its_end() -> None:
    work, order = AtWork(), []

    def come() -> None:
        with work.counted():
            order.append("came")

    with work.alone(1) as free:
        other = threading.Thread(target=come)
        other.start()
        other.join(0.2)
        order.append("alone")
    other.join(10)
    assert free and order == ["alone", "came"]


def test_being_alone_is_given_up_when_work_does_not_end() -> None:
    work = AtWork()
    with work.counted(), work.alone(0.01) as free:
        assert not free
    with work.counted():
        assert not work.wait(0), "it is open again"
