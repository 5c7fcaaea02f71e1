"""A language model that is asked nothing twice: its results are kept in a SQLite file.

For evaluations: after a change of gates or thresholds a second run asks the model only what is
new. A result belongs to the model's name, the method, the messages and every parameter.

Each method that takes ``messages`` first is remembered, also one added later: an answer in
pieces (an iterator) by its pieces, anything else by its value. A failure, or an answer that
nobody listened to until its end, is not kept. Knows nothing of what is asked, or why.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from assistant.llm_client import Call
from assistant.llm_stream import Completion, Outcome, Stream
from assistant.reasoning import Piece
from corpus.errors import InputError

if TYPE_CHECKING:
    from assistant.llm import LanguageModel

FORM = 1
"""Of keys and values; a change makes earlier results unfindable instead of wrong."""
BUSY_SECONDS = 30.0
"""Longest wait for another evaluation that writes into the same file."""
_TABLE = """CREATE TABLE IF NOT EXISTS results
            (key TEXT PRIMARY KEY, model TEXT, method TEXT, value TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Tape:
    """A whole answer in the pieces that it came in."""

    pieces: tuple[Piece, ...]
    done: Completion


_TAPE = TypeAdapter(Tape)


class Memory:
    """Results by key, in one file. Safe from any thread, and for several processes at once."""

    def __init__(self, path: Path) -> None:
        """Open or create ``path``. Raises InputError where it is something else."""
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
            with self._db:
                self._db.execute(_TABLE)
        except sqlite3.Error as error:
            raise InputError(
                f"{path} cannot hold remembered answers ({error}): name another file."
            ) from error
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        """The value of ``key``, if it is known."""
        with self._lock:
            row = self._db.execute("SELECT value FROM results WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, model: str, method: str, value: str) -> None:
        """Keep ``value``; it is on the disk when this returns."""
        row = (key, model, method, value)
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", row)

    def __len__(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM results").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class RememberedModel:
    """``LanguageModel``'s interface over one; ``recalled`` and ``asked`` count its calls."""

    def __init__(self, llm: LanguageModel, memory: Memory) -> None:
        """Ask ``llm`` only what ``memory`` does not hold."""
        self._llm = llm
        self._memory = memory
        self.recalled = 0
        self.asked = 0

    def stand_in(self) -> LanguageModel:
        """This, typed as the model that it stands in for: every other name is the model's."""
        return cast("LanguageModel", self)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._llm, name)
        if not callable(found) or next(iter(inspect.signature(found).parameters), "") != "messages":
            return found
        kind = get_type_hints(found)["return"]
        in_pieces = inspect.isclass(kind) and issubclass(kind, Iterator)

        def remembered(*args: Any, **options: Any) -> Any:
            key = _key(self._llm.name, found, args, options)
            ask = _Asked(name, key, lambda: found(*args, **options))
            return self._stream(ask) if in_pieces else self._value(ask, TypeAdapter(kind))

        return remembered

    def _value(self, ask: _Asked, form: TypeAdapter[Any]) -> Any:
        known = self._recall(ask)
        if known is not None:
            return form.validate_json(known)
        value = ask.anew()
        self._keep(ask, form.dump_json(value))
        return value

    def _stream(self, ask: _Asked) -> Stream:
        known = self._recall(ask)
        if known is not None:
            tape = _TAPE.validate_json(known)
            return Stream((piece for piece in tape.pieces), Call(), _outcome(tape.done))
        inner: Stream = ask.anew()
        call, outcome = _Relayed(inner), Outcome()
        return Stream(self._recorded(ask, inner, call, outcome), call, outcome)

    def _recorded(
        self, ask: _Asked, inner: Stream, call: Call, outcome: Outcome
    ) -> Generator[Piece]:
        pieces = []
        with closing(inner):
            for piece in inner:
                pieces.append(piece)
                yield piece
            done = inner.completion()  # nothing is left to drain: this gives the counts
        _copy(done, outcome)
        if not call.cancelled:
            self._keep(ask, _TAPE.dump_json(Tape(tuple(pieces), done)))

    def _recall(self, ask: _Asked) -> str | None:
        known = self._memory.get(ask.key)
        if known is None:
            self.asked += 1
        else:
            self.recalled += 1
        return known

    def _keep(self, ask: _Asked, value: bytes) -> None:
        self._memory.put(ask.key, self._llm.name, ask.method, value.decode())


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request: the method, its key in the memory, and how to ask it anew."""

    method: str
    key: str
    anew: Callable[[], Any]


class _Relayed(Call):
    """Cancelling it hangs up on the model behind."""

    def __init__(self, inner: Stream) -> None:
        super().__init__()
        self._inner = inner

    def cancel(self) -> None:
        super().cancel()
        self._inner.close()


def _key(model: str, method: Callable[..., Any], args: Any, options: Any) -> str:
    """Of the request with every default filled in, so that a changed default asks anew."""
    bound = inspect.signature(method).bind(*args, **options)
    bound.apply_defaults()
    given = dict(bound.arguments)
    given["messages"] = [(message.role, message.content) for message in given["messages"]]
    request = [FORM, model, method.__name__, to_jsonable_python(given)]
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _outcome(done: Completion) -> Outcome:
    outcome = Outcome()
    _copy(done, outcome)
    return outcome


def _copy(done: Completion, outcome: Outcome) -> None:
    for name in Outcome.__slots__:
        setattr(outcome, name, getattr(done, name))
