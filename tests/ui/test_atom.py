"""The Atom feed: valid XML whatever the documents hold, links that lead to the quote."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from assistant.saved.types import AnswerChange, Change
from index.types import NewsItem
from ui.atom import NAMESPACE, feed

BASE = "http://desk.test"
HOSTILE = NewsItem(
    "notes/<a>&.md", "<script>x</script> \x00\x0b]]>", "document", "added",
    "2026-01-02T00:00:00Z", "“a < b & c” \x1f", 3, 9, url="javascript:alert(1)",
)  # fmt: skip
CARD = NewsItem(
    "curated/models/qwq-32b", "QwQ-32B", "model_card", "changed", "2026-01-03T00:00:00Z", "q", 0, 1,
    url="https://qwen.example/qwq",
)  # fmt: skip


def entries(data: bytes) -> list[ET.Element]:
    return list(ET.fromstring(data).iter(f"{{{NAMESPACE}}}entry"))


def test_hostile_text_stays_text_and_addresses_that_run_are_left_out() -> None:
    (entry,) = entries(feed([HOSTILE], BASE))
    assert entry.findtext(f"{{{NAMESPACE}}}title") == "<script>x</script> ]]> (added)"
    links = [link.get("href") or "" for link in entry.iter(f"{{{NAMESPACE}}}link")]
    assert links and all(link.startswith(f"{BASE}/document?") for link in links)
    assert "&q=" in links[0] or "q=" in links[0]


def test_a_card_leads_to_its_page_and_its_origin() -> None:
    (entry,) = entries(feed([CARD], BASE))
    links = {link.get("rel"): link.get("href") for link in entry.iter(f"{{{NAMESPACE}}}link")}
    assert links == {None: f"{BASE}/card?id=qwq-32b", "via": "https://qwen.example/qwq"}


def test_a_changed_answer_is_an_entry_that_leads_to_the_saved_questions() -> None:
    changes = (Change("value", "The value changed from 7B to 13B."),)
    hostile = "<script>x</script>\x00"
    change = AnswerChange("ab12", f"How big? {hostile}", "2026-01-04T00:00:00Z", changes, hostile)
    data = feed([CARD], BASE, [change])
    entry, _ = entries(data)
    title = "How big? <script>x</script> (the answer changed)"
    assert entry.findtext(f"{{{NAMESPACE}}}title") == title
    assert (entry.findtext(f"{{{NAMESPACE}}}summary") or "").splitlines() == [
        changes[0].text, "Now: <script>x</script>"]  # fmt: skip
    assert [link.get("href") for link in entry.iter(f"{{{NAMESPACE}}}link")] == [f"{BASE}/#saved"]
    assert ET.fromstring(data).findtext(f"{{{NAMESPACE}}}updated") == "2026-01-04T00:00:00Z"


def test_an_empty_feed_is_a_feed() -> None:
    root = ET.fromstring(feed([], BASE))
    assert root.tag == f"{{{NAMESPACE}}}feed"
    assert entries(feed([], BASE)) == []
