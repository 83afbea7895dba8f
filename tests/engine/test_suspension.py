"""§4.5 Suspension: costs nothing, holds nothing, and holds nobody up."""

from __future__ import annotations

import asyncio
import gc
import weakref
from datetime import timedelta

import pytest

from tests.engine.nodes import loop, parallel, pass_on, wait, while_
from treadle.engine.outcome import Suspended
from treadle.model.event import RunResumed, RunSuspended
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_a_wait_suspends_the_run_until_its_time(harness: Harness) -> None:
    """4.5: nothing can proceed but a timer."""
    due = harness.clock.now() + timedelta(hours=48)

    run = await harness.start(chain(node(wait, config={"duration": "48h"}), FakeEffect("after")))

    assert isinstance(run.outcome, Suspended)
    assert (run.status, run.outcome.until, run.statuses()) == ("suspended", due, {"wait": "waiting"})


async def test_a_suspended_run_holds_no_memory(memory_harness: Harness) -> None:
    """4.5: neither its driver nor a task, thread or timer of it is left."""
    before = {id(task) for task in asyncio.all_tasks()}
    run = memory_harness.begin(chain(node(wait, config={"duration": "48h"}), FakeEffect("after")))
    await asyncio.sleep(0)
    driver = run.driver
    assert driver is not None
    watched = [weakref.ref(part) for part in (driver, driver.execution, driver.recorder)]
    del driver
    await memory_harness.settle(run)

    gc.collect()

    assert [ref() for ref in watched] == [None, None, None]
    assert {id(task) for task in asyncio.all_tasks()} <= before | {id(asyncio.current_task())}


async def test_other_branches_are_not_held_up(harness: Harness) -> None:
    """4.5: one branch waits two days, the other is done at once, effects and all."""
    send = FakeEffect("send")
    first = FakeEffect("first")
    wires = connect("first -> send")

    run = await harness.start(workflow(node(wait, config={"duration": "48h"}), first, send, connections=wires))

    assert run.statuses() == {"wait": "waiting", "first": "completed", "send": "completed"}


async def test_a_branch_goes_on_while_another_waits_for_longer(harness: Harness) -> None:
    """4.5: each wakes at its own time."""
    seen: list[str] = []
    flow = workflow(
        node(wait, id="long", config={"duration": "3h"}),
        node(wait, id="short", config={"duration": "1h"}),
        FakeEffect("a", returns=lambda _: seen.append("a")),
        FakeEffect("b", returns=lambda _: seen.append("b")),
        connections=connect("long -> a", "short -> b"),
    )

    run = await harness.run(flow)

    assert (run.status, seen, run.drives) == ("completed", ["b", "a"], 3)


async def test_time_counts_from_when_the_wait_began(harness: Harness) -> None:
    """4.5: waking early, or the process being down, does not begin it anew."""
    run = await harness.start(chain(node(wait, config={"duration": "48h"}), FakeEffect("after")))
    begun = harness.clock.now()
    harness.clock.advance(30 * 3600)
    await harness.drive(run)
    early = run.status

    await harness.finish(run)

    assert (early, run.status, harness.clock.now() - begun) == ("suspended", "completed", timedelta(hours=48))


async def test_a_wait_that_was_over_while_nobody_drove_goes_on_at_once(harness: Harness) -> None:
    """4.5: late is not never."""
    run = await harness.start(chain(node(wait, config={"duration": "1h"}), FakeEffect("after")))
    harness.clock.advance(100 * 3600)

    await harness.drive(run)

    assert run.status == "completed"


async def test_waits_in_parallel_iterations_wake_each_at_its_time(harness: Harness) -> None:
    """4.5: in scopes of their own."""
    waiting = node(wait, config={"duration": "{{ loop.item }}"})
    body = graph(waiting, node(pass_on, id="end"), connections=connect("wait -> end"))

    begun = harness.clock.now()

    run = await harness.run(workflow(node(loop, config={"items": [3600, 60, 600], "parallel": True}, body=body)))

    waited = [
        entry.at - begun for entry in await harness.entries(run) if (entry.node, entry.kind.name) == ("end", "RESULT")
    ]
    assert run.status == "completed"
    assert waited == [timedelta(seconds=seconds) for seconds in (3600, 60, 600)]


async def test_watchers_are_told(harness: Harness) -> None:
    """4.5: of the suspension with its time, and of going on."""
    run = await harness.run(workflow(node(wait, config={"duration": "1h"})))

    told = [type(event).__name__ for event in run.events if isinstance(event, RunSuspended | RunResumed)]
    assert told == ["RunSuspended", "RunResumed"]


async def test_a_short_wait_is_slept(harness: Harness) -> None:
    """4.5: a second is not worth writing down."""
    run = await harness.start(workflow(node(wait, config={"duration": 1})))

    assert (run.status, run.drives) == ("completed", 1)


