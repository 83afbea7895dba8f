"""One function that asks several times: each call is a thing of its own, and the same one in every attempt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from treadle.engine.tokens import idempotency_key
from treadle.model.ids import RunId
from treadle.model.policy import Retry
from treadle.model.signal import Signal
from treadle.node import NOT_DONE, Context, JsonValue, effect
from treadle.node.definition import NodeDefinition
from treadle.store.giving import Woken
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, node, workflow
from treadle.testing.harness import Harness, TestRun


@effect("x.approvals", in_doubt="repeat")
async def approvals(ctx: Context) -> JsonValue:
    first = await ctx.tasks.ask(title="Ada?", assignees=["ada"])
    second = await ctx.tasks.ask(title="Bob?", assignees=["bob"])
    return [[task.title, task.answer.outcome if task.answer else None] for task in (first, second)]


@effect("x.calls", in_doubt="repeat")
async def calls(ctx: Context) -> JsonValue:
    return [await ctx.children.run("one", input={}), await ctx.children.run("two", input={})]


@effect("x.starts", in_doubt="repeat")
async def starts(ctx: Context) -> JsonValue:
    return [await ctx.children.start("one", input={}), await ctx.children.start("two", input={})]


@effect("x.publishes", in_doubt="repeat")
async def publishes(ctx: Context) -> JsonValue:
    return [await ctx.events.publish("orders.new", 1), await ctx.events.publish("orders.new", 2)]


@effect("x.takes", in_doubt="repeat")
async def takes(ctx: Context) -> JsonValue:
    taken = [await ctx.signals.take("paid", key="k"), await ctx.signals.take("paid", key="k")]
    return [signal and signal.payload for signal in taken]


@effect("x.paces", in_doubt="repeat")
async def paces(ctx: Context) -> JsonValue:
    for _ in range(3):
        await ctx.limits.take("mail", number=1, period=60)
    return (ctx.now() - ctx.started_at) / timedelta(seconds=1)


@effect("x.times_out", in_doubt="repeat")
async def times_out(ctx: Context) -> JsonValue:
    paid = await ctx.signals.take("paid", key="k")
    more = await ctx.signals.take("paid", key="k", until=ctx.started_at + timedelta(hours=1))
    return [signal and signal.payload for signal in (paid, more)]


@effect("x.sleeps_then_takes", in_doubt="repeat")
async def sleeps_then_takes(ctx: Context) -> JsonValue:
    await ctx.sleep_until(ctx.started_at + timedelta(hours=1))
    taken = await ctx.signals.take("paid", key="k")
    return taken and taken.payload


@effect("x.takes_one", in_doubt="repeat")
async def takes_one(ctx: Context) -> JsonValue:
    taken = await ctx.signals.take("paid", key="k")
    return taken and taken.payload


async def send(harness: Harness, payload: Any, *, key: str = "k") -> Woken:
    harness.clock.advance(1)
    sent = Signal(f"s{payload}", "paid", key, payload, at=harness.clock.now())
    return await harness.exchange.send_signal(sent, now=harness.clock.now())


def know_children(harness: Harness) -> tuple[FakeEffect, FakeEffect]:
    steps = FakeEffect("step_one", returns="1"), FakeEffect("step_two", returns="2")
    harness.children.know(chain(steps[0], name="one"), chain(steps[1], name="two"))
    return steps


def first_key(run: TestRun, definition: NodeDefinition) -> str:
    return idempotency_key(run.id, "", node(definition).id)


async def test_each_question_is_a_task_of_its_own(harness: Harness) -> None:
    """One answer does not do for two."""
    run = await harness.start(workflow(node(approvals)))
    await harness.answer(run, "approved")
    after_one = run.status

    await harness.answer(run, "rejected")

    assert (after_one, run.status) == ("suspended", "completed")
    assert run.output == [["Ada?", "approved"], ["Bob?", "rejected"]]


async def test_the_first_call_goes_by_the_key_of_its_node_and_later_ones_by_ids_that_can_be_typed(
    harness: Harness,
) -> None:
    run = await harness.start(workflow(node(approvals)))
    harness.clock.advance(1)
    await harness.answer(run)

    ids = [task.id for task in await harness.exchange.list_tasks(run_id=run.id)]

    assert ids[0] == first_key(run, approvals)
    assert [(len(id), id.isalnum()) for id in ids] == [(32, True), (32, True)]


async def test_each_call_starts_a_child_of_its_own(harness: Harness) -> None:
    know_children(harness)

    run = await harness.run(workflow(node(calls)))

    assert (run.status, run.output, len(harness.children.started)) == ("completed", ["1", "2"], 2)


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_no_crash_starts_one_of_two_children_twice(harness: Harness, point: Point) -> None:
    steps = know_children(harness)
    run = await harness.start(workflow(node(calls)), crash=Crash(point, node(calls).id))

    await harness.recover(run)
    await harness.finish(run)

    assert (run.output, [step.calls for step in steps]) == (["1", "2"], [1, 1])


async def test_two_children_on_their_own_are_both_started(harness: Harness) -> None:
    know_children(harness)

    run = await harness.run(workflow(node(starts)))

    assert run.status == "completed"
    assert sorted(run.output) == sorted(harness.children.started)
    assert len(set(run.output)) == 2


async def test_two_events_are_both_published(memory_harness: Harness) -> None:
    run = await memory_harness.run(workflow(node(publishes)))

    published = [memory_harness.journal.exchange.events[event_id][1] for event_id in run.output]  # type: ignore[attr-defined]
    assert published == [1, 2]
    assert run.output[0] == f"e{first_key(run, publishes)}"


async def test_an_attempt_after_a_failure_publishes_nothing_again(memory_harness: Harness) -> None:
    """The retry counts its calls from the first."""
    harness, failed = memory_harness, list[int]()

    @effect("x.fails_between", in_doubt="repeat")
    async def fails_between(ctx: Context) -> JsonValue:
        first = await ctx.events.publish("orders.new", 1)
        if not failed:
            failed.append(1)
            raise ConnectionError("gone")
        return [first, await ctx.events.publish("orders.new", 2)]

    run = await harness.run(workflow(node(fails_between, retry=Retry(max_attempts=2))))

    assert (run.status, len(harness.journal.exchange.events)) == ("completed", 2)  # type: ignore[attr-defined]


async def test_what_finding_out_asks_for_does_not_count_as_a_call_of_the_function(memory_harness: Harness) -> None:
    """Recovered, the function asks for what it has asked for before."""
    harness = memory_harness

    @effect("x.reconciled", in_doubt="reconcile")
    async def reconciled(ctx: Context) -> JsonValue:
        return await ctx.events.publish("orders.new", 1)

    @reconciled.reconcile
    async def find_out(ctx: Context) -> Any:
        await ctx.events.publish("orders.new", 1)
        return NOT_DONE

    run = await harness.start(workflow(node(reconciled)), crash=Crash("after_effect", "reconciled"))
    await harness.recover(run)

    assert (run.status, run.output) == ("completed", f"e{first_key(run, reconciled)}")


async def test_each_take_is_given_a_signal_of_its_own(harness: Harness) -> None:
    for payload in (1, 2):
        await send(harness, payload)

    run = await harness.run(workflow(node(takes)))

    assert (run.status, run.output) == ("completed", [1, 2])


async def test_takes_are_given_the_same_signals_by_whoever_recovers_the_run(harness: Harness) -> None:
    await send(harness, 1)
    run = await harness.start(workflow(node(takes)))
    await send(harness, 2)

    await harness.recover(run)

    assert (run.status, run.output) == ("completed", [1, 2])


async def test_each_take_of_a_limit_is_a_slot(harness: Harness) -> None:
    run = await harness.run(workflow(node(paces)))

    assert (run.status, run.output) == ("completed", 120)


async def test_a_take_that_times_out_gives_back_nothing_that_was_used(harness: Harness) -> None:
    """The signal of the first take is used; a second run does not see it."""
    await send(harness, 1)
    run = await harness.run(workflow(node(times_out)))

    other = await harness.start(workflow(node(takes_one), name="other"))

    assert (run.status, run.output, other.status) == ("completed", [1, None], "suspended")


async def test_a_take_that_has_timed_out_leaves_later_signals_to_others(harness: Harness) -> None:
    await send(harness, 1)
    run = await harness.run(workflow(node(times_out)))

    woken = await send(harness, 2)

    assert (run.status, woken) == ("completed", Woken())
    assert await harness.exchange.find_waits(run.id) == []


# What nobody came to tell


async def test_a_signal_given_to_a_dead_process_is_given_back_by_a_cancel(harness: Harness) -> None:
    """Its run was killed before the journal said that it waits."""
    busy = FakeEffect("busy", held=True)
    run = harness.begin(workflow(node(takes_one), busy))
    await busy.wait_until_entered()
    await until_waiting(harness, run.id)
    await harness.kill(run)
    woken = await send(harness, 1)

    await harness.cancel(run)

    other = await harness.start(workflow(node(takes_one), name="other"))
    assert woken.run_id == run.id
    assert (run.status, other.status, other.outputs()) == ("cancelled", "completed", {"takes_one": {"output": 1}})


async def test_a_node_that_slept_before_it_took_gives_back_what_it_has_not_used(harness: Harness) -> None:
    run = await harness.run(workflow(node(sleeps_then_takes)))
    woken = await send(harness, 1)

    await harness.cancel(run)

    other = await harness.start(workflow(node(takes_one), name="other"))
    assert woken.run_id == run.id
    assert (run.status, other.status) == ("cancelled", "completed")


async def test_a_node_that_waits_for_its_next_attempt_gives_back_what_it_has_not_used(harness: Harness) -> None:
    """It was given the signal, failed, and is cancelled by the failure of another node."""
    await send(harness, 1)

    @effect("x.takes_and_fails", in_doubt="repeat")
    async def takes_and_fails(ctx: Context) -> JsonValue:
        await ctx.signals.take("paid", key="k")
        raise ConnectionError("gone")

    fails = FakeEffect("fails", fails=[ValueError("no")])
    patient = Retry(max_attempts=2, delay=3600, jitter=False)
    run = await harness.run(workflow(node(takes_and_fails, retry=patient), fails))

    other = await harness.start(workflow(node(takes_one), name="other"))

    assert (run.statuses()["takes_and_fails"], other.status) == ("cancelled", "completed")


async def test_the_journal_says_what_a_node_waits_for_that_slept_first(harness: Harness) -> None:
    run = await harness.run(workflow(node(sleeps_then_takes)))

    told = [entry.body["signal"] for entry in await harness.entries(run) if "signal" in entry.body]

    assert told == [None, f"signal:{first_key(run, sleeps_then_takes)}"]


async def test_a_cancelled_node_gives_back_what_each_of_its_takes_has(harness: Harness) -> None:
    """None of it was used: the node has come to nothing."""
    await send(harness, 1)
    run = await harness.start(workflow(node(takes)))
    await send(harness, 2)

    await harness.cancel(run)

    others = [await harness.start(workflow(node(takes_one), name="other")) for _ in range(2)]
    assert [other.outputs()["takes_one"]["output"] for other in others] == [1, 2]


async def until_waiting(harness: Harness, run_id: RunId) -> None:
    while not await harness.exchange.find_waits(run_id):
        await harness.clock.sleep_until(harness.clock.now() + timedelta(milliseconds=1))
