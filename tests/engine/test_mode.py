"""Test mode: pinned outputs stand in for nodes; and triggers, of which one is live."""

from __future__ import annotations

import pytest

from tests.engine.nodes import add_one, boom, fork, loop, pass_on, required, show, value
from treadle.packs.core.trigger.interval import interval
from treadle.packs.core.trigger.manual import manual
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


@pytest.mark.parametrize("kind", ["effect", "pure", "failing", "container"])
async def test_a_pinned_output_is_used_in_test_mode(harness: Harness, kind: str) -> None:
    """6.1: of any kind of node; the node itself does not run."""
    fake = FakeEffect("a")
    part = {
        "effect": node(fake, id="a", pinned=41),
        "pure": node(value, id="a", pinned=41),
        "failing": node(boom, id="a", pinned=41),
        "container": node(loop, id="a", config={"items": 3}, body=graph(fake), pinned=41),
    }[kind]

    run = await harness.run(workflow(part, node(show, config={"what": "{{ nodes.a.output }}"})), mode="test")

    read = run.outputs()["show"]["output"]
    assert (run.status, fake.calls) == ("completed", 0)
    assert read == 41


async def test_a_pinned_output_is_ignored_in_live_mode(harness: Harness) -> None:
    """6.1: only a test is a test."""
    send = FakeEffect("send", returns=1)

    run = await harness.run(
        chain(node(send, pinned=41), node(value, id="x", pinned=3, after=("send",)), add_one), mode="live"
    )

    assert (run.output, send.calls) == (2, 1)


async def test_pinned_ports_choose_a_branch(harness: Harness) -> None:
    """2.6: an object by port for a node with several."""
    parts = [node(fork, pinned={"no": 5}), node(required, id="yes"), node(required, id="no")]

    run = await harness.run(workflow(*parts, connections=connect("fork.yes -> yes", "fork.no -> no")), mode="test")

    assert run.statuses() == {"fork": "completed", "yes": "skipped", "no": "completed"}


async def test_a_pin_of_null_is_a_pin(harness: Harness) -> None:
    """6.1: null is a value too."""
    send = FakeEffect("send", returns=1)

    run = await harness.run(workflow(node(send, pinned=None)), mode="test")

    assert (run.output, send.calls) == (None, 0)


async def test_a_node_that_is_skipped_has_no_pin(harness: Harness) -> None:
    """2.5, 6.1: what does not run has no output."""
    run = await harness.run(workflow(node(value, pinned=1, when=False)), mode="test")

    assert run.statuses() == {"value": "skipped"}


async def test_only_the_trigger_that_fired_is_live(harness: Harness) -> None:
    """2.3: of several triggers, the others' branches are skipped."""
    parts = [
        node(manual, id="by-hand"),
        node(interval, id="hourly", config={"seconds": 3600}),
        node(pass_on, id="a"),
        node(pass_on, id="b"),
    ]
    flow = workflow(*parts, connections=connect("by-hand -> a.trigger", "hourly -> b.trigger"))

    by_hand = await harness.run(flow)
    hourly = await harness.run(flow, trigger="hourly")

    assert (by_hand.statuses()["a"], by_hand.statuses()["b"]) == ("completed", "skipped")
    assert (hourly.statuses()["a"], hourly.statuses()["b"]) == ("skipped", "completed")


async def test_a_manual_trigger_gives_the_input(harness: Harness) -> None:
    """2.1: with when the run was started."""
    run = await harness.run(workflow(manual), input={"topic": "tides"})

    assert run.outputs()["manual"] == {"input": {"topic": "tides"}, "user": None, "at": run.record.created_at}


async def test_the_mode_is_known_to_nodes_and_expressions(harness: Harness) -> None:
    """6.1: `workflow.mode`."""
    run = await harness.run(workflow(node(show, config={"what": "{{ workflow.mode }}"})), mode="paper")

    assert run.output == "paper"


async def test_an_input_that_was_not_given_is_null(harness: Harness) -> None:
    """2.7: an optional one."""
    flow = workflow(
        node(show, config={"what": "{{ workflow.input.depth ?? 'medium' }}"}),
        inputs={"depth": {"type": "string", "required": False}},
    )

    run = await harness.run(flow)

    assert run.output == "medium"
