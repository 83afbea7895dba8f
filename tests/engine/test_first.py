"""`join: first` goes by the same connection after a crash, whatever finishes first then (2.2, 4.1)."""

from __future__ import annotations

import pytest

from treadle.model.event import NodeCompleted
from treadle.model.policy import Settings
from treadle.model.workflow import Node
from treadle.testing import FakeEffect, Harness, connect, node, workflow


@pytest.mark.parametrize("save", ["all", "failures", "none"])
async def test_a_recovered_run_goes_by_the_connection_that_was_first(harness: Harness, save: str) -> None:
    quick, slow = FakeEffect("quick", returns="quick"), FakeEffect("slow", returns="slow", held=True)
    use = FakeEffect("use", returns=lambda value: f"used {value}")
    last = FakeEffect("last", in_doubt="repeat", held=True)
    raced = workflow(
        node(slow),
        node(quick),
        node(use, join="first"),
        node(last, after=("slow", "use")),
        connections=connect("slow -> use", "quick -> use"),
        settings=Settings.model_validate({"save": save}),
        outputs="{{ nodes.use.output }}",
    )
    run = harness.begin(raced)
    await run.wait_until_told(NodeCompleted, "use")
    slow.release()
    await last.wait_until_entered(1)
    await harness.kill(run)
    last.release()

    await harness.recover(run)

    assert (run.status, run.output) == ("completed", "used quick")
    assert (use.calls, use.values) == (1, ["quick"])


async def test_a_pure_node_that_was_first_decided_sees_the_same_after_a_crash(harness: Harness) -> None:
    """Its choice is journaled although its result need not be."""
    quick, slow = FakeEffect("quick", returns="quick"), FakeEffect("slow", returns="slow", held=True)
    last = FakeEffect("last", in_doubt="repeat", held=True)
    raced = workflow(
        node(slow),
        node(quick),
        Node(id="merge", type="flow.merge", join="first"),
        node(last, after=("slow", "merge")),
        connections=connect("slow -> merge", "quick -> merge"),
        settings=Settings(save="none"),
        outputs="{{ nodes.merge.output }}",
    )
    run = harness.begin(raced)
    await run.wait_until_told(NodeCompleted, "merge")
    slow.release()
    await last.wait_until_entered(1)
    await harness.kill(run)
    last.release()

    await harness.recover(run)

    assert (run.status, run.output) == ("completed", "quick")
