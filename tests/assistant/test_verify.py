"""The model's second look: only at sentences whose words their quote lacks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.attribution import Quote, Support
from assistant.prompts import Message
from assistant.verify import MIN_YES, SURE, SURER_YES, verified
from tests.assistant.passages import passage

BAN = passage("Tennessee announced its ban on DeepSeek on 6 March 2025.")
QUOTE = Quote(BAN, 0, len(BAN.text), BAN.text)
CLAIM = "Tennessee repealed its ban on DeepSeek on 6 March 2025."


class Judge:
    """Answers with one probability and remembers what it was shown."""

    def __init__(self, yes: float | None) -> None:
        self.yes = yes
        self.seen: list[str] = []

    def __call__(self, messages: Sequence[Message]) -> float | None:
        self.seen.append(messages[-1].content)
        return self.yes


def support(coverage: float) -> Support:
    return Support((QUOTE,), coverage, ())


def test_a_denied_sentence_loses_its_support_and_says_why() -> None:
    judge = Judge(MIN_YES - 0.01)
    checked = verified(CLAIM, support(SURE - 0.1), judge)
    assert not checked.supported
    assert [gate.name for gate in checked.gates if not gate.passed] == ["verified"]
    assert CLAIM in judge.seen[0]
    assert QUOTE.text in judge.seen[0]


@pytest.mark.parametrize("yes", [MIN_YES, 1.0, None])
def test_a_sentence_that_is_not_denied_keeps_its_support(yes: float | None) -> None:
    given = support(SURE - 0.1)
    assert verified(CLAIM, given, Judge(yes)) is given


def test_a_sentence_in_the_words_of_its_quote_is_not_asked_about() -> None:
    judge = Judge(0.0)
    assert verified(CLAIM, support(SURE), judge).supported
    assert judge.seen == []


def test_without_a_model_the_other_checks_decide() -> None:
    assert verified(CLAIM, support(0.0), None).supported


def test_an_unsupported_sentence_is_not_asked_about() -> None:
    judge = Judge(1.0)
    assert not verified(CLAIM, Support((), 0.3, ()), judge).supported
    assert judge.seen == []


def test_a_quote_that_lacks_what_is_asked_needs_a_surer_yes() -> None:
    hesitant = Judge((MIN_YES + SURER_YES) / 2)
    given = support(SURE - 0.1)
    assert verified(CLAIM, given, hesitant, "Who announced the ban in Tennessee?").supported
    asked = "Who is the chief financial officer of Tennessee?"
    assert not verified(CLAIM, given, hesitant, asked).supported


def test_the_name_of_a_source_is_not_what_a_passage_says() -> None:
    noted = passage("Lee signed the ban (source: Chief Financial Officer Weekly).")
    quote = Quote(noted, 0, len(noted.text), noted.text)
    hesitant = Judge((MIN_YES + SURER_YES) / 2)
    asked = "Who is the chief financial officer of Tennessee?"
    assert not verified("Lee is.", Support((quote,), 0.7, ()), hesitant, asked).supported
