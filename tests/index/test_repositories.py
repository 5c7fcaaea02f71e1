"""What a refresh does with Git repositories: come, move, fail, and go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import InputError
from corpus.web.fetch import Fetcher
from index import records
from index.store import Index
from index.types import Declaration, Progress, SourceOptions
from tests.corpus.git_server import Repository, Served, serving
from tests.corpus.web_server import loopback
from tests.index.hash_embedder import HashEmbedder
from tests.index.snapshot import snapshot

GIT = Declaration(kind="git")
FILES = {"README.md": "# Handbook\n\nOf quokkas.", "docs/a.md": "Of numbats.", "x.py": "pass"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repositories" / "handbook.git")


@pytest.fixture
def server(repository: Repository) -> Iterator[Served]:
    with serving(repository.path.parent) as served:
        yield served


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    fetcher = Fetcher(["git.test"], resolver=loopback)
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False, fetcher=fetcher) as index:
        yield index


def address(server: Served) -> str:
    return server.url("handbook.git")


def test_files_of_a_repository_are_searched_and_cited(
    index: Index, repository: Repository, server: Served
) -> None:
    repository.commit(FILES)
    source = index.add_source(address(server), GIT)
    assert (source.name, source.kind) == ("git.test-handbook", "git")
    assert server.asked == []
    assert index.compare().added == ("git.test-handbook/…",)
    report = index.refresh()
    assert report.added == ("git.test-handbook/README.md", "git.test-handbook/docs/a.md")
    (passage,) = index.search("numbats", 1)
    assert passage.document.url == f"{address(server)}#docs/a.md"
    assert passage.document.publisher == "git.test"
    again = index.refresh()
    assert (again.unchanged, again.chunks, again.failed) == (2, 0, ())


def test_new_commit_changes_what_it_changed(
    index: Index, repository: Repository, server: Served
) -> None:
    repository.commit(FILES)
    index.add_source(address(server), GIT)
    index.refresh()
    repository.commit({"README.md": FILES["README.md"], "docs/b.md": "Of wombats."})
    assert index.compare().unchanged == 2
    assert index.refresh(fetch=False).touched is False
    report = index.refresh()
    assert report.added == ("git.test-handbook/docs/b.md",)
    assert report.removed == ("git.test-handbook/docs/a.md",)
    assert (report.changed, report.unchanged) == ((), 1)


def test_failing_server_keeps_everything_and_is_told_of(
    index: Index, repository: Repository, server: Served, tmp_path: Path
) -> None:
    repository.commit(FILES)
    (tmp_path / "note.txt").write_text("Of bilbies.")
    index.add_source(tmp_path / "note.txt")
    index.add_source(address(server), GIT)
    server.broken = True
    first = index.refresh()
    assert [f.document_id for f in first.failed] == ["git.test-handbook"]
    assert first.added == ("note/note.txt",)
    server.broken = False
    index.refresh()
    before = snapshot(index)
    server.broken = True
    for fetch in (True, False):
        report = index.refresh(fetch=fetch)
        (failure,) = report.failed
        assert "an error (500); its state of 20" in failure.reason
        assert snapshot(index) == before
    server.broken = False
    assert index.refresh().failed == ()


def test_index_is_rebuilt_from_the_copies_without_a_network(
    index: Index, repository: Repository, server: Served
) -> None:
    repository.commit(FILES)
    index.add_source(address(server), GIT)
    index.refresh()
    before = snapshot(index)
    server.broken = True
    with index.stores.db.writing() as db:
        records.remove(db, "git.test-handbook/README.md")
    assert index.refresh(full=True).added == ("git.test-handbook/README.md",)
    assert snapshot(index) == before


def test_options_choose_revision_and_files_and_can_be_changed(
    index: Index, repository: Repository, server: Served
) -> None:
    first = repository.commit(FILES)
    repository.repo.refs[b"refs/tags/v1"] = first.encode()
    repository.commit({"README.md": "Later.", "docs/b.md": "Of bilbies."})
    options = SourceOptions(include=("docs/",), revision="v1")
    index.add_source(address(server), Declaration("git", "hb", options))
    assert index.refresh().added == ("hb/docs/a.md",)
    index.add_source(address(server), Declaration("git", None, SourceOptions(limit=1)))
    report = index.refresh()
    assert (report.added, report.removed) == (("hb/README.md",), ("hb/docs/a.md",))
    (note,) = report.notes
    assert note.startswith("hb: ") and note.endswith(": 1 more file is left out")
    assert report.failed == ()


def test_repository_on_this_machine_by_path_and_by_file_address(
    index: Index, repository: Repository
) -> None:
    repository.commit(FILES)
    source = index.add_source(f"file://{repository.path}", GIT)
    assert (source.name, source.location) == ("handbook", str(repository.path))
    assert index.add_source(repository.path, GIT) == source
    assert index.refresh().added == ("handbook/README.md", "handbook/docs/a.md")
    document = index.document("handbook/docs/a.md")
    assert document is not None and document.info.url is None
    assert index.explain(str(repository.path)).state == "source"
    assert index.explain("handbook/docs/a.md").state == "indexed"


def test_withdrawn_repository_goes_with_its_copies(
    index: Index, repository: Repository, server: Served
) -> None:
    repository.commit(FILES)
    source = index.add_source(address(server), GIT)
    index.refresh()
    assert list(index.home.repositories.iterdir())
    index.remove_source(source.name)
    assert len(index.refresh().removed) == 2
    assert list(index.home.repositories.iterdir()) == []


def test_file_that_becomes_a_pointer_keeps_its_last_good_text(
    index: Index, repository: Repository, server: Served
) -> None:
    repository.commit(FILES)
    index.add_source(address(server), GIT)
    index.refresh()
    before = snapshot(index)
    repository.commit(FILES | {"docs/a.md": "version https://git-lfs.github.com/spec/v1\noid x"})
    (failure,) = index.refresh().failed
    assert (failure.document_id, failure.path) == (
        "git.test-handbook/docs/a.md",
        f"{address(server)}#docs/a.md",
    )
    assert "Git LFS" in failure.reason
    assert snapshot(index) == before


def test_progress_tells_of_repositories(
    index: Index, repository: Repository, server: Served
) -> None:
    repository.commit(FILES)
    index.add_source(address(server), GIT)
    steps = [e for e in index.refresh_events() if isinstance(e, Progress) and e.stage == "fetch"]
    assert (steps[-1].done, steps[-1].total, steps[-1].unit) == (1, 1, "sources")


@pytest.mark.parametrize(
    ("location", "options"),
    [
        ("https://127.0.0.1/x.git", SourceOptions()),
        ("ssh://git.test/x.git", SourceOptions()),
        ("git@git.test:x/y.git", SourceOptions()),
        ("/nowhere/at/all.git", SourceOptions()),
        ("https://git.test/x.git", SourceOptions(revision="--upload-pack=x")),
    ],
)
def test_what_cannot_be_a_repository_is_refused_when_it_is_added(
    index: Index, location: str, options: SourceOptions
) -> None:
    with pytest.raises(InputError):
        index.add_source(location, Declaration("git", None, options))
    assert index.sources() == []
