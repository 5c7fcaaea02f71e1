"""The desk that a measurement asks: over the documents of public sets, or over a home.

Knows nothing of what is measured.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import HomeError
from ui.cli.options import desk, fetch_weights, read_settings

if TYPE_CHECKING:
    from assistant.desk import Assistant
    from assistant.remote import RemoteAssistant
    from index.embed import Embedder

Recalled = Callable[[], int]
"""How often a memory has answered in the language model's place so far."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A desk to measure: the folders whose corpora it holds, its home, model and memory."""

    folders: tuple[Path, ...]
    home: Path | None
    model: dict[str, Any]
    remember: Path | None = None
    answers: bool = True


@contextlib.contextmanager
def desk_over(wanted: Wanted) -> Iterator[tuple[Assistant, Recalled]]:
    """A desk that holds the corpora of BEIR folders and nothing else."""
    from assistant.benchmarks import documents_of
    from assistant.desk import Assistant

    with contextlib.ExitStack() as stack:
        place = wanted.home
        if place is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="refdesk-"))
            place = Path(folder)
        settings = read_settings(place, wanted.model).model_copy(update={"curated": False})
        fetch_weights(settings, answers=wanted.answers)
        opened = Assistant.open(settings=settings)
        stack.callback(opened.close)
        if not isinstance(opened, Assistant):
            raise HomeError(f"{place} is in use by another refdesk process; stop it, or leave "
                            "out --home")  # fmt: skip
        names = " and ".join(folder.name for folder in wanted.folders)
        click.echo(f"Indexing the corpus of {names} …", err=True)
        documents = list(chain.from_iterable(map(documents_of, wanted.folders)))
        opened.index.put(documents)
        _tell_of_others(opened, {document.info.id for document in documents})
        yield opened, _remembering(opened, wanted.remember, stack)


def _tell_of_others(opened: Assistant, expected: set[str]) -> None:
    """A home that was used before may hold documents that change the figures."""
    others = sum(info.id not in expected for info in opened.documents())
    if others:
        click.echo(f"refdesk: this home holds {others} more documents, which are searched too; "
                   "use another --home to leave them out", err=True)  # fmt: skip


@contextlib.contextmanager
def questioned_desk(
    home: Path | None, model: dict[str, Any], remember: Path | None
) -> Iterator[tuple[Assistant | RemoteAssistant, Recalled]]:
    """The desk of ``home``, as a question file asks it."""
    from assistant.desk import Assistant

    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(desk(home, model, answers=True))
        if remember is None:
            yield opened, lambda: 0
            return
        if not isinstance(opened, Assistant):
            raise click.UsageError("--remember needs a home that no other process is serving")
        yield opened, _remembering(opened, remember, stack)


def _remembering(opened: Assistant, path: Path | None, stack: contextlib.ExitStack) -> Recalled:
    """Put a memory between the desk and its model; gives the count of what it answered."""
    from assistant.remembered import Memory, RememberedModel

    if path is None or opened.llm is None:
        return lambda: 0
    memory = Memory(path)
    stack.callback(memory.close)
    model = RememberedModel(opened.llm, memory)
    opened.llm = model.stand_in()
    return lambda: model.recalled


def embedder(model: dict[str, Any]) -> Embedder:
    """The embedder of the settings, fetched if it is not here."""
    from index.embed import Embedder
    from index.weights import ensure

    settings = read_settings(None, model)
    fetch_weights(settings, answers=False)
    return Embedder(ensure(settings.embedder, settings.weights), threads=settings.threads)


def told_settings(model: dict[str, Any]) -> dict[str, Any]:
    """The settings that figures depend on: no folders, addresses, keys, nor which documents."""
    private = {"home", "weights", "base_url", "api_key", "curated"}
    return read_settings(None, model).model_dump(mode="json", exclude=private)
