"""The evaluation questions are well formed, and their right answers stand in the corpus.

Checks the files of questions against the cards and documents, and the plain loop that
evaluates a gold. Runs no part of refdesk that answers questions.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.cards import CARD_PREFIX, ModelCard
from tests.bench.gold import (
    QUESTIONS,
    Condition,
    Gold,
    Question,
    all_cards,
    groups,
    questions,
    rows,
    value,
)

CATALOGUE = questions()
HELD = questions(QUESTIONS / "catalogue-held.jsonl")
LAST = questions(QUESTIONS / "catalogue-last.jsonl")
CARDS = all_cards()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NUMBERS = {"total_params_b", "active_params_b", "context_tokens_approx"}


class Expected(BaseModel):
    """A line of ``curated.jsonl`` or ``unanswerable.jsonl``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    question: str = Field(min_length=5)
    type: Literal["lookup", "mixed", "timeline", "unanswerable", "false_premise"]
    must_contain: tuple[str | tuple[str, ...], ...]
    must_not_contain: tuple[str, ...]
    answerable: bool
    source: str | None = None
    corrects: tuple[str, ...] = ()


class NotCatalogue(BaseModel):
    """A line of ``not-catalogue*.jsonl``: a question for the documents, not for the cards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    question: str = Field(min_length=5)
    type: Literal["text"]


def expected(name: str) -> list[Expected]:
    """The lines of one of the two files."""
    lines = (QUESTIONS / name).read_text(encoding="utf-8").splitlines()
    return [Expected.model_validate(json.loads(line)) for line in lines]


CURATED = expected("curated.jsonl")
UNANSWERABLE = expected("unanswerable.jsonl")


def card(identifier: str, **fields: object) -> ModelCard:
    """A card with the least that a card must have, and ``fields``."""
    least: dict[str, object] = dict.fromkeys(ModelCard.model_fields, None)
    least |= {"id": identifier, "name": identifier, "family": "F", "developer": "D"}
    least |= {"aliases": (), "notes": (), "disputes": (), "modalities": ("text",)}
    least |= {"open_weights": True, "benchmarks": {}}
    least |= {"sources": ({"url": "https://example.org/a", "supports": "all"},)}
    return ModelCard.model_validate(least | fields)


def source_text(names: str) -> str:
    """The text of the documents and cards that a line names, in lower case."""
    known = {CARD_PREFIX + one.id: one.model_dump_json() for one in CARDS}
    folder = Path(str(files("corpus"))) / "documents"
    texts = [
        known[name] if name in known else (folder / f"{name}.md").read_text(encoding="utf-8")
        for name in names.split(", ")
    ]
    return " ".join(" ".join(texts).split()).casefold()


@pytest.mark.parametrize(
    "name",
    [
        "catalogue.jsonl",
        "catalogue-held.jsonl",
        "catalogue-last.jsonl",
        "not-catalogue.jsonl",
        "not-catalogue-last.jsonl",
        "curated.jsonl",
        "unanswerable.jsonl",
    ],
)
def test_no_id_and_no_question_stands_twice(name: str) -> None:
    lines = [json.loads(line) for line in (QUESTIONS / name).read_text("utf-8").splitlines()]
    assert len({line["id"] for line in lines}) == len(lines)
    assert len({line["question"] for line in lines}) == len(lines)


def test_the_catalogue_questions_cover_the_kinds_and_manners_asked_for() -> None:
    manners = [question.id.split("-")[0] for question in CATALOGUE]
    assert len(CATALOGUE) >= 96
    assert manners.count("odd") >= 20
    assert manners.count("typo") >= 12
    assert manners.count("pass") >= 10
    assert sum(bool(CHINESE.search(question.question)) for question in CATALOGUE) >= 10
    assert sum(question.empty for question in CATALOGUE) == 3
    kinds = {"list", "count", "superlative", "compare", "timeline", "group", "lookup"}
    assert {question.type for question in CATALOGUE} == kinds


def test_the_held_questions_cover_the_kinds_and_repeat_none_of_the_others() -> None:
    manners = [question.id.split("-")[0] for question in HELD]
    assert len(HELD) == 60
    assert manners.count("typo") == manners.count("pass") == 8
    assert sum(bool(CHINESE.search(question.question)) for question in HELD) == 7
    assert {question.type for question in HELD} == {question.type for question in CATALOGUE}
    asked = {question.question.casefold() for question in CATALOGUE}
    assert not asked & {question.question.casefold() for question in HELD}


def test_the_questions_that_no_card_answers_number_fifty_and_six_are_chinese() -> None:
    lines = (QUESTIONS / "not-catalogue.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [NotCatalogue.model_validate_json(line).question for line in lines]
    assert len(asked) == 50
    assert sum(bool(CHINESE.search(question)) for question in asked) == 6
    assert not set(asked) & {question.question for question in CATALOGUE + HELD}


def test_the_last_questions_cover_the_kinds_and_repeat_none_of_the_others() -> None:
    manners = [question.id.split("-")[0] for question in LAST]
    assert len(LAST) == 50
    assert manners.count("typo") == manners.count("pass") == manners.count("zh") == 6
    assert sum(bool(CHINESE.search(question.question)) for question in LAST) == 6
    assert {question.type for question in LAST} == {question.type for question in CATALOGUE}
    asked = {question.question.casefold() for question in CATALOGUE + HELD}
    assert not asked & {question.question.casefold() for question in LAST}


def test_the_last_questions_that_no_card_answers_number_thirty_and_repeat_none() -> None:
    names = ("not-catalogue.jsonl", "not-catalogue-last.jsonl")
    first, last = ((QUESTIONS / name).read_text(encoding="utf-8").splitlines() for name in names)
    asked = [NotCatalogue.model_validate_json(line).question for line in last]
    assert len(asked) == 30
    assert sum(bool(CHINESE.search(question)) for question in asked) == 6
    assert not set(asked) & {json.loads(line)["question"] for line in first}


@pytest.mark.parametrize("question", CATALOGUE + HELD + LAST, ids=lambda question: question.id)
def test_a_gold_names_what_is_in_the_cards(question: Question) -> None:
    gold = question.gold
    assert set(gold.ids or ()) <= {one.id for one in CARDS}
    named = [*gold.fields, *[condition[0] for condition in gold.where]]
    named += [gold.sort[0]] if gold.sort else []
    named += [gold.group] if gold.group else []
    for field in named:
        assert any(value(one, field) is not None for one in CARDS), f"no card has {field}"
    for condition in gold.where:
        assert question.empty or stands_in_a_card(condition), condition


def stands_in_a_card(condition: Condition) -> bool:
    """Whether what is compared with is of the field's kind, and, if a text, held by a card."""
    field, op, wanted = condition
    if field == "release_date":
        return bool(re.fullmatch(r"\d{4}(-\d{2}){0,2}", str(wanted)))
    if field in NUMBERS or field.startswith("benchmarks."):
        return isinstance(wanted, float) and op in {"=", "!=", "<", "<=", ">", ">="}
    if op in {"contains", "lacks"}:
        return bool(rows({"where": [[field, "contains", wanted]]}, CARDS))
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return all(any(value(one, field) == item for one in CARDS) for item in values)


