"""How a fetch reports itself, and the bar that shows it on a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TextIO

Stage = Literal["wait", "check", "hub", "mirror"]


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """``done`` of ``total`` bytes of ``file``; ``message`` is a line for people, or ""."""

    model: str
    file: str
    stage: Stage
    done: int = 0
    total: int | None = None
    message: str = ""


OnProgress = Callable[[FetchProgress], None]


def ignore(progress: FetchProgress) -> None:
    """The progress of a fetch that nobody watches."""


@contextlib.contextmanager
def terminal_progress(stream: TextIO | None = None) -> Iterator[OnProgress]:
    """A callback that draws bytes, speed and time left on ``stream`` (default: stderr).

    Where ``stream`` is no terminal only messages are written, a line each.
    """
    display = _Display(stream or sys.stderr)
    try:
        yield display
    finally:
        display.close()


class _Display:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: tuple[str, Stage] | None = None
        self._bar: Any = None  # a tqdm, imported when the first bar is drawn

    def __call__(self, progress: FetchProgress) -> None:
        if progress.message:
            self.close()
            print(progress.message, file=self._stream, flush=True)
        elif self._stream.isatty():
            self._draw(progress)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = self._shown = None

    def _draw(self, progress: FetchProgress) -> None:
        from tqdm import tqdm

        key = (progress.file, progress.stage)
        if self._bar is None or self._shown != key:
            self.close()
            self._shown = key
            self._bar = tqdm(
                total=progress.total,
                initial=progress.done,
                desc=f"{progress.file} ({progress.stage})",
                unit="B",
                unit_scale=True,
                unit_divisor=1000,
                file=self._stream,
            )
        self._bar.total = progress.total
        self._bar.update(progress.done - self._bar.n)
