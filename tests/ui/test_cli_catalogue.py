"""``refdesk catalogue``: conditions as typed, the table and the document that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from corpus.cards import ModelCard, curated_cards
from index.catalogue import Condition, Query, Sort, parse_query
from index.home import Home
from index.store import Index
from tests.assistant.served_desk import CARDS, owning
from tests.index.hash_embedder import HashEmbedder
from ui.cli import cli
from ui.cli.where import EXAMPLES, as_spelt, condition
from ui.console_table import columns

Run = Callable[..., Result]


@pytest.fixture
def run(home: Path) -> Run:
    """Run ``refdesk catalogue`` on ``home``."""

    def run_command(*words: str) -> Result:
        return CliRunner().invoke(cli, ["catalogue", *words, "--home", str(home)])

    return run_command


def ids(result: Result) -> list[str]:
    """The ids of the models that a command printed as JSON."""
    assert result.exit_code == 0, result.stderr
    return [model["id"] for model in json.loads(result.stdout)["models"]]


@pytest.mark.parametrize(
    ("typed", "field", "operator", "value"),
    [
        ("country=China", "country", "=", "China"),
        ("country==China", "country", "=", "China"),
        (" total_params_b > 100 ", "total_params_b", ">", 100),
        ("total_params_b>=1.6T", "total_params_b", ">=", 1600),
        ("total_params_b<500M", "total_params_b", "<", 0.5),
        ("active_params_b<=37B", "active_params_b", "<=", 37),
        ("context_tokens_approx>=128K", "context_tokens_approx", ">=", 128000),
        ("context_tokens_approx>1,000,000", "context_tokens_approx", ">", 1_000_000),
        ("benchmarks.SWE-bench Verified>=70.5", "benchmarks.SWE-bench Verified", ">=", 70.5),
        ("benchmarks.AIME24>80%", "benchmarks.AIME24", ">", 80),
        ("licence_spdx!=MIT", "licence_spdx", "!=", "MIT"),
        ("license_spdx=MIT", "licence_spdx", "=", "MIT"),
        ("release-date>=2025-03", "release_date", ">=", "2025-03"),
        ("modalities~image", "modalities", "contains", "image"),
        ("modalities!~Image", "modalities", "lacks", "image"),
        ("developer~ali", "developer", "contains", "ali"),
        ("open_weights=true", "open_weights", "=", True),
        ("open_weights!=true", "open_weights", "=", False),
        ("open_weights=No", "open_weights", "=", False),
        ("licence=?", "licence", "known", False),
        ("total_params_b!=?", "total_params_b", "known", True),
        ("country=China| France", "country", "in", ("China", "France")),
        ("country!=China|France", "country", "not in", ("China", "France")),
        ("name=a=b", "name", "=", "a=b"),
    ],
)
def test_an_expression_is_read_as_it_says(
    typed: str, field: str, operator: Any, value: Any
) -> None:
    assert condition(typed) == Condition(field, operator, value)
    assert type(condition(typed).value) is type(value)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("China", "write FIELD OPERATOR VALUE"),
        ("", "write FIELD OPERATOR VALUE"),
        ("=China", "write FIELD OPERATOR VALUE"),
        ("country=", "the value is missing"),
        ("contry=China", "did you mean country?"),
        ("wheels=4", "use one of id, name"),
        ("benchmarks.=4", "use one of id, name"),
        ("country>China", "country is asked with = != ~ !~"),
        ("modalities=image", "modalities is asked with ~ !~"),
        ("total_params_b~7", "total_params_b is asked with = != < <= > >="),
        ("total_params_b>big", "a number, such as 100 or 128K"),
        ("total_params_b>nan", "a number, such as 100 or 128K"),
        ("total_params_b>" + "9" * 400, "ordinary size"),
        ("release_date>soon", "2025, 2025-03 or 2025-03-05"),
        ("release_date=2025-02-30", "2025, 2025-03 or 2025-03-05"),
        ("open_weights=maybe", "true or false"),
        ("open_weights=?", "true or false"),
        ("country=" + "|".join(map(str, range(500))), "name fewer"),
    ],
)
def test_a_bad_expression_is_refused_in_one_line_with_advice(
    run: Run, home: Path, typed: str, advice: str
) -> None:
    result = run("--where", typed, "--json")
    assert result.exit_code == 2
    assert advice in json.loads(result.stdout)["error"]
    assert len(result.stderr.strip().splitlines()) == 1
    assert not home.exists()


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("--sort", "wheels"), "use one of"),
        (("--sort", "country:up"), "FIELD:asc or FIELD:desc"),
        (("--sort", "modalities"), "sort by another field"),
        (("--limit", "0"), "range"),
        (("--group-by", "total_params_b"), "use a text field"),
        (("--columns", "name,wheels"), "use one of"),
        (("--where", "name~a") * 21, "name fewer"),
    ],
)
def test_bad_options_are_refused_in_one_line_with_advice(
    run: Run, words: tuple[str, ...], advice: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert advice in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_every_example_of_the_help_can_be_asked(run: Run) -> None:
    text = run("--help").stdout
    for example in EXAMPLES:
        assert example in text
        assert isinstance(condition(example), Condition)


def test_the_spelling_of_the_cards_is_found(run: Run) -> None:
    def spelt(typed: str) -> tuple[Condition, str | None]:
        return as_spelt(condition(typed), CARDS)

    assert spelt("country=china") == (Condition("country", "=", "China"), None)
    assert spelt("licence_spdx!=apache 2.0")[0].value == "Apache-2.0"
    assert spelt("country=CHINA|france")[0].value == ("China", "France")
    assert spelt("benchmarks.aime 24>80")[0].field == "benchmarks.AIME24"
    given, hint = spelt("country=Chna")
    assert given.value == "Chna"
    assert hint is not None and "there are: China" in hint
    assert "no card has a score on" in (spelt("benchmarks.nonsense>3")[1] or "")


def test_json_is_one_document_with_every_field_of_the_cards(run: Run) -> None:
    words = ("--where", "country=china", "--where", "total_params_b>100", "--sort",
             "total_params_b:desc", "--limit", "5", "--json")  # fmt: skip
    printed = json.loads(run(*words).stdout)
    query = parse_query(printed["query"])
    assert query.sort == Sort("total_params_b", descending=True)
    assert query.conditions[0] == Condition("country", "=", "China")
    assert printed["described"].startswith("country China, total parameters over 100B")
    by_id = {card.id: card for card in CARDS}
    sizes = sorted(
        (c.total_params_b for c in CARDS if c.country == "China" and (c.total_params_b or 0) > 100),
        reverse=True,
    )
    assert printed["matched"] == len(sizes)
    assert [model["total_params_b"] for model in printed["models"]][:5] == sizes[:5]
    unknown = [c for c in CARDS if c.country == "China" and c.total_params_b is None]
    assert printed["unknown"]["total_params_b"] == len(unknown)
    for model in printed["models"]:
        document_id = model.pop("document_id")
        assert ModelCard.model_validate(model) == by_id[model["id"]]
        assert document_id == by_id[model["id"]].document_id
    assert printed["groups"] == []
    assert printed["as_of"] is None


def test_without_conditions_every_card_is_printed(run: Run) -> None:
    assert set(ids(run("--json"))) == {card.id for _, card in curated_cards()}


def test_groups_count_the_models(run: Run) -> None:
    printed = json.loads(run("--group-by", "country", "--json").stdout)
    counts = {group["value"]: group["count"] for group in printed["groups"]}
    assert counts["China"] == sum(card.country == "China" for card in CARDS)
    assert sum(counts.values()) == printed["matched"] == len(printed["models"]) == len(CARDS)
    text = run("--group-by", "country").stdout
    assert text.splitlines()[0].split() == ["Country", "Models"]
    assert f"{len(CARDS)} models match" in text


def test_the_table_says_what_matched_and_what_was_left_out(run: Run) -> None:
    result = run("--where", "total_params_b>100", "--limit", "3")
    matched = sum((card.total_params_b or 0) > 100 for card in CARDS)
    unknown = sum(card.total_params_b is None for card in CARDS)
    assert f"{matched} models match (total parameters over 100B); 3 shown" in result.stdout
    assert f"{unknown} more left out: total parameters unknown" in result.stdout
    assert "ship with refdesk" in result.stderr, "nothing was refreshed, and it says so"


def test_columns_can_be_chosen(run: Run) -> None:
    result = run("--where", "name=deepseek-r1", "--columns", "licence, benchmarks.AIME24")
    assert [line.split() for line in result.stdout.splitlines()[:2]] == [
        ["Model", "Licence", "AIME24"],
        ["DeepSeek-R1", "MIT", "79.8"],
    ]


def test_nothing_found_is_an_empty_list_with_a_hint_and_no_failure(run: Run) -> None:
    result = run("--where", "developer=Deepsek", "--json")
    assert ids(result) == []
    assert "there are: DeepSeek" in result.stderr
    assert json.loads(result.stdout)["notes"]


def test_a_home_that_leaves_the_curated_corpus_out_says_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFDESK_CURATED", "0")
    result = run("--json")
    assert ids(result) == []
    assert "run: refdesk refresh" in result.stderr


def test_a_refreshed_home_answers_from_its_record(run: Run, home: Path) -> None:
    with Index.open(home, HashEmbedder()) as index:
        index.refresh()
        expected = [row.card.id for row in index.catalogue(Query()).rows]
        as_of = index.status().as_of
    result = run("--json")
    assert ids(result) == expected
    assert json.loads(result.stdout)["as_of"] == as_of
    assert result.stderr == ""


def test_an_owner_is_asked_with_the_query_as_spelt(run: Run, home: Path) -> None:
    with owning(home) as desk:
        desk.hold.set()
        Home(home).record.touch()
        result = run("--where", "country=china", "--limit", "2", "--json")
    asked = [call[1] for call in desk.asked if call[0] == "catalogue"]
    assert asked == [Query(conditions=(Condition("country", "=", "China"),), limit=2)]
    assert len(ids(result)) == 2


def test_another_process_is_answered_by_the_owner_or_without_one(home: Path) -> None:
    with Index.open(home, HashEmbedder()) as index:
        index.refresh()
    alone = refdesk("--where", "open_weights=false", "--json", "--home", str(home))
    with owning(home):
        served = refdesk("--where", "open_weights=false", "--json", "--home", str(home))
    expected = {card.id for card in CARDS if not card.open_weights}
    assert {m["id"] for m in alone["models"]} == {m["id"] for m in served["models"]} == expected
    assert served["models"] == alone["models"]


def refdesk(*words: str) -> dict[str, Any]:
    """What ``refdesk catalogue`` prints as a process that may not load anything heavy."""
    program = (
        "import sys\n"
        "for name in ('torch', 'chromadb', 'sentence_transformers', 'xllamacpp', 'gradio',"
        " 'llama_index.core'): sys.modules[name] = None\n"
        "from ui.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "catalogue", *words],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"REFDESK_WEIGHTS": "/nowhere"},
    )
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_the_table_fits_the_terminal(width: int) -> None:
    from index.card_record import answer_from
    from ui.cli.catalogue import shown_columns
    from ui.console_catalogue import catalogue_text

    result = answer_from(CARDS, Query(conditions=(Condition("total_params_b", ">", 100),)))
    text = catalogue_text(result, shown_columns(result.query), width)
    rows = text.split("\n\n")[0].splitlines()
    assert len(rows) == result.matched + 1
    assert max(map(columns, rows)) <= width
    assert "Total" in rows[0], "what was asked about is not what is left out"
    assert click.unstyle(text) == text
