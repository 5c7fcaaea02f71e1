"""The baseline counts what the server reports, keeps follow-ups whole, and hides no failure."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.llms.openai_like import OpenAILike

from assistant.types import Turn
from tests.bench.baseline import run_baseline

WORDS = ("llama", "released", "april", "context", "step3", "tokens", "flag", "canada")
DOCUMENTS = [
    ("llama", "Llama 4 was released in April 2025."),
    ("step3", "Step3 has a context of 65536 tokens."),
    ("flag", "The flag of Canada shows a maple leaf."),
]


@dataclass(frozen=True)
class Question:
    id: str
    question: str
    history: tuple[Turn, ...] = ()


class WordCounts(BaseEmbedding):
    """Counts eight words: enough for retrieval to be real and the same every time."""

    def _get_text_embedding(self, text: str) -> list[float]:
        lowered = text.casefold()
        return [float(lowered.count(word)) for word in WORDS] + [0.1]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@dataclass
class ScriptedServer:
    """An OpenAI-compatible endpoint that answers from a script and keeps what it was asked."""

    url: str
    replies: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)

    def will_answer(self, text: str, prompt_tokens: int | None) -> None:
        usage = None
        if prompt_tokens is not None:
            usage = {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": 5,
                "total_tokens": prompt_tokens + 5,
            }
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = {"id": "x", "object": "chat.completion", "created": 0, "model": "m"}
        self.replies.append((200, {**body, "choices": [choice], "usage": usage}))

    def will_fail(self) -> None:
        self.replies.append((400, {"error": {"message": "context exceeded"}}))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.prompts.append(str(request["messages"][-1]["content"]))
            status, body = script.replies.pop(0)
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = ScriptedServer(f"http://127.0.0.1:{http.server_port}/v1")
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield script
    http.shutdown()
    thread.join(5)
    http.server_close()


def llm_of(server: ScriptedServer) -> OpenAILike:
    return OpenAILike(
        model="m",
        api_base=server.url,
        api_key="unused",
        is_chat_model=True,
        context_window=4096,
        max_tokens=256,
        max_retries=0,
    )


def test_answer_carries_the_servers_token_counts_and_the_documents_shown(
    server: ScriptedServer,
) -> None:
    server.will_answer("65536 tokens [1].", prompt_tokens=777)
    question = Question("q", "What is the context of Step3 in tokens?")
    (answer,) = run_baseline(DOCUMENTS, llm_of(server), WordCounts(), [question]).answers
    assert (answer.text, answer.prompt_tokens, answer.calls) == ("65536 tokens [1].", 777, 1)
    assert answer.sources[0] == "step3"
    assert "Step3 has a context of 65536 tokens." in server.prompts[0]


def test_followup_is_condensed_first_and_both_calls_are_counted(server: ScriptedServer) -> None:
    server.will_answer("When was Llama 4 released?", prompt_tokens=100)
    server.will_answer("In April 2025 [1].", prompt_tokens=500)
    history = (Turn("user", "When did Llama 3 come out?"), Turn("assistant", "In 2024."))
    question = Question("q", "And Llama 4?", history)
    (answer,) = run_baseline(DOCUMENTS, llm_of(server), WordCounts(), [question]).answers
    assert (answer.text, answer.prompt_tokens, answer.calls) == ("In April 2025 [1].", 600, 2)
    assert "When did Llama 3 come out?" in server.prompts[0]
    assert "Query: When was Llama 4 released?" in server.prompts[1]


def test_one_questions_tokens_do_not_leak_into_the_next(server: ScriptedServer) -> None:
    server.will_answer("one", prompt_tokens=10)
    server.will_answer("two", prompt_tokens=20)
    questions = [Question("a", "Which flag?"), Question("b", "Which context?")]
    run = run_baseline(DOCUMENTS, llm_of(server), WordCounts(), questions)
    assert [answer.prompt_tokens for answer in run.answers] == [10, 20]


def test_missing_usage_is_unknown_rather_than_guessed(server: ScriptedServer) -> None:
    server.will_answer("maple leaf", prompt_tokens=None)
    run = run_baseline(DOCUMENTS, llm_of(server), WordCounts(), [Question("q", "Which flag?")])
    assert run.answers[0].prompt_tokens is None


def test_failed_question_is_recorded_and_the_next_one_asked(server: ScriptedServer) -> None:
    server.will_fail()
    server.will_answer("maple leaf [1]", prompt_tokens=50)
    questions = [Question("bad", "Which context?"), Question("good", "Which flag?")]
    bad, good = run_baseline(DOCUMENTS, llm_of(server), WordCounts(), questions).answers
    assert bad.text == "" and "context exceeded" in str(bad.error)
    assert good.text == "maple leaf [1]" and good.error is None


def test_limit_asks_only_the_first_questions_and_reports_each(server: ScriptedServer) -> None:
    server.will_answer("one", prompt_tokens=10)
    seen: list[str] = []
    run = run_baseline(
        DOCUMENTS,
        llm_of(server),
        WordCounts(),
        [Question("a", "Which flag?"), Question("b", "Which context?")],
        limit=1,
        on_answer=lambda answer: seen.append(answer.id),
    )
    assert seen == ["a"] == [answer.id for answer in run.answers]
