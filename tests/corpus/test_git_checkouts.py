"""Repositories as documents: what is read of a revision, what is kept, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dulwich.objects import Blob, Tree

from corpus.errors import InputError
from corpus.gathered import Gathered
from corpus.git.checkouts import Ask, Checkouts
from corpus.git.pack import GitLimits, PackLimits
from corpus.git.places import check_revision, local_path, web_view
from corpus.git.trees import Wanted
from corpus.sources import PageFile, load
from corpus.web.fetch import Fetcher
from tests.corpus.git_server import Repository, Served, has_git, serving
from tests.corpus.web_server import Asked, Site, loopback, redirect, reply
from tests.corpus.web_server import serving as web_serving

FILES = {
    "README.md": "# Handbook\n\nThe handbook tells of quokkas.",
    "docs/a/deep.md": "Deep waters.",
    "docs/notes.txt": "Notes on numbats.",
    "src/code.py": "print('never read')",
    ".github/hidden.md": "Hidden.",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repositories" / "docs.git")


def kinds() -> list[object]:
    real = pytest.param(True, marks=pytest.mark.skipif(not has_git(), reason="git is not here"))
    return [False, real]


@pytest.fixture(params=kinds(), ids=["dulwich", "git"])
def server(repository: Repository, request: pytest.FixtureRequest) -> Iterator[Served]:
    with serving(repository.path.parent, real=request.param) as served:
        yield served


@pytest.fixture
def checkouts(tmp_path: Path) -> Checkouts:
    return make(tmp_path)


def make(tmp_path: Path, limits: GitLimits | None = None) -> Checkouts:
    return Checkouts(tmp_path / "home", Fetcher(["git.test"], resolver=loopback), limits)


def paths(found: Gathered) -> list[str]:
    assert found.files is not None, found.problem
    return [file.document_id.removeprefix("d/") for file in found.files]


def texts(found: Gathered) -> dict[str, str]:
    assert found.files is not None, found.problem
    return {file.document_id.removeprefix("d/"): load(file).text for file in found.files}


def test_readable_files_of_the_newest_state_become_documents(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    commit = repository.commit(FILES)
    found = checkouts.bring("d", Ask(server.url()))
    assert texts(found) == {
        "README.md": "Handbook\n\nThe handbook tells of quokkas.",
        "docs/a/deep.md": "Deep waters.",
        "docs/notes.txt": "Notes on numbats.",
    }
    assert (found.problem, found.failed, found.note) == (None, (), None)
    assert found.files is not None
    first = found.files[0]
    assert isinstance(first, PageFile)
    assert first.url == f"{server.url()}#README.md"
    assert load(first).info.title == "Handbook"
    assert commit not in str(first.path)


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (("docs/**/*.md",), (), ["docs/a/deep.md"]),
        (("*.md",), ("docs/",), ["README.md"]),
        (("docs/",), ("*.txt",), ["docs/a/deep.md"]),
        ((".github/*.md",), (), [".github/hidden.md"]),
        (("*.py",), (), []),
        ((), ("**",), []),
    ],
)
def test_patterns_choose_files_as_in_gitignore(
    repository: Repository,
    checkouts: Checkouts,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    expected: list[str],
) -> None:
    repository.commit(FILES)
    ask = Ask(str(repository.path), wanted=Wanted(include, exclude))
    assert paths(checkouts.bring("d", ask)) == expected


def test_revision_is_a_branch_a_tag_or_a_commit(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    first = repository.commit({"a.md": "First."})
    repository.repo.refs[b"refs/tags/v1.2"] = first.encode()
    repository.commit({"a.md": "Second."})
    repository.commit({"a.md": "On a branch."}, branch="topic/x")
    for revision, text in (("v1.2", "First."), ("topic/x", "On a branch."), ("", "Second.")):
        assert texts(checkouts.bring("d", Ask(server.url(), revision))) == {"a.md": text}
    asked = len(server.asked)
    assert texts(checkouts.bring("d", Ask(server.url(), first))) == {"a.md": "First."}
    between = len(server.asked)
    assert between > asked
    assert texts(checkouts.bring("d", Ask(server.url(), first))) == {"a.md": "First."}
    assert len(server.asked) == between, "a commit cannot move, so nobody is asked"
    lost = checkouts.bring("d", Ask(server.url(), "v9"))
    assert "no such revision" in str(lost.problem) or "called v9" in str(lost.problem)
    assert texts(lost) == {"a.md": "First."}


def test_revision_that_has_not_moved_is_not_fetched_again(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    repository.commit(FILES)
    first = checkouts.bring("d", Ask(server.url()))
    server.asked.clear()
    assert checkouts.bring("d", Ask(server.url())) == first
    assert len(server.asked) <= 2  # what the branches are; Git's protocol 2 asks twice
    repository.commit(FILES | {"README.md": "Now of wombats."})
    second = checkouts.bring("d", Ask(server.url()))
    assert texts(second)["README.md"] == "Now of wombats."
    assert first.files is not None and second.files is not None
    assert [f.path for f in first.files[1:]] == [f.path for f in second.files[1:]]


def test_other_patterns_bring_other_files_of_the_same_revision(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    repository.commit(FILES)
    assert len(paths(checkouts.bring("d", Ask(server.url())))) == 3
    only = Ask(server.url(), wanted=Wanted(("docs/",)))
    assert paths(checkouts.bring("d", only)) == ["docs/a/deep.md", "docs/notes.txt"]
    limited = checkouts.bring("d", Ask(server.url(), limit=1))
    assert (len(paths(limited)), limited.note) == (1, "2 more files are left out")


def test_failing_server_keeps_the_last_good_tree(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    repository.commit(FILES)
    good = checkouts.bring("d", Ask(server.url()))
    server.broken = True
    kept = checkouts.bring("d", Ask(server.url()))
    assert kept.files == good.files
    assert "an error (500); its state of 20" in str(kept.problem)
    assert checkouts.stored("d", Ask(server.url())).files == good.files


def test_lost_or_damaged_copies_are_fetched_anew(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    repository.commit(FILES)
    ask = Ask(server.url())
    first = checkouts.bring("d", ask)
    assert first.files is not None
    first.files[0].path.unlink()
    missing = checkouts.stored("d", ask)
    assert [identity for identity, _, _ in missing.failed] == ["d/README.md"]
    assert texts(checkouts.bring("d", ask)) == texts(first)
    note = checkouts.folder_of(server.url()) / "tree.json"
    for damage in ("{", note.read_text().replace('"blob": "', '"blob": "../../../')):
        note.write_text(damage)
        assert checkouts.stored("d", ask).files is None
        assert len(paths(checkouts.bring("d", ask))) == 3


def test_contents_that_no_tree_has_any_more_are_deleted(
    repository: Repository, checkouts: Checkouts
) -> None:
    ask = Ask(str(repository.path))
    for number in range(4):
        repository.commit({"a.md": f"Number {number}."})
        checkouts.bring("d", ask)
    folder = checkouts.folder_of(ask.location)
    assert len([entry for entry in folder.iterdir() if entry.is_dir()]) == 2
    checkouts.keep_only([])
    assert not folder.exists()


def test_repository_on_this_machine_is_read_without_running_anything(
    repository: Repository, checkouts: Checkouts, tmp_path: Path
) -> None:
    repository.commit({"a.md": "---\npublisher: The team\n---\nHere."})
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        hook = repository.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran")
        hook.chmod(0o755)
    location = checkouts.accepted(f"file://{repository.path}")
    found = checkouts.bring("d", Ask(location))
    assert found.files is not None
    document = load(found.files[0])
    assert (document.text, document.info.url, document.info.publisher) == (
        "Here.",
        None,
        "The team",
    )
    assert found.files[0].origin == f"{repository.path}#a.md"
    assert not (tmp_path / "ran").exists()
    gone = checkouts.bring("d", Ask(str(tmp_path / "nothing")))
    assert "is not a Git repository" in str(gone.problem)


HOSTILE = [
    b"../escape.md", b"..", b"/etc/passwd.md", b"a/b.md", b"back\\slash.md", b"C:drive.md",
    b".git", b".GIT", b".git ", b"git~1", b"new\nline.md", b"bell\x07.md", b"\xff\xfe.md", b".",
    b"nul\x7f.md", b"x" * 1200 + b".md",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:20])
def test_path_that_leads_elsewhere_is_refused_and_the_others_come_in(
    repository: Repository, checkouts: Checkouts, tmp_path: Path, name: bytes
) -> None:
    evil = Blob.from_string(b"Evil text.")
    repository.commit({"good.md": "Good."}, [(name, 0o100644, evil)])
    with serving(repository.path.parent) as server:
        found = checkouts.bring("d", Ask(server.url()))
    assert texts(found) == {"good.md": "Good."}
    ((_, place, reason),) = found.failed
    assert reason == "its path is not one that a file can have"
    assert "\n" not in place
    written = [p for p in tmp_path.rglob("*") if p.is_file() and b"Evil text." in p.read_bytes()]
    assert written == []


def test_links_and_submodules_are_passed_over(
    repository: Repository, server: Served, checkouts: Checkouts
) -> None:
    link, other = Blob.from_string(b"/etc/passwd"), b"1" * 40
    repository.commit({"a.md": "A."}, [(b"link.md", 0o120000, link), (b"sub.md", 0o160000, other)])
    assert texts(checkouts.bring("d", Ask(server.url()))) == {"a.md": "A."}


def test_large_files_and_pointers_are_told_of_and_the_others_come_in(
    repository: Repository, server: Served, checkouts: Checkouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.git.checkouts.MAX_FILE_BYTES", 1 << 20)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n"
    repository.commit({"a.md": "A.", "big.txt": "x" * (2 << 20), "video.pdf": pointer})
    found = checkouts.bring("d", Ask(server.url()))
    assert texts(found) == {"a.md": "A."}
    assert {identity: reason for identity, _, reason in found.failed} == {
        "d/big.txt": "larger than 1 MB",
        "d/video.pdf": "its content is kept in Git LFS, which is not fetched",
    }


def nested(repository: Repository, depth: int, width: int) -> bytes:
    """A tree of the same tree many times over: few objects, very many files."""
    below = repository.add(Blob.from_string(b"x"))
    mode, suffix = 0o100644, b".md"
    for _ in range(depth):
        tree = Tree()
        for number in range(width):
            tree.add(b"%03d%s" % (number, suffix), mode, below)  # type: ignore[arg-type]
        below, mode, suffix = repository.add(tree), 0o40000, b""
    return below


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("make_it", "reason"),
    [
        (lambda r: r.commit_tree(nested(r, 10, 10)), "more than 500,000 files"),
        (lambda r: r.commit_tree(nested(r, 80, 1)), "nest too deep"),
        (lambda r: r.commit({"a.md": "x" * 5_000_000}), "over 1 MB"),
        (lambda r: r.commit({f"{n}.md": f"{n}" * 300_000 for n in range(4)}), "unpacks to more"),
        (lambda r: r.commit({f"{n}.md": f"{n}" for n in range(400)}), "more than 300 objects"),
    ],
    ids=["bomb", "deep", "large", "all", "many"],
)
def test_repository_that_is_too_much_is_refused_and_nothing_is_kept(
    repository: Repository, tmp_path: Path, make_it: Callable[[Repository], str], reason: str
) -> None:
    make_it(repository)
    checkouts = make(tmp_path, GitLimits(pack=PackLimits(300, 1 << 20, 1 << 20)))
    with serving(repository.path.parent) as server:
        found = checkouts.bring("d", Ask(server.url()))
    assert found.files is None
    assert reason in str(found.problem)
    assert not [p for p in (tmp_path / "home").rglob("*") if p.is_file()]


def endless(kind: str, unit: bytes) -> Callable[[object, Asked], None]:
    def answer(stream: object, asked: Asked) -> None:
        stream.sendall(  # type: ignore[attr-defined]
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode()
        )
        while True:
            stream.sendall(unit)  # type: ignore[attr-defined]

    return answer


def cut_off() -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {ADVERTISED}\r\nContent-Length: 99\r\n\r\n"
    return head.encode() + b"001e# service=git-upload-pack\n"


ADVERTISED = "application/x-git-upload-pack-advertisement"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("<html>"), "not answer as a Git server"),
        (reply("", "404 Not Found"), "no such repository (404)"),
        (reply("", "401 Unauthorized"), "not public"),
        (reply("", "403 Forbidden"), "does not let programs read"),
        (reply("", "503 Busy"), "an error (503)"),
        (reply(b"zzzz", content_type=ADVERTISED), "not answer as a Git server"),
        (reply(b"001e# service=git-upload-pack\n", content_type=ADVERTISED), "not answer as a Git"),
        (reply(b"", content_type=ADVERTISED), "not answer as a Git server"),
        (reply("1" * 40 + "\trefs/heads/main\n", content_type="text/plain"), "not answer as a Git"),
        (
            redirect("http://inside.test/x/info/refs?service=git-upload-pack"),
            "not a public address",
        ),
        (redirect("file:///etc/passwd"), "refused"),
        (redirect("/docs.git/info/refs?service=git-upload-pack"), "an error (302)"),
        (endless("text/html", b"x" * 65536), "not answer as a Git server"),
        (endless(ADVERTISED, b"fff0" + b"x" * 65516), "more than 32 MB|too slowly"),
        (cut_off(), "not answer as a web server"),
        (b"nonsense\r\n\r\n", "not answer as a web server"),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_server_that_is_no_good_gives_one_clear_line(
    tmp_path: Path, answer: object, reason: str
) -> None:
    with web_serving() as site:
        hold(site, answer)
        found = make(tmp_path, GitLimits(seconds=6)).bring(
            "d", Ask(site.url("/docs.git", host="git.test"))
        )
    assert found.files is None
    assert re.search(reason.replace("(", r"\(").replace(")", r"\)"), str(found.problem))
    assert "\n" not in str(found.problem)


def hold(site: Site, answer: object) -> None:
    site.answers["/docs.git/info/refs?service=git-upload-pack"] = answer  # type: ignore[assignment]


@pytest.mark.timeout(60)
def test_server_that_never_ends_is_left_after_the_time(tmp_path: Path) -> None:
    def drip(stream: object, asked: Asked) -> None:
        stream.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {ADVERTISED}\r\n\r\nfff0".encode())  # type: ignore[attr-defined]
        while not site.stop.wait(0.2):
            stream.sendall(b"x")  # type: ignore[attr-defined]

    with web_serving() as site:
        hold(site, drip)
        checkouts = make(tmp_path, GitLimits(seconds=1))
        found = checkouts.bring("d", Ask(site.url("/docs.git", host="git.test")))
    assert "too slowly; it is tried again" in str(found.problem)


def test_private_addresses_are_asked_only_where_they_are_allowed(
    repository: Repository, server: Served, tmp_path: Path
) -> None:
    repository.commit(FILES)
    closed = Checkouts(tmp_path / "closed", Fetcher(["other.test"], resolver=loopback))
    assert "REFDESK_ALLOW_HOSTS" in str(closed.bring("d", Ask(server.url())).problem)
    assert server.asked == []
    with pytest.raises(InputError, match="not a public address"):
        closed.accepted("http://169.254.169.254/repo.git")


@pytest.mark.parametrize(
    "location",
    ["git@github.com:a/b.git", "ssh://host/x", "git://host/x", "ext::sh -c evil", "file://host/x",
     "https://user:secret@host/x.git", "ftp://host/x"],
)  # fmt: skip
def test_other_ways_to_a_repository_are_refused(checkouts: Checkouts, location: str) -> None:
    if location.startswith("ext::"):  # Git would run it; here it is a path that is not there
        assert local_path(location) == Path(location)
        return
    with pytest.raises(InputError):
        checkouts.accepted(location)


@pytest.mark.parametrize(
    "revision", ["--upload-pack=evil", "a..b", "HEAD@{1}", "a b", "x" * 300, "a\nb", "^x", "-x"]
)
def test_revision_that_is_none_is_refused(revision: str) -> None:
    with pytest.raises(InputError):
        check_revision(revision)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b/blob/c0/docs/x%20y.md"),
        ("https://www.github.com/a/b", "https://github.com/a/b/blob/c0/docs/x%20y.md"),
        ("https://gitlab.com/g/s/b", "https://gitlab.com/g/s/b/-/blob/c0/docs/x%20y.md"),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b/src/commit/c0/docs/x%20y.md"),
        ("https://git.example.org/b.git", "https://git.example.org/b.git#docs/x%20y.md"),
        ("https://github.com:8443/a/b", "https://github.com:8443/a/b#docs/x%20y.md"),
    ],
)
def test_file_is_cited_where_its_forge_shows_it(address: str, expected: str) -> None:
    assert web_view(address, "c0", "docs/x y.md") == expected
