"""§4.5 Breakpoints: a test run stops before a node, holds nothing meanwhile, and goes on as it is told to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.nodes import add_one, double, if_, loop, merge, parallel, pass_on, try_, value
from treadle.engine.debugging import COMMAND
from treadle.engine.outcome import Suspended
from treadle.model.breakpoints import Breakpoints
from treadle.model.event import BreakpointsChanged, NodeContinued, NodePaused
from treadle.model.policy import Settings
from treadle.model.run import Origin
from treadle.model.signal import Signal
from treadle.model.workflow import Workflow
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun


async def debug(harness: Harness, of: Workflow, *nodes: str, step: bool = False, **more: Any) -> TestRun:
    return await harness.start(of, mode="test", origin=Origin(breakpoints=Breakpoints(nodes, step)), **more)


async def say(harness: Harness, run: TestRun, **command: Any) -> TestRun:
    return await harness.signal(run, COMMAND, command)


async def let_go(harness: Harness, run: TestRun, *paths: str, **given: Any) -> TestRun:
    return await say(harness, run, release={path: given for path in paths})


def paused(run: TestRun) -> list[str]:
    return [path for path, status in run.statuses().items() if status == "paused"]


def shown(run: TestRun, path: str) -> Mapping[str, Any]:
    return next(event.inputs for event in run.events if isinstance(event, NodePaused) and event.path == path)


async def test_a_run_stops_before_a_node_with_a_breakpoint_and_goes_on(harness: Harness) -> None:
    send = FakeEffect("send")
    run = await debug(harness, chain(node(value, config={"of": 3}), double, send), "double")
    stood = run.status, paused(run), send.calls

    await let_go(harness, run, "double")

    assert stood == ("suspended", ["double"], 0)
    assert (run.status, send.values) == ("completed", [6])


async def test_a_run_that_stands_waits_for_no_time(harness: Harness) -> None:
    run = await debug(harness, chain(value, double), "double")

    assert isinstance(run.outcome, Suspended)
    assert run.outcome.until is None


async def test_whoever_looks_is_told_what_the_node_would_get(harness: Harness) -> None:
    tells = node(pass_on, id="tells", config={"value": "{{ nodes.double.output + 1 }}"})

    run = await debug(harness, chain(node(value, config={"of": 3}), double, tells), "double", "tells")
    await let_go(harness, run, "double")

    assert (shown(run, "double"), shown(run, "tells")) == ({"number": 3}, {"value": 6})


async def test_other_branches_go_on(harness: Harness) -> None:
    left, right = FakeEffect("left"), FakeEffect("right")
    run = await debug(harness, workflow(left, right), "left")

    assert (run.status, left.calls, right.calls) == ("suspended", 0, 1)


async def test_step_stops_before_each_node_in_turn(harness: Harness) -> None:
    run = await debug(harness, chain(value, double, add_one), step=True)
    stops = [paused(run)]
    while run.status == "suspended":
        await let_go(harness, run, *paused(run))
        stops.append(paused(run))

    assert (stops, run.output) == ([["value"], ["double"], ["add_one"], []], 3)


async def test_a_node_that_is_skipped_is_not_stopped_before(harness: Harness) -> None:
    yes, no = FakeEffect("yes"), FakeEffect("no")
    branches = workflow(
        node(if_, config={"condition": "{{ true }}"}),
        yes,
        no,
        node(pass_on, id="off", when="false"),
        node(pass_on, id="disabled", disabled=True),
        connections=connect("if.true -> yes.value", "if.false -> no.trigger"),
    )

    run = await debug(harness, branches, "no", "off", "disabled")

    assert (run.status, yes.calls, no.calls) == ("completed", 1, 0)


async def test_a_breakpoint_in_a_body_stops_in_every_iteration_or_in_one(harness: Harness) -> None:
    doubled = node(double, config={"number": "{{ loop.item }}"})
    each = chain(node(value, config={"of": [1, 2, 3]}), node(loop, id="each", body=graph(doubled)))

    every = await debug(harness, each, "each/double")
    one = await debug(harness, each, "each[1]/double")

    assert paused(every) == ["each[0]/double"]
    assert paused(one) == ["each[1]/double"]
    await let_go(harness, every, "each[0]/double")
    assert paused(every) == ["each[1]/double"]


async def test_a_container_is_stopped_before_as_a_whole(harness: Harness) -> None:
    send = FakeEffect("send")
    run = await debug(harness, workflow(node(parallel, id="both", body=graph(send))), "both")
    stood = paused(run), send.calls

    await let_go(harness, run, "both")

    assert (stood, run.status, send.calls) == ((["both"], 0), "completed", 1)


async def test_edited_inputs_are_what_the_node_gets(harness: Harness) -> None:
    send = FakeEffect("send")
    run = await debug(harness, chain(value, double, send), "double", "send")

    await let_go(harness, run, "double", inputs={"number": 50})
    await let_go(harness, run, "send", inputs={"value": "edited"})

    assert (run.outputs()["double"], send.values) == ({"output": 100}, ["edited"])


async def test_an_edited_output_stands_in_for_running_the_node(harness: Harness) -> None:
    charge, send = FakeEffect("charge"), FakeEffect("send")
    run = await debug(harness, chain(charge, send), "charge")

    await let_go(harness, run, "charge", outputs={"output": "as if"})

    assert (run.status, charge.calls, send.values) == ("completed", 0, ["as if"])


async def test_an_output_is_given_to_a_node_that_is_come_to_later(harness: Harness) -> None:
    first, charge, send = FakeEffect("first"), FakeEffect("charge"), FakeEffect("send")
    run = await debug(harness, chain(first, charge, send), "first")

    await say(harness, run, release={"first": {}}, outputs={"charge": {"output": 7}})

    assert (run.status, charge.calls, send.values) == ("completed", 0, [7])


async def test_breakpoints_are_changed_under_way(harness: Harness) -> None:
    run = await debug(harness, chain(value, double, add_one), "value")

    await say(harness, run, release={"value": {}}, breakpoints={"nodes": ["add_one"], "step": False})

    assert paused(run) == ["add_one"]
    assert [event.nodes for event in run.events if isinstance(event, BreakpointsChanged)] == [("add_one",)]


async def test_what_is_said_twice_is_done_once(harness: Harness) -> None:
    run = await debug(harness, chain(value, double, add_one), step=True)

    await let_go(harness, run, "value")
    await let_go(harness, run, "value")

    assert paused(run) == ["double"]
    assert len([event for event in run.events if isinstance(event, NodeContinued)]) == 1


async def test_a_run_that_stands_is_cancelled(harness: Harness) -> None:
    send, tidy = FakeEffect("send"), FakeEffect("tidy")
    tried = node(try_, id="safe", body=graph(send), **{"finally": graph(tidy)})
    run = await debug(harness, workflow(tried), "safe/send", "safe.finally/tidy")

    await harness.cancel(run)

    assert (run.status, send.calls, tidy.calls) == ("cancelled", 0, 1)


async def test_a_run_that_stands_in_a_finally_body_is_cancelled(harness: Harness) -> None:
    send, tidy = FakeEffect("send"), FakeEffect("tidy")
    tried = node(try_, id="safe", body=graph(send), **{"finally": graph(tidy)})
    run = await debug(harness, workflow(tried), "safe.finally/tidy")
    stood = paused(run)

    await harness.cancel(run)

    assert (stood, run.status, tidy.calls) == (["safe.finally/tidy"], "cancelled", 1)


async def test_a_failure_beside_it_ends_what_stands(harness: Harness) -> None:
    fails, send = FakeEffect("fails", fails=[ValueError("no")]), FakeEffect("send")

    run = await debug(harness, workflow(fails, send), "send")

    assert (run.status, send.calls, run.statuses()["send"]) == ("failed", 0, "cancelled")


async def test_the_workflows_timeout_does_not_count_what_a_person_takes(harness: Harness) -> None:
    run = await debug(harness, chain(value, double, settings=Settings(timeout=5)), "double")
    harness.clock.advance(60)

    await let_go(harness, run, "double")

    assert run.status == "completed"


@pytest.mark.parametrize("mode", ["live", "paper"])
async def test_breakpoints_count_only_in_test_mode(harness: Harness, mode: str) -> None:
    run = await harness.start(chain(value, double), mode=mode, origin=Origin(breakpoints=Breakpoints(("double",))))

    assert run.status == "completed"


async def test_with_join_first_what_was_live_when_it_stopped_counts(harness: Harness) -> None:
    slow, quick = FakeEffect("slow"), FakeEffect("quick", returns="quick")
    joined = workflow(
        slow,
        quick,
        node(merge, id="first", join="first"),
        connections=connect("slow -> first.inputs", "quick -> first.inputs"),
    )
    run = await debug(harness, joined, "first", "slow")
    stood = paused(run)

    await let_go(harness, run, "slow")
    await let_go(harness, run, "first")

    assert (sorted(stood), run.output) == (["first", "slow"], "quick")


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_crash_while_it_goes_on_changes_nothing(harness: Harness, point: Point) -> None:
    """What was said is journaled by place: the same after recovery, wherever it crashed."""
    charge, send = FakeEffect("charge", in_doubt="repeat"), FakeEffect("send", in_doubt="repeat")
    run = await debug(harness, chain(node(value, config={"of": 1}), double, charge, send), step=True)
    await let_go(harness, run, "value")
    await say(harness, run, release={"double": {"inputs": {"number": 4}}}, outputs={"send": {"output": "given"}})
    stood, crash, now = paused(run), Crash(point, "charge"), harness.clock.now()
    said = Signal("s", COMMAND, payload={"release": {"charge": {"inputs": {"value": "edited"}}}}, run_id=run.id, at=now)
    await harness.exchange.send_signal(said, now=now)

    await harness.drive(run, crash=crash)
    await harness.recover(run)

    assert (stood, crash.fired) == (["charge"], True)
    assert (run.status, run.output, set(charge.values)) == ("completed", "given", {"edited"})
    assert run.outputs()["double"] == {"output": 8}


async def test_what_is_shown_of_a_node_holds_no_secret(harness: Harness) -> None:
    harness.secrets["TOKEN"] = "canary-4711"
    tells = node(pass_on, id="tells", config={"value": "Bearer {{ secrets.TOKEN }}"})

    run = await debug(harness, workflow(tells), "tells")

    assert "canary-4711" not in repr(run.events) + repr(await harness.entries(run))
    assert "Bearer" in str(shown(run, "tells"))
