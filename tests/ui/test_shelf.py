"""The Corpus and Models views: what a wish finds and counts, and the HTML made of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from corpus.cards import ModelCard
from corpus.types import DocumentInfo
from index.card_record import answer_from
from index.types import Failure, Mention, Status
from tests.ui.scripted import CARDS, INFOS, ScriptedDesk
from tests.ui.test_render import HOSTILE, Tags
from ui import catalogue_charts, render_card, render_shelf
from ui.app import build_server
from ui.holdings import FILTERS, NONE, find, holdings
from ui.model_shelf import BANDS, NAMES, FoundModels, find_models
from ui.models_csv import FIELDS, models_csv
from ui.shelf_forms import documents_form, models_form
from ui.wanted import MAX_PAIRS, PAGE_ROWS, Wanted, read_wanted

STATUS = Status(3, 7, 7, 1, (), (), "2026-11-23T09:00:00Z", "home", "e")


def info(number: int, **known: Any) -> DocumentInfo:
    return DocumentInfo(f"src/{number}", known.pop("title", f"Title {number:05}"), **known)


def wish(*pairs: tuple[str, str], filters: tuple[str, ...] = FILTERS) -> Wanted:
    return read_wanted(pairs, filters)


def ids(infos: list[DocumentInfo], *pairs: tuple[str, str]) -> list[str]:
    found = find(holdings(infos, STATUS), wish(*pairs))
    return [row.info.id for row in found.rows]


# --- wishes -------------------------------------------------------------------------------


def test_a_wish_survives_its_own_address() -> None:
    wanted = wish(("publisher", "A & B"), ("publisher", "C"), ("q", "mit licence"), ("page", "3"))
    assert wanted.of("publisher") == ("A & B", "C") and wanted.page == 3
    assert wanted.address(page="3") == "publisher=A+%26+B&publisher=C&q=mit+licence&page=3"
    assert wanted.address(q="") == "publisher=A+%26+B&publisher=C", "and back on the first page"
    assert wanted.without("publisher") == wish(("q", "mit licence"))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=100))
def test_any_address_gives_a_bounded_wish(pairs: list[tuple[str, str]]) -> None:
    wanted = read_wanted([*pairs, ("page", "99999999999")], FILTERS)
    assert len(wanted.chosen) + len(wanted.settings) <= MAX_PAIRS
    assert wanted.page == 1
    find(holdings([info(1)], STATUS), wanted)
    find_models(lambda query: answer_from(CARDS[:3], query), read_wanted(pairs, NAMES))


# --- documents ----------------------------------------------------------------------------


def test_filters_narrow_and_their_counts_leave_themselves_out() -> None:
    infos = [
        info(1, publisher="A", language="en", tags=("x", "y")),
        info(2, publisher="A", language="zh"),
        info(3, publisher="B", language="en"),
        info(4, language="en"),
    ]
    found = find(holdings(infos, STATUS), wish(("publisher", "A"), ("language", "en")))
    assert [row.info.id for row in found.rows] == ["src/1"] and found.total == 1
    assert found.counts["publisher"] == Counter({"A": 1, "B": 1, NONE: 1})
    assert found.counts["language"] == Counter({"en": 1, "zh": 1})
    assert found.counts["tag"] == Counter({"x": 1, "y": 1})
    assert ids(infos, ("publisher", "A"), ("publisher", "B")) == ["src/1", "src/2", "src/3"]
    assert ids(infos, ("publisher", NONE)) == ["src/4"]


def test_every_word_must_be_found_somewhere() -> None:
    infos = [info(1, title="Export controls", tags=("chips",)), info(2, title="Export of rice")]
    assert ids(infos, ("q", "CHIPS export")) == ["src/1"]
    assert ids(infos, ("q", "export rice chips")) == []


def test_orders_and_pages() -> None:
    infos = [info(n, published=f"2024-{1 + n % 12:02}") for n in range(PAGE_ROWS + 5)]
    newest = ids(infos)
    assert len(newest) == PAGE_ROWS and newest[0] == "src/11"
    assert ids(infos, ("sort", "oldest"))[0] == "src/0"
    assert ids(infos, ("sort", "title")) == [f"src/{n}" for n in range(PAGE_ROWS)]
    assert len(ids(infos, ("page", "2"))) == 5
    assert ids(infos, ("page", "40")) == ids(infos, ("page", "2")), "beyond the end: the last"


def test_undated_documents_come_last_whichever_way_dates_are_sorted() -> None:
    infos = [info(1), info(2, published="2024"), info(3, published="2025")]
    assert ids(infos) == ["src/3", "src/2", "src/1"]
    assert ids(infos, ("sort", "oldest")) == ["src/2", "src/3", "src/1"]


def test_what_is_new_since_the_last_visit_is_counted_and_can_be_filtered() -> None:
    infos = [
        info(1, first_seen="2026-11-01T00:00:00Z", changed="2026-11-01T00:00:00Z"),
        info(2, first_seen="2026-11-01T00:00:00Z", changed="2026-11-21T00:00:00Z"),
        info(3, first_seen="2026-11-21T00:00:00Z", changed="2026-11-22T00:00:00Z"),
        info(4),
    ]
    since = ("since", "2026-11-20T10:00:00Z")
    found = find(holdings(infos, STATUS), wish(since))
    assert (found.new, found.changed, found.total) == (1, 1, 4)
    html = render_shelf.documents_shelf(found, wish(since))
    assert "Only the 1 new and 1 changed since your last visit (2026-11-20 10:00 UTC)" in html
    assert ids(infos, since, ("new", "1")) == ["src/2", "src/3"]
    assert "last visit" not in render_shelf.documents_shelf(find(holdings(infos, STATUS), wish()),
                                                            wish())  # fmt: skip


def test_each_document_says_what_became_of_its_file() -> None:
    failed = (Failure("src/1", "x.pdf", "it is encrypted"), Failure("src/9", "y.pdf", "no text"))
    status = replace(STATUS, failed=failed, pending=("src/2",))
    held = holdings([info(1), info(2), info(3)], status)
    found = find(held, wish())
    html = Tags(render_shelf.documents_shelf(found, wish(), failed[1:])).text
    assert "older version kept: it is encrypted" in html and "being indexed" in html
    assert "1 file could not be read" in html and "src/9: no text" in html
    assert found.counts["state"] == Counter({"ready": 1, "being indexed": 1,
                                             "older version kept": 1})  # fmt: skip
    only = find(held, wish(("state", "being indexed")))
    assert [row.info.id for row in only.rows] == ["src/2"]


def test_a_page_of_ten_thousand_documents_is_small_and_has_all_the_counts() -> None:
    infos = [info(n, publisher=f"P{n % 300}", tags=(f"t{n % 500}",)) for n in range(10_000)]
    found = find(holdings(infos, STATUS), wish())
    html = render_shelf.documents_shelf(found, wish())
    assert len(html) < 120_000
    assert "10,000 documents" in html and "1 to 50 of 10,000" in html
    assert sum(found.counts["publisher"].values()) == 10_000


def test_an_empty_corpus_and_an_empty_result_say_what_to_do() -> None:
    nothing = find((), wish())
    assert "Drop files" in render_shelf.documents_shelf(nothing, wish())
    searched = wish(("q", "x"))
    assert "Clear filters" in render_shelf.documents_shelf(find((), searched), searched)
    none = find_models(lambda query: answer_from((), query), Wanted())
    assert "No model cards" in render_shelf.models_shelf(none, Wanted())


# --- models -------------------------------------------------------------------------------


def models(*pairs: tuple[str, str], cards: tuple[ModelCard, ...] = CARDS) -> list[ModelCard]:
    wanted = read_wanted(pairs, NAMES)
    return list(find_models(lambda query: answer_from(cards, query), wanted).cards)


def test_filters_of_models_are_queries_of_the_catalogue() -> None:
    found = models(("country", "China"), ("country", "France"), ("terms", "permissive"),
                   ("size", "large"), ("from", "2025"), ("to", "2025"))  # fmt: skip
    expected = [
        card
        for card in CARDS
        if card.country in ("China", "France")
        and card.licence_class == "permissive"
        and 40 <= (card.total_params_b or 0) < 150
        and (card.release_date or "").startswith("2025")
    ]
    assert expected and {card.id for card in found} == {card.id for card in expected}
    assert {card.country for card in models(("country", "unknown"))} == {None}


def test_the_bands_of_size_part_all_known_sizes() -> None:
    found = [card.id for band in BANDS for card in models(("size", band.name))]
    assert sorted(found) == sorted(c.id for c in CARDS if c.total_params_b is not None)


def test_models_are_searched_by_any_name_they_have_and_sorted_by_any_column() -> None:
    assert any(card.id == "deepseek-r1" for card in models(("q", "deep ai 1")))
    sizes = [card.total_params_b for card in models(("sort", "-total_params_b"))]
    known = [size for size in sizes if size is not None]
    assert known == sorted(known, reverse=True) and None not in sizes[: len(known)]
    dates = [card.release_date or "" for card in models(("sort", "no such field"))]
    assert dates == sorted(dates, reverse=True)


def test_a_filter_of_models_is_counted_without_itself() -> None:
    wanted = read_wanted([("developer", "Meta")], NAMES)
    found = find_models(lambda query: answer_from(CARDS, query), wanted)
    assert found.counts["developer"] == Counter(card.developer for card in CARDS)
    assert found.counts["country"] == Counter(
        card.country for card in CARDS if card.developer == "Meta"
    )


def test_a_filter_says_how_many_cards_it_cannot_judge() -> None:
    wanted = read_wanted([("size", "huge")], NAMES)
    html = render_shelf.models_shelf(
        find_models(lambda query: answer_from(CARDS, query), wanted), wanted
    )
    unsized = sum(card.total_params_b is None for card in CARDS)
    assert f"Left out: {unsized} of unknown size." in html


def test_a_date_that_is_none_finds_nothing_and_breaks_nothing() -> None:
    assert models(("from", "yesterday")) == []
    assert models(("developer", "\ud800")) == []


def test_the_csv_has_every_field_score_and_source() -> None:
    r1 = next(card for card in CARDS if card.id == "deepseek-r1")
    head, row = csv.reader(io.StringIO(models_csv([r1]).removeprefix("\ufeff"), newline=""))
    told = dict(zip(head, row, strict=True))
    assert [*head[: len(FIELDS)], head[-1]] == [*FIELDS, "Sources"]
    assert told["name"] == "DeepSeek-R1" and float(told["MMLU"]) == r1.benchmarks["MMLU"]
    assert told["Sources"].split() == [source.url for source in r1.sources]


# --- charts -------------------------------------------------------------------------------


def test_every_dated_card_is_a_dot_that_leads_to_it_and_the_others_are_counted() -> None:
    html = catalogue_charts.release_chart(CARDS)
    dated = [card for card in CARDS if card.release_date]
    links = [attrs["href"] for tag, attrs in Tags(html).tags if tag == "a"]
    assert Counter(links) == Counter(f"/card?id={card.id}" for card in dated)
    assert f"{len(CARDS) - len(dated)} cards lack a date of release." in html


def test_scores_are_drawn_and_tabled_for_the_cards_that_have_both_figures() -> None:
    found = catalogue_charts.scores(CARDS, "MMLU")
    both = [c for c in CARDS if "MMLU" in c.benchmarks and c.total_params_b is not None]
    assert len(found.points) == len(both)
    assert found.unscored + found.unsized + len(both) == len(CARDS)
    html = catalogue_charts.score_chart(CARDS, "MMLU")
    assert f"{found.unscored} cards have no MMLU score." in html
    assert "None of these models reports no such." in catalogue_charts.score_chart(CARDS, "no such")


def test_licences_by_year_add_up_and_lead_to_their_cards() -> None:
    found = catalogue_charts.licence_years(CARDS)
    told = sum(sum(counts.values()) for _, counts in found.counts)
    assert told + found.undated == len(CARDS)
    year, counts = found.counts[-1]
    html = catalogue_charts.licence_chart(CARDS)
    assert f"#models?terms=permissive&amp;from={year}&amp;to={year}" in html
    chosen = models(("terms", "permissive"), ("from", year), ("to", year))
    assert len(chosen) == counts["permissive"]


# --- a card's page ------------------------------------------------------------------------


def body_of(page: str) -> str:
    """What stands in a page's body; its title is text as well."""
    return page[page.index("<main") : page.index("</body>")]


