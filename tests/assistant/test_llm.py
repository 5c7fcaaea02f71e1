"""The language model client against servers that behave, and that do not."""

from __future__ import annotations

import math
import socket
import threading
from pathlib import Path

import pytest

from assistant import llm
from assistant.llm import LanguageModel, Piece, open_language_model
from assistant.llm_errors import MAX_DETAIL
from assistant.prompts import Message
from corpus.errors import InputError, ModelError
from tests.chat_server import ChatServer, Reply, delta, event, refused, streamed, wait_until
from tests.scripted import ScriptedLanguageModel

ASKED = [Message("system", "Be brief."), Message("user", "Which city?")]


def model_at(server: ChatServer, **options: float | str) -> LanguageModel:
    return open_language_model(base_url=server.url, model="alpha", **options)  # type: ignore[arg-type]


def failure(reply: Reply, **options: float | str) -> str:
    """The error line that ``reply`` leads to."""
    with ChatServer(reply) as server, pytest.raises(ModelError) as caught:
        model_at(server, **options).complete(ASKED, max_tokens=10)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_pieces_arrive_in_order() -> None:
    with ChatServer(streamed("Pa", "ris", ".")) as server:
        pieces = list(model_at(server).stream(ASKED, max_tokens=10))
    assert pieces == [Piece("Pa"), Piece("ris"), Piece(".")]


def test_request_carries_messages_limits_and_key() -> None:
    with ChatServer(streamed("x")) as server:
        model = model_at(server, api_key="secret")
        model.complete(ASKED, max_tokens=7, thinking_tokens=5, temperature=0.5, stop=["\n"])
    (body,) = server.requests
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Which city?"},
    ]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("alpha", 12, 0.5)
    assert body["stop"] == ["\n"]
    assert body["stream"] is True
    assert server.headers[0]["Authorization"] == "Bearer secret"


def test_no_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-private")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:1/v1")
    with ChatServer(streamed("x")) as server:
        model_at(server).complete(ASKED, max_tokens=5)
    assert "sk-private" not in str(server.headers)


def test_proxy_variables_do_not_apply_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with ChatServer(streamed("direct")) as server:
        assert model_at(server).complete(ASKED, max_tokens=5).text == "direct"


def test_usage_is_reported() -> None:
    usage = {
        "prompt_tokens": 30,
        "completion_tokens": 4,
        "total_tokens": 34,
        "prompt_tokens_details": {"cached_tokens": 20},
    }
    with ChatServer(streamed("Paris", usage=usage)) as server:
        done = model_at(server).complete(ASKED, max_tokens=5)
    assert (done.prompt_tokens, done.completion_tokens, done.cached_tokens) == (30, 4, 20)
    assert done.finish_reason == "stop"


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_field_is_thinking(field: str) -> None:
    chunks = (delta(**{field: "Hm."}), delta(content="Paris"), delta("stop"))
    with ChatServer(Reply(chunks)) as server:
        done = model_at(server).complete(ASKED, max_tokens=5)
    assert (done.text, done.thinking) == ("Paris", "Hm.")


def test_reasoning_tags_are_thinking() -> None:
    with ChatServer(streamed("<thi", "nk>Hm.</th", "ink>\n\nParis")) as server:
        done = model_at(server).complete(ASKED, max_tokens=5)
    assert (done.text, done.thinking) == ("Paris", "Hm.")


def test_unannounced_reasoning_is_expected_from_the_second_answer_on() -> None:
    with ChatServer(streamed("Hm.\n", "</think>\n\n", "Paris")) as server:
        model = model_at(server)
        first = list(model.stream(ASKED, max_tokens=5))
        second = list(model.stream(ASKED, max_tokens=5))
    assert any(piece.reclaims for piece in first)
    assert second == [Piece("Hm.\n", thinking=True), Piece("Paris")]