@pytest.mark.parametrize("back", [60, 3600])
async def test_the_clock_jumping_back_loses_nothing(harness: Harness, back: float) -> None:
    """4.5: a run waits on until its time has come after all; one that works works on."""
    send, after = FakeEffect("send", fails=[OSError("no")]), FakeEffect("after")
    flow = chain(node(send, retry={"max_attempts": 2, "delay": 600, "max_delay": 600, "jitter": False}), after)
    run = await harness.start(flow)
    harness.clock.advance(-back)
    await harness.drive(run)
    early = run.status

    await harness.finish(run)

    assert (early, run.status, send.attempts, after.calls) == ("suspended", "completed", [1, 2], 1)


async def test_the_clock_jumping_back_while_running(harness: Harness) -> None:
    """4.5: in the middle of an effect."""
    send, after = FakeEffect("send", held=True), FakeEffect("after")
    run = harness.begin(chain(send, after, settings={"timeout": "1h"}))  # type: ignore[arg-type]
    harness.clock.skips = False
    await send.wait_until_entered()
    harness.clock.advance(-3600)
    send.release()

    await harness.settle(run)

    assert (run.status, after.calls) == ("completed", 1)


async def test_draining_finishes_what_runs_and_starts_nothing(harness: Harness) -> None:
    """4.5: the run can be driven on later, as if nothing had been."""
    first, second = FakeEffect("first", held=True), FakeEffect("second")
    run = harness.begin(chain(first, second))
    await first.wait_until_entered()
    assert run.driver is not None
    run.driver.drain()
    first.release()
    await harness.settle(run)
    drained = (run.status, first.calls, second.calls)

    await harness.recover(run)

    assert drained == ("suspended", 1, 0)
    assert (run.status, first.calls, second.calls) == ("completed", 1, 1)


async def test_draining_leaves_what_waits_for_its_turn(harness: Harness) -> None:
    """4.5: queued behind `max_concurrency`; it is begun by the next driver."""
    first, second = FakeEffect("first", held=True), FakeEffect("second")
    run = harness.begin(workflow(first, second, settings={"max_concurrency": 1}))  # type: ignore[arg-type]
    await first.wait_until_entered()
    assert run.driver is not None
    run.driver.drain()
    first.release()
    await harness.settle(run)
    drained = (run.status, second.calls)

    await harness.recover(run)

    assert (drained, run.status, first.calls, second.calls) == (("suspended", 0), "completed", 1, 1)


async def test_draining_does_not_wait_for_waits(harness: Harness) -> None:
    """4.5: a near retry is left to the next driver."""
    send, other = FakeEffect("send", fails=[OSError("no")]), FakeEffect("other", held=True)
    retrying = node(send, retry={"max_attempts": 2, "delay": 2, "jitter": False})
    harness.clock.skips = False
    run = harness.begin(workflow(retrying, other))
    await other.wait_until_entered()
    await send.wait_until_entered()
    assert run.driver is not None
    run.driver.drain()
    other.release()
    await harness.settle(run)
    drained = run.status
    harness.clock.skips = True

    await harness.recover(run)

    assert (drained, run.status, send.attempts) == ("suspended", "completed", [1, 2])


async def test_draining_a_run_that_is_about_to_end_lets_it_end(harness: Harness) -> None:
    """4.5: what needs no effect is finished."""
    last = FakeEffect("last", held=True)
    run = harness.begin(chain(last, node(pass_on, id="end")))
    await last.wait_until_entered()
    assert run.driver is not None
    run.driver.drain()
    last.release()

    await harness.settle(run)

    assert run.status == "completed"


async def test_many_waits_in_one_run(harness: Harness) -> None:
    """4.5: two hundred branches wait, and wake at once."""
    body = graph(node(wait, config={"duration": "1h"}))

    run = await harness.run(
        workflow(node(loop, config={"items": 200, "max_iterations": 200, "parallel": True}, body=body))
    )

    assert (run.status, run.drives) == ("completed", 2)


async def test_a_while_with_a_delay_polls_across_suspensions(harness: Harness) -> None:
    """4.5: one drive an iteration, one call an iteration."""
    answers = iter(["pending", "pending", "done"])
    poll = FakeEffect("poll", returns=lambda _: next(answers))
    polling = node(while_, config={"condition": "state != 'done'", "delay": "1h"}, body=graph(poll))

    run = await harness.run(workflow(polling))

    assert (run.output, poll.calls, run.drives) == ("done", 3, 3)


async def test_a_hundred_suspended_runs_are_found_by_their_time(stored_harness: tuple[Harness, SqliteStore]) -> None:
    """4.5: none too early, all when they are due."""
    harness, store = stored_harness
    flow = workflow(node(parallel, body=graph(node(wait, config={"duration": "1h"}))))
    runs = await asyncio.gather(*(harness.start(flow) for _ in range(100)))
    later = harness.clock.now() + timedelta(hours=1)

    early = await store.find_due(harness.clock.now())
    due = await store.find_due(later, 1000)

    assert early == []
    assert set(due) == {run.id for run in runs}
