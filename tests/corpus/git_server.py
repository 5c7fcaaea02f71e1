"""Repositories made for tests, and servers on loopback that give them: dulwich's, and Git's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich.objects import Blob, Commit, ShaFile, Tree
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

BACKEND = Path("/usr/lib/git-core/git-http-backend")
Entry = tuple[bytes, int, ShaFile | bytes]
"""A name, a mode, and an object or the id of one."""


class Repository:
    """A bare repository that a test fills."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.repo = Repo.init_bare(str(path))

    def commit(
        self,
        files: Mapping[str, bytes | str],
        extra: list[Entry] | None = None,
        branch: str = "master",
    ) -> str:
        """A commit of files by their paths, with ``extra`` entries in its root; returns its id."""
        root: dict[str, Any] = {}
        for path, content in files.items():
            *folders, name = path.split("/")
            place = root
            for folder in folders:
                place = place.setdefault(folder, {})
            place[name] = content.encode() if isinstance(content, str) else content
        return self.commit_tree(self._tree(root, extra or []), branch)

    def commit_tree(self, tree: bytes, branch: str = "master") -> str:
        """A commit of a tree by its id."""
        commit = Commit()
        commit.tree = tree  # type: ignore[assignment]
        commit.author = commit.committer = b"A Person <a@example.org>"
        commit.author_time = commit.commit_time = 1_700_000_000
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"A change"
        self.repo.object_store.add_object(commit)
        self.repo.refs[f"refs/heads/{branch}".encode()] = commit.id  # type: ignore[index]
        return commit.id.decode()

    def add(self, thing: ShaFile) -> bytes:
        """Put an object in; returns its id."""
        self.repo.object_store.add_object(thing)
        return bytes(thing.id)

    def _tree(self, folder: dict[str, Any], extra: list[Entry]) -> bytes:
        tree = Tree()
        for name, content in folder.items():
            if isinstance(content, dict):
                tree.add(name.encode(), 0o40000, self._tree(content, []))  # type: ignore[arg-type]
            else:
                tree.add(name.encode(), 0o100644, self.add(Blob.from_string(content)))  # type: ignore[arg-type]
        for name, mode, thing in extra:
            given = thing if isinstance(thing, bytes) else self.add(thing)
            tree.add(name, mode, given)  # type: ignore[arg-type]
        return self.add(tree)


@dataclass
class Served:
    """A server of repositories; ``asked`` are the requests that came."""

    port: int
    asked: list[str] = field(default_factory=list)
    broken: bool = False

    def url(self, name: str = "docs.git", host: str = "git.test") -> str:
        """The address of a repository."""
        return f"http://{host}:{self.port}/{name}"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path, *, real: bool = False) -> Iterator[Served]:
    """Serve the repositories in ``folder``, by dulwich or by Git itself, until the block ends."""
    app = _git(folder) if real else _dulwich(folder)
    served = Served(0)

    def noting(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        served.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        if served.broken:
            start("500 Oops", [("Content-Length", "0")])
            return [b""]
        return app(environ, start)

    server: WSGIServer = make_server("127.0.0.1", 0, noting, handler_class=_Quiet)
    served.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _dulwich(folder: Path) -> Callable[..., Any]:
    found = {f"/{path.name}": Repo(str(path)) for path in folder.iterdir()}
    return make_wsgi_chain(DictBackend(found))  # type: ignore[arg-type]


def _git(folder: Path) -> Callable[..., Any]:
    """Git's own CGI program, one process a request."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        variables = {
            "PATH": os.environ.get("PATH", ""),
            "GIT_PROJECT_ROOT": str(folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": environ.get("HTTP_GIT_PROTOCOL", ""),
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_CONFIG_KEY_1": "uploadpack.allowFilter",
            "GIT_CONFIG_VALUE_1": "true",
            "CONTENT_LENGTH": str(len(body)),
            "PATH_INFO": environ["PATH_INFO"],
        } | {k: environ.get(k, "") for k in ("REQUEST_METHOD", "QUERY_STRING", "CONTENT_TYPE")}
        done = subprocess.run(
            [str(BACKEND)], input=body, env=variables, capture_output=True, timeout=30, check=False
        )
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        pairs = [line.partition(": ")[::2] for line in head.decode("latin-1").split("\r\n")]
        status = next((value for name, value in pairs if name == "Status"), "200 OK")
        start(status, [(n, v) for n, v in pairs if n != "Status"] + [
            ("Content-Length", str(len(rest)))])  # fmt: skip
        return [rest]

    return app


def has_git() -> bool:
    """Whether Git's own server program is on this machine."""
    return BACKEND.is_file() and shutil.which("git") is not None
