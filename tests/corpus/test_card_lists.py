"""Lists of models as model cards: what is read of them, and what is refused, row by row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from corpus.card_lists import BadRow, RowCard, list_cards
from corpus.cards import ModelCard, curated_cards, place_in_file
from corpus.errors import SourceError
from corpus.sources import load

TODAY = date(2026, 12, 1)
CSV = """\
name,developer,open_weights,total_params_b,licence,modalities,MMLU,benchmarks.Own test,sources
Alpha-7B,Lab One,yes,7,MIT,"text, image",71.5,3,https://lab.one/alpha https://lab.one/more
Beta,Lab Two,no,,,,,,a talk in 2025
"""


def listed(tmp_path: Path, name: str, content: str | bytes) -> list[RowCard | BadRow]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    files = list(list_cards(path, "mine", TODAY))
    assert all(isinstance(file, RowCard | BadRow) for file in files)
    return [file for file in files if isinstance(file, RowCard | BadRow)]


def cards(tmp_path: Path, name: str, content: str) -> list[ModelCard]:
    return [f.card for f in listed(tmp_path, name, content) if isinstance(f, RowCard)]


def test_row_of_a_spreadsheet_is_a_card_whose_source_is_the_row(tmp_path: Path) -> None:
    alpha, beta = cards(tmp_path, "my models.csv", CSV)
    assert (alpha.id, alpha.total_params_b, alpha.licence) == ("alpha-7b", 7, "MIT")
    assert alpha.modalities == ("text", "image")
    assert alpha.benchmarks == {"MMLU": 71.5, "Own test": 3}
    assert alpha.address == "https://lab.one/alpha"
    assert place_in_file(alpha.sources[-1].url) == ("my models.csv", 2)
    assert (beta.open_weights, beta.licence_class, beta.modalities) == (False, "proprietary", ())
    assert (beta.address, beta.sources[0].supports) == (None, "all fields, after a talk in 2025")


def test_document_of_a_row_states_what_is_known_and_nothing_else(tmp_path: Path) -> None:
    _, beta = listed(tmp_path, "my models.csv", CSV)
    document = load(beta)
    assert document.text == (
        "Beta\n\nBeta is a closed model by Lab Two, of the Beta family.\n\nNotes and sources\n\n"
        "The facts about Beta rest on my models.csv, row 3 for all fields, after a talk in 2025."
    )
    assert (document.info.url, document.info.licence, document.info.sources) == (None, None, ())


def test_semicolons_and_tabs_part_columns_as_well(tmp_path: Path) -> None:
    for name, sign in (("a.csv", ";"), ("b.tsv", "\t")):
        text = sign.join(["name", "developer", "open_weights"]) + "\n" + sign.join("XYZ")
        (row,) = listed(tmp_path, name, text.replace("Z", "true"))
        assert isinstance(row, RowCard), row


def test_json_lists_are_read_wherever_the_catalogue_puts_them(tmp_path: Path) -> None:
    row = {"name": "Alpha", "developer": "Lab", "weights_repo": "lab/Alpha", "license": "MIT"}
    for content in ([row], {"as_of": None, "models": [row]}, row):
        (card,) = cards(tmp_path, "list.json", json.dumps(content))
        assert (card.open_weights, card.licence) == (True, "MIT")
    (line,) = listed(tmp_path, "list.jsonl", "\n\n" + json.dumps(row) + "\n")
    assert line.row == 3


def test_what_the_catalogue_prints_is_read_back_as_it_was(tmp_path: Path) -> None:
    shipped = [card for _, card in curated_cards()]
    models = [card.model_dump(mode="json") | {"document_id": card.document_id} for card in shipped]
    read = cards(tmp_path, "printed.json", json.dumps({"models": models}))
    assert [card.model_copy(update={"sources": card.sources[:-1]}) for card in read] == shipped


ROW = {"name": "Alpha", "developer": "Lab", "open_weights": True}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"developer": None}, "developer: it is missing"),
        ({"name": "  "}, "name: it is missing"),
        ({"name": "…"}, "name: it must have a letter or a digit"),
        ({"name": {"a": 1}}, "name:"),
        ({"name": "x" * 301}, "name:"),
        ({"open_weights": None}, "open_weights: say whether"),
        ({"open_weights": "perhaps"}, "open_weights:"),
        ({"id": "../../etc"}, "id:"),
        ({"total_params_b": -1}, "total_params_b:"),
        ({"total_params_b": 0}, "total_params_b:"),
        ({"total_params_b": "1e999"}, "total_params_b:"),
        ({"total_params_b": 2, "active_params_b": 3}, "active_params_b is larger"),
        ({"context_tokens_approx": 10**40}, "context_tokens_approx:"),
        ({"release_date": "2099-01-01"}, "release_date: 2099-01-01 is yet to come"),
        ({"release_date": "soon"}, "release_date:"),
        ({"release_date": "2025-02-30"}, "release_date:"),
        ({"modalities": ["smell"]}, "modalities.0:"),
        ({"modalities": ["text"] * 5}, "modalities:"),
        ({"benchmarks": {"MMLU": "high"}}, "benchmarks.MMLU:"),
        ({"benchmarks": {"MMLU": "Infinity"}}, "benchmarks.MMLU:"),
        ({"benchmarks": [1]}, "benchmarks:"),
        ({"benchmarks": {f"b{n}": n for n in range(300)}}, "benchmarks:"),
        ({"notes": ["n"] * 300}, "notes:"),
        ({"notes": ["n" * 700]}, "notes.0:"),
        ({"family": [[[[[[1]]]]]]}, "family:"),
        ({"disputes": [{"field": "smell"}]}, "disputes.0"),
    ],
)
def test_wrong_row_is_told_with_its_number_and_the_others_come_in(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    rows = [{**ROW, "name": "Other"}, ROW | change]
    good, bad = listed(tmp_path, "l.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert isinstance(good, RowCard) and isinstance(bad, BadRow)
    assert bad.reason.startswith(f"row 2: {reason}")
    assert "\n" not in bad.reason and len(bad.reason) < 400
    with pytest.raises(SourceError, match="row 2"):
        load(bad)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "row 2: not JSON"),
        ("[1]", "row 2: not an object"),
        ('{"name": "A", "total_params_b": NaN}', "row 2: not JSON (NaN is no number"),
        ("[" * 100_000, "row 2: nests too deep"),
        ('{"name": "' + "x" * 1_100_000 + '"}', "row 2: longer than"),
        ('{"name": "A", "total_params_b": ' + "9" * 5000 + "}", "row 2: not JSON"),
    ],
)
def test_line_that_is_no_record_is_told(tmp_path: Path, line: str, reason: str) -> None:
    _, bad = listed(tmp_path, "l.jsonl", json.dumps(ROW) + "\n" + line)
    assert isinstance(bad, BadRow)
    assert bad.reason.startswith(reason)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "", "no rows"),
        ("a.csv", "name,developer\n", "no rows"),
        ("a.csv", ",".join(f"c{n}" for n in range(1_000_000)) + "\n1", "more than 2,000 columns"),
        ("a.csv", "name,name\na,b", "two columns are called name"),
        ("a.csv", 'name,developer\n"' + "x" * 200_000, "not readable as CSV"),
        ("a.csv", "name,developer\n" + "a,b\n" * 20_001, "more than 20,000 rows"),
        ("a.csv", "colour,shape\nred,round", "none of its rows is a model card; row 2: name"),
        ("a.csv", b"\x00\x01\x02\xff" * 99, "not a text file"),
        ("a.json", "{", "not JSON"),
        ("a.json", "[" * 100_000, "nests too deep"),
        ("a.json", "17", "not a list"),
        ("a.json", "[]", "no rows"),
        ("a.json", '[{"name": Infinity}]', "Infinity is no number"),
        ("a.jsonl", "\n\n", "no rows"),
        ("a.txt", "name", "a list of models is a file in"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_file_that_is_no_list_is_refused_whole(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        listed(tmp_path, name, content)
    assert "\n" not in str(caught.value)


def test_strange_signs_are_taken_out_of_values_and_markup_stays_text(tmp_path: Path) -> None:
    row = ROW | {
        "name": "<b>A</b>\u202e\x00 1",
        "developer": "Lab\ud800\n| Two",
        "benchmarks": {"MMLU | 99\n": 1},
        "sources": ["javascript:alert(1)", {"url": "https://a.org/x"}, 7],
    }
    (card,) = cards(tmp_path, "l.jsonl", json.dumps(row))
    assert (card.name, card.developer) == ("<b>A</b> 1", "Lab | Two")
    assert card.benchmarks == {"MMLU / 99": 1}
    assert [s.url for s in card.sources] == ["https://a.org/x", "file:l.jsonl#row=1"]


def test_wrong_row_keeps_the_id_that_its_card_had(tmp_path: Path) -> None:
    good = ROW | {"id": "alpha"}
    (before,) = listed(tmp_path, "l.jsonl", json.dumps(good))
    _, after = listed(tmp_path, "l.jsonl", json.dumps(ROW | {"name": "B"}) + "\n" + json.dumps(
        good | {"total_params_b": -5}))  # fmt: skip
    assert isinstance(after, BadRow)
    assert before.document_id == after.document_id == "models/alpha"


def test_missing_list_is_a_source_that_cannot_be_listed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot read"):
        list_cards(tmp_path / "gone.csv", "mine")
