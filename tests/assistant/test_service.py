"""The loopback service and its client, around a desk that follows a script."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from inspect import signature

import httpx
import pytest

from assistant.desk import Assistant
from assistant.options import AskOptions
from assistant.remote import OwnerConnection, OwnerGoneError, RemoteAssistant
from assistant.saved.types import Asking, Marks, lean
from assistant.service import LARGEST_BODY, MOST_CALLS, Service
from assistant.settings import Settings
from assistant.types import Answered, Draft, Turn
from corpus.errors import InputError, RefdeskError, WeightsError
from index.types import Mention, Progress, Source
from tests.assistant.served_desk import (
    ANSWER,
    ANSWER_CHANGE,
    CHANGES,
    DOCUMENT,
    EVENTS,
    INFO,
    ORIGINAL,
    REPORT,
    SAVED,
    STATUS,
    ScriptedDesk,
)


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture
def service(desk: ScriptedDesk) -> Iterator[Service]:
    service = Service(desk)
    service.start()
    yield service
    desk.hold.set()
    service.stop(grace=5)


def connect(service: Service, successor: ScriptedDesk | None = None) -> RemoteAssistant:
    """A client of ``service`` that takes over with ``successor``."""

    def reopen() -> ScriptedDesk:
        assert successor is not None, "no take-over expected"
        return successor

    connection = OwnerConnection(service.address, service.key)
    running = connection.running()
    assert running is not None
    return RemoteAssistant(connection, Settings(), running, reopen)


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Fail unless ``condition`` comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.02)


@pytest.fixture
def remote(service: Service) -> Iterator[RemoteAssistant]:
    remote = connect(service)
    yield remote
    remote.close()


def test_every_event_arrives_as_it_was_sent(remote: RemoteAssistant, desk: ScriptedDesk) -> None:
    history = (Turn("user", "before"), Turn("assistant", "after"))
    assert tuple(remote.stream("q\u2028?", history)) == EVENTS
    assert desk.asked == [("stream", "q\u2028?", history)]


def test_what_a_question_wants_for_itself_travels_with_it(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    wanted = AskOptions(evidence_tokens=500, strictness=0.25)
    assert remote.ask("q", (), wanted) == ANSWER
    assert desk.options == [wanted]


def test_ask_gives_the_answer_of_the_last_event(remote: RemoteAssistant) -> None:
    assert remote.ask("q") == ANSWER


def test_values_arrive_as_their_types(remote: RemoteAssistant, desk: ScriptedDesk) -> None:
    assert remote.search("q", 3) == desk.search("q", 3)
    assert remote.add("https://x.test/a") == Source("s", "url", "https://x.test/a")
    assert remote.status() == STATUS
    assert remote.documents() == [INFO]
    assert remote.document(INFO.id) == DOCUMENT
    assert remote.document("missing") is None
    assert remote.compare() == CHANGES
    assert remote.mentions("deepseek-r1") == [Mention(INFO, 0, 3)]
    assert remote.original(INFO.id) == ORIGINAL
    assert remote.original("missing") is None
    remote.remove("s")
    remote.warm_up()
    assert [call[0] for call in desk.asked[-2:]] == ["remove", "warm_up"]
    assert ("search", "q", 3) in desk.asked


def test_saved_questions_are_worked_through_the_owner(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    saved = remote.saved
    assert saved.all() == saved.all("ann", 2) == [SAVED]
    assert saved.add("q\u2028?", ANSWER, owner="ann", later=True) == SAVED
    saved.remove("ab12", "ann")
    assert list(saved.check_events(due_only=True)) == [Asking(0, 1, SAVED.question)]
    assert saved.check() == [SAVED]
    assert saved.ask_next() == "idle"
    assert saved.marks("ann") == Marks("1", 2, "secret")
    saved.look("ann", 7)
    assert saved.changes("2026-01-01", "", "secret") == [ANSWER_CHANGE]
    assert desk.asked == [
        ("saved", None, 30), ("saved", "ann", 2), ("save", "q\u2028?", lean(ANSWER), "ann", True),
        ("unsave", "ab12", "ann"), ("check", True), ("check", False), ("ask_next",),
        ("marks", "ann"), ("look", "ann", 7), ("changes", "2026-01-01", "", "secret"),
    ]  # fmt: skip


def test_refresh_gives_progress_and_then_the_report(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    desk.hold.set()
    assert list(remote.refresh_events()) == [Progress("parse", 1, 2, "files", "a.md"), REPORT]
    assert remote.refresh() == REPORT


def test_an_error_is_raised_again_as_the_same_class(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    desk.fail = WeightsError("run: refdesk weights pull tiny")
    with pytest.raises(WeightsError, match="run: refdesk weights pull tiny"):
        remote.status()


def test_an_unexpected_error_names_its_type_in_one_line(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    desk.fail = ZeroDivisionError("by zero")
    with pytest.raises(RefdeskError, match="ZeroDivisionError: by zero"):
        remote.ask("q")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer guess"}, 401),
        ({"Authorization": "Bearer {key}", "Host": "evil.test"}, 421),
        ({"Authorization": "Bearer {key}", "Host": "evil.test:{port}"}, 421),
        ({"Authorization": "Bearer {key}"}, 400),
    ],
)
def test_a_request_without_the_key_or_for_another_host_is_refused(
    service: Service, desk: ScriptedDesk, headers: dict[str, str], status: int
) -> None:
    filled = {
        name: value.format(key=service.key, port=service.port) for name, value in headers.items()
    }
    with httpx.Client(trust_env=False) as client:
        assert client.post(f"http://{service.address}/call", headers=filled).status_code == status
        if status != 400:
            assert (
                client.get(f"http://{service.address}/health", headers=filled).status_code == status
            )
    assert desk.asked == []


def test_a_body_over_the_limit_is_refused(remote: RemoteAssistant, desk: ScriptedDesk) -> None:
    with pytest.raises(InputError, match="too long"):
        remote.ask("x" * (LARGEST_BODY + 1))
    assert desk.asked == []


def test_generation_stops_when_the_client_hangs_up(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    events = remote.stream("endless")
    assert next(events) == Draft("and ")
    events.close()  # type: ignore[attr-defined]
    assert desk.stopped_early.wait(10)


def test_two_refreshes_take_turns_and_the_second_says_that_it_waits(
    service: Service, desk: ScriptedDesk
) -> None:
    first, second = connect(service), connect(service)
    one = first.refresh_events()
    assert isinstance(next(one), Progress)
    two = second.refresh_events()
    waiting = next(two)
    assert isinstance(waiting, Progress)
    assert "waiting for another refresh" in waiting.detail
    desk.hold.set()
    assert [*one][-1] == REPORT
    assert [*two][-1] == REPORT
    assert desk.most_refreshing == 1


def test_a_waiting_refresh_that_hangs_up_leaves_the_queue(
    service: Service, desk: ScriptedDesk
) -> None:
    first, second, third = (connect(service) for _ in range(3))
    one = first.refresh_events()
    next(one)
    two = second.refresh_events()
    next(two)
    two.close()  # type: ignore[attr-defined]
    wait_until(lambda: service.in_flight == 1)
    desk.hold.set()
    assert [*one][-1] == REPORT
    assert third.refresh() == REPORT
    assert desk.asked.count(("refresh",)) == 2


def test_calls_that_end_at_once_leave_no_place_taken(
    service: Service, remote: RemoteAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def start_and_finish(thread: threading.Thread) -> None:
        start(thread)
        if thread.name == "refdesk-call":
            thread.join(10)  # the call is over before its caller goes on

    monkeypatch.setattr(threading.Thread, "start", start_and_finish)
    for _ in range(MOST_CALLS + 1):
        assert remote.status() == STATUS
    wait_until(lambda: service.in_flight == 0)


def test_stop_lets_an_answer_in_flight_finish(service: Service, desk: ScriptedDesk) -> None:
    events = connect(service).stream("endless")
    next(events)
    stopper = threading.Thread(target=service.stop)
    stopper.start()
    next(events)
    desk.hold.set()
    assert [*events][-1] == Answered(ANSWER)
    stopper.join(10)
    assert not stopper.is_alive()
    assert not desk.stopped_early.is_set()


def test_stop_ends_an_answer_that_outlasts_its_grace(service: Service, desk: ScriptedDesk) -> None:
    events = connect(service).stream("endless")
    next(events)
    service.stop(grace=0.1)
    assert desk.stopped_early.is_set()
    with pytest.raises(OwnerGoneError, match="run the command again"):
        list(events)


def test_the_next_call_takes_over_when_the_owner_has_ended(service: Service) -> None:
    successor = ScriptedDesk()
    remote = connect(service, successor)
    assert remote.status() == STATUS
    assert successor.asked == []
    service.stop()
    assert remote.ask("q") == ANSWER
    assert remote.status() == STATUS
    assert [call[0] for call in successor.asked] == ["stream", "status"]
    remote.close()
    assert successor.closed.is_set()


def test_a_proxy_in_the_environment_is_ignored(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert connect(service).status() == STATUS


def test_the_remote_assistant_has_the_methods_of_the_local_one() -> None:
    names = {name for name in vars(Assistant) if not name.startswith("_")} - {"open"}
    assert names <= set(vars(RemoteAssistant))
    for name in names:
        here, there = getattr(Assistant, name), getattr(RemoteAssistant, name)
        assert [*signature(here).parameters.values()] == [*signature(there).parameters.values()]


def test_a_remote_assistant_is_closed_by_its_with_block(service: Service) -> None:
    with connect(service) as remote:
        assert remote.status() == STATUS
    with pytest.raises(RuntimeError, match="closed"):
        remote.status()
