"""Which files of a folder are wanted: patterns as in .gitignore, given or in ``.refdeskignore``.

The one file that knows the library pathspec. Knows paths and patterns only, nothing of documents.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from corpus.errors import SourceError

IGNORE_FILE = ".refdeskignore"
MOST_BYTES = 64 * 1024
MOST_PATTERNS = 1000
MOST_CHARACTERS = 300
# A pattern is matched by going back at each star: against a name of 250 letters chosen to harm,
# three stars take 15 ms, four 1.5 s, five 40 s.
MOST_STARS = 3
MOST_DEPTHS = 2  # "**" between slashes


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns that were written in one place: ``said``; they hold for what is ``below`` it."""

    said: str
    below: str
    lines: tuple[str, ...]
    spec: GitIgnoreSpec

    def decision(self, relative: str) -> tuple[bool | None, str]:
        """Whether the last pattern that matches says yes or no, and that pattern."""
        result = self.spec.check_file(relative.removeprefix(self.below))
        return result.include, "" if result.index is None else self.lines[result.index]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted below a folder; paths are relative to it, with slashes.

    ``ignored`` are the .refdeskignore files on the way, the outermost first.
    """

    include: _Patterns | None = None
    exclude: _Patterns | None = None
    ignored: tuple[_Patterns, ...] = ()

    def left_out(self, relative: str, *, folder: bool = False) -> str | None:
        """Why a file or folder is passed over, with all that is in it; None if it is not."""
        path = f"{relative}/" if folder else relative
        if self.exclude is not None:
            verdict, pattern = self.exclude.decision(path)
            if verdict:
                return _reason(pattern, self.exclude.said)
        for patterns in reversed(self.ignored):  # the innermost file has the last word
            verdict, pattern = patterns.decision(path)
            if verdict is not None:
                return _reason(pattern, patterns.said) if verdict else None
        return None

    def not_included(self, relative: str) -> str | None:
        """Why a file is none of those that are wanted; None if it is one."""
        if self.include is None or self.include.decision(relative)[0]:
            return None
        return f"left out: it matches no pattern of {self.include.said}"

    def with_file(self, file: Path, below: str, root: Path) -> Choice:
        """What is wanted in the folder ``below``, whose .refdeskignore is ``file``.

        Raises SourceError when it cannot be read or leads out of ``root``: what somebody wanted
        left out must not come in by mistake.
        """
        patterns = _compiled(str(file), below, _lines(file, root))
        return replace(self, ignored=(*self.ignored, patterns))


EVERYTHING = Choice()


def choice(include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Choice:
    """What the patterns ask for; raises SourceError for one that is none."""
    return Choice(
        _compiled("the source's include", "", include) if include else None,
        _compiled("the source's exclude", "", exclude) if exclude else None,
    )


def why_left_out(root: Path, relative: PurePosixPath, wanted: Choice) -> str | None:
    """Why listing ``root`` passes ``relative`` over; None if no pattern says so.

    Raises SourceError as ``Choice.with_file`` does. The path may be gone.
    """
    folder, below = root, ""
    for number, part in enumerate(relative.parts, 1):
        if (file := folder / IGNORE_FILE).exists():
            wanted = wanted.with_file(file, below, root)
        folder /= part
        is_folder = folder.is_dir() or (number < len(relative.parts) and not folder.exists())
        if reason := wanted.left_out(below + part, folder=is_folder):
            return reason
        below += f"{part}/"
    return None if folder.is_dir() else wanted.not_included(str(relative))


def _reason(pattern: str, said: str) -> str:
    return f"left out by the pattern {pattern!r} of {said}"


def _lines(file: Path, root: Path) -> list[str]:
    try:
        real = file.resolve(strict=True)
        if not real.is_file() or not real.is_relative_to(root.resolve()):
            raise SourceError(f"{file} is no file of this folder; put a plain file there")
        with real.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"cannot read {file}: {reason}") from error
    if len(data) > MOST_BYTES:
        raise SourceError(f"{file} is larger than {MOST_BYTES >> 10} KB; shorten it")
    return data.decode("utf-8-sig", errors="replace").splitlines()


def _compiled(said: str, below: str, lines: Sequence[str]) -> _Patterns:
    kept: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        kept.append(line)
        if problem := _problem(line):
            shown = line if len(line) <= 60 else f"{line[:60]}…"
            raise SourceError(f"{said}, line {number}: {problem}: {shown!r}")
    if len(kept) > MOST_PATTERNS:
        raise SourceError(f"{said} has more than {MOST_PATTERNS} patterns; join some")
    return _Patterns(said, below, tuple(kept), GitIgnoreSpec.from_lines(kept))


def _problem(line: str) -> str | None:
    """Why a line cannot be used as a pattern."""
    steps = line.split("/")
    stars = sum(step.count("*") for step in steps if step != "**")
    if len(line) > MOST_CHARACTERS:
        return f"a pattern has at most {MOST_CHARACTERS} characters"
    if stars > MOST_STARS or steps.count("**") > MOST_DEPTHS:
        return f"a pattern has at most {MOST_STARS} stars, and {MOST_DEPTHS} times '**' alone"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # "[[" in a set of characters
            pattern = next(iter(GitIgnoreSpec.from_lines([line]).patterns))
    except (ValueError, re.error):  # what pathspec raises, and what its expressions do
        return "this is no pattern as in .gitignore"
    return None if pattern.include is not None else "this pattern matches nothing"
