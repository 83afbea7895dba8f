"""6.2 as far as it goes here: state in expressions, and that it commits with its run."""

from __future__ import annotations

from tests.engine.nodes import loop
from treadle.model.workflow import Node, Workflow
from treadle.testing import FakeEffect, Harness, node, workflow
from treadle.testing.crash import Crash
from treadle.testing.graphs import graph


def counting(*more: Node, outputs: str = "{{ state.count }}") -> Workflow:
    """Adds one to the workflow's count, then reads it."""
    count = Node(id="count", type="data.variable", config={"name": "count", "action": "increment"})
    read = Node(id="read", type="data.transform", config={"transform": "state.count"}, after=("count",))
    return Workflow(name="counting", nodes=(count, read, *more), outputs=outputs)


async def test_an_expression_sees_what_its_run_has_changed(harness: Harness) -> None:
    run = await harness.run(counting())

    assert (run.status, run.output) == ("completed", 1)
    assert run.result.nodes["read"].outputs == {"output": 1}


async def test_an_expression_sees_what_earlier_runs_have_left(harness: Harness) -> None:
    await harness.run(counting())

    second = await harness.run(counting())

    assert second.output == 2


async def test_a_run_that_is_driven_on_sees_the_state_it_started_with(harness: Harness) -> None:
    """A recovered run decides as it would have, whatever other runs have changed meanwhile."""
    late = FakeEffect("late")
    slow = workflow(
        Node(id="first", type="data.transform", config={"transform": "state.count ?? 0"}),
        Node(id="late", type="fake.late", after=("first",)),
        Node(id="second", type="data.transform", config={"transform": "state.count ?? 0"}, after=("late",)),
        name="counting",
        outputs="{{ [nodes.first.output, nodes.second.output] }}",
    )
    harness.know(late)
    crashed = await harness.start(slow, crash=Crash("before_intent", "late"))
    assert crashed.crashed
    await harness.run(counting())

    await harness.recover(crashed)

    assert crashed.output == [0, 0]


async def test_a_wait_sees_what_other_runs_change_while_it_waits(harness: Harness) -> None:
    waiting = Workflow(
        name="counting",
        nodes=(
            Node(id="hold", type="flow.wait", config={"condition": "(state.count ?? 0) > 0", "poll_interval": "1h"}),
        ),
    )
    run = await harness.start(waiting)
    assert run.status == "suspended"
    await harness.run(counting())

    await harness.finish(run)

    assert run.status == "completed"
    assert run.drives == 2


async def test_state_of_a_run_that_fails_is_not_kept(harness: Harness) -> None:
    failing = counting(Node(id="stop", type="flow.stop", config={"status": "failed"}, after=("read",)))
    failed = await harness.run(failing)
    assert failed.status == "failed"

    later = await harness.run(counting())

    assert later.output == 1


async def test_what_was_changed_inside_a_container_outlives_a_suspension(harness: Harness) -> None:
    """The container is recalled as a whole, and what its nodes changed with it."""
    count = Node(id="count", type="data.variable", config={"name": "count", "action": "increment"})
    each = node(loop, config={"items": 3}, body=graph(count))
    hold = Node(id="hold", type="flow.wait", config={"duration": "1h"}, after=("loop",))
    run = await harness.start(Workflow(name="counting", nodes=(each, hold)))

    await harness.finish(run)

    assert run.drives == 2
    assert await harness.journal.read_state("workflow:counting", "count") == 3
