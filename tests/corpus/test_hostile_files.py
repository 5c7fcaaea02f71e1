"""Every broken or hostile file has its documented outcome, and harms no other.

The table is in hostile.py. The time-out of each test is its bound in time, ``MOST_MEMORY``
that in memory.
"""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest

from corpus.errors import ParseError
from corpus.parse import parse
from index.store import Index
from tests.corpus.checks import check_parsed
from tests.corpus.hostile import BINARY, CASES, SECRET, Case, golden
from tests.index.hash_embedder import HashEmbedder

MOST_MEMORY = 1536 << 20  # bytes; 52 MB of words are 1 GB while they become a text
LARGE = 20 << 20  # what is larger is not written into the batch, to spare the disk


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_file_is_a_document_or_one_clear_line(case: Case) -> None:
    data = case.make()
    before = peak_memory()
    outcome = read(case, data)
    assert peak_memory() - before < MOST_MEMORY
    if case.reads:
        assert case.reads in outcome
    if case.says:
        assert outcome == "", "it was read as if nothing were wrong with it"


def read(case: Case, data: bytes) -> str:
    """The text; "" where the file is refused, for the documented reason if it has one."""
    try:
        parsed = parse(data, case.name)
    except ParseError as error:
        assert not case.reads, error
        assert "\n" not in str(error) and str(error)
        if case.says:
            assert re.search(case.says, str(error)), error
        return ""
    assert SECRET not in parsed.text and "evil()" not in parsed.text
    if len(parsed.text) < 1_000_000:
        check_parsed(parsed)
    front = parsed.metadata.get("url")
    assert front is None or not str(parsed.metadata).startswith("javascript")
    return parsed.text


def peak_memory() -> int:
    """The most that this process has used so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_the_table_is_as_long_as_it_was_meant_to_be() -> None:
    assert len(CASES) >= 120
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.timeout(200)
def test_a_folder_of_them_brings_in_the_good_and_reports_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "0-first.md").write_text("# First\n\nThe first good note tells of quokkas.")
    (folder / "zz-last.md").write_text("# Last\n\nThe last good note tells of numbats.")
    written = 0
    for number, case in enumerate(CASES):
        if "bomb" in case.id or "too-" in case.id or Path(case.name).suffix in ("", ".exe"):
            continue
        data = case.make()
        if len(data) < LARGE:
            (folder / f"{number:03}{Path(case.name).suffix}").write_bytes(data)
            written += 1
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        report = index.refresh()
        assert len(report.added) + len(report.failed) == written + 2
        assert all(failure.reason and "\n" not in failure.reason for failure in report.failed)
        assert not [f.reason for f in report.failed if "while reading it" in f.reason]
        for word, name in (("quokkas", "0-first.md"), ("numbats", "zz-last.md")):
            assert index.search(word, 1)[0].document.id == f"notes/{name}"
        status = index.status()
        assert (status.pending, status.vectors) == ((), status.chunks)
        again = index.refresh()
        assert (again.added, again.changed, len(again.failed)) == ((), (), len(report.failed))


GOOD = (*BINARY, "scores.ods", "tour.ipynb", "licence.eml", "list.mbox", "models.json")


@pytest.mark.timeout(120)
def test_the_last_good_version_of_every_format_stays(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in GOOD:
        (folder / name).write_bytes(golden(name))
    with Index.open(tmp_path / "home", HashEmbedder(), curated=False) as index:
        index.add_source(folder)
        assert index.refresh().failed == ()
        texts = {name: index.document(f"notes/{name}") for name in GOOD}
        for name in GOOD:
            (folder / name).write_bytes(b"\x00\xff\xfe broken " + golden(name)[:40])
        report = index.refresh()
        assert {f.document_id for f in report.failed} == {f"notes/{name}" for name in GOOD}
        assert (report.changed, report.removed) == ((), ())
        for name in GOOD:
            kept = index.document(f"notes/{name}")
            assert kept == texts[name] and kept is not None and kept.text
