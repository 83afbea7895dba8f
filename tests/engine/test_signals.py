"""§4.5 Signals: one that comes before the wait, during it, or in the middle of a suspension is taken once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.nodes import parallel
from treadle.engine.journal import Batch
from treadle.engine.outcome import Suspended
from treadle.model.signal import Signal
from treadle.model.workflow import Node, Workflow
from treadle.packs.core.flow.approval import approval
from treadle.packs.core.flow.signal import signal
from treadle.store.giving import Woken
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import VirtualClock
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun


def waits(name: Any = "paid", id: str = "paid", **config: Any) -> Node:
    return node(signal, id=id, config={"name": name, **config})


def then(after: FakeEffect, **config: Any) -> Workflow:
    """A wait for `paid`, and `after` with what came."""
    return workflow(waits(**config), after, connections=connect(f"paid.payload -> {after.name}.value"))


async def send(harness: Harness, name: str = "paid", payload: Any = None, **fields: Any) -> Woken:
    sent = Signal(f"s-{harness.clock.now()}-{payload}", name, payload=payload, at=harness.clock.now(), **fields)
    return await harness.exchange.send_signal(sent, now=harness.clock.now())


async def test_a_signal_that_came_before_the_wait_does_not_suspend_the_run(harness: Harness) -> None:
    after = FakeEffect("after")
    await send(harness, payload={"amount": 3})

    run = await harness.start(then(after))

    assert (run.status, run.drives, after.values) == ("completed", 1, [{"amount": 3}])
    assert run.outputs()["paid"] == {"payload": {"amount": 3}, "name": "paid"}


async def test_a_run_goes_on_when_its_signal_comes(harness: Harness) -> None:
    after = FakeEffect("after")
    run = await harness.start(then(after))
    suspended = run.status

    await harness.signal(run, "paid", 7)

    assert (suspended, run.status, after.values) == ("suspended", "completed", [7])


async def test_the_first_of_several_names_counts(harness: Harness) -> None:
    run = await harness.start(chain(waits(["paid", "cancelled"])))

    await harness.signal(run, "cancelled", "too dear")

    assert run.outputs()["paid"] == {"payload": "too dear", "name": "cancelled"}


async def test_a_number_is_a_key(harness: Harness) -> None:
    await send(harness, payload=1, key="7")

    run = await harness.start(chain(waits(key=7)))

    assert run.outputs()["paid"]["payload"] == 1


async def test_a_wait_that_times_out_takes_the_other_way(harness: Harness) -> None:
    late, paid = FakeEffect("late"), FakeEffect("after")
    flow = workflow(
        waits(timeout="48h"),
        late,
        paid,
        connections=connect("paid.timed_out -> late.trigger", "paid.payload -> after.trigger"),
    )
    begun = harness.clock.now()

    run = await harness.run(flow)

    assert (harness.clock.now() - begun, run.statuses()) == (
        timedelta(hours=48),
        {"paid": "completed", "late": "completed", "after": "skipped"},
    )


async def test_a_wait_that_has_timed_out_leaves_later_signals_to_others(harness: Harness) -> None:
    await harness.run(chain(waits(timeout="1h")))

    woken = await send(harness, payload=2)
    other = await harness.start(chain(waits()))

    assert (woken.run_id, other.outputs()["paid"]["payload"]) == (None, 2)


async def test_a_signal_that_came_in_time_counts_however_late_the_run_looks(harness: Harness) -> None:
    run = await harness.start(chain(waits(timeout="1h")))
    await send(harness, payload=3)
    harness.clock.advance(7200)

    await harness.recover(run)

    assert run.outputs()["paid"] == {"payload": 3, "name": "paid"}


async def test_other_branches_are_not_held_up_and_a_far_wait_costs_nothing(harness: Harness) -> None:
    branch = FakeEffect("branch")
    flow = workflow(waits(timeout=366 * 86400), waits("shipped", "shipped"), branch)
    run = await harness.start(flow)
    first = run.statuses()

    await harness.signal(run, "shipped")

    assert first == {"paid": "waiting", "shipped": "waiting", "branch": "completed"}
    assert run.statuses() == {"paid": "waiting", "shipped": "completed", "branch": "completed"}
    assert (branch.calls, run.drives) == (1, 2)


async def test_a_signal_reaches_a_run_whose_other_branch_is_busy(harness: Harness) -> None:
    busy, after = FakeEffect("busy", held=True), FakeEffect("after")
    flow = workflow(waits(), after, busy, connections=connect("paid.payload -> after.value"))
    run = harness.begin(flow)
    await busy.wait_until_entered()
    while not await harness.exchange.find_waits(run.id):
        await harness.clock.sleep_until(harness.clock.now() + timedelta(milliseconds=1))

    await harness.signal(run, "paid", 5)
    await after.wait_until_entered()
    busy.release()
    await harness.settle(run)

    assert (run.status, after.values, run.drives) == ("completed", [5], 1)


async def test_each_iteration_takes_a_signal_of_its_own(harness: Harness) -> None:
    body = graph(waits("a", "one"), waits("a", "two"))
    run = await harness.start(workflow(node(parallel, body=body)))
    for payload in (1, 2):
        harness.clock.advance(1)
        await send(harness, "a", payload)

    await harness.recover(run)

    taken = [ports["payload"] for path, ports in run.outputs().items() if path.endswith(("/one", "/two"))]
    assert sorted(taken) == [1, 2]


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_crash_neither_loses_nor_doubles_a_signal(harness: Harness, point: Point) -> None:
    """4.4: what a node was given, it is given again; nobody else is."""
    for payload in (1, 2):
        await send(harness, payload=payload)
        harness.clock.advance(1)
    run = await harness.start(chain(waits()), crash=Crash(point, "paid"))
    await harness.recover(run)

    other = await harness.start(chain(waits()))

    assert [one.outputs()["paid"]["payload"] for one in (run, other)] == [1, 2]


async def test_a_cancelled_run_gives_back_what_it_has_not_used(harness: Harness) -> None:
    run = await harness.start(chain(waits()))
    await send(harness, payload=4)
    await harness.cancel(run)

    other = await harness.start(chain(waits()))

    assert (run.status, other.outputs()["paid"]["payload"]) == ("cancelled", 4)


async def test_a_wait_cancelled_by_its_sibling_holds_no_signal(harness: Harness) -> None:
    fails = FakeEffect("fails", fails=[ValueError("no")])
    body = graph(waits(), fails)
    run = await harness.run(workflow(node(parallel, config={"fail_fast": True}, body=body)))

    woken = await send(harness)

    assert (run.status, woken, await harness.exchange.find_waits(run.id)) == ("failed", Woken(), [])


async def test_a_pinned_wait_waits_for_nothing_in_test_mode(harness: Harness) -> None:
    pinned = node(signal, id="paid", config={"name": "paid"}, pinned={"payload": 1, "name": "paid"})

    run = await harness.start(chain(pinned), mode="test")

    assert (run.status, run.outputs()["paid"]["payload"]) == ("completed", 1)


# What races with the suspension


class Gate(SqliteStore):
    """Lets a test do something at a certain moment of a run's suspension."""

    before: Callable[[], Awaitable[object]] | None = None
    after: Callable[[], Awaitable[object]] | None = None

    async def append(self, batch: Batch) -> None:
        suspends = batch.update is not None and batch.update.status == "suspended"
        if suspends and self.before is not None:
            hook, self.before = self.before, None
            await hook()
        await super().append(batch)
        if suspends and self.after is not None:
            hook, self.after = self.after, None
            await hook()


