from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from treadle.model.run import Failure
from treadle.node import BodyCall, BodyFailed, Expression, NodeError
from treadle.node.container import Delay
from treadle.packs.core.flow.while_ import while_

MakeExpression = Callable[..., Expression]


def one_more(call: BodyCall) -> Any:
    return {"score": call.names["loop"]["state"]["score"] + 1}


def test_the_output_of_the_body_is_the_next_state(make_bodies: Any, expression: MakeExpression) -> None:
    """Until the condition no longer holds."""
    bodies = make_bodies(one_more)

    repeated = bodies.play(while_(bodies, {"score": 3}, condition=expression("state.score < 6")))

    assert repeated.state == {"score": 6}
    assert [call.names["loop"] for call in bodies.ran] == [
        {"state": {"score": 3}, "index": 0},
        {"state": {"score": 4}, "index": 1},
        {"state": {"score": 5}, "index": 2},
    ]


def test_a_condition_that_never_holds_runs_no_body(make_bodies: Any, expression: MakeExpression) -> None:
    """The state comes out as it went in."""
    bodies = make_bodies()

    repeated = bodies.play(while_(bodies, 5, condition=expression("loop.state > 5")))

    assert (repeated.state, bodies.ran) == (5, [])


def test_the_pause_is_between_iterations_only(make_bodies: Any, expression: MakeExpression) -> None:
    """Neither before the first nor after the last."""
    bodies = make_bodies(one_more)

    bodies.play(while_(bodies, {"score": 0}, condition=expression("state.score < 3"), delay=60))

    kinds = [type(request) for request in bodies.requests if isinstance(request, BodyCall | Delay)]
    assert kinds == [BodyCall, Delay, BodyCall, Delay, BodyCall]


def test_a_goal_that_is_never_met_fails_the_node(make_bodies: Any, expression: MakeExpression) -> None:
    """Coming out as though it had been met would be a lie."""
    bodies = make_bodies(one_more)

    with pytest.raises(NodeError) as caught:
        bodies.play(while_(bodies, {"score": 0}, condition=expression("state.score >= 0"), max_iterations=4))

    assert len(bodies.ran) == 4
    assert caught.value.code == "too_many_iterations"
    assert "`state.score >= 0` still holds after 4 iterations" in caught.value.message


def test_a_condition_met_by_the_last_iteration_allowed_is_met(make_bodies: Any, expression: MakeExpression) -> None:
    """The limit counts iterations, not questions."""
    bodies = make_bodies(one_more)

    repeated = bodies.play(while_(bodies, {"score": 0}, condition=expression("state.score < 4"), max_iterations=4))

    assert repeated.state == {"score": 4}


def test_after_a_crash_it_goes_on_with_the_last_state(make_bodies: Any, expression: MakeExpression) -> None:
    """Earlier iterations are not even asked for."""
    bodies = make_bodies(one_more, checkpoint={"index": 40, "state": {"score": 7}})

    repeated = bodies.play(while_(bodies, {"score": 0}, condition=expression("state.score < 9"), max_iterations=42))

    assert repeated.state == {"score": 9}
    assert [call.index for call in bodies.ran] == [40, 41]
    assert bodies.checkpoint == {"index": 42, "state": {"score": 9}}


def test_a_failing_body_fails_the_node(make_bodies: Any, expression: MakeExpression, failure: Failure) -> None:
    """The failure keeps the node it came from."""
    bodies = make_bodies(lambda call: failure)

    with pytest.raises(BodyFailed) as caught:
        bodies.play(while_(bodies, 1, condition=expression("true")))

    assert caught.value.failure is failure
