"""Refreshes in the background: one at a time, shared while waiting, outliving their page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import SourceError
from index.types import Progress, RefreshReport
from tests.ui.scripted import ScriptedDesk
from ui.refreshing import INTERNAL_ERROR, Refresher

WAIT = 10.0


class SlowDesk(ScriptedDesk):
    """Refreshes only as fast as the test lets it; counts how many run."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.step = threading.Semaphore(0)
        self.started = threading.Semaphore(0)
        self.runs = 0
        self.at_once = 0
        self.closed_runs = 0

    def refresh_events(
        self, *, fetch: bool = True, background: bool = False
    ) -> Iterator[Progress | RefreshReport]:
        self.runs += 1
        self.at_once += 1
        assert self.at_once == 1, "two refreshes ran at once"
        self.started.release()
        try:
            yield Progress("parse", 1, 2, "files")
            assert self.step.acquire(timeout=WAIT)
            yield RefreshReport(added=(f"run-{self.runs}",))
        finally:
            self.at_once -= 1
            self.closed_runs += 1


@pytest.fixture
def desk(tmp_path: Path) -> SlowDesk:
    return SlowDesk(tmp_path)


def test_a_request_gives_progress_and_then_a_report(desk: SlowDesk) -> None:
    refresher = Refresher(desk)
    request = refresher.request()
    steps = refresher.follow(request)
    assert next(steps) == Progress("parse", 1, 2, "files")
    assert refresher.busy
    desk.step.release()
    assert list(steps) == []
    assert request.report == RefreshReport(added=("run-1",))
    assert not refresher.busy and refresher.progress is None


def test_requests_during_a_refresh_share_one_that_starts_after_it(desk: SlowDesk) -> None:
    refresher = Refresher(desk)
    first = refresher.request()
    assert desk.started.acquire(timeout=WAIT)
    second, third = refresher.request(), refresher.request()
    assert second is third and second is not first
    desk.step.release(2)
    assert second.done.wait(WAIT)
    assert desk.runs == 2
    assert second.report == RefreshReport(added=("run-2",))


def test_a_refresh_goes_on_when_its_page_leaves(desk: SlowDesk) -> None:
    refresher = Refresher(desk)
    request = refresher.request()
    steps = refresher.follow(request)
    next(steps)
    steps.close()
    desk.step.release()
    assert request.done.wait(WAIT)
    assert request.report is not None


def test_closing_stops_at_the_next_step(desk: SlowDesk) -> None:
    refresher = Refresher(desk)
    request = refresher.request()
    assert desk.started.acquire(timeout=WAIT)
    desk.step.release()
    refresher.close()
    assert request.done.is_set()
    assert desk.closed_runs == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [(SourceError("The folder is gone."), "The folder is gone."), (KeyError("x"), INTERNAL_ERROR)],
)
def test_a_failure_is_told_and_the_next_refresh_runs(
    tmp_path: Path, error: Exception, said: str
) -> None:
    class FailingOnce(ScriptedDesk):
        failed = False

        def refresh_events(
            self, *, fetch: bool = True, background: bool = False
        ) -> Iterator[Progress | RefreshReport]:
            if not self.failed:
                self.failed = True
                raise error
            yield RefreshReport()

    refresher = Refresher(FailingOnce(tmp_path))
    first = refresher.request()
    assert first.done.wait(WAIT)
    assert (first.report, first.error) == (None, said)
    second = refresher.request()
    assert second.done.wait(WAIT)
    assert second.report == RefreshReport()
