"""One refresh of a home at a time; the one that waits says so."""

import threading
from collections.abc import Iterator

from index.turns import WAITING, in_turn


def test_the_second_waits_until_the_first_has_ended_and_says_so() -> None:
    lock, order = threading.Lock(), []

    def steps(name: str) -> Iterator[str]:
        order.append(f"{name} starts")
        yield name
        order.append(f"{name} ends")

    first, second = in_turn(lock, steps("one")), in_turn(lock, steps("two"))
    assert next(first) == "one"
    assert next(second) == WAITING
    assert list(first) == []
    assert list(second)[-1] == "two"
    assert order == ["one starts", "one ends", "two starts", "two ends"]


def test_closing_one_that_works_or_waits_gives_its_turn_back() -> None:
    lock = threading.Lock()
    working, waiting = in_turn(lock, iter("ab")), in_turn(lock, iter("cd"))
    next(working)
    next(waiting)
    waiting.close()  # type: ignore[attr-defined]
    working.close()  # type: ignore[attr-defined]
    assert list(in_turn(lock, iter("e"))) == ["e"]
