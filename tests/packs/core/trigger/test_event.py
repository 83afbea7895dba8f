"""`trigger.event`, `trigger.failure`, `trigger.workflow` and `flow.emit`: what they refuse, and what they give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from treadle.errors import NodeError
from treadle.node import Fire
from treadle.packs.core.flow.emit import emit
from treadle.packs.core.trigger.event import event
from treadle.packs.core.trigger.failure import failure
from treadle.packs.core.trigger.workflow import workflow

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
HEARD = {"id": "e1", "topic": "orders.paid", "payload": {"total": 7}, "at": AT.isoformat(), "run": "r1", "hops": 2}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "default": 3}, "to": {"type": "string"}}}


@pytest.mark.parametrize(
    "config",
    [
        {"topic": "orders paid"},
        {"topic": ""},
        {"topic": []},
        {"topic": ["orders", "*.paid"]},
        {"topic": "orders", "filter": "nodes.a.output > 1"},
        {"topic": "orders", "filter": "workflow.input.x"},
    ],
)
def test_what_can_be_heard_by_nobody_is_refused(config: dict[str, Any]) -> None:
    """Before it is deployed, with what to write instead."""
    problems = event.config_problems(config, frozenset())

    assert problems
    assert all(". " in message for _, message in problems)


@pytest.mark.parametrize("topic", ["orders.paid", "orders.*", "*", ["a", "b.*"], "run.failed"])
def test_what_can_be_listened_to(topic: Any) -> None:
    assert event.config_problems({"topic": topic, "filter": "event.payload.n > params.least"}, frozenset()) == []


def test_the_event_is_what_the_run_sees() -> None:
    """Without what is Treadle's own affair."""
    heard = event(Fire(at=AT, payload=HEARD), topic="orders.*").event

    assert heard == {name: value for name, value in HEARD.items() if name != "hops"}


def test_a_run_started_by_hand_sees_its_input_as_the_event() -> None:
    heard = event(Fire(at=AT, input={"total": 9}), topic=("orders.paid", "x")).event

    assert (heard["topic"], heard["payload"]) == ("orders.paid", {"total": 9})


def test_a_failure_is_given_as_run_and_error() -> None:
    body = {"run": "r1", "workflow": "shop", "error": {"type": "timeout", "message": "late"}, "input": {"a": 1}}

    run, error = failure(Fire(at=AT, payload={**HEARD, "topic": "run.failed", "payload": body}))

    assert (run["id"], run["workflow"], run["input"], run["at"]) == ("r1", "shop", {"a": 1}, AT.isoformat())
    assert error == body["error"]


def test_a_handler_can_be_tried_by_hand() -> None:
    run, error = failure(Fire(at=AT, input={"a": 1}))

    assert (run["id"], run["input"], error["type"]) == (None, {"a": 1}, "error")


@pytest.mark.parametrize("topic", ["", "a b", "orders.*", "run.failed", "run.anything"])
def test_a_topic_that_nothing_can_be_published_to_is_refused(topic: str) -> None:
    assert emit.config_problems({"topic": topic}, frozenset())


def test_a_topic_may_be_worked_out() -> None:
    """What it comes to is judged then."""
    assert emit.config_problems({"topic": "orders.{{ workflow.input.kind }}"}, frozenset({"topic"})) == []


@pytest.mark.parametrize("schema", [{"type": "strin"}, {"type": "array"}, {"properties": {"a": {"minimum": "x"}}}])
def test_a_schema_that_is_none_is_refused(schema: dict[str, Any]) -> None:
    assert workflow.config_problems({"schema": schema}, frozenset())


def test_input_is_given_on_with_the_schemas_defaults() -> None:
    assert workflow(Fire(at=AT, input={"to": "ada"}), schema=SCHEMA).input == {"n": 3, "to": "ada"}


def test_input_that_does_not_fit_fails_with_everything_that_is_wrong() -> None:
    with pytest.raises(NodeError) as refused:
        workflow(Fire(at=AT, input={"to": 7, "n": "x"}), schema=SCHEMA)

    assert (refused.value.code, len(refused.value.attributes["problems"])) == ("invalid_input", 2)


def test_without_a_schema_any_input_is_taken() -> None:
    assert workflow(Fire(at=AT, input={"what": "ever"})).input == {"what": "ever"}
