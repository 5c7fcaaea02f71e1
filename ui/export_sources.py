"""The sources of a conversation for reference managers: BibTeX and CSL-JSON.

One entry per document, however often it is cited; its quotes stand in the note with the numbers
that the answers give them. Pure functions; every value is untrusted text. Knows nothing of
pages or files.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from assistant.types import Citation
from ui.markup import flat, readable, web_url
from ui.views import Conversation

MAX_SLUG = 40  # characters of an entry's key
# All of RFC 3986 but what means something to TeX or would end the field.
URL_SAFE = ":/?#@!$&'()*+,;=%-._~[]"

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # \{ would do for TeX, but BibTeX counts every brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}
_TEX_SIGNS = re.compile("[" + re.escape("".join(_TEX)) + "]")
_NO_KEY = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A cited document with the quotes taken from it, as (turn, citation)."""

    key: str
    citation: Citation
    quotes: tuple[tuple[int, Citation], ...]

    @property
    def date(self) -> tuple[int, ...]:
        """Year, month and day, as far as they are known."""
        match = _DATE.match(self.citation.published or "")
        return tuple(int(part) for part in match.groups() if part) if match else ()


def entries(turns: Conversation) -> list[Entry]:
    """The documents that the answers cite, in order of their first number."""
    cited: dict[str, list[tuple[int, Citation]]] = {}
    for turn in turns:
        for citation in turn.answer.citations if turn.answer else ():
            cited.setdefault(citation.document_id, []).append((turn.number, citation))
    found: list[Entry] = []
    taken: set[str] = set()
    for quotes in cited.values():
        key = _free_key(quotes[0][1], taken)
        taken.add(key)
        found.append(Entry(key, quotes[0][1], tuple(quotes)))
    return found


def bibtex(turns: Conversation) -> str:
    """The sources as BibTeX (UTF-8), an ``@misc`` each."""
    return "\n".join(map(_bibtex_entry, entries(turns)))


def csl_json(turns: Conversation) -> str:
    """The sources as CSL-JSON 1.0, a list of items."""
    items = [_csl_item(entry) for entry in entries(turns)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def safe_url(url: str | None) -> str:
    """An address that ends no field and is no command, or "" if it is none."""
    checked = web_url(url)
    return quote(checked, safe=URL_SAFE) if checked else ""


def _free_key(citation: Citation, taken: Iterable[str]) -> str:
    """A key of plain letters, digits and hyphens that no other entry has."""
    year = (citation.published or "")[:4]
    plain = unicodedata.normalize("NFKD", f"{citation.title} {year}").encode("ascii", "ignore")
    slug = _NO_KEY.sub("-", plain.decode().lower()).strip("-")[:MAX_SLUG].strip("-") or "source"
    taken = set(taken)
    keys = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(key for key in keys if key not in taken)


def _bibtex_entry(entry: Entry) -> str:
    cited, date = entry.citation, entry.date
    fields = {"title": "{" + _tex(cited.title) + "}"}  # two braces: capitals stay
    if cited.publisher:
        fields |= {"author": "{" + _tex(cited.publisher) + "}", "publisher": _tex(cited.publisher)}
    if date:
        fields["year"] = f"{date[0]:d}"
    if len(date) > 1:
        fields["month"] = f"{date[1]:d}"
    url = safe_url(cited.url)
    if url:
        fields["url"] = url
    fields["note"] = _tex(_note(entry))
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{entry.key},\n{body}}}\n"


def _csl_item(entry: Entry) -> dict[str, Any]:
    cited = entry.citation
    url = safe_url(cited.url)
    item: dict[str, Any] = {
        "id": entry.key,
        "type": "webpage" if url else "document",
        "title": flat(readable(cited.title)),
    }
    if cited.publisher:
        publisher = flat(readable(cited.publisher))
        item |= {"author": [{"literal": publisher}], "publisher": publisher}
    if entry.date:
        item["issued"] = {"date-parts": [list(entry.date)]}
    if url:
        item["URL"] = url
    return {**item, "note": _note(entry)}


def _note(entry: Entry) -> str:
    quotes = (
        f"[{citation.number:d}] in answer {turn:d}"
        + (f", page {citation.page:d}" if citation.page is not None else "")
        + f": “{flat(readable(citation.quote))}”"
        for turn, citation in entry.quotes
    )
    return f"Document {flat(readable(entry.citation.document_id))}. " + " ".join(quotes)


def _tex(text: str) -> str:
    return _TEX_SIGNS.sub(lambda sign: _TEX[sign.group()], flat(readable(text)))