@pytest.mark.parametrize("question", CATALOGUE + HELD + LAST, ids=lambda question: question.id)
def test_a_gold_has_a_result_unless_it_is_marked_empty(question: Question) -> None:
    found = groups(question.gold, CARDS) if question.gold.group else rows(question.gold, CARDS)
    assert bool(found) != question.empty
    assert len(found) < len(CARDS), "a question whose answer is every card asks nothing"


@pytest.mark.parametrize("question", CATALOGUE + HELD + LAST, ids=lambda question: question.id)
def test_the_type_of_a_question_fits_the_form_of_its_gold(question: Question) -> None:
    gold = question.gold
    assert (question.type == "group") == (gold.group is not None)
    assert (question.type in {"compare", "lookup"}) == (gold.ids is not None)
    assert question.type != "superlative" or (gold.sort and gold.limit)
    assert question.type != "timeline" or gold.sort == ("release_date", "asc")
    if gold.ids is not None:
        held = {one.id: one for one in CARDS}
        for identifier in gold.ids:
            assert all(value(held[identifier], field) is not None for field in gold.fields)


def test_the_curated_questions_number_forty_lookups_and_twenty_others() -> None:
    kinds = [line.type for line in CURATED]
    assert kinds.count("lookup") == 40
    assert kinds.count("mixed") + kinds.count("timeline") == 20
    assert all(line.answerable and line.source for line in CURATED)
    in_cards = sum(str(line.source).startswith(CARD_PREFIX) for line in CURATED[:40])
    assert 15 <= in_cards <= 25


