"""How the catalogue's part joins what search found, and how both go through the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from assistant import pipeline
from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.told import SHOWN_FIRST, answer_of, join, tell
from assistant.types import Answer, Answered, Citation, Event, EvidenceFound, Rewritten, Sentence
from tests.assistant.catalogue.shipped import CATALOGUE, TODAY, GivenCards, card, composed, told
from tests.assistant.passages import Shelf, passage
from tests.scripted import ScriptedLanguageModel

LIST = "Which Chinese models are under MIT?"
MIXED = "Which Chinese models are under MIT, and why did Moonshot change the MIT licence?"
WHY = passage(
    "Moonshot changed the MIT licence so that large products must display the name Kimi.",
    id="licences",
    title="Licences",
)


def events(question: str, shelf: Shelf, answers: Sequence[Any] = ()) -> list[Event]:
    model: Any = ScriptedLanguageModel(answers)
    return list(
        pipeline.stream(
            question,
            (),
            index=shelf,
            llm=model,
            evidence_tokens=300,
            answer_tokens=100,
            as_of=TODAY,
            catalogue=CATALOGUE,
        )
    )


def last(found: list[Event]) -> Answer:
    assert isinstance(found[-1], Answered)
    return found[-1].answer


def test_a_catalogue_question_needs_no_model_and_no_search() -> None:
    shelf = Shelf()
    found = events(LIST, shelf)  # the model has no script: asked for anything, it fails
    answer = last(found)
    assert answer.status == "answered" and answer.table is not None and answer.table.rows
    assert shelf.queries == []
    assert isinstance(found[0], EvidenceFound) and found[0].sources
    assert answer.question == LIST and answer.as_of == TODAY


def test_a_mixed_question_uses_the_cards_and_the_passages() -> None:
    shelf = Shelf(WHY)
    answer = last(events(MIXED, shelf, [WHY.text]))
    assert len(shelf.queries) == 1 and "why" in shelf.queries[0]
    assert answer.table is not None and answer.table.rows
    kinds = {c.document_id.split("/")[0] for c in answer.citations}
    assert kinds == {"models", "licences"}
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    cited = answer.sentences[-1].citations
    assert [c.document_id for c in answer.citations if c.number in cited] == ["licences"]
    assert f"[{cited[0]}]" in answer.text


def test_nothing_in_the_catalogue_is_told_as_not_in_the_corpus() -> None:
    answer = last(events("Which French models are over 900B?", Shelf()))
    assert answer.status == "not_in_corpus"
    assert "No model in the catalogue matches" in answer.text
    assert answer.table is not None and answer.table.rows == ()


def test_another_question_goes_to_search_with_its_names_set_right() -> None:
    shelf = Shelf(WHY)
    found = events("Why did Moonshoot change the licence?", shelf, [WHY.text])
    (searched,) = shelf.queries
    assert "Moonshot" in searched
    assert isinstance(found[0], Rewritten)
    assert last(found).table is None


SEARCHED = Answer(
    status="answered",
    question="q",
    standalone_question="q",
    text="A [1]. B [2].",
    sentences=(Sentence("A", (1,)), Sentence("B", (2,))),
    citations=(
        Citation(1, "a", "A", "A", 0, 1),
        Citation(2, "b", "B", "B", 0, 1),
    ),
)


def test_joining_numbers_the_passages_after_the_cards() -> None:
    part = told(MIXED)
    assert part.composed is not None
    shift = len(part.composed.citations)
    joined = join(part, SEARCHED)
    assert [s.citations for s in joined.sentences[-2:]] == [(shift + 1,), (shift + 2,)]
    assert joined.text.endswith(f"A [{shift + 1}]. B [{shift + 2}].")
    assert [c.number for c in joined.citations] == list(range(1, shift + 3))
    assert joined.table == part.composed.table


def test_joining_with_nothing_found_keeps_the_cards_and_says_so() -> None:
    missing = Answer("not_in_corpus", "q", "q", text="Not in the corpus.")
    part = told(MIXED)
    joined = join(part, missing)
    assert part.composed is not None
    assert joined.status == "answered"
    assert joined.citations == part.composed.citations
    assert joined.text.endswith("Not in the corpus.")


def test_a_catalogue_part_that_found_nothing_leaves_the_answer_alone() -> None:
    part = told("Which French models are over 900B, and why?")
    assert part.composed is None or join(part, SEARCHED) is SEARCHED


def test_without_a_catalogue_everything_is_left() -> None:
    part = tell(None, LIST, TODAY)
    assert (part.composed, part.rest, part.complete, part.evidence) == (None, LIST, False, ())


def test_the_first_cards_are_shown_at_once() -> None:
    part = told(LIST)
    assert part.composed is not None and part.complete
    assert part.evidence == part.composed.citations[:SHOWN_FIRST]


def test_an_answer_marks_its_citations_and_explains_its_query() -> None:
    answer = answer_of(composed("What is the licence of QwQ-32B?"), "q")
    assert answer.text.endswith(". [1]")
    assert answer.trace["catalogue"]["shape"] == "lookup"


def test_the_rules_learn_cards_that_were_added() -> None:
    index = GivenCards(card("alpha-1", country="China"))
    catalogue = Catalogue(index)
    assert told("What is the country of beta-2?", catalogue).composed is None
    index.given.append(card("beta-2", country="France"))
    assert composed("What is the country of beta-2?", catalogue).table.rows == (
        ("beta-2", "France"),
    )


@pytest.mark.parametrize("question", [LIST, MIXED])
def test_every_citation_of_an_answer_is_numbered_once(question: str) -> None:
    answer = last(events(question, Shelf(WHY), [WHY.text]))
    numbers = [c.number for c in answer.citations]
    assert len(set(numbers)) == len(numbers)
