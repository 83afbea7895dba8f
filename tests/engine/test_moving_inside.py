"""5.2: what was done inside a container and is not come to again counts no more, and waits for nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from tests.engine.nodes import loop, stop, try_, wait
from treadle.model.signal import Signal
from treadle.model.workflow import Node, Workflow
from treadle.node import Context, JsonValue, effect
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing import FakeEffect, Harness, connect, node, workflow
from treadle.testing.graphs import graph
from treadle.testing.harness import Movable, TestRun

PAID = Node(id="paid", type="flow.signal", config={"name": "paid", "key": "k"})
ASK = Node(id="ask", type="flow.approval", config={"title": "Pay?"})
CALL = Node(id="call", type="flow.workflow", config={"workflow": "child"})


def held(duration: str = "1h", **fields: Any) -> Node:
    return node(wait, id="hold", config={"duration": duration}, **fields)


async def pay(harness: Harness) -> str | None:
    sent = Signal("s1", "paid", "k", 1, None, harness.clock.now())
    return (await harness.exchange.send_signal(sent, now=harness.clock.now())).run_id


async def tasks_of(harness: Harness, run: TestRun) -> dict[str, str]:
    return {task.path: task.status for task in await harness.exchange.list_tasks(run_id=run.id)}


def caught(given: int, catch: Node, *more: Node) -> Workflow:
    bad = FakeEffect("bad", fails=[OSError("no")] if given == 1 else [])
    return workflow(node(try_, id="t", body=graph(node(bad, config={"value": given})), catch=graph(catch)), *more)


async def test_a_catch_that_is_not_come_to_again_takes_no_signal_from_what_follows(harness: Harness) -> None:
    then = Node(id="then", type="flow.signal", config={"name": "paid", "key": "k"}, after=("t",))
    run = await harness.start(caught(1, PAID, then))
    await harness.move(run, caught(2, PAID, then))
    await harness.drive(run)

    taker = await pay(harness)
    await harness.drive(run)

    assert taker == run.id
    assert (run.status, run.statuses()["then"]) == ("completed", "completed")


async def test_a_task_in_a_catch_that_is_not_come_to_again_is_taken_back(harness: Harness) -> None:
    run = await harness.start(caught(1, ASK))

    move = await harness.move(run, caught(2, ASK))
    await harness.drive(run)

    waits = next(one for one in move.later if one.path == "t.catch/ask")
    assert "gives that up" in waits.reasons[0]
    assert (run.status, await tasks_of(harness, run)) == ("completed", {"t.catch/ask": "cancelled"})


async def test_a_container_that_is_skipped_waits_for_nothing(harness: Harness) -> None:
    def asking(**fields: Any) -> Workflow:
        return workflow(node(loop, config={"items": [1]}, body=graph(ASK), **fields), held())

    run = await harness.start(asking())

    move = await harness.move(run, asking(when=False))

    assert move.abandoned == ("loop[0]/ask",)
    assert await tasks_of(harness, run) == {"loop[0]/ask": "cancelled"}


async def test_the_child_of_an_item_that_is_gone_is_cancelled_with_the_end_of_its_loop(harness: Harness) -> None:
    def calling(items: list[int]) -> Workflow:
        each = node(loop, config={"items": items, "parallel": True}, body=graph(CALL))
        return workflow(each, held("900h"), name="parent")

    harness.children.know(workflow(held("50h"), name="child"))
    run = await harness.start(calling([1, 2]))
    await harness.move(run, calling([1]))
    by_path = {
        child.record.origin and child.record.origin.parent_path: child for child in harness.children.started.values()
    }
    first, second = by_path["loop[0]/call"], by_path["loop[1]/call"]

    await harness.drive(first)
    await harness.finish(first)
    await harness.drive(run)

    journal = cast(Movable, harness.journal)
    assert run.statuses()["loop"] == "completed"
    assert (await journal.get_run(second.id)).cancel_requested


async def test_a_run_that_a_stop_ends_leaves_no_task_behind(harness: Harness) -> None:
    first = FakeEffect("first", returns=lambda value: value)

    def ending(given: int, *more: Any) -> Workflow:
        return workflow(node(first, config={"value": given}), ASK, *more, connections=connect("first -> ask.value"))

    run = await harness.start(ending(1))

    await harness.move(run, ending(2, node(stop, config={"status": "completed"})))
    await harness.drive(run)

    assert (run.status, await tasks_of(harness, run)) == ("completed", {"ask": "cancelled"})


@pytest.mark.parametrize("driven_twice", [False, True])
@pytest.mark.parametrize("new", ["other node", "fewer items"])
async def test_what_a_loop_does_no_more_is_not_counted(harness: Harness, new: str, driven_twice: bool) -> None:
    """Whether the run was driven on once or twice after it was moved."""

    @effect("t.count", in_doubt="repeat")
    async def count(ctx: Context) -> JsonValue:
        ctx.count("n")
        await ctx.state.increment("m")
        return None

    def counting(items: list[int], inner: Any, *more: Any) -> Workflow:
        return workflow(held(), node(loop, config={"items": items}, body=graph(inner)), *more)

    second = [node(wait, id="second", config={"duration": "2h"}, after=("loop",))] if driven_twice else []
    run = await harness.start(counting([1, 2], node(count)))
    if new == "other node":
        await harness.move(run, counting([1, 2], node(FakeEffect("other")), *second))
    else:
        await harness.move(run, counting([1], node(count), *second))
    await harness.finish(run)

    counted = 0 if new == "other node" else 1
    record = await cast(Movable, harness.journal).get_run(run.id)
    assert run.status == "completed"
    assert dict(record.counters) == ({"n": 1} if counted else {})
    assert await harness.journal.read_state(f"workflow:{run.record.workflow}", "m") == (counted or None)


@pytest.mark.parametrize("new", ["changed", "removed"])
async def test_a_wait_is_given_up_whatever_the_last_entry_says(harness: Harness, new: str) -> None:
    """It timed out, and is to be tried again."""

    @effect("t.take", in_doubt="repeat")
    async def take(ctx: Context, *, most: int) -> JsonValue:
        signal = await ctx.signals.take("paid", key="k", until=ctx.started_at + timedelta(hours=most))
        if signal is None:
            raise OSError("not paid")
        return signal.payload

    def taking(most: int) -> Workflow:
        retry = {"max_attempts": 3, "delay": 86_400, "jitter": False}
        return workflow(node(take, config={"most": most}, retry=retry), held("900h"))

    run = await harness.start(taking(1))
    harness.clock.advance(3600)
    await harness.drive(run)
    before = await harness.exchange.find_waits(run.id)

    await harness.move(run, taking(2) if new == "changed" else workflow(held("900h")))

    assert len(before) == 1
    assert await harness.exchange.find_waits(run.id) == []


async def test_a_moved_run_that_fails_and_is_tried_again_still_keeps_what_is_unchanged(
    stored_harness: tuple[Harness, SqliteStore],
) -> None:
    harness, store = stored_harness
    answers: list[JsonValue | OSError] = [1, OSError("down"), 1]

    def answer(value: JsonValue) -> JsonValue:
        given = answers.pop(0)
        if isinstance(given, OSError):
            raise given
        return given

    first, mail = FakeEffect("first", returns=answer), FakeEffect("mail")

    def sending(given: int) -> Workflow:
        return workflow(
            node(first, config={"value": given}), mail, held(), connections=connect("first -> mail", "mail -> hold")
        )

    run = await harness.start(sending(1))
    await harness.move(run, sending(2))
    await harness.drive(run)
    failed = run.status

    await store.reopen(run.id, now=harness.clock.now())
    await harness.recover(run)

    assert (failed, run.status, mail.calls) == ("failed", "completed", 1)
