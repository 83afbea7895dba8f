"""§3.4 Timeouts: of an attempt, of a pure node, of the whole run."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

from tests.engine.nodes import show, try_, value, wait, while_
from treadle.model.event import Logged
from treadle.node import JsonValue
from treadle.node import node as declare
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_an_effect_that_takes_too_long_fails_with_timeout(harness: Harness) -> None:
    """3.4: a timeout is a failure of type `timeout`; the effect is cancelled."""
    slow = FakeEffect("slow", held=True)

    run = await harness.run(workflow(node(slow, timeout=0.05)))

    assert run.error is not None
    assert (run.status, run.error.type, slow.cancelled) == ("failed", "timeout", 1)


async def test_a_timeout_tells_its_length_and_that_it_is_the_nodes(harness: Harness) -> None:
    """3.4: of an effect and of a pure node alike."""

    @declare("t.sleepy")
    def sleepy() -> JsonValue:
        """Sleeps."""
        time.sleep(0.5)
        return None

    effect = await harness.run(workflow(node(FakeEffect("slow", held=True), timeout=0.05)))
    pure = await harness.run(workflow(node(sleepy, timeout=0.05)))

    said = [run.error and (run.error.type, run.error.message) for run in (effect, pure)]
    assert said == [("timeout", "No answer within 50 ms, the `timeout` of the node.")] * 2


async def test_a_limit_of_the_nodes_own_is_not_told_as_its_timeout(harness: Harness) -> None:
    """3.4: what an effect raises by itself keeps its own words."""
    impatient = FakeEffect("impatient", fails=[TimeoutError("the other side hung up")])

    run = await harness.run(workflow(node(impatient, timeout=30)))

    assert run.error is not None
    assert (run.error.type, run.error.message) == ("timeout", "the other side hung up")


async def test_a_timeout_is_tried_again_like_any_failure(harness: Harness) -> None:
    """3.1, 3.4: `retry_on: [timeout]`."""
    waits = [asyncio.Event(), None]

    async def first_hangs() -> None:
        event = waits.pop(0)
        if event is not None:
            await event.wait()

    slow = FakeEffect("slow", before=first_hangs)

    run = await harness.run(
        workflow(node(slow, timeout=0.05, retry={"max_attempts": 2, "delay": 0, "retry_on": ["timeout"]}))
    )

    assert (run.status, slow.attempts, slow.calls) == ("completed", [1, 2], 1)


async def test_a_pure_node_that_never_returns_is_left_behind(harness: Harness) -> None:
    """3.4: its thread is told to stop; the loop goes on meanwhile."""
    ended = threading.Event()

    @declare("t.forever")
    def forever() -> JsonValue:
        """Never returns."""
        try:
            while True:
                pass
        finally:
            ended.set()

    run = await harness.run(workflow(node(forever, timeout=0.05)))

    assert run.error is not None
    assert (run.status, run.error.type, run.error.node) == ("failed", "timeout", "forever")
    assert await asyncio.to_thread(ended.wait, 5)


async def test_a_pure_node_that_sleeps_in_c_does_not_hold_up_the_run(harness: Harness) -> None:
    """3.4: what cannot be interrupted is not waited for."""

    @declare("t.sleeper")
    def sleeper() -> JsonValue:
        """Sleeps where nothing can be raised."""
        time.sleep(5)
        return 1

    begun = time.monotonic()

    run = await harness.run(workflow(node(sleeper, timeout=0.05)))

    assert (run.status, time.monotonic() - begun < 3) == ("failed", True)


async def test_a_pure_node_within_its_time_gives_its_value(harness: Harness) -> None:
    """3.4: from its thread."""
    run = await harness.run(workflow(node(value, timeout=5, config={"of": 8})))

    assert run.output == 8


async def test_the_run_fails_when_it_takes_longer_than_its_timeout(harness: Harness) -> None:
    """3.4: while an effect runs, which is cancelled."""
    slow, after = FakeEffect("slow", held=True), FakeEffect("after")

    run = await harness.run(chain(slow, after, settings={"timeout": "10m"}))  # type: ignore[arg-type]

    assert run.error is not None
    assert (run.status, run.error.type, slow.cancelled, after.calls) == ("failed", "timeout", 1, 0)
    assert run.statuses()["slow"] == "cancelled"


async def test_the_run_fails_when_it_waits_longer_than_its_timeout(harness: Harness) -> None:
    """3.4: waiting included; the run wakes at its deadline."""
    begun = harness.clock.now()
    after = FakeEffect("after")

    run = await harness.run(
        chain(node(wait, config={"duration": "48h"}), after, settings={"timeout": "1h"})  # type: ignore[arg-type]
    )

    assert run.error is not None
    assert (run.status, run.error.type, after.calls) == ("failed", "timeout", 0)
    assert harness.clock.now() - begun == timedelta(hours=1)


async def test_a_timeout_while_suspended_runs_finally(harness: Harness) -> None:
    """3.4: `finally` nodes of what had begun; nothing after it."""
    cleanup, after = FakeEffect("cleanup"), FakeEffect("after")
    trying = node(try_, body=graph(node(wait, config={"duration": "48h"})), **{"finally": graph(cleanup)})

    run = await harness.run(
        workflow(trying, node(after, after=("try",)), settings={"timeout": "1h"})  # type: ignore[arg-type]
    )

    assert run.error is not None
    assert (run.status, run.error.type, cleanup.calls, after.calls) == ("failed", "timeout", 1, 0)


async def test_a_deadline_that_passed_while_nobody_drove_starts_nothing(harness: Harness) -> None:
    """3.4, 4.5: the process was down when the timeout came; nothing that had not begun is begun."""
    first, second = FakeEffect("first"), FakeEffect("second")
    run = await harness.start(chain(first, second, settings={"timeout": "1h"}), crash_before=second)  # type: ignore[arg-type]
    harness.clock.advance(7200)

    await harness.recover(run)

    assert run.error is not None
    assert (run.status, run.error.type, second.calls) == ("failed", "timeout", 0)


async def test_a_run_that_never_waits_is_timed_out_too(harness: Harness) -> None:
    """3.4: a loop of pure nodes gives the clock a look now and then."""
    clock = harness.clock

    @declare("t.tick")
    def tick(count: JsonValue) -> JsonValue:
        """A second passes."""
        clock.set(clock.now() + timedelta(seconds=1))
        return count + 1  # type: ignore[operator]

    body = graph(node(tick, config={"count": "{{ loop.state }}"}))
    endless = node(while_, config={"condition": "true", "state": 0, "max_iterations": 1_000_000}, body=body)

    run = await harness.run(workflow(endless, settings={"timeout": "1h"}))  # type: ignore[arg-type]

    assert run.error is not None
    assert (run.status, run.error.type) == ("failed", "timeout")


async def test_an_error_port_carries_a_timeout(harness: Harness) -> None:
    """3.2, 3.4: with its type."""
    slow = FakeEffect("slow", held=True)
    parts = [node(slow, timeout=0.05, on_error="branch"), node(show, config={"what": "{{ nodes.slow.error.type }}"})]

    run = await harness.run(workflow(*parts))

    assert run.outputs()["show"] == {"output": "timeout"}


async def test_a_timeout_of_one_branch_lets_the_other_be(harness: Harness) -> None:
    """3.2, 3.4: siblings finish."""
    slow, other = FakeEffect("slow", held=True), FakeEffect("other")

    run = await harness.run(workflow(node(slow, timeout=0.05, on_error="continue"), other))

    assert run.statuses() == {"slow": "failed", "other": "completed"}


async def test_a_run_cannot_be_timed_out_once_it_is_done(harness: Harness) -> None:
    """3.4: the deadline is for what still runs."""
    run = await harness.run(
        workflow(value, node(show, id="end"), connections=connect(), settings={"timeout": "1h"})  # type: ignore[arg-type]
    )

    assert run.status == "completed"


async def test_an_effect_that_blocks_past_its_timeout_keeps_its_result_and_is_named(memory_harness: Harness) -> None:
    """It cannot be interrupted and it happened; whoever reads the log learns why everything stood still."""
    blocking = FakeEffect("blocking", returns=lambda value: time.sleep(0.2) or "done")
    run = await memory_harness.run(workflow(node(blocking, timeout=0.05)))

    told = [event.message for event in run.events if isinstance(event, Logged)]
    assert run.outputs()["blocking"] == {"output": "done"}
    assert len(told) == 1
    assert "blocks the event loop" in told[0]
