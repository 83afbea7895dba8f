"""§3.4 Cancelling: what runs is cancelled, `finally` nodes run, the rest is dead; in every state a run can be in."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.nodes import boom, loop, parallel, try_, value, wait, while_
from treadle.engine.journal import Batch, EntryKind
from treadle.model.event import NodeRetried, RunFinished
from treadle.model.workflow import Workflow
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness
from treadle.testing.memory_journal import MemoryJournal


def guarded(*body: object, cleanup: FakeEffect, after: FakeEffect, **fields: object) -> Workflow:
    """A `try` whose `finally` cleans up, and an effect after it."""
    trying = node(try_, body=graph(*body), **{"finally": graph(cleanup)})  # type: ignore[arg-type]
    return workflow(trying, node(after, after=("try",)), **fields)  # type: ignore[arg-type]


async def test_a_run_that_has_not_begun_is_cancelled_at_once(harness: Harness) -> None:
    """3.4: ready."""
    send = FakeEffect("send")
    run = harness.prepare(workflow(send))

    await harness.cancel(run)

    assert (run.status, run.error and run.error.type, send.calls) == ("cancelled", "cancelled", 0)


async def test_a_running_effect_is_cancelled(harness: Harness) -> None:
    """3.4: running; `finally` runs, what comes after does not."""
    slow, cleanup, after = FakeEffect("slow", held=True), FakeEffect("cleanup"), FakeEffect("after")
    run = harness.begin(guarded(slow, cleanup=cleanup, after=after))
    await slow.wait_until_entered()

    await harness.cancel(run)

    assert (run.status, slow.cancelled, cleanup.calls, after.calls) == ("cancelled", 1, 1, 0)
    assert run.statuses()["try/slow"] == "cancelled"


async def test_what_waits_for_its_turn_never_starts(harness: Harness) -> None:
    """3.4: queued behind `max_concurrency`; and the `finally` of a body whose effect was queued runs."""
    slow, queued = FakeEffect("slow", held=True), FakeEffect("queued")
    cleanup, after = FakeEffect("cleanup"), FakeEffect("after")
    trying = node(try_, body=graph(queued), **{"finally": graph(cleanup)})
    run = harness.begin(
        workflow(slow, trying, node(after, after=("try",)), settings={"max_concurrency": 1})  # type: ignore[arg-type]
    )
    await slow.wait_until_entered()

    await harness.cancel(run)

    assert (run.status, queued.calls, cleanup.calls, after.calls) == ("cancelled", 0, 1, 0)


@pytest.mark.parametrize("delay", [2, 3600])
async def test_a_wait_for_the_next_attempt_is_cancelled(harness: Harness, delay: float) -> None:
    """3.4: retry wait, near and far, while something else runs."""
    bad, slow = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("slow", held=True)
    cleanup, after = FakeEffect("cleanup"), FakeEffect("after")
    retrying = node(bad, retry={"max_attempts": 2, "delay": delay, "max_delay": delay, "jitter": False})
    harness.clock.skips = False
    run = harness.begin(guarded(retrying, slow, cleanup=cleanup, after=after))
    await slow.wait_until_entered()
    await run.wait_until_told(NodeRetried, "try/bad")
    await asyncio.sleep(0.01)

    await harness.cancel(run)

    assert (run.status, bad.attempts, cleanup.calls, after.calls) == ("cancelled", [1], 1, 0)
    assert run.statuses()["try/bad"] == "cancelled"


async def test_a_suspended_retry_is_cancelled(harness: Harness) -> None:
    """3.4, 4.5: nobody drives the run when the cancellation comes."""
    bad, cleanup, after = FakeEffect("bad", fails=[OSError("no")]), FakeEffect("cleanup"), FakeEffect("after")
    retrying = node(bad, retry={"max_attempts": 2, "delay": 3600, "max_delay": 3600})
    run = await harness.start(guarded(retrying, cleanup=cleanup, after=after))

    await harness.cancel(run)

    assert (run.status, bad.attempts, cleanup.calls, after.calls) == ("cancelled", [1], 1, 0)


async def test_a_suspended_wait_is_cancelled(harness: Harness) -> None:
    """3.4, 4.5: `finally` of what had begun runs, five containers deep."""
    cleanup, after, inner = FakeEffect("cleanup"), FakeEffect("after"), FakeEffect("inner")
    deep = node(parallel, body=graph(node(wait, config={"duration": "48h"})))
    deep = node(loop, config={"items": [1, 2]}, body=graph(deep))
    deep = node(try_, id="inside", body=graph(deep), **{"finally": graph(inner)})
    deep = node(parallel, id="around", body=graph(deep))
    run = await harness.start(guarded(deep, cleanup=cleanup, after=after))

    await harness.cancel(run)

    assert (run.status, inner.calls, cleanup.calls, after.calls) == ("cancelled", 1, 1, 0)
    assert run.statuses()["try/around/inside/loop[0]/parallel/wait"] == "cancelled"


async def test_a_try_that_had_not_begun_has_nothing_to_clean_up(harness: Harness) -> None:
    """3.4, 4.5: only what had begun is taken up again to be cancelled."""
    first, cleanup, second = FakeEffect("first"), FakeEffect("cleanup"), FakeEffect("second")
    trying = node(try_, after=("wait",), body=graph(second), **{"finally": graph(cleanup)})
    run = await harness.start(workflow(first, node(wait, config={"duration": "1h"}), trying))

    await harness.cancel(run)

    assert (run.status, cleanup.calls, second.calls, first.calls) == ("cancelled", 0, 0, 1)


@pytest.mark.parametrize("parallel_", [False, True])
async def test_a_loop_is_cancelled_between_and_within_iterations(harness: Harness, parallel_: bool) -> None:
    """3.4: no further iteration starts."""
    slow, cleanup, after = FakeEffect("slow", held=True), FakeEffect("cleanup"), FakeEffect("after")
    looping = node(loop, config={"items": 5, "parallel": parallel_}, body=graph(slow))
    run = harness.begin(guarded(looping, cleanup=cleanup, after=after))
    await slow.wait_until_entered(5 if parallel_ else 1)

    await harness.cancel(run)

    assert (run.status, len(slow.attempts)) == ("cancelled", 5 if parallel_ else 1)
    assert (cleanup.calls, after.calls) == (1, 0)


async def test_a_pause_between_iterations_is_cancelled(harness: Harness) -> None:
    """3.4: `flow.while` with a delay, suspended."""
    poll, cleanup, after = FakeEffect("poll", returns=1), FakeEffect("cleanup"), FakeEffect("after")
    polling = node(while_, config={"condition": "true", "delay": "1h"}, body=graph(poll))
    run = await harness.start(guarded(polling, cleanup=cleanup, after=after))

    await harness.cancel(run)

    assert (run.status, poll.calls, cleanup.calls, after.calls) == ("cancelled", 1, 1, 0)


async def test_finally_itself_is_not_cancelled(harness: Harness) -> None:
    """3.4: cancelled while the `finally` body runs: it finishes."""
    cleanup, after = FakeEffect("cleanup", held=True), FakeEffect("after")
    run = harness.begin(guarded(boom, cleanup=cleanup, after=after))
    await cleanup.wait_until_entered()
    assert run.driver is not None

    run.driver.cancel()
    await asyncio.sleep(0.01)
    cleanup.release()
    await harness.settle(run)

    assert (run.status, cleanup.calls, cleanup.cancelled, after.calls) == ("cancelled", 1, 0, 0)


async def test_a_wait_in_finally_is_waited_for(harness: Harness) -> None:
    """3.4, 4.5: a cancelled run may be suspended in its `finally`; driven on, it is still cancelled."""
    cleanup, after, slow = FakeEffect("cleanup"), FakeEffect("after"), FakeEffect("slow", held=True)
    last = graph(node(wait, config={"duration": "1h"}), node(cleanup, after=("wait",)))
    trying = node(try_, body=graph(slow), **{"finally": last})
    run = harness.begin(workflow(trying, node(after, after=("try",))))
    await slow.wait_until_entered()

    await harness.cancel(run)
    suspended = run.status
    await harness.finish(run)

    assert (suspended, run.status) == ("suspended", "cancelled")
    assert (cleanup.calls, after.calls) == (1, 0)


async def test_a_crash_while_cancelling_goes_on_cancelling(harness: Harness) -> None:
    """3.4, 4.4: what had been cancelled is not taken for done."""
    slow, after = FakeEffect("slow", held=True), FakeEffect("after")
    cleanup = FakeEffect("cleanup", held=True, in_doubt="repeat")
    run = harness.begin(guarded(slow, cleanup=cleanup, after=after))
    await slow.wait_until_entered()
    assert run.driver is not None
    run.driver.cancel()
    await cleanup.wait_until_entered()
    await harness.kill(run)
    cleanup.release()

    await harness.recover(run)

    assert (run.status, cleanup.calls, after.calls, len(slow.attempts)) == ("cancelled", 1, 0, 1)


async def test_a_run_in_doubt_is_cancelled(harness: Harness) -> None:
    """3.4, 4.4: it waits for a person, and is told not to."""
    send, cleanup, after = FakeEffect("send"), FakeEffect("cleanup"), FakeEffect("after")
    run = await harness.start(guarded(send, cleanup=cleanup, after=after), crash=Crash("after_effect", "try/send"))
    await harness.recover(run)
    waiting = run.statuses()["try/send"]

    await harness.cancel(run)

    assert (waiting, run.status) == ("in_doubt", "cancelled")
    assert (send.calls, cleanup.calls, after.calls) == (1, 1, 0)


class SlowJournal(MemoryJournal):
    """Writes results slowly, so that a cancellation finds them on their way."""

    def __init__(self, kind: EntryKind) -> None:
        super().__init__()
        self.kind = kind
        self.writing = asyncio.Event()
        self.go_on = asyncio.Event()

    async def append(self, batch: Batch) -> None:
        if any(entry.kind is self.kind for entry in batch.entries) and not self.go_on.is_set():
            self.writing.set()
            await self.go_on.wait()
        await super().append(batch)


@pytest.mark.parametrize("kind", [EntryKind.RESULT, EntryKind.FAILURE])
async def test_a_cancellation_that_meets_a_write_does_not_lose_it(kind: EntryKind) -> None:
    """3.4, 4.3: the effect is done; its result is being journaled when the cancellation comes."""
    journal = SlowJournal(kind)
    harness = Harness(journal=journal)
    fails = [OSError("no")] if kind is EntryKind.FAILURE else []
    send, after = FakeEffect("send", fails=fails), FakeEffect("after")
    retry = {"max_attempts": 2, "delay": 60}
    run = harness.begin(chain(node(send, retry=retry), after))
    await journal.writing.wait()
    assert run.driver is not None
    run.driver.cancel()
    await asyncio.sleep(0.01)
    journal.go_on.set()

    async with asyncio.timeout(5):
        await harness.settle(run)

    written = [entry.kind for entry in await harness.entries(run) if entry.node == "send"]
    assert (run.status, after.calls, kind in written) == ("cancelled", 0, True)


async def test_a_cancellation_that_meets_an_intent_cancels_the_effect() -> None:
    """3.4, 4.3: the effect has not started yet."""
    journal = SlowJournal(EntryKind.INTENT)
    harness = Harness(journal=journal)
    send = FakeEffect("send")
    run = harness.begin(workflow(send))
    await journal.writing.wait()
    assert run.driver is not None
    run.driver.cancel()
    await asyncio.sleep(0.01)
    journal.go_on.set()

    async with asyncio.timeout(5):
        await harness.settle(run)

    assert (run.status, send.calls) == ("cancelled", 0)


async def test_an_effect_that_will_not_be_cancelled_is_recorded(harness: Harness) -> None:
    """3.4, 4.3: it went on and finished; its result is kept, and nothing follows."""
    gate = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await gate.wait()

    send, after = FakeEffect("send", before=stubborn, returns="done"), FakeEffect("after")
    run = harness.begin(chain(send, after))
    await send.wait_until_entered()
    assert run.driver is not None
    run.driver.cancel()
    await asyncio.sleep(0.01)
    gate.set()

    await harness.settle(run)

    assert (run.status, run.outputs()["send"], after.calls) == ("cancelled", {"output": "done"}, 0)


async def test_a_finished_run_cannot_be_cancelled(harness: Harness) -> None:
    """3.4: too late is too late."""
    last = FakeEffect("last")
    run = harness.prepare(workflow(last))
    task = asyncio.create_task(harness.drive(run))
    await run.wait_until_told(RunFinished)
    if run.driver is not None:
        run.driver.cancel()

    await task

    assert (run.status, last.calls) == ("completed", 1)


async def test_cancelling_leaves_pure_values_alone(harness: Harness) -> None:
    """3.4: what had completed stays completed."""
    slow = FakeEffect("slow", held=True)
    run = harness.begin(workflow(value, slow))
    await slow.wait_until_entered()

    await harness.cancel(run)

    assert run.statuses() == {"value": "completed", "slow": "cancelled"}


async def test_a_crash_inside_a_finally_body_drops_none_of_its_nodes(harness: Harness) -> None:
    """3.4: the cancelled run is driven on, and what had not begun there begins."""
    work, undo = FakeEffect("work", held=True), FakeEffect("undo", held=True, in_doubt="repeat")
    tell = FakeEffect("tell")
    cleanup = graph(undo, tell, connections=connect("undo -> tell"))
    run = harness.begin(workflow(node(try_, body=graph(work), **{"finally": cleanup})))  # type: ignore[arg-type]
    await work.wait_until_entered()
    if run.driver is not None:
        run.driver.cancel()
    await undo.wait_until_entered()
    await harness.kill(run)
    undo.release()

    await harness.cancel(run)

    assert (run.status, undo.calls, tell.calls) == ("cancelled", 1, 1)