def test_a_card_s_page_has_every_field_its_sources_relatives_and_mentions() -> None:
    card = next(card for card in CARDS if card.id == "deepseek-r1")
    siblings = [other for other in CARDS if other.family == card.family]
    mention = Mention(INFOS["curated/r1"], 3, 14)
    tags = Tags(body_of(render_card.card_page(card, "", siblings, [mention])))
    for value in ("DeepSeek-R1", "20 January 2025", "671B", "37B", "MIT (permissive)", "MMLU"):
        assert value in tags.text
    links = [attrs.get("href") or "" for tag, attrs in tags.tags if tag == "a"]
    assert {source.url for source in card.sources} <= set(links)
    assert {f"/card?id={other.id}" for other in siblings if other is not card} <= set(links)
    assert "/document?id=curated%2Fr1&start=3&end=14#quote" in links
    assert any(link.startswith("/?ask=What%20is%20known%20about%20DeepSeek-R1") for link in links)


def test_a_field_names_the_sources_that_say_they_support_it() -> None:
    card = next(card for card in CARDS if card.id == "deepseek-r1")
    assert render_card.supporting(card, "licence") == (1,)
    assert render_card.supporting(card, "country") == ()
    single = next(card for card in CARDS if len(card.sources) == 1)
    assert render_card.supporting(single, "country") == (1,)


