"""The catalogue through the wire: whatever can be asked arrives as it was, types and all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assistant import wire
from assistant.calls import RESULT_OF, Call
from assistant.remote import OwnerConnection, RemoteAssistant
from assistant.service import Service
from assistant.settings import Settings
from corpus.cards import ModelCard
from index.card_record import answer_from
from index.catalogue import FIELDS, Condition, Query, Result, Sort
from index.catalogue.query import LARGEST, Shape
from tests.assistant.served_desk import CARDS, ScriptedDesk

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-LARGEST, LARGEST)
BENCHMARKS = st.sampled_from(["benchmarks.AIME24", "benchmarks.SWE-bench Pro", "benchmarks.三"])
FIELD_NAMES = st.sampled_from(sorted(FIELDS)) | BENCHMARKS


def of_kind(*kinds: str) -> Any:
    return st.sampled_from([field.name for field in FIELDS.values() if field.kind in kinds])


CONDITIONS = st.one_of(
    st.builds(Condition, of_kind("text"), st.sampled_from(["=", "!=", "contains", "lacks"]), TEXTS),
    st.builds(
        Condition,
        of_kind("text"),
        st.sampled_from(["in", "not in"]),
        st.lists(TEXTS, max_size=3).map(tuple),
    ),
    st.builds(
        Condition, of_kind("number") | BENCHMARKS, st.sampled_from(["=", "<", ">="]), NUMBERS
    ),
    st.builds(
        Condition,
        of_kind("date"),
        st.sampled_from(["=", "<", ">="]),
        st.sampled_from(["2025", "2025-03", "2025-03-05"]),
    ),
    st.builds(Condition, of_kind("flag"), st.just("="), st.booleans()),
    st.builds(Condition, of_kind("set"), st.sampled_from(["contains", "lacks"]), TEXTS),
)
QUERIES = st.builds(
    lambda shape, group, **rest: Query(
        shape="group" if group else shape, group_by=group or None, **rest
    ),
    shape=st.sampled_from([s for s in get_args(Shape) if s != "group"]),
    group=st.none() | of_kind("text", "flag", "date"),
    conditions=st.lists(CONDITIONS, max_size=5).map(tuple),
    sort=st.none() | st.builds(Sort, of_kind("text", "number", "date", "flag"), st.booleans()),
    limit=st.none() | st.integers(1, 1000),
    columns=st.lists(FIELD_NAMES, max_size=3).map(tuple),
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


@pytest.fixture
def remote(service: Service) -> Iterator[RemoteAssistant]:
    connection = OwnerConnection(service.address, service.key)
    running = connection.running()
    assert running is not None

    def reopen() -> ScriptedDesk:
        raise AssertionError("no take-over expected")

    remote = RemoteAssistant(connection, Settings(), running, reopen)
    yield remote
    remote.close()


@given(query=QUERIES)
@settings(max_examples=200, deadline=None)
def test_any_query_arrives_as_it_was_asked(query: Query) -> None:
    call = Call("catalogue", query=query)
    arrived = TypeAdapter(Call).validate_json(json.dumps(asdict(call)))
    assert arrived == call
    assert types_of(arrived.query) == types_of(query)


def types_of(query: Query) -> list[object]:
    """The types of a query's values: 1, 1.0 and True are equal, and must not be mixed up."""
    return [
        [type(v) for v in c.value] if isinstance(c.value, tuple) else type(c.value)
        for c in query.conditions
    ]


@given(card=st.sampled_from(CARDS), unknown=st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_any_card_and_result_arrive_as_they_were(card: ModelCard, unknown: int) -> None:
    query = Query("group", (Condition("id", "=", card.id),), group_by="country")
    result = Result(query, answer_from([card], query).rows, 1, (("licence", unknown),), (("x", 1),))
    line = wire.decode(wire.encode_result(result))
    assert isinstance(line, wire.Result)
    arrived = wire.unpack(RESULT_OF["catalogue"], line.data)
    assert arrived == result
    assert arrived.rows[0].value("total_params_b") == card.total_params_b


def test_cards_and_results_come_through_the_owner(
    remote: RemoteAssistant, desk: ScriptedDesk
) -> None:
    query = Query(
        conditions=(
            Condition("country", "in", ("China", "France")),
            Condition("total_params_b", ">", 100),
            Condition("open_weights", "=", True),
        ),
        sort=Sort("release_date", descending=True),
        limit=5,
    )
    assert remote.cards() == list(CARDS)
    assert remote.catalogue(query) == answer_from(CARDS, query)
    assert desk.asked[-1] == ("catalogue", query)


def test_a_query_that_cannot_be_asked_is_turned_away(service: Service, desk: ScriptedDesk) -> None:
    body = asdict(Call("catalogue"))
    body["query"]["conditions"] = [{"field": "wheels", "operator": "=", "value": 4}]
    with httpx.Client(trust_env=False) as client:
        reply = client.post(
            f"http://{service.address}/call",
            headers={"Authorization": f"Bearer {service.key}"},
            json=body,
        )
    assert reply.status_code == 400
    assert desk.asked == []
