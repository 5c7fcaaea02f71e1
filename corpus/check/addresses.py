"""Where a source lies, so that two ways of writing one address can be compared.

"github owner/repo README.md@commit" is "https://github.com/owner/repo/blob/commit/README.md".
Knows nothing of what a source says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_GITHUB = re.compile(
    r"^github\s+(?P<repo>[\w.-]+/[\w.-]+)\s*(?P<path>[^@]*)(?:@(?P<commit>[0-9a-f]+))?"
)
_GITHUB_HOSTS = ("github.com", "raw.githubusercontent.com")
_REPOSITORY_FOLDERS = ("blob", "tree", "raw", "commit")


@dataclass(frozen=True, slots=True)
class Address:
    """A host with the path on it; on GitHub the path is owner/repository."""

    host: str
    path: str
    commit: str = ""

    def same_place(self, other: Address) -> bool:
        """The same page, or for a repository the same commit where both name one."""
        if (self.host, self.path) != (other.host, other.path):
            return False
        commits = self.commit, other.commit
        return (
            not all(commits)
            or commits[0].startswith(commits[1])
            or commits[1].startswith(commits[0])
        )

    def same_site(self, other: Address) -> bool:
        """The same host; on GitHub the same repository."""
        return self.host == other.host and (self.host != "github.com" or self.path == other.path)


@lru_cache(maxsize=8192)
def address_of(text: str) -> Address:
    """The address in ``text``; remarks after it are left out."""
    short = _GITHUB.match(text)
    if short:
        return Address("github.com", short["repo"].casefold(), short["commit"] or "")
    found = re.search(r"https?://\S+", text)
    parts = urlsplit(found[0] if found else f"https://{text.strip()}".split()[0])
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    path = unquote(parts.path).strip("/").casefold()
    return _repository(path) if host in _GITHUB_HOSTS else Address(host, path)


def _repository(path: str) -> Address:
    owner, _, rest = path.partition("/")
    name, _, inside = rest.partition("/")
    parts = [part for part in inside.split("/") if part not in _REPOSITORY_FOLDERS]
    commit = parts[0] if parts and re.fullmatch(r"[0-9a-f]{7,40}", parts[0]) else ""
    return Address("github.com", f"{owner}/{name}", commit)