@pytest.mark.parametrize("line", CURATED, ids=lambda line: line.id)
def test_what_a_right_answer_must_have_stands_in_the_named_sources(line: Expected) -> None:
    text = source_text(str(line.source))
    assert 1 <= len(line.must_contain) <= 3
    for must in line.must_contain:
        choices = (must,) if isinstance(must, str) else must
        assert any(choice.casefold() in text for choice in choices), choices


def test_the_unanswerable_questions_ask_for_no_answer() -> None:
    assert len(UNANSWERABLE) == 15
    for line in UNANSWERABLE:
        assert not line.answerable and not line.must_contain
        assert line.type in {"unanswerable", "false_premise"}
        assert bool(line.corrects) == (line.type == "false_premise"), line.id


def test_a_null_value_meets_no_condition() -> None:
    cards = [card("a", country="China"), card("b", country=None), card("c", country="France")]
    assert rows({"where": [["country", "=", "China"]]}, cards) == ["a"]
    assert rows({"where": [["country", "!=", "China"]]}, cards) == ["c"]
    assert rows({"where": [["country", "lacks", "China"]]}, cards) == ["c"]
    assert rows({"where": [["benchmarks.HLE", "<", 99]]}, cards) == []


@pytest.mark.parametrize(
    ("op", "date", "found"),
    [
        ("=", "2025", ["year", "month", "day"]),
        ("=", "2025-07", ["month", "day"]),
        ("=", "2025-07-15", ["day"]),
        ("<", "2025-07", []),
        ("<", "2025-08", ["month", "day"]),
        ("<", "2025-07-20", ["day"]),
        (">=", "2025-07", ["month", "day"]),
        (">=", "2025-07-10", ["day"]),
        (">", "2025-06", ["month", "day"]),
        (">", "2025", []),
        ("<=", "2025", ["year", "month", "day"]),
    ],
)
def test_dates_compare_as_periods(op: str, date: str, found: list[str]) -> None:
    cards = [
        card("year", release_date="2025"),
        card("month", release_date="2025-07"),
        card("day", release_date="2025-07-15"),
    ]
    assert rows({"where": [["release_date", op, date]]}, cards) == found


def test_a_limit_keeps_the_ties_of_its_last_row_and_leaves_out_nulls() -> None:
    sizes = {"a": 7.0, "b": 70.0, "c": 70.0, "d": None, "e": 8.0}
    cards = [card(name, total_params_b=size) for name, size in sizes.items()]
    gold = Gold(sort=("total_params_b", "desc"), limit=1)
    assert rows(gold, cards) == ["b", "c"]
    assert rows({"sort": ["total_params_b", "asc"]}, cards) == ["a", "e", "b", "c"]


def test_groups_count_values_most_first_and_leave_out_nulls() -> None:
    cards = [card(name, country=name[:-1] or None) for name in ["x1", "y1", "y2", "z1", "0"]]
    assert groups({"group": "country"}, cards) == {"y": 2, "x": 1, "z": 1}
    assert groups({"group": "country", "limit": 1}, cards) == {"y": 2}
    assert groups({"group": "modalities"}, cards) == {"text": 5}


def test_groups_by_month_leave_out_dates_of_a_year_alone() -> None:
    cards = [card("a", release_date="2025-07-15"), card("b", release_date="2025")]
    assert groups({"group": "release_date", "by": "year"}, cards) == {"2025": 2}
    assert groups({"group": "release_date", "by": "month"}, cards) == {"2025-07": 1}


def test_modalities_contain_whole_words_and_texts_contain_parts() -> None:
    cards = [card("a", modalities=("text", "image"), architecture="MoE (hybrid)"), card("b")]
    assert rows({"where": [["modalities", "contains", "image"]]}, cards) == ["a"]
    assert rows({"where": [["modalities", "lacks", "image"]]}, cards) == ["b"]
    assert rows({"where": [["architecture", "contains", "moe"]]}, cards) == ["a"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"where": [["country", "like", "China"]]},
        {"ids": ["a"], "where": [["country", "=", "China"]]},
        {"fields": ["country"]},
        {"limit": 3},
        {"having": 1},
    ],
)
def test_a_gold_of_no_known_form_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Gold.model_validate(wrong)


def test_a_field_that_no_card_has_is_an_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        rows({"where": [["colour", "=", "red"]]}, CARDS)
