from __future__ import annotations

from typing import Any

import pytest

from treadle.model.run import Failure
from treadle.node import BodyFailed, BodyOutcome
from treadle.packs.core.flow.parallel import parallel


def test_the_output_is_an_object_by_branch_in_file_order(make_bodies: Any) -> None:
    """A branch that was skipped is null, so that the shape does not depend on the way taken."""
    outcome = BodyOutcome(sinks={"keywords": ["tide"], "short": "Tides rise."})
    bodies = make_bodies(lambda call: outcome, nodes={"body": ("short", "keywords", "skipped")})

    ports = bodies.play(parallel(bodies))

    assert list(ports["output"].items()) == [("short", "Tides rise."), ("keywords", ["tide"]), ("skipped", None)]


def test_its_limits_reach_the_engine(make_bodies: Any) -> None:
    """One body, whose nodes run freely within them."""
    bodies = make_bodies()

    bodies.play(parallel(bodies, fail_fast=True, max_concurrency=2))

    assert [(call.concurrency, call.fail_fast) for call in bodies.ran] == [(2, True)]


def test_it_fails_with_the_failure_of_its_body(make_bodies: Any, failure: Failure) -> None:
    """The failure keeps the node it came from."""
    bodies = make_bodies(lambda call: failure)

    with pytest.raises(BodyFailed) as caught:
        bodies.play(parallel(bodies))

    assert caught.value.failure is failure


def test_a_race_gives_what_the_winner_came_to_and_its_name(make_bodies: Any) -> None:
    """Null is a value like any other."""
    bodies = make_bodies(lambda call: BodyOutcome(sinks={"silence": None}, winner="silence"))

    ports = bodies.play(parallel(bodies, until="first"))

    assert (ports, bodies.ran[0].races) == ({"output": None, "winner": "silence"}, True)


def test_a_race_that_nobody_has_won_gives_nulls(make_bodies: Any) -> None:
    """All branches were skipped."""
    bodies = make_bodies(lambda call: BodyOutcome(sinks={"reply": None, "silence": None}))

    assert bodies.play(parallel(bodies, until="first")) == {"output": None, "winner": None}


def test_only_a_race_has_a_winner() -> None:
    """Its ports depend on how it ends."""
    ports = {until: [port.name for port in parallel.type.outputs_of({"until": until})] for until in ("all", "first")}

    assert ports == {"all": ["output"], "first": ["output", "winner"]}
