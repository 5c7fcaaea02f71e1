"""The real engine, on tiny models of every seed family and on the small real model."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.engine import Engine
from assistant.engine_checks import check_memory
from assistant.gguf_header import NotGGUFError, read_header
from assistant.llm import LanguageModel, Piece
from assistant.prompts import Message
from corpus.errors import ModelError
from tests.chat_server import wait_until
from tests.model_families import (
    ANSWER_TEXT,
    ENDLESS,
    FAMILIES,
    PLAIN,
    QWQ,
    REASONING,
    THINKING_TEXT,
)
from tests.tiny_gguf import BLOCKS, CONTEXT, WIDTH, Family, write_model

ASKED = [Message("system", "Be brief."), Message("user", "What is the capital of France?")]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def endless(models: Path) -> Iterator[LanguageModel]:
    """A model that never stops by itself."""
    model = served(ENDLESS, models)
    yield model
    model.close()


def served(family: Family, folder: Path) -> LanguageModel:
    path = write_model(family, folder / f"{family.name.replace(' ', '-')}.gguf")
    return LanguageModel(Engine(path, context_tokens=1024, threads=1), context_tokens=1024)


def engine_of(model: LanguageModel) -> Engine:
    assert model.engine is not None
    return model.engine


def idle(model: LanguageModel) -> bool:
    """Whether the engine came to rest; asking faster would delay the pings that end a prompt."""
    return wait_until(lambda: engine_of(model).busy() == 0, seconds=60, pause=1.5)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_family_answers_through_its_own_template(family: Family, models: Path) -> None:
    model = served(family, models)
    try:
        done = model.complete(ASKED, max_tokens=40, thinking_tokens=40)
    finally:
        model.close()
    assert done.text == ANSWER_TEXT
    assert done.thinking == (THINKING_TEXT if family in REASONING else "")
    assert done.finish_reason == "stop"
    assert done.prompt_tokens > 10


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_template_puts_every_message_between_the_familys_tokens(
    family: Family, models: Path
) -> None:
    engine = engine_of(served(family, models))
    try:
        prompt = rendered(engine, [*ASKED, Message("assistant", "Paris."), ASKED[1]])
    finally:
        engine.stop()
    for content in ("Be brief.", "What is the capital of France?", "Paris."):
        assert content in prompt
    assert any(token in prompt for token in family.special)


def rendered(engine: Engine, messages: list[Message]) -> str:
    """The prompt that the engine makes of ``messages``."""
    body = {"messages": [{"role": m.role, "content": m.content} for m in messages]}
    response = httpx.post(
        engine.base_url.removesuffix("/v1") + "/apply-template",
        json=body,
        headers={"Authorization": f"Bearer {engine.api_key}"},
        trust_env=False,
    )
    return str(response.raise_for_status().json()["prompt"])


def test_thinking_ends_when_its_budget_is_spent(models: Path) -> None:
    model = served(replace(QWQ, endless=True), models)
    try:
        done = model.complete(ASKED, max_tokens=8, thinking_tokens=3)
    finally:
        model.close()
    assert len(done.thinking) < len(THINKING_TEXT)
    assert done.text


def test_pieces_stream_one_by_one(models: Path) -> None:
    model = served(PLAIN, models)
    try:
        pieces = list(model.stream(ASKED, max_tokens=20))
    finally:
        model.close()
    assert pieces == [Piece(text) for text in PLAIN.says]


def test_token_limit_and_stop_words_end_the_answer(endless: LanguageModel) -> None:
    limited = endless.complete(ASKED, max_tokens=3)
    assert (limited.completion_tokens, limited.finish_reason) == (3, "length")
    stopped = endless.complete(ASKED, max_tokens=50, stop=[" capital"])
    assert (stopped.text, stopped.finish_reason) == ("The", "stop")


def test_closing_a_stream_frees_the_engine(endless: LanguageModel) -> None:
    stream = endless.stream(ASKED, max_tokens=100_000)
    assert next(stream).text
    assert engine_of(endless).busy() == 1
    stream.close()
    assert idle(endless)
    assert list(stream) == []


def test_closing_an_answer_that_nobody_reads_frees_the_engine(endless: LanguageModel) -> None:
    stream = endless.stream(ASKED, max_tokens=100_000)
    reader = threading.Thread(target=lambda: [None for _ in stream])
    reader.start()
    assert wait_until(lambda: engine_of(endless).busy() == 1)
    stream.close()
    reader.join(20)
    assert not reader.is_alive()
    assert idle(endless)


def test_more_requests_than_slots_are_all_answered(endless: LanguageModel) -> None:
    texts: list[str] = []

    def ask() -> None:
        texts.append(endless.complete(ASKED, max_tokens=40).text)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(texts) == 5
    assert len(set(texts)) == 1


def test_two_answers_are_generated_at_once(endless: LanguageModel) -> None:
    first = endless.stream(ASKED, max_tokens=100_000)
    second = endless.stream(ASKED, max_tokens=100_000)
    assert next(first).text == next(second).text
    assert engine_of(endless).busy() == 2
    first.close()
    second.close()
    assert idle(endless)


def test_shared_prefix_of_a_prompt_is_not_read_again(endless: LanguageModel) -> None:
    prefix = Message("system", "Answer from the sources. " * 20)
    first = endless.complete([prefix, Message("user", "One?")], max_tokens=2)
    second = endless.complete([prefix, Message("user", "Two?")], max_tokens=2)
    assert second.cached_tokens > 0.9 * first.prompt_tokens


def test_prompt_beyond_the_context_is_a_clear_error(endless: LanguageModel) -> None:
    with pytest.raises(ModelError, match=r"does not fit .*REFDESK_CONTEXT_TOKENS"):
        endless.complete([Message("user", "word " * 3000)], max_tokens=5)
    assert endless.complete(ASKED, max_tokens=2).text


def test_schema_is_enforced_even_on_a_model_that_knows_nothing(endless: LanguageModel) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["x"]}}, "required": ["a"],
              "additionalProperties": False}  # fmt: skip
    assert endless.json(ASKED, schema, max_tokens=200) == {"a": "x"}


def test_starting_twice_at_once_loads_once(models: Path) -> None:
    engine = engine_of(served(PLAIN, models))
    addresses: list[str] = []
    threads = [threading.Thread(target=lambda: addresses.append(engine.base_url)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    engine.stop()
    assert len(addresses) == 4
    assert len(set(addresses)) == 1


def test_stopped_engine_is_gone_and_starts_again(models: Path) -> None:
    model = served(PLAIN, models)
    assert not engine_of(model).running
    assert model.complete(ASKED, max_tokens=9).text == ANSWER_TEXT
    address = engine_of(model).base_url
    engine_of(model).stop()
    assert not engine_of(model).running
    with pytest.raises(httpx.ConnectError):
        httpx.get(address.removesuffix("/v1") + "/health", trust_env=False)
    assert model.complete(ASKED, max_tokens=9).text == ANSWER_TEXT
    model.close()


def test_stopping_ends_answers_in_progress(models: Path) -> None:
    model = served(ENDLESS, models)
    stream = model.stream(ASKED, max_tokens=100_000)
    next(stream)
    stopper = threading.Thread(target=engine_of(model).stop)
    stopper.start()
    with pytest.raises(ModelError):
        list(stream)
    stopper.join(30)
    assert not stopper.is_alive()
    model.close()


def test_strangers_on_this_machine_cannot_use_the_engine(endless: LanguageModel) -> None:
    address = engine_of(endless).base_url
    assert address.startswith("http://127.0.0.1:")
    body = {"messages": [{"role": "user", "content": "hi"}]}
    response = httpx.post(f"{address}/chat/completions", json=body, trust_env=False)
    assert response.status_code == 401


PROGRAM = """
import sys
from pathlib import Path
from assistant.llm import open_language_model
from assistant.prompts import Message
model = open_language_model(gguf=Path(sys.argv[1]), model="tiny", context_tokens=512, threads=1)
stream = model.stream([Message("user", "hi")], max_tokens=100000)
print(next(stream).text)
"""


def test_process_that_forgets_to_close_exits_quietly(models: Path) -> None:
    path = write_model(ENDLESS, models / "forgotten.gguf")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, timeout=120, check=False
    )
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, b"The", b"")


def test_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="refdesk weights pull"):
        Engine(tmp_path / "absent.gguf").start()


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_text("<html>not found</html>")
    with pytest.raises(ModelError, match="is not a GGUF model file"):
        Engine(path).start()


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    path = write_model(PLAIN, tmp_path / "half.gguf")
    path.write_bytes(path.read_bytes()[:-100_000])
    with pytest.raises(ModelError, match=r"half\.gguf is incomplete or damaged"):
        Engine(path).start()


def test_unknown_architecture_is_named(tmp_path: Path) -> None:
    path = write_model(replace(PLAIN, architecture="qwen99"), tmp_path / "new.gguf")
    with pytest.raises(ModelError, match=r"architecture 'qwen99'.*pip install -U"):
        Engine(path).start()


def test_broken_chat_template_is_named(tmp_path: Path) -> None:
    path = write_model(replace(PLAIN, template="{% broken"), tmp_path / "broken.gguf")
    with pytest.raises(ModelError, match="chat template"):
        Engine(path).start()


def test_context_beyond_memory_is_refused_before_loading(tmp_path: Path) -> None:
    path = write_model(PLAIN, tmp_path / "small.gguf")
    engine = Engine(path, context_tokens=1_500_000_000)
    with pytest.raises(ModelError, match="lower REFDESK_CONTEXT_TOKENS"):
        engine.start()
    assert not engine.running


def test_weights_beyond_memory_are_refused_before_loading() -> None:
    with pytest.raises(
        ModelError, match=r"big\.gguf needs 40\.0 GB .* has 16\.0 GB: choose a small"
    ):
        check_memory("big.gguf", 40_000_000_000, 0, 16_000_000_000)
    check_memory("fits.gguf", 8_000_000_000, 1_000_000_000, 16_000_000_000)


def test_header_tells_the_size_of_the_attention_cache(tmp_path: Path) -> None:
    header = read_header(write_model(PLAIN, tmp_path / "header.gguf"))
    assert (header.architecture, header.context_length) == ("qwen2", CONTEXT)
    assert header.cache_bytes == 2 * BLOCKS * 2 * WIDTH
    assert header.chat_template == PLAIN.template


def test_any_damage_to_the_header_is_an_error_and_no_crash(tmp_path: Path) -> None:
    whole = write_model(PLAIN, tmp_path / "whole.gguf").read_bytes()
    path = tmp_path / "damaged.gguf"
    for position in range(4, 400, 3):
        path.write_bytes(whole[:position] + b"\xff\xff" + whole[position + 2 : 20_000])
        with suppress(NotGGUFError):
            read_header(path)
        path.write_bytes(whole[:position])
        with pytest.raises(NotGGUFError):
            read_header(path)


def test_engine_can_start_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "later.gguf"
    engine = Engine(path, context_tokens=512, threads=1)
    with pytest.raises(ModelError):
        engine.start()
    write_model(PLAIN, path)
    engine.start()
    assert engine.running
    engine.stop()


@pytest.fixture(scope="module")
def real(small_model: Path) -> Iterator[LanguageModel]:
    """The 0.5B model, loaded once."""
    model = LanguageModel(Engine(small_model, context_tokens=2048), context_tokens=2048)
    yield model
    model.close()


def test_real_model_answers_from_a_source(real: LanguageModel) -> None:
    source = "Source: QwQ-32B was released by Alibaba under the Apache 2.0 licence."
    done = real.complete([Message("user", f"{source}\nWho released QwQ-32B?")], max_tokens=30)
    assert "Alibaba" in done.text
    assert done.thinking == ""


def test_real_model_reuses_the_prefix_of_a_prompt(real: LanguageModel) -> None:
    prefix = Message("system", "Answer in one word. " * 30)
    first = real.complete([prefix, Message("user", "Capital of Italy?")], max_tokens=2)
    second = real.complete([prefix, Message("user", "Capital of Spain?")], max_tokens=2)
    assert second.cached_tokens > 0.8 * first.prompt_tokens


def test_real_model_stops_when_the_listener_leaves(real: LanguageModel) -> None:
    with real.stream([Message("user", "Tell a long story.")], max_tokens=1000) as stream:
        next(stream)
        assert engine_of(real).busy() == 1
    assert idle(real)


def test_real_model_stops_in_the_middle_of_a_prompt(real: LanguageModel) -> None:
    stream = real.stream([Message("user", "one two three " * 450)], max_tokens=10)
    reader = threading.Thread(target=lambda: [None for _ in stream])
    reader.start()
    assert wait_until(lambda: engine_of(real).busy() == 1)
    stream.close()
    reader.join(20)
    assert not reader.is_alive()
    assert idle(real)


def test_real_model_obeys_a_schema(real: LanguageModel) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "millions": {"type": "integer"}},
        "required": ["city", "millions"],
        "additionalProperties": False,
    }
    value = real.json([Message("user", "Paris has two million people. As JSON.")], schema)
    assert set(value) == {"city", "millions"}
    assert isinstance(value["millions"], int), json.dumps(value)


def test_real_model_is_surer_of_a_stated_fact_than_of_its_contrary(real: LanguageModel) -> None:
    source = "The model QwQ-32B is licensed under Apache 2.0."

    def share(claim: str) -> float:
        text = f"Source: {source}\nClaim: {claim}\nDoes the source support the claim? Yes or no."
        share = real.yes_probability([Message("user", text)])
        assert share is not None
        return share

    assert share("QwQ-32B is under Apache 2.0.") > share("QwQ-32B was made by Google in 2019.")