async def _race(tmp_path: Path, moment: str, *, tells: bool) -> tuple[TestRun, list[Any]]:
    """A run to which a signal is sent at `moment` of its suspension; `tells`: its driver is told, as the dispatcher of
    the same process does."""
    clock, after = VirtualClock(), FakeEffect("after")
    async with Gate(tmp_path / "treadle.db", synchronous="OFF", now=clock.now) as store:
        harness = Harness(journal=store, clock=clock)
        run = harness.prepare(then(after, timeout="48h"))

        async def send_now() -> None:
            woken = await send(harness, payload=9)
            if tells and run.driver is not None:
                run.driver.nudge(woken.nudged)

        setattr(store, moment, send_now)
        await harness.drive(run)
        due = run.outcome.until if isinstance(run.outcome, Suspended) else clock.now()
        in_store = (await store.get_run(run.id)).wake_at
        assert due is not None
        assert tells is (due <= clock.now())
        assert in_store is not None
        assert in_store <= clock.now()
        await harness.recover(run)
    return run, after.values


@pytest.mark.parametrize("tells", [True, False], ids=["told", "not told"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_signal_in_the_middle_of_a_suspension_is_not_lost(tmp_path: Path, moment: str, tells: bool) -> None:
    """Sent before the suspension is written, or when it is but the driver has not returned: the run is due at once."""
    run, values = await _race(tmp_path, moment, tells=tells)

    assert (run.status, values) == ("completed", [9])


async def test_a_nudge_while_the_node_asks_is_not_lost(memory_harness: Harness) -> None:
    """The answer `nothing` may be on its way while the signal is given: the node asks again before it waits."""
    harness, after = memory_harness, FakeEffect("after")
    run = harness.prepare(then(after))
    inner = harness.exchange.take_signal

    async def take(*given: Any, **more: Any) -> Signal | None:
        answer = await inner(*given, **more)
        if answer is None:
            woken = await send(harness, payload=6)
            assert run.driver is not None
            run.driver.nudge(woken.nudged)
            await asyncio.sleep(0.005)  # its driver has turned meanwhile
        return answer

    harness.exchange.take_signal = take  # type: ignore[method-assign]
    await harness.drive(run)

    assert (run.status, after.values, run.drives) == ("completed", [6], 1)


# Approvals


def asks(**config: Any) -> Workflow:
    yes, no, late = FakeEffect("yes"), FakeEffect("no"), FakeEffect("late")
    first = FakeEffect("order", returns={"order": 7})
    wires = connect(
        "order -> ask.value",
        "ask.approved -> yes.trigger",
        "ask.rejected -> no.trigger",
        "ask.timed_out -> late.trigger",
    )
    return workflow(first, node(approval, id="ask", config=config), yes, no, late, connections=wires)


@pytest.mark.parametrize(("outcome", "way"), [("approved", "yes"), ("rejected", "no")])
async def test_an_answer_chooses_the_way_and_the_value_goes_on(harness: Harness, outcome: str, way: str) -> None:
    run = await harness.start(asks(title="Pay?", who="ada"))

    await harness.answer(run, outcome, values={"amount": 3}, by="ada", note="fine")

    outputs = run.outputs()["ask"]
    assert (outputs[outcome], run.statuses()[way]) == ({"order": 7}, "completed")
    assert outputs["answer"] == {
        "outcome": outcome,
        "values": {"amount": 3},
        "by": "ada",
        "note": "fine",
        "at": harness.clock.now().isoformat(),
    }
    assert sorted(run.statuses().values()) == ["completed"] * 3 + ["skipped"] * 2


async def test_an_approval_that_nobody_gives_times_out(harness: Harness) -> None:
    begun = harness.clock.now()

    run = await harness.run(asks(deadline="2d"))

    (task,) = await harness.exchange.list_tasks(run_id=run.id)
    assert (harness.clock.now() - begun, run.statuses()["late"], task.status) == (
        timedelta(days=2),
        "completed",
        "expired",
    )
    assert run.outputs()["ask"]["answer"]["outcome"] == "timed_out"


async def test_a_task_says_what_is_asked_of_whom(harness: Harness) -> None:
    form = {"type": "object", "properties": {"amount": {"type": "number"}}}
    escalate = {"after": "1d", "to": ["bob", "cy"]}
    config = {"title": "Pay?", "message": "It is due.", "who": "ada", "form": form, "deadline": "2d"}
    begun = harness.clock.now()

    run = await harness.start(asks(**config, escalate=escalate))

    (task,) = await harness.exchange.list_tasks(run_id=run.id)
    assert (task.title, task.message, task.value, task.form, task.path) == (
        "Pay?",
        "It is due.",
        {"order": 7},
        form,
        "ask",
    )
    assert (task.people_at(begun), task.people_at(begun + timedelta(days=1))) == (("ada",), ("ada", "bob", "cy"))
    assert task.deadline_at == begun + timedelta(days=2)


async def test_an_approval_that_was_cancelled_asks_anew_when_the_run_is_retried(
    stored_harness: tuple[Harness, SqliteStore],
) -> None:
    harness, store = stored_harness
    run = await harness.start(asks(title="Pay?"))
    await harness.cancel(run)
    (cancelled,) = await store.list_tasks()
    await store.reopen(run.id)
    run.record = await store.get_run(run.id)
    await harness.recover(run)

    await harness.answer(run)

    assert (cancelled.status, run.status, run.statuses()["yes"]) == ("cancelled", "completed", "completed")


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_crash_while_asking_asks_once(harness: Harness, point: Point) -> None:
    if point in ("after_effect", "before_result", "mid_commit", "after_commit", "after_result"):
        run = await harness.start(asks(title="Pay?"))
        (task,) = await harness.exchange.list_tasks(run_id=run.id)
        await harness.exchange.answer_task(task.id, _yes(), now=harness.clock.now())
        await harness.recover(run, crash=Crash(point, "ask"))
        await harness.recover(run)
    else:
        run = await harness.start(asks(title="Pay?"), crash=Crash(point, "ask"))
        await harness.recover(run)
        await harness.answer(run)

    assert (run.status, len(await harness.exchange.list_tasks(run_id=run.id))) == ("completed", 1)


def _yes() -> Any:
    from treadle.model.task import TaskAnswer

    return TaskAnswer("approved")
