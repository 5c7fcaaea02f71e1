"""Where a repository lies, and the address at which a reader finds one of its files.

Knows nothing of what is in a repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from corpus.errors import InputError

# What stands between repository and commit in the web view of the forges that show one.
_FORGES = {
    "github.com": "blob",
    "gitlab.com": "-/blob",
    "codeberg.org": "src/commit",
    "huggingface.co": "blob",
}
_SCP = re.compile(r"^[\w.-]+@[\w.-]+:(?!/)")
_REVISION = re.compile(r"[A-Za-z0-9][\w./+@-]{0,199}")
MOST_PATTERNS = 100


def local_path(location: str) -> Path | None:
    """The path that ``location`` names, or None for an address; raises InputError for others."""
    text = location.strip()
    if re.match(r"(?i)file://", text):
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost"):
            raise InputError(f"{text[:200]!r} is on another machine; name a path of this one.")
        return Path(unquote(parts.path))
    if _SCP.match(text) or re.match(r"(?i)(ssh|git|git\+ssh)://", text):
        raise InputError("Repositories are read by https:// or from a path; no keys are used.")
    return None if re.match(r"(?i)[a-z][a-z0-9+.-]+://", text) else Path(text)


def check_revision(revision: str) -> str:
    """``revision`` if it can name a branch, a tag or a commit; raises InputError."""
    if revision and (not _REVISION.fullmatch(revision) or ".." in revision or "@{" in revision):
        raise InputError(f"{revision[:80]!r} is no branch, tag or commit.")
    return revision


def web_view(address: str, commit: str, path: str) -> str:
    """The address of a file at a commit; its place in the repository where no view is known."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    repository = parts.path.strip("/").removesuffix(".git")
    shown = quote(path, safe="/-._~")
    if host in _FORGES and parts.port is None and repository.count("/") >= 1:
        return f"https://{host}/{repository}/{_FORGES[host]}/{commit}/{shown}"
    return f"{address}#{shown}"