def test_answer_is_cut_at_its_own_limit_not_at_that_of_thinking() -> None:
    with ChatServer(streamed(*["word "] * 50)) as server:
        done = model_at(server).complete(ASKED, max_tokens=10, thinking_tokens=1000)
    assert done.text.split() == ["word"] * 10
    assert done.finish_reason == "length"


def test_closing_hangs_up_on_the_server() -> None:
    chunks = tuple(delta(content=f"{n} ") for n in range(2000))
    with ChatServer(Reply(chunks, pause=0.01)) as server:
        stream = model_at(server).stream(ASKED, max_tokens=5000)
        next(stream)
        stream.close()
        assert server.hung_up.wait(10)
        assert list(stream) == []


def test_closing_from_another_thread_wakes_a_waiting_reader() -> None:
    with ChatServer(Reply((delta(content="late"),), pause=30)) as server:
        stream = model_at(server).stream(ASKED, max_tokens=5)
        pieces: list[Piece] = []
        reader = threading.Thread(target=lambda: pieces.extend(stream))
        reader.start()
        assert wait_until(lambda: server.requests)
        stream.close()
        reader.join(10)
    assert not reader.is_alive()
    assert pieces == []


def test_closing_before_the_first_piece_sends_nothing() -> None:
    with ChatServer(streamed("x")) as server:
        stream = model_at(server).stream(ASKED, max_tokens=5)
        stream.close()
        assert list(stream) == []
    assert server.requests == []


def test_two_threads_share_one_model() -> None:
    with ChatServer(streamed("a ", "b ", "c")) as server:
        model = model_at(server)
        texts: list[str] = []

        def ask() -> None:
            texts.append(model.complete(ASKED, max_tokens=5).text)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert texts == ["a b c"] * 4


def test_refused_connection_says_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        model = open_language_model(base_url=url, model="alpha")
        with pytest.raises(ModelError, match="cannot be reached: start it, or correct"):
            model.complete(ASKED, max_tokens=5)
        with pytest.raises(ModelError, match="cannot be reached"):
            model.yes_probability(ASKED)


def test_unknown_host_says_it_cannot_be_reached() -> None:
    model = open_language_model(base_url="http://no-such-host.invalid/v1", model="alpha")
    with pytest.raises(ModelError, match="cannot be reached"):
        model.complete(ASKED, max_tokens=5)


def test_silence_between_tokens_is_a_timeout() -> None:
    reply = Reply((delta(content="a"), delta(content="b")), pause=3)
    assert "REFDESK_READ_TIMEOUT" in failure(reply, read_timeout=0.3)


def test_wrong_key_names_the_setting() -> None:
    assert "set REFDESK_API_KEY" in failure(refused(401, {"error": {"message": "bad key"}}))


def test_unknown_model_lists_those_there_are() -> None:
    body = {"error": {"message": "model 'alpha' not found"}}
    assert "REFDESK_MODEL to one it has: alpha, beta" in failure(refused(404, body))
    assert "REFDESK_MODEL to one it has: alpha, beta" in failure(refused(400, body))


def test_missing_path_without_models_points_at_the_address() -> None:
    reply = refused(404, {"detail": "Not Found"})
    advice = "check REFDESK_BASE_URL and REFDESK_MODEL"
    with ChatServer(reply, models=()) as server, pytest.raises(ModelError, match=advice):
        model_at(server).complete(ASKED, max_tokens=5)


def test_context_overflow_says_how_to_fit() -> None:
    message = "request (9030 tokens) exceeds the available context size (2048 tokens)"
    line = failure(refused(400, {"error": {"message": message}}))
    assert "9030 tokens" in line
    assert "REFDESK_CONTEXT_TOKENS" in line


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_failure_is_named(status: int) -> None:
    line = failure(refused(status, {"error": {"message": "Loading model"}}))
    assert f"HTTP {status}: Loading model" in line


