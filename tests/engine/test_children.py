"""`flow.workflow`: cancel goes down, failure comes up, and a crash starts no child twice."""

from __future__ import annotations

import pytest

from tests.engine.nodes import pass_on, try_, wait
from treadle.engine.exchanging import DEEPEST
from treadle.model.policy import Retry, Settings
from treadle.model.run import Origin
from treadle.model.workflow import Workflow
from treadle.packs.core.flow.workflow import workflow as call
from treadle.testing.crash import CRASH_POINTS, Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, graph, node, workflow
from treadle.testing.harness import Harness, TestRun


def calling(child: str = "child", *, id: str = "call", **more: object) -> Workflow:
    """A parent of one node."""
    settings = {key: more.pop(key) for key in ("retry", "on_error") if key in more}
    return workflow(node(call, id=id, config={"workflow": child, **more}, **settings), name="parent")  # type: ignore[arg-type]


def only_child(harness: Harness) -> TestRun:
    (child,) = harness.children.started.values()
    return child


async def test_a_parent_is_given_the_output_of_its_child(harness: Harness) -> None:
    """The child runs with what the parent gives it."""
    greet = FakeEffect("greet", returns=lambda name: f"Hello {name}")
    child = workflow(
        node(greet, config={"value": "{{ workflow.input.name }}"}), name="child", inputs={"name": {"type": "string"}}
    )
    harness.children.know(child)

    run = await harness.run(calling(input={"name": "Ada"}))

    assert (run.status, run.output) == ("completed", "Hello Ada")


async def test_a_parent_is_suspended_while_its_child_runs(harness: Harness) -> None:
    """It holds nothing, and waits for the child by name."""
    harness.children.know(chain(FakeEffect("step"), name="child"))

    run = await harness.start(calling())

    child = only_child(harness)
    assert (run.status, run.outcome.signals) == ("suspended", (f"run:{child.id}",))  # type: ignore[union-attr]


async def test_each_knows_the_other(harness: Harness) -> None:
    """Parent, place and depth stand in the child's row."""
    harness.children.know(chain(FakeEffect("step"), name="child"))

    run = await harness.start(calling(), mode="paper", origin=Origin(depth=3, profiles=("desk",)))

    child = only_child(harness).record
    assert (child.parent, child.mode) == (run.id, "paper")
    assert child.origin == Origin(parent_path="call", depth=4, profiles=("desk",))


async def test_a_child_that_nobody_waits_for_goes_its_own_way(harness: Harness) -> None:
    """`wait: false`: the output is the id of the run, and the parent is done first."""
    harness.children.know(chain(FakeEffect("step"), name="child"))

    run = await harness.run(calling(wait=False))

    child = only_child(harness)
    assert (run.status, run.output, child.outcome) == ("completed", child.id, None)
    assert child.record.parent == run.id
    assert child.record.origin is not None
    assert child.record.origin.detached


async def test_the_failure_of_a_child_comes_up(harness: Harness) -> None:
    """The parent's node fails with what the child failed of."""
    harness.children.know(chain(FakeEffect("step", fails=[ValueError("no ink")]), name="child"))

    run = await harness.run(calling())

    assert run.error is not None
    assert (run.status, run.error.type, run.error.node) == ("failed", "child_failed", "call")
    assert run.error.details["run"] == only_child(harness).id
    assert run.error.details["error"]["message"] == "no ink"


async def test_a_failed_child_can_be_caught(harness: Harness) -> None:
    """`on_error` deals with it as with any failure."""
    harness.children.know(chain(FakeEffect("step", fails=[ValueError("no ink")]), name="child"))

    run = await harness.run(calling(on_error="continue"))

    assert run.status == "completed"


async def test_a_retry_starts_another_child(harness: Harness) -> None:
    """The first one stays as it failed."""
    harness.children.know(chain(FakeEffect("step", fails=[ValueError("no ink")], returns="done"), name="child"))

    run = await harness.run(calling(retry=Retry(max_attempts=2, delay=0, jitter=False)))

    assert (run.status, run.output) == ("completed", "done")
    assert [child.status for child in harness.children.started.values()] == ["failed", "completed"]


