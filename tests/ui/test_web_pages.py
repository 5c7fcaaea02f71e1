"""What the field for web pages says of addresses that turn out to be lists of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import gradio as gr
import pytest

from corpus.errors import HomeError
from corpus.types import Document
from index.types import Failure, Quoted, RefreshReport
from tests.ui.scripted import ScriptedDesk
from ui.refreshing import Refresher
from ui.web_pages import PageAdder, page_field

FEED = "https://blog.test/feed.xml"
LEFT_OUT = Failure("page-0 (left out)", FEED, "12 of the pages that it lists were left out")


class DeskWithoutPages(ScriptedDesk):
    """A desk in which no address became a page of its own."""

    def document(self, document_id: str, quoted: Quoted | None = None) -> Document | None:
        return None


@pytest.fixture
def desk(tmp_path: Path) -> ScriptedDesk:
    return DeskWithoutPages(tmp_path)


@pytest.fixture
def adder(desk: ScriptedDesk) -> Iterator[PageAdder]:
    refresher = Refresher(desk)
    with gr.Blocks():
        yield PageAdder(desk, refresher, page_field())
    refresher.close()


def last_words(adder: PageAdder) -> str:
    return str(next(iter(list(adder.add(FEED))[-1].values())))


def test_feed_of_which_pages_came_is_kept_although_some_were_left_out(
    desk: ScriptedDesk, adder: PageAdder
) -> None:
    added = ("page-0/a-1", "page-0/b-2")
    desk.refresh_steps = (RefreshReport(added=added, failed=(LEFT_OUT,)),)
    assert "2 pages in the corpus" in last_words(adder)
    assert [source.location for source in desk.pages.values()] == [FEED]


def test_address_that_gave_nothing_is_not_kept(desk: ScriptedDesk, adder: PageAdder) -> None:
    broken = Failure("page-0", FEED, "the feed cannot be read: it is damaged")
    desk.refresh_steps = (RefreshReport(failed=(broken,)),)
    assert "it is damaged" in last_words(adder)
    assert desk.pages == {}


def test_address_given_twice_is_one_and_the_field_is_let_go(
    desk: ScriptedDesk, adder: PageAdder
) -> None:
    broken = Failure("page-0", FEED, "the feed cannot be read: it is damaged")
    desk.refresh_steps = (RefreshReport(failed=(broken,)),)
    *_, last = adder.add(f"blog.test/feed.xml {FEED}")
    report, send, field = last.values()
    assert report.count("it is damaged") == 1
    assert send["interactive"] and field["interactive"] and field["value"] == FEED


def test_field_is_let_go_when_an_outcome_cannot_be_told(
    desk: ScriptedDesk, adder: PageAdder
) -> None:
    def locked(*_: object) -> None:
        raise HomeError("The home is locked.")

    with patch.object(desk, "document", locked):
        *_, last = adder.add(FEED)
    report, send, field = last.values()
    assert "The home is locked." in report
    assert send["interactive"] and field["interactive"]
