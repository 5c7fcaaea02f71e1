"""The part of an annotated question that is still to be understood.

Each rule takes out what it understands, so that what remains at the end is what nobody did.
Knows nothing of what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.catalogue.annotate import Annotated
from assistant.catalogue.noise import CHINESE_NOISE, NOISE

_WHY = re.compile("为什么|为何|如何|怎么|怎样|原因")  # each character alone would be noise
_CODE = re.compile(r"(?<![\w<])[a-z]+\d[a-z\d.]*")  # h20, ev-1: a name that is in no card
GAP = " ; "
"""What stands where something was taken out."""
_MARK = re.compile(r"<[a-z]\d+>")


def word(pattern: str) -> str:
    """A pattern of English words bounded as words, and of Chinese ones as they come."""
    return rf"(?<![a-z0-9<-]){pattern}(?![a-z0-9>])"


class Remaining:
    """The annotated text that is still to be understood, between two spaces."""

    def __init__(self, marked: Annotated) -> None:
        """Start with the whole question."""
        self.marked = marked
        self.text = f" {marked.text} "

    def take(self, pattern: str) -> bool:
        """Take the first match out of the text; whether there was one."""
        match = re.search(pattern, self.text)
        if match:
            self._cut(match)
        return match is not None

    def take_every(self, pattern: str) -> bool:
        """Take all that matches out of the text; whether anything did."""
        found = self.take(pattern)
        while self.take(pattern):
            pass
        return found

    def take_all(self, pattern: str) -> Iterator[tuple[re.Match[str], str]]:
        """Every match with the text before it, each taken out."""
        compiled = re.compile(pattern)
        at = 0
        while match := compiled.search(self.text, at):
            before = self.text[: match.start()]
            self._cut(match)
            yield match, before
            at = max(0, match.start() - 1)

    def drop(self, mark: str) -> None:
        """Take out the first such mark, joining the words at its sides."""
        self.text = self.text.replace(mark, " ", 1)

    def blank(self, start: int, end: int) -> None:
        """Take out a stretch, leaving everything after it where it is."""
        self.text = f"{self.text[:start]}{' ' * (end - start)}{self.text[end:]}"

    def models(self) -> int:
        """How many models are still named."""
        return len(set(re.findall(r"<m\d+>", self.text)))

    def left(self) -> Iterator[str]:
        """The marks and words that no rule took and that mean something."""
        yield from _MARK.findall(self.text)
        yield from _WHY.findall(self.text)
        yield from _CODE.findall(_MARK.sub(" ", self.text))
        for found in re.findall(r"[a-z][a-z'-]*|[^\W\d_a-z]+", _MARK.sub(" ", self.text)):
            if found.isascii():
                parts = re.split(r"['-]", found)
                yield from (part for part in parts if len(part) > 1 and part not in NOISE)
            elif rest := CHINESE_NOISE.sub("", found):
                yield rest

    def _cut(self, match: re.Match[str]) -> None:
        self.text = f"{self.text[: match.start()]}{GAP}{self.text[match.end() :]}"