async def test_a_workflow_that_is_not_there_is_no_child(harness: Harness) -> None:
    """Nothing is started, and trying again would not help."""
    run = await harness.run(calling("nobody", retry=Retry(max_attempts=3, delay=0)))

    assert run.error is not None
    assert (run.error.type, run.error.attempt) == ("unknown_workflow", 1)
    assert harness.children.started == {}


async def test_input_that_the_child_does_not_take_starts_none(harness: Harness) -> None:
    """The parent is told what is wrong."""
    harness.children.know(workflow(FakeEffect("step"), name="child", inputs={"name": {"type": "string"}}))

    run = await harness.run(calling(input={"nam": "Ada"}))

    assert run.error is not None
    assert run.error.type == "invalid_input"
    assert harness.children.started == {}


async def test_input_that_is_no_object_is_refused(harness: Harness) -> None:
    """Runs are given names, not positions."""
    harness.children.know(chain(FakeEffect("step"), name="child"))

    run = await harness.run(calling(input=[1]))

    assert run.error is not None
    assert run.error.type == "invalid_input"


async def test_a_workflow_that_calls_itself_ends_at_last(harness: Harness) -> None:
    """32 deep, and then the deepest fails."""
    again = workflow(node(call, id="again", config={"workflow": "again"}), name="again")
    harness.children.know(again)

    run = await harness.run(again)

    error = run.error
    assert len(harness.children.started) == DEEPEST
    for _ in range(DEEPEST):
        assert error is not None
        error = type(error)(**error.details["error"])
    assert error is not None
    assert error.type == "too_deep"


async def test_cancelling_a_parent_cancels_its_child(harness: Harness) -> None:
    """Cancel goes down, to a child that is suspended too."""
    after = FakeEffect("after")
    harness.children.know(chain(node(wait, config={"duration": "1h"}), after, name="child"))
    run = await harness.start(calling())
    child = only_child(harness)
    await harness.drive(child)

    await harness.cancel(run)
    await harness.recover(child)

    assert (run.status, child.status, after.calls) == ("cancelled", "cancelled", 0)


async def test_cancelling_a_parent_leaves_a_detached_child_alone(harness: Harness) -> None:
    """It has nothing to do with its parent any more."""
    step = FakeEffect("step")
    harness.children.know(chain(step, name="child"))
    waits = node(wait, config={"duration": "1h"})
    run = await harness.start(workflow(node(call, config={"workflow": "child", "wait": False}), waits))
    child = only_child(harness)

    await harness.cancel(run)
    await harness.recover(child)

    assert (run.status, child.status, step.calls) == ("cancelled", "completed", 1)


async def test_a_parent_that_fails_elsewhere_cancels_its_child(harness: Harness) -> None:
    """Nobody is left to be given what it comes to."""
    harness.children.know(chain(node(wait, config={"duration": "1h"}), name="child"))
    parent = workflow(node(call, config={"workflow": "child"}), FakeEffect("boom", fails=[ValueError("broken")]))

    run = await harness.start(parent)
    child = only_child(harness)
    await harness.recover(child)

    assert (run.status, child.status) == ("failed", "cancelled")


async def test_a_child_is_cancelled_with_its_node_while_its_parent_goes_on(harness: Harness) -> None:
    harness.children.know(chain(node(wait, config={"duration": "1h"}), name="child"))
    fails = FakeEffect("fails", fails=[ValueError("no ink")])
    body = graph(node(call, id="call", config={"workflow": "child"}), fails)
    run = await harness.start(workflow(node(try_, body=body, catch=graph(FakeEffect("caught")))))
    child = only_child(harness)

    await harness.recover(child)

    assert (run.status, child.status) == ("completed", "cancelled")