def test_every_shipped_card_has_a_page() -> None:
    for card in CARDS:
        assert card.sources[0].url.replace("&", "&amp;") in render_card.card_page(card, "")


# --- nothing can be forged ------------------------------------------------------------------


def hostile_card(payload: str) -> ModelCard:
    """A card that no validator has seen."""
    names = "id name developer country licence family architecture base_model".split()
    source = CARDS[0].sources[0].model_copy(update={"url": payload, "supports": payload})
    return CARDS[0].model_copy(
        update={
            **dict.fromkeys(names, payload),
            "licence_spdx": None,
            "aliases": (payload,),
            "notes": (payload,),
            "benchmarks": {payload: 1.0},
            "sources": (source,),
        }
    )


def everything(payload: str) -> str:
    hostile = DocumentInfo(*[payload] * 3, "document", *[payload] * 6, (payload,))
    held = holdings([hostile, replace(hostile, id="2")], replace(STATUS, failed=(
        Failure(payload, payload, payload),)))  # fmt: skip
    wanted = wish(("publisher", payload), ("q", "x"), ("since", payload), ("tag", payload))
    card = hostile_card(payload)
    chosen = read_wanted([("developer", payload), ("benchmark", payload)], NAMES)
    found = FoundModels((card,), (card,), {name: Counter({payload: 1, "2": 1}) for name in NAMES})
    shelf = find(held, replace(wanted, settings=()))
    return "".join(
        (
            render_shelf.documents_shelf(shelf, wanted, (Failure(payload, payload, payload),)),
            render_shelf.models_shelf(found, chosen),
            body_of(render_card.card_page(card, "", [card, CARDS[1]], [Mention(hostile, 0, 1)])),
            catalogue_charts.release_chart([card]),
            catalogue_charts.score_chart([card], payload),
            catalogue_charts.licence_chart([card]),
        )
    )


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_document_or_card_makes_a_tag_or_an_attribute(payload: str) -> None:
    hostile, plain = Tags(everything(payload)), Tags(everything("plain"))
    allowed = {tag for tag, _ in plain.tags}
    assert {tag for tag, _ in hostile.tags} <= allowed
    names = {name for _, attrs in plain.tags for name in attrs}
    assert {name for _, attrs in hostile.tags for name in attrs} <= names


