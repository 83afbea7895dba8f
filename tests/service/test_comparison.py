"""Two deployments side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from treadle.model.ids import new_run_id
from treadle.model.run import Origin, RunRecord
from treadle.service.comparison import Comparison, Measure, compare
from treadle.testing.clock import START


def run(minute: int | None, *, ms: float = 100, status: Any = "completed", **counters: float) -> RunRecord:
    """A finished run for the fire time `minute`, or for none."""
    at = START + timedelta(minutes=minute or 0)
    return RunRecord(
        id=new_run_id(),
        workflow="w",
        version="v",
        status=status,
        created_at=at,
        finished_at=at + timedelta(milliseconds=ms),
        due_at=None if minute is None else at,
        counters=counters,
    )


def measure(found: Comparison, name: str) -> Measure:
    return next(one for one in found.measures if one.name == name)


def test_runs_of_one_fire_time_are_compared_in_pairs() -> None:
    """What varies with the hour is no difference between the two."""
    first = [run(at, ms=100 + 1000 * at, profit=at) for at in range(20)]
    second = [run(at, ms=110 + 1000 * at + at % 2, profit=at + 1) for at in range(20)]

    found = compare(("a", "b"), first, second)

    duration, profit = measure(found, "mean duration, ms"), measure(found, "mean profit per run")
    assert (found.basis, found.pairs) == ("paired", 20)
    assert duration.interval is not None
    assert profit.interval is not None
    assert 10 < duration.interval.low < 10.5 < duration.interval.high < 11
    assert (duration.differs, profit.interval.difference) == (True, 1)


def test_what_only_one_of_them_ran_on_is_left_out_and_said() -> None:
    first = [run(at) for at in range(12)]
    second = [run(at, ms=200) for at in range(2, 15)]

    found = compare(("a", "b"), first, second)

    assert found.pairs == 10
    assert any("2 runs of `a`, 3 of `b`" in remark for remark in found.remarks)


def test_without_a_trigger_in_common_all_are_compared_and_it_is_said() -> None:
    found = compare(("a", "b"), [run(None) for _ in range(12)], [run(None, ms=200) for _ in range(12)])

    assert (found.basis, found.pairs) == ("unpaired", 0)
    assert measure(found, "mean duration, ms").differs
    assert any("no trigger in common" in remark for remark in found.remarks)


def test_a_duration_counts_from_when_the_run_began_and_leaves_out_what_was_cancelled() -> None:
    """As the figures of a deployment do."""
    waited = [run(None, ms=500) for _ in range(12)]
    began = [
        replace(one, origin=Origin(deadline_from=(START + timedelta(milliseconds=400)).isoformat())) for one in waited
    ]

    found = compare(("a", "b"), began, [*waited, run(None, ms=90_000, status="cancelled")])

    duration = measure(found, "mean duration, ms")
    assert (duration.first, duration.second) == (100, 500)


def test_two_intervals_that_never_fire_together_are_told_of_aligned() -> None:
    found = compare(("a", "b"), [run(at) for at in range(12)], [run(at + 100) for at in range(12)])

    assert any("`aligned: true`" in remark for remark in found.remarks)


def test_events_pair_runs_too() -> None:
    def heard(number: int) -> RunRecord:
        made = run(None)
        return RunRecord(**{name: getattr(made, name) for name in made.__slots__} | {"fired": {"id": f"e{number}"}})

    found = compare(("a", "b"), [heard(at) for at in range(3)], [heard(at) for at in (2, 1, 5)])

    assert (found.basis, found.pairs) == ("paired", 2)


def test_success_is_compared_as_a_proportion() -> None:
    first = [run(at, status="failed" if at < 12 else "completed") for at in range(50)]
    second = [run(at, status="failed" if at < 2 else "completed") for at in range(50)]

    success = measure(compare(("a", "b"), first, second), "success rate")

    assert (success.first, success.second) == (0.76, 0.96)
    assert success.interval is not None
    assert (success.interval.method, success.differs) == ("Newcombe score, paired", True)


def test_a_small_sample_and_an_empty_one_are_said() -> None:
    few = compare(("a", "b"), [run(1), run(2)], [run(1, ms=200), run(2, ms=201)])
    single = compare(("a", "b"), [run(None)], [run(None)])
    none = compare(("a", "b"), [], [run(1)])

    assert any("2 pairs are few" in remark for remark in few.remarks)
    assert measure(single, "mean duration, ms").interval is None
    assert none.remarks == ("There are no finished runs of `a` to compare.",)


def test_a_counter_that_a_run_did_not_count_is_zero_there() -> None:
    found = compare(("a", "b"), [run(1, trades=2), run(2)], [run(1), run(2)])

    trades = measure(found, "mean trades per run")
    assert (trades.first, trades.second) == (1, 0)


@pytest.mark.parametrize("confidence", [0.8, 0.99])
def test_more_confidence_is_a_wider_interval(confidence: float) -> None:
    first, second = [run(at, ms=at % 5) for at in range(12)], [run(at, ms=at % 3) for at in range(12)]

    usual, other = (compare(("a", "b"), first, second, confidence=level) for level in (0.95, confidence))

    one, two = (measure(found, "mean duration, ms").interval for found in (usual, other))
    assert one is not None
    assert two is not None
    assert (two.high - two.low > one.high - one.low) is (confidence > 0.95)
