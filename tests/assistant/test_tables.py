"""Which column a number stands in decides whether a sentence may use it."""

from assistant.attribution import check
from assistant.attribution.tables import columns_of
from tests.assistant.passages import passage

RULER = passage(
    "Zephyr-7B | 94.0 | 85.6\nBreeze-7B | 90.1 | 80.2",
    title="Long-context results",
    headings=("RULER",),
    header="Model | 64K | 128K",
)


def test_the_header_may_stand_in_the_passage_or_above_it() -> None:
    inside = passage("Model | 64K | 128K\nZephyr-7B | 94.0 | 85.6")
    assert columns_of(inside, "Zephyr-7B | 94.0 | 85.6") == ["Model", "64K", "128K"]
    assert columns_of(RULER, "Zephyr-7B | 94.0 | 85.6") == ["Model", "64K", "128K"]


def test_two_header_rows_are_joined_by_column() -> None:
    two = passage(
        "Zephyr | 1 | 2", header="| RULER | RULER\nModel | 64K | 128K".replace("| R", " | R", 1)
    )
    assert columns_of(two, "Zephyr | 1 | 2") == ["Model", "RULER 64K", "RULER 128K"]


def test_a_row_of_another_width_has_no_columns() -> None:
    assert columns_of(RULER, "one | two") == []


def test_a_number_from_the_named_column_is_supported() -> None:
    assert check("Zephyr-7B scores 85.6 on RULER at 128K.", [RULER]).supported


def test_a_number_from_another_column_is_not() -> None:
    support = check("Zephyr-7B scores 94.0 on RULER at 128K.", [RULER])
    assert not support.supported
    assert [gate.name for gate in support.gates if not gate.passed] == ["columns"]


def test_a_number_from_another_row_is_not() -> None:
    assert not check("Zephyr-7B scores 80.2 on RULER at 128K.", [RULER]).supported


def test_a_number_that_only_the_header_holds_states_nothing() -> None:
    models = passage("MMLU | 88 | 89", header="Test | Gemini 2.5 Pro | Llama-3.1-405B")
    assert not check("Gemini 2.5 Pro has 405B parameters on MMLU.", [models]).supported
