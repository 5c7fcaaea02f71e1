"""What is different between two answers to one question, in plain words.

A pure function over two answers. Another wording is no change: sentences are paired, and what
counts is their values, their polarity and the quotes that they rest on; tables are compared row
by row. Knows nothing of models, stores or time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.lexical import bare, content_terms
from assistant.saved.tables import row_changes
from assistant.saved.types import Change
from assistant.types import Answer, Citation
from assistant.values import Kind, Value, same, values_in

MOST_CHANGES = 12
MOST_QUOTED = 160  # characters of a sentence or quote that a change tells
PAIRED = 0.5
"""Share of the shorter sentence's content words, numbers aside, that makes two sentences one.
In the cases of the tests one statement with another value shares .5 to 1, two statements 0."""
SAID = 0.8
"""Share of a sentence's content words that another answer must hold to say it too."""

_KINDS: tuple[Kind, ...] = ("number", "date", "licence", "name")
_DENIAL = re.compile(r"\b(?:not|no|never|neither|nor|without|cannot|\w+n['’]t)\b|[不没未无]", re.I)


@dataclass(frozen=True, slots=True)
class _Said:
    """A supported sentence and the quotes that carry it."""

    text: str
    terms: frozenset[str]
    quotes: frozenset[str]


def compare(before: Answer, after: Answer, gone: Mapping[int, str]) -> tuple[Change, ...]:
    """What changed from ``before`` to ``after``; empty when they say the same.

    ``gone`` has the numbers of those citations of ``before`` whose quote no longer stands in its
    document: "changed", or "removed" where the document itself has gone.
    """
    if before.status != after.status:
        found = [*_turned(before, after), *_gone(before, after, gone)]
    elif after.status == "not_in_corpus":
        found = []
    else:
        found = [
            *_content(before, after),
            *_differing(before, after),
            *_sources(before, after, gone),
            *_gone(before, after, gone),
        ]
    return tuple(dict.fromkeys(found))[:MOST_CHANGES]


def _turned(before: Answer, after: Answer) -> Iterator[Change]:
    if before.status == "answered":
        yield Change("lost", "It was answered before and is not in the corpus any more.")
        return
    said = next((s.text for s in after.sentences if s.verdict == "supported"), after.text)
    yield Change("answered", f"It was not in the corpus and is answered now: {_quoted(said)}.")
    if after.table is None:
        for citation in _by_document(after).values():
            yield Change("source_added", f"Its source is {_named(citation)}.")


def _content(before: Answer, after: Answer) -> Iterator[Change]:
    if before.table is not None and after.table is not None:
        yield from row_changes(before.table, after.table)
    else:
        yield from _statements(before, after)


# --- sentences


def _statements(before: Answer, after: Answer) -> Iterator[Change]:
    old, new = _said(before), _said(after)
    same_words = {bare(one.text) for one in old} & {bare(one.text) for one in new}
    old = [one for one in old if bare(one.text) not in same_words]
    new = [one for one in new if bare(one.text) not in same_words]
    pairs = _pairs(old, new)
    for one, other in pairs:
        split = len(old) != len(new) and _holds(after, one) and _holds(before, other)
        yield from () if split else _between(one, other)
    left = [one for one in old if all(one is not pair[0] for pair in pairs)]
    come = [one for one in new if all(one is not pair[1] for pair in pairs)]
    yield from (_also(one) for one in come if not _holds(before, one))
    yield from (_no_longer(one) for one in left if not _holds(after, one))


def _said(answer: Answer) -> list[_Said]:
    quotes = {citation.number: bare(citation.quote) for citation in answer.citations}
    return [
        _Said(
            sentence.text,
            frozenset(content_terms(sentence.text)),
            frozenset(quotes[n] for n in sentence.citations if n in quotes),
        )
        for sentence in answer.sentences
        if sentence.verdict == "supported"
    ]


