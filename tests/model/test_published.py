"""Topics, and what led to a run."""

from __future__ import annotations

from typing import Any

import pytest

from treadle.model.ids import new_run_id
from treadle.model.published import handles_failure, hops_of, matches_topic, topic_problem
from treadle.model.run import Origin, RunRecord


def run(**fields: Any) -> RunRecord:
    return RunRecord(new_run_id(), "w", "v", **fields)


@pytest.mark.parametrize(
    ("patterns", "topic", "expected"),
    [
        ("orders.paid", "orders.paid", True),
        ("orders.paid", "orders.paid.late", False),
        ("orders.*", "orders.paid", True),
        ("orders.*", "orders.paid.late", True),
        ("orders.*", "orders", False),
        ("orders.*", "ordersx.paid", False),
        ("*", "anything", True),
        ("*", "run.failed", False),
        ("run.failed", "run.failed", True),
        (["a", "b.*"], "b.c", True),
        ([], "a", False),
    ],
)
def test_a_pattern_means_the_topics_it_should(patterns: Any, topic: str, expected: bool) -> None:
    assert matches_topic(patterns, topic) is expected


@pytest.mark.parametrize("topic", ["", "a b", "a..b", ".a", "orders.*", "*", "run.failed", "x" * 201, None, 7])
def test_a_topic_that_nobody_could_listen_to_is_refused(topic: object) -> None:
    assert topic_problem(topic)


@pytest.mark.parametrize("pattern", ["a", "a.b-c_d", "a.*", "*", "run.failed"])
def test_what_may_be_listened_to(pattern: str) -> None:
    assert topic_problem(pattern, pattern=True) is None


def test_a_run_has_the_hops_of_the_event_that_started_it() -> None:
    assert hops_of(run(fired={"id": "e1", "topic": "a", "hops": 3})) == 3


def test_a_child_has_the_hops_of_its_parents() -> None:
    assert hops_of(run(origin=Origin(hops=5))) == 5


@pytest.mark.parametrize("fired", [None, 4, {"hops": 9}, {"id": "e1", "topic": "a", "hops": "x"}])
def test_a_run_that_no_event_started_has_no_hops(fired: Any) -> None:
    assert hops_of(run(fired=fired)) == 0


def test_who_was_started_for_a_failure_handles_one() -> None:
    assert handles_failure(run(fired={"id": "e1", "topic": "run.failed", "hops": 1}))
    assert handles_failure(run(origin=Origin(handles=True)))
    assert not handles_failure(run(fired={"id": "e1", "topic": "orders", "hops": 1}))
