"""Tables of answers and of the catalogue: order keys, folds, citations, and the CSV of them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Answer, Table
from tests.ui.scripted import BIG_CARDS, FORMULA, ScriptedDesk, of_card, table_answer
from tests.ui.test_render import Tags
from ui import render, render_sources
from ui.csv_table import csv_address, csv_text
from ui.render_table import Cell, Look, data_table, key_of, value_cell
from ui.views import COMPACT_FROM, TurnView, source_cards

ANSWER = table_answer("?")
LOOK = Look("t", "A table")


def turn(answer: Answer = ANSWER) -> TurnView:
    return TurnView(1, "?", "done", answer=answer)


def shown_table(answer: Answer) -> Tags:
    return Tags(render.turn_article(turn(answer)))


@pytest.mark.parametrize(
    ("value", "text", "key"),
    [
        (671, "671", 671.0),
        (671.0, "671", 671.0),
        (32.5, "32.5", 32.5),
        (1_000_000, "1,000,000", 1e6),
        ("671B", "671B", 671e9),
        ("1.6T", "1.6T", 1.6e12),
        ("128,000", "128,000", 128000.0),
        ("79.8%", "79.8%", 79.8),
        ("-3", "-3", -3.0),
        (True, "yes", "yes"),
        ("MIT", "MIT", "mit"),
        ("2025-01-20", "2025-01-20", "2025-01-20"),
        (("text", "image"), "text, image", "text, image"),
        ("B", "B", "b"),
    ],
)
def test_values_are_shown_and_sorted_as_what_they_are(
    value: object, text: str, key: float | str
) -> None:
    assert value_cell(value) == Cell(text, key)
    assert key_of(value, text) == key


def test_what_is_not_known_is_a_dash_and_has_no_order() -> None:
    assert value_cell(None) == value_cell("") == Cell("–", None)
    assert "data-key" not in data_table(("A",), [[value_cell(None)]], LOOK)


def test_columns_of_numbers_are_set_right_and_others_are_not() -> None:
    rows = [[value_cell("a"), value_cell(1)], [value_cell("3B"), value_cell(None)]]
    tags = Tags(data_table(("Name", "Size"), rows, LOOK)).tags
    cells = [attrs.get("class") for tag, attrs in tags if tag in ("th", "td")]
    assert cells == [None, "number", None, "number", None, "number"]


def test_heads_are_buttons_unless_the_rows_are_no_list() -> None:
    assert "<button" in data_table(("A",), [[Cell("x")]], LOOK)
    assert "<button" not in data_table(("A",), [[Cell("x")]], replace(LOOK, sortable=False))
    side_by_side = replace(ANSWER, table=Table(("", "R1"), (("Licence", "MIT"), ("Size", 671)),
                                               query={"shape": "compare"}))  # fmt: skip
    assert "aria-sort" not in render.turn_article(turn(side_by_side))


def test_a_long_table_is_folded_and_says_how_long_it_is() -> None:
    rows = [[Cell(str(n))] for n in range(21)]
    assert "Show all 21 rows" in data_table(("A",), rows, LOOK)
    assert 'data-most="20"' in data_table(("A",), rows, LOOK)
    assert "Show all" not in data_table(("A",), rows[:20], LOOK)


def test_every_row_of_an_answer_cites_its_card_and_the_query_is_told() -> None:
    html = render.turn_article(turn())
    assert "Query: total parameters over 60B" in html
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    for number in range(1, len(BIG_CARDS) + 1):
        assert table.count(f'href="#source-{number}"') == 1


def test_a_row_with_many_sources_folds_all_but_the_first() -> None:
    table = Table(("Licence", "Models"), (("MIT", 60), ("x", 1)), (tuple(range(1, 61)), (1,)))
    html = render.turn_article(turn(replace(ANSWER, table=table)))
    assert "<summary>+57</summary>" in html
    assert html.count('href="#source-60"') == 1
    assert html.index('href="#source-3"') < html.index("<details") < html.index("#source-4")


def test_a_single_row_has_neither_order_nor_download() -> None:
    table = Table(("Model", "Licence"), (("R1", "MIT"),), ((1,),))
    html = render.turn_article(turn(replace(ANSWER, table=table)))
    assert "<td" in html and "aria-sort" not in html and "CSV" not in html


def test_a_table_without_rows_is_not_shown() -> None:
    html = render.turn_article(turn(replace(ANSWER, table=Table(("Model",), ()))))
    assert "<table" not in html


# --- the CSV --------------------------------------------------------------------------------


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_csv_holds_every_row_as_it_is_and_the_addresses_of_its_sources() -> None:
    table = ANSWER.table
    assert table is not None
    head, *rows = parsed(csv_text(table, ANSWER.citations))
    assert head == [*table.columns, "Sources"]
    assert len(rows) == len(table.rows)
    card = BIG_CARDS[0]
    assert rows[0][:2] == [card.name, str(card.total_params_b)]
    assert rows[0][-1] == ANSWER.citations[0].url
    assert rows[-1] == ["Formula", "-1.5", "", "", f"'{FORMULA}", ""]


def test_the_address_is_the_csv_in_utf_8_and_cannot_leave_its_attribute() -> None:
    table = Table(('Name "of" <b>', "模型"), (("a\nb", "三"), ("'\"><script>", "&amp;")))
    address = csv_address(table, ())
    head, _, data = address.partition(",")
    assert head == "data:text/csv;charset=utf-8"
    assert not set("\"'<>& \n") & set(data)
    text = unquote_to_bytes(data).decode("utf-8")
    assert text == "\ufeff" + csv_text(table, ())
    assert parsed(text[1:])[1][:2] == ["a\nb", "三"]


@given(st.text(max_size=30))
def test_no_text_starts_a_formula_in_a_spreadsheet(text: str) -> None:
    cells = parsed(csv_text(Table((text,), ((text,), ([text],))), ()))
    for row in cells:
        assert not row[0].lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_sources_of_a_group_are_bounded() -> None:
    cited = tuple(replace(c, url=f"https://x.test/{c.number}") for c in ANSWER.citations)
    numbers = tuple(c.number for c in cited)
    text = csv_text(Table(("Licence",), (("MIT",),), (numbers,)), cited)
    assert parsed(text)[1][1].endswith(f"https://x.test/20 (+{len(cited) - 20} more)")


# --- many sources -----------------------------------------------------------------------


def test_many_model_cards_are_listed_by_model_with_an_id_per_quote(tmp_path: object) -> None:
    again = replace(of_card(99, BIG_CARDS[0]), quote="again")
    view = replace(turn(), cards=source_cards(NoDocuments(), (*ANSWER.citations, again)))
    html = render_sources.sources_panel((view,))
    tags = Tags(html).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert sorted(ids) == sorted(f"source-{c.number}" for c in (*ANSWER.citations, again))
    groups = [attrs for tag, attrs in tags if attrs.get("class") == "model-group"]
    assert len(groups) == len(BIG_CARDS)
    assert f"Show all {len(BIG_CARDS)} models" in html
    assert html.index('id="source-1"') < html.index('id="source-99"') < html.index('id="source-2"')
    assert html.count("<mark>") == len(ids)


def test_a_few_model_cards_keep_the_text_around_their_quote() -> None:
    desk = ScriptedDesk(home=None)  # type: ignore[arg-type]
    few = ANSWER.citations[: COMPACT_FROM - 1]
    cards = source_cards(desk, few)
    assert all(card.before for card in cards)
    html = render_sources.sources_panel((replace(turn(), cards=cards),))
    assert html.count('<article class="source"') == len(few)


class NoDocuments(ScriptedDesk):
    """A desk whose documents may not be read."""

    def __init__(self) -> None:
        pass

    def document(self, document_id: str, quoted: object = None) -> None:
        raise AssertionError("a long list of cards needs no documents")
