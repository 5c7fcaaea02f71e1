"""The line before the desk: first come, first served, with a place that is told."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ui.line import Line, Place


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the line, to be moved by the test."""
    now = [100.0]
    monkeypatch.setattr("ui.line.monotonic", lambda: now[0])
    return now


def test_a_free_place_is_taken_at_once_and_no_place_in_line_is_told() -> None:
    ticket = Line(1).join()
    assert ticket.wait(0)
    assert ticket.place is None


def test_those_who_wait_are_served_in_the_order_they_came() -> None:
    line = Line(1)
    first, second, third = line.join(), line.join(), line.join()
    assert first.wait(0)
    assert not third.wait(0) and not second.wait(0)
    assert second.place == Place(1) and third.place == Place(2)
    first.leave()
    assert not third.wait(0), "a late comer must not overtake"
    assert second.wait(0)
    assert third.place == Place(1)


def test_who_leaves_the_line_moves_the_others_up() -> None:
    line = Line(1)
    served, impatient, patient = line.join(), line.join(), line.join()
    assert served.wait(0)
    impatient.leave()
    impatient.leave()
    assert patient.place == Place(1)
    served.leave()
    assert patient.wait(0)
    assert not impatient.wait(0)


def test_leaving_the_desk_twice_frees_one_place_only() -> None:
    line = Line(1)
    first, second, third = line.join(), line.join(), line.join()
    assert first.wait(0)
    first.leave()
    first.leave()
    assert second.wait(0)
    assert not third.wait(0)


def test_the_wait_is_estimated_from_the_median_of_the_last_answers(clock: list[float]) -> None:
    line = Line(2)
    for seconds in (10.0, 12.0, 300.0):
        ticket = line.join()
        assert ticket.wait(0)
        clock[0] += seconds
        ticket.leave(answered=True)
    stopped = line.join()
    assert stopped.wait(0)
    stopped.leave()  # was no answer: tells nothing of how long one takes
    busy = [line.join(), line.join()]
    assert all(ticket.wait(0) for ticket in busy)
    assert [line.join().place, line.join().place] == [Place(1, 6.0), Place(2, 12.0)]


def test_nothing_is_estimated_before_the_first_answer() -> None:
    line = Line(1)
    assert line.join().wait(0)
    assert line.join().place == Place(1, None)


def test_a_line_is_a_semaphore_to_those_who_want_one() -> None:
    line = Line(1)
    with line:
        assert not line.acquire(timeout=0)
        assert not line.acquire(blocking=False)
    assert line.acquire(timeout=0)
    line.release()
    with pytest.raises(ValueError, match="given back"):
        line.release()


def test_many_threads_never_hold_more_places_than_there_are() -> None:
    line, held, most = Line(3), [0], [0]
    lock = threading.Lock()

    def work() -> None:
        ticket: Any = line.join()
        assert ticket.wait(20)
        with lock:
            held[0] += 1
            most[0] = max(most[0], held[0])
        threading.Event().wait(0.002)
        with lock:
            held[0] -= 1
        ticket.leave(answered=True)

    threads = [threading.Thread(target=work) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert held == [0] and 1 <= most[0] <= 3
    assert all(line.acquire(timeout=0) for _ in range(3))
