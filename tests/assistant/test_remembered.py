"""A remembered model asks the model behind it nothing twice, and says the same again."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.llm import LanguageModel
from assistant.prompts import Message
from assistant.reasoning import Piece
from assistant.remembered import Memory, RememberedModel
from corpus.errors import InputError, ModelError
from tests.scripted import ScriptedLanguageModel

ASKED = [Message("user", "Which licence?")]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty memory."""
    return Memory(tmp_path / "memory.sqlite")


def over(memory: Memory, **script: Any) -> Any:
    """A remembered model over a scripted one (typed as anything: it takes on its methods)."""
    return RememberedModel(ScriptedLanguageModel(**script), memory)  # type: ignore[arg-type]


def test_a_question_asked_again_is_answered_without_the_model(memory: Memory) -> None:
    llm = over(memory, answers=["MIT."], values=[{"a": 1}], probabilities=[0.25])
    first = llm.complete(ASKED, max_tokens=10)
    schema = {"type": "object"}
    asked = (llm.json(ASKED, schema), llm.yes_probability(ASKED))
    again = over(memory)  # nothing is scripted: asking it would fail
    assert again.complete(ASKED, max_tokens=10) == first
    assert (again.json(ASKED, schema), again.yes_probability(ASKED)) == asked == ({"a": 1}, 0.25)
    assert (llm.asked, llm.recalled) == (3, 0)
    assert (again.asked, again.recalled) == (0, 3)


def test_other_parameters_messages_or_models_are_asked_anew(memory: Memory) -> None:
    llm = over(memory, answers=["a", "b", "c"])
    assert llm.complete(ASKED, max_tokens=10).text == "a"
    assert llm.complete(ASKED, max_tokens=11).text == "b"
    assert llm.complete([*ASKED, Message("assistant", "MIT.")], max_tokens=10).text == "c"
    other = over(memory, answers=["d"], name="another")
    assert other.complete(ASKED, max_tokens=10).text == "d"
    assert over(memory).complete(ASKED, max_tokens=10).text == "a"


def test_a_default_said_aloud_is_the_same_question(memory: Memory) -> None:
    over(memory, answers=["a"]).complete(ASKED, max_tokens=10)
    assert over(memory).complete(ASKED, max_tokens=10, temperature=0.0).text == "a"


def test_a_stream_comes_back_in_its_pieces_with_its_counts(memory: Memory) -> None:
    llm = over(memory, answers=["<think>Hm.</think>It is MIT."], finish_reason="length")
    pieces = list(llm.stream(ASKED, max_tokens=10))
    again = over(memory).stream(ASKED, max_tokens=10)
    assert list(again) == pieces
    assert Piece("Hm.", thinking=True) in pieces
    assert again.completion().finish_reason == "length"


def test_a_stream_that_is_closed_early_is_not_remembered(memory: Memory) -> None:
    llm = over(memory, answers=["It is MIT.", "It is Apache."])
    stream = llm.stream(ASKED, max_tokens=10)
    next(stream)
    stream.close()
    assert llm._llm.streams[0].closed
    assert list(stream) == []
    assert llm.stream(ASKED, max_tokens=10).completion().text == "It is Apache."


def test_a_failure_is_not_remembered(memory: Memory) -> None:
    llm = over(memory, answers=[ModelError("down"), "MIT."], values=[ModelError("down"), 1])
    with pytest.raises(ModelError):
        llm.complete(ASKED, max_tokens=10)
    with pytest.raises(ModelError):
        llm.json(ASKED, {})
    assert llm.complete(ASKED, max_tokens=10).text == "MIT."
    assert llm.json(ASKED, {}) == 1
    assert len(memory) == 2


@dataclass(frozen=True)
class Likely:
    """What a method of later days might return."""

    token: str
    logprob: float


class LaterModel(ScriptedLanguageModel):
    """A model with one method more."""

    def likely(self, messages: list[Message], *, top: int = 2) -> tuple[Likely, ...]:
        """The likely first tokens."""
        probability = self.yes_probability(messages)
        assert probability is not None
        return (Likely("yes", probability),) * top


def test_a_method_added_later_is_remembered_with_its_types(memory: Memory) -> None:
    first: Any = RememberedModel(LaterModel(probabilities=[0.5]), memory)  # type: ignore[arg-type]
    again: Any = RememberedModel(LaterModel(), memory)  # type: ignore[arg-type]
    assert first.likely(ASKED) == again.likely(ASKED) == (Likely("yes", 0.5),) * 2
    assert again.recalled == 1


def test_every_method_of_the_real_model_can_be_remembered() -> None:
    from typing import get_type_hints

    public = {n: m for n, m in inspect.getmembers(LanguageModel) if not n.startswith("_")}
    asking = [m for m in public.values() if "messages" in getattr(m, "__annotations__", {})]
    assert LanguageModel.stream in asking
    for method in asking:
        assert list(inspect.signature(method).parameters)[1] == "messages"
        assert "return" in get_type_hints(method)


def test_the_rest_is_the_model_itself(memory: Memory) -> None:
    llm = over(memory)
    assert (llm.name, llm.context_tokens, llm.is_local) == ("scripted", 4096, True)
    llm.warm_up()
    llm.close()
    assert llm._llm.warm and llm._llm.closed


def test_a_file_that_is_no_memory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one" * 10)
    with pytest.raises(InputError, match=r"notes\.txt"):
        Memory(path)


def test_two_processes_share_a_memory(memory: Memory, tmp_path: Path) -> None:
    over(memory, answers=["a"]).complete(ASKED, max_tokens=10)
    other = Memory(tmp_path / "memory.sqlite")
    assert over(other).complete(ASKED, max_tokens=10).text == "a"
    other.close()
