"""`flow.stop`: how a node ends its run on purpose."""

from __future__ import annotations

import pytest

from tests.engine.nodes import loop, parallel, stop, try_, while_
from treadle.node import Bodies, Context, JsonValue, StopRun, container, effect
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_a_stop_ends_the_run_as_it_says(harness: Harness) -> None:
    """Completed, with an output of its own."""
    halt = node(stop, config={"output": {"why": "enough"}})
    after = FakeEffect("after")

    run = await harness.run(workflow(halt, node(after, after=("stop",))))

    assert (run.status, run.output, run.error, after.calls) == ("completed", {"why": "enough"}, None, 0)


async def test_a_stop_as_failed_says_why(harness: Harness) -> None:
    """Failed, with the message as the run's error."""
    run = await harness.run(workflow(node(stop, config={"status": "failed", "message": "The feed is stale."})))

    assert run.error is not None
    assert (run.status, run.error.type, run.error.message) == ("failed", "stopped", "The feed is stale.")


async def test_a_stop_cancels_what_is_under_way(harness: Harness) -> None:
    """Nodes under way are cancelled; `finally` bodies run."""
    slow, cleanup, quick = FakeEffect("slow", held=True), FakeEffect("cleanup"), FakeEffect("quick")
    trying = node(try_, body=graph(slow), **{"finally": graph(cleanup)})

    run = await harness.run(workflow(trying, quick, stop, connections=connect("quick -> stop.trigger")))

    assert (run.status, slow.cancelled, cleanup.calls) == ("completed", 1, 1)
    assert run.statuses()["try/slow"] == "cancelled"


@pytest.mark.parametrize("kind", ["loop", "parallel loop", "while", "parallel", "try"])
async def test_a_stop_inside_a_container_ends_the_run(harness: Harness, kind: str) -> None:
    """No container holds it up; nothing after it starts."""
    send, after = FakeEffect("send", returns=1), FakeEffect("after")
    halt = node(stop, when="{{ nodes.send.output == 1 }}")
    body = graph(send, halt)
    around = {
        "loop": node(loop, id="c", config={"items": 5}, body=body),
        "parallel loop": node(loop, id="c", config={"items": 5, "parallel": True, "concurrency": 1}, body=body),
        "while": node(while_, id="c", config={"condition": "true"}, body=body),
        "parallel": node(parallel, id="c", body=body),
        "try": node(try_, id="c", body=body, catch=graph(FakeEffect("caught"))),
    }[kind]

    run = await harness.run(workflow(around, node(after, after=("c",))))

    assert (run.status, run.error, send.calls, after.calls) == ("completed", None, 1, 0)


async def test_an_effect_may_stop_the_run(harness: Harness) -> None:
    """By raising `StopRun`; no retry and no `on_error` applies."""
    calls: list[int] = []

    @effect("t.halts", in_doubt="repeat")
    async def halts(ctx: Context) -> JsonValue:
        """Has seen enough."""
        calls.append(1)
        raise StopRun("completed", "enough", 7)

    run = await harness.run(workflow(node(halts, retry={"max_attempts": 3, "delay": 0}, on_error="branch")))

    assert (run.status, run.output, len(calls)) == ("completed", 7, 1)


async def test_a_container_may_stop_the_run(harness: Harness) -> None:
    """One that decides by itself."""

    @container("t.halting")
    async def halting(bodies: Bodies) -> JsonValue:
        """Runs its body once and stops."""
        await bodies.run()
        raise StopRun("failed", "once is enough")

    send, after = FakeEffect("send"), FakeEffect("after")

    run = await harness.run(workflow(node(halting, body=graph(send)), node(after, after=("halting",))))

    assert (run.status, run.error and run.error.message) == ("failed", "once is enough")
    assert (send.calls, after.calls) == (1, 0)


async def test_a_crash_after_a_stop_stops_again(harness: Harness) -> None:
    """4.4: the stop is in the journal; the effect that stopped is not repeated, its cleanup goes on."""
    calls: list[int] = []

    @effect("t.halts")
    async def halts(ctx: Context) -> JsonValue:
        """Does something, and has seen enough."""
        calls.append(1)
        raise StopRun("completed", "enough", {"seen": 7})

    first, cleanup, after = FakeEffect("first"), FakeEffect("cleanup", in_doubt="repeat"), FakeEffect("after")
    body = graph(first, node(halts, after=("first",)))
    trying = node(try_, body=body, **{"finally": graph(cleanup)})
    flow = workflow(trying, node(after, after=("try",)))
    run = await harness.start(flow, crash=Crash("after_intent", "try.finally/cleanup"))

    await harness.recover(run)

    assert (run.status, run.output, len(calls)) == ("completed", {"seen": 7}, 1)
    assert (first.calls, cleanup.calls, after.calls) == (1, 1, 0)


async def test_a_stop_is_decided_by_the_first(harness: Harness) -> None:
    """Two stops in one run: the first one counts."""
    parts = [
        node(stop, id="a", config={"status": "completed", "output": 1}),
        node(stop, id="b", config={"status": "failed", "message": "late"}),
    ]

    run = await harness.run(workflow(*parts))

    assert (run.status, run.output) == ("completed", 1)
