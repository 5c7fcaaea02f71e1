"""An answer as data: told as JSON and read back, nothing lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.types import Answer, Citation, Disagreement, Sentence, Side, Table, Timings
from corpus.errors import InputError

CITED = Citation(1, "docs/a.pdf", "A", "MIT", 3, 6, "P", "2025-01", "https://a.example/", 7)
ANSWER = Answer(
    "answered",
    "Which licence?",
    "Which licence has A?",
    "MIT. [1]",
    (Sentence("MIT.", (1,)), Sentence("Popular.", (), "unsupported")),
    (CITED,),
    Table(("model", "size"), (("A", 1.5), ("B", None)), ((1,), ()), {"shape": "list"}),
    (replace(CITED, number=2),),
    "Thought.",
    "a model",
    "2026-11-23",
    Timings(0.1, 0.2, 0.3, None, 1.5),
    "A notice.",
    "Which one?",
    (Disagreement((Side("MIT", (1,), 2, "2025"), Side("Apache-2.0", (2,))), ambiguous=True),),
    (replace(CITED, number=3, score=0.25, kind="model_card"),),
    {"draft": "MIT.", "passages": [{"score": 0.5}]},
)


def test_an_answer_is_the_same_after_json() -> None:
    assert Answer.from_dict(json.loads(json.dumps(ANSWER.to_dict()))) == ANSWER
    assert Answer.from_dict(ANSWER.to_dict()) == ANSWER


def test_what_an_older_version_kept_is_read() -> None:
    kept = json.loads(json.dumps(ANSWER.to_dict()))
    for key in ("unused", "disagreements", "clarification"):
        del kept[key]
    del kept["citations"][0]["score"]
    assert Answer.from_dict(kept | {"of_a_later_version": 1}).citations == (CITED,)


@pytest.mark.parametrize(
    "data",
    [None, [], "answer", {}, {**ANSWER.to_dict(), "status": "sure"},
     {**ANSWER.to_dict(), "citations": [{"number": "one"}]}],
)  # fmt: skip
def test_what_is_no_answer_is_an_input_error(data: Any) -> None:
    with pytest.raises(InputError, match="not an answer"):
        Answer.from_dict(data)
