from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest

from treadle.model.run import Failure
from treadle.node import BodyCall, BodyFailed, Expression, NodeError
from treadle.node.container import BodyCalls, Checkpoint
from treadle.packs.core.flow.loop import SAVE_FIRST, loop


def ten_times(call: BodyCall) -> Any:
    return call.names["loop"]["item"] * 10


@pytest.mark.parametrize("parallel", [False, True])
def test_results_are_in_the_order_of_the_items(make_bodies: Any, parallel: bool) -> None:
    """One after the other or at the same time, the answer is the same."""
    bodies = make_bodies(ten_times)

    looped = bodies.play(loop(bodies, [3, 1, 2], parallel=parallel))

    assert looped.results == [30, 10, 20]


@pytest.mark.parametrize("parallel", [False, True])
def test_the_body_sees_item_index_and_count(make_bodies: Any, parallel: bool) -> None:
    """And each iteration is a scope of its own, named by its index."""
    bodies = make_bodies()

    bodies.play(loop(bodies, ["a", "b"], parallel=parallel))

    assert [(call.index, call.names["loop"]) for call in bodies.ran] == [
        (0, {"item": "a", "index": 0, "count": 2}),
        (1, {"item": "b", "index": 1, "count": 2}),
    ]


@pytest.mark.parametrize(
    ("items", "seen"),
    [
        (3, [0, 1, 2]),
        (2.0, [0, 1]),
        (0, []),
        ({"x": 1, "y": 2}, [{"key": "x", "value": 1}, {"key": "y", "value": 2}]),
        (numpy.array([1.5, 2.5]), [1.5, 2.5]),
        ([], []),
    ],
)
def test_lists_objects_numbers_and_series_have_items(make_bodies: Any, items: Any, seen: list[Any]) -> None:
    """An object gives its pairs, a number n gives 0 to n-1."""
    bodies = make_bodies(lambda call: call.names["loop"]["item"])

    looped = bodies.play(loop(bodies, items))

    assert looped.results == seen


@pytest.mark.parametrize("items", [None, "abc", -1, 1.5, True, float("inf")])
def test_what_has_no_items_fails_the_node(make_bodies: Any, items: Any) -> None:
    """Text is not a list of letters, and null is not an empty list."""
    bodies = make_bodies()

    with pytest.raises(NodeError) as caught:
        bodies.play(loop(bodies, items))

    assert caught.value.code == "not_items"


@pytest.mark.parametrize(("items", "told"), [([0] * 101, "101"), (10**18, str(10**18))])
def test_more_items_than_allowed_fail_before_the_first_runs(make_bodies: Any, items: Any, told: str) -> None:
    """Nothing is cut in silence, and no effect is half done; a huge number costs no memory."""
    bodies = make_bodies()

    with pytest.raises(NodeError) as caught:
        bodies.play(loop(bodies, items))

    assert bodies.ran == []
    assert caught.value.code == "too_many_iterations"
    assert f"`max_iterations` to {told} or more" in str(caught.value)


@pytest.mark.parametrize("parallel", [False, True])
def test_stop_when_ends_the_loop_early(make_bodies: Any, expression: Callable[..., Expression], parallel: bool) -> None:
    """It sees the loop's names and the iteration's result; that iteration is in the results."""
    bodies = make_bodies(ten_times)
    stop_when = expression("result >= 20 && loop.index > 0")

    looped = bodies.play(loop(bodies, [3, 2, 4, 5], stop_when=stop_when, parallel=parallel))

    assert looped.results == [30, 20]
    assert len(bodies.ran) == 2


@pytest.mark.parametrize("parallel", [False, True])
def test_a_failed_iteration_fails_the_node_and_starts_no_other(
    make_bodies: Any, failure: Failure, parallel: bool
) -> None:
    """Also with `stop_when`, which is not asked about a failure."""
    bodies = make_bodies(lambda call: failure if call.index == 1 else call.index)

    with pytest.raises(BodyFailed) as caught:
        bodies.play(loop(bodies, [1, 2, 3], parallel=parallel))

    assert caught.value.failure is failure
    assert len(bodies.ran) == 2


def test_a_limit_of_concurrency_reaches_the_engine(make_bodies: Any) -> None:
    """The iterations are asked for at once."""
    bodies = make_bodies()

    bodies.play(loop(bodies, [1, 2, 3], parallel=True, concurrency=2))

    assert [request.concurrency for request in bodies.asked(BodyCalls)] == [2]


def test_a_short_loop_saves_nothing(make_bodies: Any) -> None:
    """Its iterations are in the journal already."""
    bodies = make_bodies(ten_times)

    bodies.play(loop(bodies, list(range(SAVE_FIRST))))

    assert bodies.asked(Checkpoint) == []


def test_a_long_loop_goes_on_from_its_last_checkpoint_with_all_results(make_bodies: Any) -> None:
    """After a crash no iteration before the checkpoint is asked for again, and none is lost."""
    count = 2 * SAVE_FIRST + 50
    before = make_bodies(lambda call: call.index if call.index < count - 10 else pytest.fail("crash"))
    with pytest.raises(pytest.fail.Exception):
        before.play(loop(before, count, max_iterations=count))

    after = make_bodies(lambda call: call.index, checkpoint=before.checkpoint)
    looped = after.play(loop(after, count, max_iterations=count))

    assert after.ran[0].index == 2 * SAVE_FIRST
    assert looped.results == list(range(count))


def test_concurrency_without_parallel_is_an_issue() -> None:
    """It would do nothing."""
    problems = loop.config_problems({"concurrency": 3}, frozenset())

    assert "only with `parallel: true`" in problems[0][1]