async def test_a_child_cancelled_by_itself_fails_its_parent(harness: Harness) -> None:
    """Somebody did not want it: it is not tried again."""
    harness.children.know(chain(node(wait, config={"duration": "1h"}), name="child"))
    run = await harness.start(calling(retry=Retry(max_attempts=3, delay=0)))
    child = only_child(harness)
    await harness.drive(child)

    await harness.cancel(child)
    await harness.finish(run)

    assert run.error is not None
    assert (run.error.type, len(harness.children.started)) == ("child_cancelled", 1)


async def test_a_crash_behind_the_start_of_a_child_starts_no_second(harness: Harness) -> None:
    """Whoever recovers the parent finds the child by the id that it works out anew."""
    step = FakeEffect("step", returns="done")
    harness.children.know(chain(step, name="child"))
    harness.children.crash_after_start = True
    run = await harness.start(calling())
    assert run.crashed

    await harness.recover(run)

    assert (run.status, run.output, len(harness.children.started), step.calls) == ("completed", "done", 1, 1)


async def test_a_child_on_its_own_that_has_finished_meanwhile_is_not_started_again(harness: Harness) -> None:
    """Also where nothing of it is kept."""
    step = FakeEffect("step", returns="done")
    harness.children.know(chain(step, name="child", settings=Settings(save="none")))
    harness.children.crash_after_start = True
    run = await harness.start(calling(wait=False))
    child = only_child(harness)
    await harness.drive(child)

    await harness.recover(run)
    for started in list(harness.children.started.values()):
        if started.outcome is None:
            await harness.drive(started)

    assert (run.status, run.output, step.calls) == ("completed", child.id, 1)


async def test_a_parent_cancelled_behind_such_a_crash_cancels_its_child(harness: Harness) -> None:
    """The parent never came to wait for it, and does not know of it; the store does."""
    harness.children.know(chain(node(wait, config={"duration": "1h"}), name="child"))
    harness.children.crash_after_start = True
    run = await harness.start(calling())
    child = only_child(harness)

    await harness.cancel(run)
    await harness.recover(child)

    assert (run.status, child.status) == ("cancelled", "cancelled")


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_no_crash_of_the_parent_starts_a_second_child(harness: Harness, point: str) -> None:
    """Wherever its node is cut off, the child runs once and the parent is given its output."""
    step = FakeEffect("step", returns="done")
    harness.children.know(chain(step, name="child"))
    crash = Crash(point, "call")  # type: ignore[arg-type]
    run = await harness.start(calling(), crash=crash)

    await harness.recover(run)

    assert crash.fired
    assert (run.status, run.output, len(harness.children.started), step.calls) == ("completed", "done", 1, 1)


@pytest.mark.parametrize("save", ["all", "failures", "none"])
async def test_a_child_that_is_not_kept_gives_its_output_all_the_same(harness: Harness, save: str) -> None:
    """What it came to stays until its parent has read it."""
    child = chain(FakeEffect("step", returns="done"), name="child", settings=Settings(save=save))  # type: ignore[arg-type]
    harness.children.know(child)

    run = await harness.run(calling())

    assert (run.status, run.output) == ("completed", "done")


async def test_a_parent_that_is_not_kept_has_children_too(harness: Harness) -> None:
    """`save: none` on the parent: its row is there for as long as it runs."""
    harness.children.know(chain(FakeEffect("step", returns="done"), name="child"))
    parent = workflow(node(call, config={"workflow": "child"}), settings=Settings(save="none"))

    run = await harness.run(parent)

    assert (run.status, run.output) == ("completed", "done")


async def test_a_finally_body_may_call_a_workflow_while_its_run_is_cancelled(harness: Harness) -> None:
    """Cleaning up is waited for: a child started after the cancel is not cancelled by it."""
    tidy = FakeEffect("tidy")
    harness.children.know(chain(tidy, name="child"))
    caught = node(
        try_,
        id="guard",
        body=graph(node(wait, config={"duration": "1h"})),
        **{"finally": graph(node(call, config={"workflow": "child"}))},
    )
    run = await harness.start(workflow(caught, pass_on))

    await harness.cancel(run)
    await harness.finish(run)

    assert (run.status, tidy.calls) == ("cancelled", 1)
