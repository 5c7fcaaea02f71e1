"""What a Git server says of a revision, and the objects of it that it sends, through dulwich.

A shallow fetch of one commit; where the server can, first the folders and then only the files
that are wanted. Nothing is run and nothing is checked out. Knows nothing of what is kept.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from dulwich.object_format import SHA1
from dulwich.objects import ObjectID
from dulwich.pack import Pack, PackData
from dulwich.refs import Ref

from corpus.errors import RefdeskError, SourceError
from corpus.git.channel import Channel, GuardedClient
from corpus.git.pack import GitLimits, check_pack
from corpus.web.connection import Deadline, Rules
from corpus.web.request import TransientError

if TYPE_CHECKING:
    from types import TracebackType

REFS_BYTES = 32 << 20  # of names of branches and tags; the largest repositories have 10
_AGAIN = "it is tried again at the next refresh"


class Remote:
    """A repository on a server, asked within one deadline."""

    def __init__(self, address: str, rules: Rules, tls: ssl.SSLContext, limits: GitLimits) -> None:
        self._address, self._rules, self._tls, self._limits = address, rules, tls, limits
        self._deadline = Deadline.after(limits.seconds)

    def commit(self, revision: str) -> str:
        """The id (hex) that a branch, a tag or HEAD has now; raises SourceError."""
        client = self._client(REFS_BYTES)
        with plain():
            refs = client.get_refs("", ref_prefix=[name.encode() for name in _prefixes(revision)])
        found = {name.decode("utf-8", "replace"): sha for name, sha in refs.refs.items() if sha}
        for name in _names(revision):
            if name in found and len(found[name]) == 40:
                return found[name].decode()
        if not found:
            raise SourceError("the repository is empty, or has no such revision")
        raise SourceError(f"the repository has no branch or tag called {revision or 'HEAD'}")

    def fetch(self, wanted: Sequence[str], pack: Path, *, folders_only: bool = False) -> None:
        """Write the objects ``wanted`` (ids), and what they lead to, as a pack."""
        client = self._client(self._limits.bytes)
        ids: Any = [one.encode() for one in wanted]

        def all_of_them(refs: object, depth: int | None = None) -> Any:
            return ids

        with plain(), pack.open("wb") as file:
            client.fetch_pack(
                "",
                all_of_them,
                _Nothing(),
                file.write,
                depth=1,
                ref_prefix=[b"HEAD"],
                filter_spec=b"blob:none" if folders_only else None,
            )
        check_pack(pack, self._limits.pack, self.go_on)

    def go_on(self) -> None:
        """Raise SourceError when the time is over."""
        if not self._deadline.left():
            raise SourceError(f"the repository could not be read in time; {_AGAIN}")

    def _client(self, most_bytes: int) -> GuardedClient:
        channel = Channel(self._rules, self._tls, self._deadline, most_bytes)
        return GuardedClient(self._address, channel)


def _names(revision: str) -> list[str]:
    """The names under which a revision may stand, the commit of a tag before the tag."""
    if not revision:
        return ["HEAD"]
    full = [revision] if revision.startswith("refs/") else []
    full += [f"refs/tags/{revision}", f"refs/heads/{revision}"]
    return [name for one in full for name in (f"{one}^{{}}", one)]


def _prefixes(revision: str) -> list[str]:
    return [name for name in _names(revision) if not name.endswith("^{}")]


class _Nothing:
    """What is here of the repository already: nothing."""

    shallow: frozenset[bytes] = frozenset()

    def __next__(self) -> None:
        return None

    def ack(self, sha: bytes) -> None:
        """Nothing was offered, so nothing is taken."""

    def nak(self) -> None:
        """Nothing in common, of course."""


class Objects:
    """The objects of some packs, which were checked; use as a context manager."""

    def __init__(self) -> None:
        self._packs: list[Pack] = []
        self._closing = ExitStack()

    def add(self, pack: Path) -> None:
        """Take in the objects of a pack; raises SourceError when it is damaged."""
        base = str(pack.with_suffix(""))
        with plain():
            data = PackData(str(pack), object_format=SHA1)
            try:
                data.create_index(f"{base}.idx")
            finally:
                data.close()
            opened = Pack(base, object_format=SHA1)
        self._closing.callback(opened.close)
        self._packs.append(opened)

    def get(self, object_id: str) -> tuple[int, bytes]:
        """The kind and content of an object; raises KeyError when it is not here."""
        for pack in self._packs:
            try:
                kind, content = pack.get_raw(ObjectID(object_id.encode()))
            except KeyError:
                continue
            return kind, content
        raise KeyError(object_id)

    def __contains__(self, object_id: str) -> bool:
        return any(ObjectID(object_id.encode()) in pack for pack in self._packs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()


@contextmanager
def local_objects(path: Path) -> Iterator[tuple[Callable[[str], str], Any]]:
    """(revision -> commit id, id -> object) of a repository on this machine."""
    from dulwich.repo import Repo

    with plain(f"{path} is not a Git repository that can be read"):
        repository = Repo(str(path))
    try:

        def commit(revision: str) -> str:
            for name in _names(revision):
                with plain():
                    if (ref := Ref(name.encode())) in repository.refs:
                        return repository.refs[ref].decode()
            raise SourceError(f"the repository has no branch or tag called {revision or 'HEAD'}")

        def get(object_id: str) -> tuple[int, bytes]:
            with plain():
                kind, content = repository.object_store.get_raw(ObjectID(object_id.encode()))
            return kind, content

        yield commit, get
    finally:
        repository.close()


@contextmanager
def plain(said: str = "the server does not answer as a Git server does") -> Iterator[None]:
    """Turn what dulwich raises into SourceError; KeyError, for a missing object, stays."""
    try:
        yield
    except (RefdeskError, KeyError):
        raise
    except TransientError as error:
        raise SourceError(f"{error}; {_AGAIN}") from error
    except Exception as error:
        # dulwich asserts, and raises whatever its parsers do, on what a hostile server sends.
        raise SourceError(f"{said} ({type(error).__name__})") from error
