from __future__ import annotations

from typing import Any

import pytest

from treadle.model.run import Failure
from treadle.node import DEAD, BodyFailed
from treadle.packs.core.flow.try_ import try_

ALL = {"body": ("fetch",), "catch": ("second",), "finally": ("close",)}


def bodies_ran(bodies: Any) -> list[str]:
    return [call.body for call in bodies.ran]


def test_a_body_that_succeeds_gives_the_result(make_bodies: Any) -> None:
    """`catch` is not run, `finally` is."""
    bodies = make_bodies(lambda call: f"output of {call.body}", nodes=ALL)

    tried = bodies.play(try_(bodies))

    assert tried == ("output of body", DEAD)
    assert bodies_ran(bodies) == ["body", "finally"]


def test_catch_sees_the_failure_and_gives_the_result(make_bodies: Any, failure: Failure) -> None:
    """The failure has been dealt with, so the port `error` is dead (semantics 3.3)."""
    bodies = make_bodies(lambda call: failure if call.body == "body" else "from the second source", nodes=ALL)

    tried = bodies.play(try_(bodies))

    assert tried == ("from the second source", DEAD)
    assert bodies_ran(bodies) == ["body", "catch", "finally"]
    assert bodies.ran[1].names == {"error": failure.to_dict()}


def test_without_catch_the_failure_is_on_the_port_error(make_bodies: Any, failure: Failure) -> None:
    """The run goes on from there."""
    bodies = make_bodies(lambda call: failure, nodes={"body": ("fetch",)})

    tried = bodies.play(try_(bodies))

    assert tried == (DEAD, failure.to_dict())
    assert bodies_ran(bodies) == ["body"]


def test_a_failing_catch_fails_the_node_after_finally(make_bodies: Any, failure: Failure) -> None:
    """With the failure of `catch`, which is the one nobody has dealt with."""
    second = Failure(type="connection", message="The second source is down.", node="second")
    answers = {"body": failure, "catch": second, "finally": None}
    bodies = make_bodies(lambda call: answers[call.body], nodes=ALL)

    with pytest.raises(BodyFailed) as caught:
        bodies.play(try_(bodies))

    assert caught.value.failure is second
    assert bodies_ran(bodies) == ["body", "catch", "finally"]


def test_a_failing_finally_fails_the_node(make_bodies: Any, failure: Failure) -> None:
    """Even when the body succeeded."""
    bodies = make_bodies(lambda call: failure if call.body == "finally" else "fine", nodes=ALL)

    with pytest.raises(BodyFailed) as caught:
        bodies.play(try_(bodies))

    assert caught.value.failure is failure