def test_too_many_requests() -> None:
    assert "too many requests" in failure(refused(429, {"error": {"message": "slow down"}}))


def test_redirect_is_not_followed() -> None:
    reply = Reply(status=307, headers={"Location": "http://127.0.0.1:1/elsewhere"})
    assert "redirects elsewhere" in failure(reply)


def test_words_of_the_server_are_bounded_and_on_one_line() -> None:
    line = failure(refused(500, {"error": {"message": "boom\n\x1b[31m" + "x" * 5000}}))
    assert len(line) < MAX_DETAIL + 200
    assert "\x1b" not in line


def test_error_inside_the_stream() -> None:
    chunks = (delta(content="Par"), event({"error": {"message": "out of memory"}}))
    assert "out of memory" in failure(Reply(chunks))


@pytest.mark.parametrize("cut", [True, False])
def test_stream_that_ends_early_is_an_error(cut: bool) -> None:
    assert "in mid-answer" in failure(Reply((delta(content="Par"),), cut=cut))


@pytest.mark.parametrize(
    "chunk",
    [b"data: {broken\n\n", b"data: [1, 2]\n\n", b'data: {"choices": 5}\n\n', b"data: \xff\n\n"],
)
def test_nonsense_in_the_stream_is_an_error(chunk: bytes) -> None:
    assert "does not answer like" in failure(Reply((chunk,)))


def test_web_page_instead_of_an_api_is_an_error() -> None:
    reply = Reply((b"<html>hello</html>",), content_type="text/html")
    line = failure(reply)
    assert "does not answer like" in line or "in mid-answer" in line


def test_endless_stream_is_cut_off() -> None:
    chunks = tuple(delta(content="x" * 1000) for _ in range(100))
    assert "does not answer like" in failure(Reply(chunks))


@pytest.mark.parametrize("address", ["", "localhost:11434", "ftp://127.0.0.1/v1", "file:///etc"])
def test_unusable_address_is_the_callers_error(address: str) -> None:
    with pytest.raises(InputError, match="should look like"):
        open_language_model(base_url=address, model="alpha")


def test_bare_address_gets_the_usual_path() -> None:
    with ChatServer(streamed("x")) as server:
        model = open_language_model(base_url=server.url.removesuffix("/v1") + "/", model="alpha")
        assert model.complete(ASKED, max_tokens=5).text == "x"
    assert model.is_local
    assert not open_language_model(base_url="https://llm.example.org/v1").is_local


def test_no_model_at_all_is_an_error() -> None:
    with pytest.raises(ModelError, match="REFDESK_MODEL"):
        open_language_model()


def test_json_is_asked_for_by_schema_and_decoded() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    with ChatServer(streamed('{"n"', ": 3}")) as server:
        assert model_at(server).json(ASKED, schema) == {"n": 3}
    form = server.requests[0]["response_format"]
    assert (form["type"], form["json_schema"]["schema"]) == ("json_schema", schema)


def test_json_that_is_none_is_an_error() -> None:
    reply, error = streamed("I think three."), "did not answer with JSON"
    with ChatServer(reply) as server, pytest.raises(ModelError, match=error):
        model_at(server).json(ASKED, {"type": "object"})


def test_unfinished_json_is_an_error() -> None:
    reply = Reply((delta(content='{"n": '), delta("length")))
    with ChatServer(reply) as server, pytest.raises(ModelError, match="did not finish its JSON"):
        model_at(server).json(ASKED, {"type": "object"}, max_tokens=3)


def first_token(*likely: tuple[str, float]) -> Reply:
    """A completion of one token with its log-probabilities."""
    top = [{"token": t, "logprob": math.log(p), "bytes": None} for t, p in likely]
    choice = {
        "index": 0,
        "finish_reason": "length",
        "message": {"role": "assistant", "content": likely[0][0]},
        "logprobs": {"content": [top[0] | {"top_logprobs": top}]},
    }
    body = {"id": "1", "object": "chat.completion", "choices": [choice]}
    return refused(200, body)