def _pairs(old: Sequence[_Said], new: Sequence[_Said]) -> list[tuple[_Said, _Said]]:
    """Which sentence took the place of which, the most alike first; each at most once."""
    if len(old) == len(new) == 1 and _differences(old[0].text, new[0].text):
        return [(old[0], new[0])]
    near = sorted(
        ((_alike(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(new)), reverse=True
    )
    pairs: list[tuple[_Said, _Said]] = []
    taken: set[tuple[str, int]] = set()
    for score, i, j in near:
        if score >= PAIRED and taken.isdisjoint({("old", i), ("new", j)}):
            taken |= {("old", i), ("new", j)}
            pairs.append((old[i], new[j]))
    return pairs


def _alike(one: _Said, other: _Said) -> float:
    a, b = (
        frozenset(term for term in said.terms if not any(map(str.isdigit, term)))
        for said in (one, other)
    )
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _between(one: _Said, other: _Said) -> Iterator[Change]:
    """What a sentence says otherwise than the one whose place it took."""
    differences = _differences(one.text, other.text)
    for kind, was, now in differences:
        yield Change("value", f"The {_WORD[kind]} changed from {was} to {now}.")
    if differences:
        return
    denies = bool(_DENIAL.search(one.text)) != bool(_DENIAL.search(other.text))
    other_values = _values(one.text, other.text) or _values(other.text, one.text)
    reworded = one.quotes == other.quotes or one.terms <= other.terms or other.terms <= one.terms
    if denies or other_values or not reworded:
        yield Change("statement", f"It now says {_quoted(other.text)}, before {_quoted(one.text)}.")


_WORD: dict[Kind, str] = {"number": "value", "date": "date", "licence": "licence", "name": "name"}


def _differences(one: str, other: str) -> list[tuple[Kind, str, str]]:
    """Values of one kind that only the first text has against those that only the second has."""
    found: list[tuple[Kind, str, str]] = []
    for kind in _KINDS:
        was, now = values_in(one, kind), values_in(other, kind)
        lost = [value for value in was if not any(same(value, v) for v in now)]
        new = [value for value in now if not any(same(value, v) for v in was)]
        if kind == "name" and (found or len(lost) != 1 or len(new) != 1):
            continue  # names move about in a sentence; a value that changed tells more
        if lost and new:
            found.append((kind, _listed(lost), _listed(new)))
    return found


def _listed(values: Sequence[Value]) -> str:
    return " and ".join(dict.fromkeys(value.text.strip() for value in values[:3]))


def _values(text: str, elsewhere: str) -> list[Value]:
    """The values of ``text`` that do not stand in ``elsewhere``."""
    return [
        value
        for kind in _KINDS[:3]
        for value in values_in(text, kind)
        if not any(same(value, other) for other in values_in(elsewhere, kind))
    ]


def _holds(answer: Answer, said: _Said) -> bool:
    """Whether an answer says as much, in one sentence or several."""
    text = " ".join(one.text for one in answer.sentences if one.verdict == "supported")
    share = len(said.terms & frozenset(content_terms(text))) / max(1, len(said.terms))
    return share >= SAID and not _values(said.text, text)


def _also(said: _Said) -> Change:
    return Change("statement", f"It now also says {_quoted(said.text)}.")


def _no_longer(said: _Said) -> Change:
    return Change("statement", f"It no longer says {_quoted(said.text)}.")


# --- sources


def _differing(before: Answer, after: Answer) -> Iterator[Change]:
    was, now = (
        {tuple(sorted({bare(side.value) for side in one.sides})): one for one in a.disagreements}
        for a in (before, after)
    )
    for one in (now[sides] for sides in now.keys() - was.keys()):
        sides = " or ".join(dict.fromkeys(side.value for side in one.sides))
        yield Change("differ", f"Its sources differ now: {sides}.")
    if was and not now:
        yield Change("differ", "Its sources do not differ any more.")


def _sources(before: Answer, after: Answer, gone: Mapping[int, str]) -> Iterator[Change]:
    if before.table is not None and after.table is not None:
        return  # each row has its own card, and the rows were compared
    was, now = _by_document(before), _by_document(after)
    moved = {bare(c.quote) for c in before.citations} & {bare(c.quote) for c in after.citations}
    for key, citation in now.items():
        if key not in was and bare(citation.quote) not in moved:
            yield Change("source_added", f"A source was added: {_named(citation)}.")
    for key, citation in was.items():
        if key not in now and citation.number not in gone and bare(citation.quote) not in moved:
            yield Change("source_dropped", f"It is no longer cited: {_named(citation)}.")


def _gone(before: Answer, after: Answer, gone: Mapping[int, str]) -> Iterator[Change]:
    quotes = {bare(citation.quote) for citation in after.citations}
    for citation in before.citations:
        how = gone.get(citation.number)
        if how is None or bare(citation.quote) in quotes:
            continue
        told = "left the corpus" if how == "removed" else "changed"
        yield Change(
            "quote_gone",
            f"The quote it rested on is gone: {_quoted(citation.quote)}"
            f" ({_named(citation)} has {told}).",
        )


def _by_document(answer: Answer) -> dict[str, Citation]:
    found: dict[str, Citation] = {}
    for citation in answer.citations:
        found.setdefault(citation.document_id, citation)
    return found


def _named(citation: Citation) -> str:
    by = f" ({citation.publisher})" if citation.publisher else ""
    return f"{_shortened(citation.title)}{by}"


def _quoted(text: str) -> str:
    return f"“{_shortened(text).rstrip('.')}”"


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_QUOTED else flat[: MOST_QUOTED - 1].rstrip() + "…"