# --- the addresses --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    desk = ScriptedDesk(tmp_path_factory.mktemp("home"))
    with TestClient(build_server(desk, "127.0.0.1"), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/shelf/documents", "DeepSeek-R1: what was released"),
        ("/shelf/documents?kind=Model+card", "QwQ-32B"),
        ("/shelf/models?developer=Meta", "Llama"),
        ("/shelf/models?show=releases", "<svg"),
        ("/shelf/models?show=scores&benchmark=MMLU", "Parameters against MMLU"),
        ("/shelf/models?show=licences", "Kinds of licence by year"),
        ("/shelf/models.csv?family=Yi", "Yi-34B"),
        ("/card?id=deepseek-r1", "What is known"),
    ],
)
def test_each_address_answers(client: TestClient, address: str, told: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 200 and told in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_an_unknown_card_is_a_clear_404(client: TestClient) -> None:
    for wrong in ("", "?id=none", "?id=" + "x" * 500, "?id=%00"):
        reply = client.get(f"/card{wrong}")
        assert reply.status_code == 404 and "no such model card" in reply.text


def test_the_forms_have_a_label_for_every_field() -> None:
    for html in (documents_form(), models_form()):
        for tag, attrs in Tags(html).tags:
            if tag == "input" and attrs.get("type") == "search":
                assert attrs.get("aria-label")
        assert html.count("<select") == html.count('class="pick"')


def test_a_refused_catalogue_says_so(tmp_path: Path) -> None:
    class Broken(ScriptedDesk):
        def catalogue(self, query: object) -> Any:
            from corpus.errors import HomeError

            raise HomeError("The home is locked; close the other program.")

    with TestClient(build_server(Broken(tmp_path), "127.0.0.1"), base_url="http://127.0.0.1") as c:
        for address in ("/shelf/models", "/shelf/models.csv", "/card?id=x"):
            reply = c.get(address)
            assert reply.status_code == 503 and "The home is locked" in reply.text
