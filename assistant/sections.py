"""What a document can be asked about: its sections by their headings, else the names it uses.

Pure functions of a document. Knows nothing of an index or of whether a question can be answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.attribution.names import names
from corpus.types import Block, Document

LEAST_TEXT = 120
"""Characters below a heading from which on it has something to say."""
LONGEST_TOPIC = 60
LONGEST_TITLE = 70
NAMED_OFTEN = 2
"""Times that a document without headings must use a name to be asked about it."""
READ = 40_000
"""Characters of a document that are read for names."""

_NUMBERING = re.compile(
    r"^(?:(?:chapter|section|part|annex|appendix)\s+)?[\dIVX]+(?:\.\d+)*[.):]?\s+", re.IGNORECASE
)
# Headings that every document may have: asking for them says nothing of this one.
_GENERAL = re.compile(
    r"(?:introduction|summary|overview|abstract|background|conclusions?|contents|table of contents|"
    r"references|sources|notes?|appendix|acknowledge?ments|further reading|see also|misc.*|other.*|"
    r"faq|changelog|about|timeline|limits|dates|versions|sizes|scores|details|examples?)",
    re.IGNORECASE,
)
# "How it grew" leans on what stands before it; "Open weights were left out" is a sentence.
_LEANING = re.compile(
    r"\b(?:it|its|they|their|this|these|here|there|next|above|below|what|how|why|who|when|"
    r"is|are|was|were|has|have|had|does|do|did|can|will|would|must)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: what it is about, and where it stands (end exclusive)."""

    document_id: str
    title: str
    topic: str
    start: int
    end: int

    @property
    def question(self) -> str:
        """What a reader would ask to be told of it."""
        if self.topic.endswith("?"):
            return self.topic
        return f"What does “{self.title}” say about {self.topic}?"


def sections(document: Document) -> list[Section]:
    """The sections that can be asked about by their headings, in order; else by a name."""
    title = short_title(document.info.title)
    found = [
        Section(document.info.id, title, topic, start, end)
        for heading, start, end in _headed(document)
        if (topic := _topic(heading, document))
    ]
    return found or list(_about_names(document, title))


def short_title(title: str) -> str:
    """A title without what follows its colon or dash, if that still names the document."""
    title = re.sub(r"[\"“”]", "", " ".join(title.split()))
    head = re.split(r":\s|\s[–—|]\s", title)[0].strip()
    kept = head if len(head.split()) > 1 or len(title) > LONGEST_TITLE else title
    return kept if len(kept) <= LONGEST_TITLE else f"{kept[: LONGEST_TITLE - 1].rsplit(' ', 1)[0]}…"


def _headed(document: Document) -> Iterator[tuple[str, int, int]]:
    """Headings with the span of the text below them, up to the next heading."""
    heads = [block for block in document.blocks if block.kind == "heading"]
    last = Block("heading", len(document.text), len(document.text))
    for head, following in pairwise([*heads, last]):
        if len(document.text[head.end : following.start].strip()) >= LEAST_TEXT:
            yield document.text[head.start : head.end], head.end, following.start


def _topic(heading: str, document: Document) -> str:
    """What a heading is about, as it stands inside a sentence; "" if it cannot be asked for."""
    plain = _NUMBERING.sub("", heading.strip().strip("#*_= \n")).replace('"', "")
    topic = plain.split(": ")[0].rstrip(".:").strip()
    if not 3 <= len(topic) <= LONGEST_TOPIC or "\n" in topic or _GENERAL.fullmatch(topic):
        return ""
    if topic.casefold() in document.info.title.casefold():
        return ""
    if topic.endswith("?"):
        return topic if names(f"about {topic[:-1]}") and len(topic.split()) > 2 else ""
    return "" if _LEANING.search(topic) else _inside(topic, document.text)


def _inside(topic: str, text: str) -> str:
    """The topic with a small first letter, unless its first word is a name or an acronym."""
    first = topic.split()[0]
    if not first[1:].islower() and first not in ("A", "I"):
        return topic
    inside = re.search(rf"[a-z,] (?:\d+ )?{re.escape(first)}\b", text)
    return topic if inside else topic[:1].lower() + topic[1:]


def _about_names(document: Document, title: str) -> Iterator[Section]:
    """A section around the first use of each name that is used often, most often first."""
    text = document.text[:READ]
    counted = Counter({name: len(_uses(name, text)) for name in names(text)})
    for name, count in counted.most_common(8):
        if count >= NAMED_OFTEN and len(name) > 3 and name.casefold() not in title.casefold():
            start = _uses(name, text)[0]
            yield Section(document.info.id, title, name, start, start + len(name))


def _uses(name: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