def test_yes_probability_compares_yes_with_no() -> None:
    reply = first_token(("Yes", 0.5), (" no", 0.2), ("yes", 0.1), ("Maybe", 0.2))
    with ChatServer(reply) as server:
        share = model_at(server).yes_probability(ASKED)
    assert share == pytest.approx(0.6 / 0.8)
    assert (server.requests[0]["max_tokens"], server.requests[0]["logprobs"]) == (1, True)


def test_yes_probability_is_none_when_neither_is_likely() -> None:
    with ChatServer(first_token(("Maybe", 0.9))) as server:
        assert model_at(server).yes_probability(ASKED) is None


def test_yes_probability_is_none_without_logprobs() -> None:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x"}}
    with ChatServer(refused(200, {"id": "1", "choices": [choice]})) as server:
        assert model_at(server).yes_probability(ASKED) is None


def test_the_same_prompt_is_judged_once() -> None:
    """Asked again from a warm cache, llama.cpp rounds otherwise: an answer became a refusal."""
    other = [Message("user", "Another question?")]
    sure, unsure = (first_token(("Yes", share), ("No", 1 - share)) for share in (0.6, 0.4))
    with ChatServer(sure, unsure, unsure) as server:
        model = model_at(server)
        shares = [model.yes_probability(prompt) for prompt in (ASKED, ASKED, other, ASKED)]
    assert shares == pytest.approx([0.6, 0.6, 0.4, 0.6])
    assert len(server.requests) == 2


def test_a_prompt_that_was_not_judged_is_asked_again() -> None:
    with ChatServer(first_token(("Maybe", 0.9)), first_token(("Yes", 0.9))) as server:
        model = model_at(server)
        assert model.yes_probability(ASKED) is None
        assert model.yes_probability(ASKED) == pytest.approx(1.0)


def test_only_the_latest_judgements_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "MOST_JUDGED", 2)
    prompts = [[Message("user", f"Question {number}?")] for number in range(3)]
    with ChatServer(*[first_token(("Yes", 0.9))] * 4) as server:
        model = model_at(server)
        for prompt in [*prompts, prompts[2], prompts[0]]:
            model.yes_probability(prompt)
    assert len(server.requests) == 4


def test_llamaindex_programs_get_the_same_model() -> None:
    with ChatServer(streamed("Paris", ".")) as server:
        llm = model_at(server).as_llamaindex()
        text = "".join(part.delta for part in llm.stream_complete("Which city?"))
    assert text == "Paris."
    assert llm.metadata.is_chat_model
    assert llm.metadata.context_window == 4096


def test_opening_a_model_touches_neither_file_nor_network() -> None:
    assert open_language_model(gguf=Path("/nowhere.gguf"), model="m").name == "m"
    assert open_language_model(base_url="http://127.0.0.1:1", model="m").name == "m"


def test_scripted_model_fails_when_unscripted() -> None:
    model = ScriptedLanguageModel(["Paris."])
    assert model.complete(ASKED, max_tokens=5).text == "Paris."
    assert model.asked[0].prompt == "Be brief.\nWhich city?"
    with pytest.raises(AssertionError, match="not scripted"):
        model.stream(ASKED, max_tokens=5)


def test_scripted_model_tells_what_was_never_asked() -> None:
    with pytest.raises(AssertionError, match="never asked"):
        ScriptedLanguageModel(["Paris."]).assert_finished()


def test_scripted_model_fails_and_thinks_as_told() -> None:
    model = ScriptedLanguageModel([ModelError("down"), "<think>\nHm.\n</think>\n\nParis."])
    with pytest.raises(ModelError, match="down"):
        model.complete(ASKED, max_tokens=5)
    done = model.complete(ASKED, max_tokens=5)
    assert (done.text, done.thinking) == ("Paris.", "Hm.")
