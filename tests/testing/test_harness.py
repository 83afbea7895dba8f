"""The harness is a public product: what it promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import InvalidWorkflow
from treadle.node import JsonValue
from treadle.node import node as declare
from treadle.packs.core.flow.loop import loop
from treadle.packs.core.flow.wait import wait
from treadle.testing.crash import Crash, FaultNeverFired
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


async def test_recovery_does_not_repeat_a_finished_effect(harness: Harness) -> None:
    """A journaled result is reused; only what had not finished runs after a crash."""
    charge, receipt = FakeEffect("charge"), FakeEffect("receipt")
    run = await harness.start(chain(charge, receipt), crash_before=receipt)

    await harness.recover(run)

    assert (charge.calls, receipt.calls) == (1, 1)


async def test_fakes_are_known_wherever_they_stand(harness: Harness) -> None:
    """Inside bodies too, and two tests may use one name for different fakes."""
    send = FakeEffect("send", returns="new")
    FakeEffect("send", returns="old")

    run = await harness.run(workflow(node(loop, config={"items": 2}, body=graph(send))))

    assert (run.output, send.calls) == (["new", "new"], 2)


async def test_fakes_of_a_workflow_file_are_made_known(harness: Harness) -> None:
    """By `know`."""
    send = FakeEffect("send", returns=4)
    harness.know(send)
    (written,) = load_workflow("name: a-file\nnodes: [{id: a, type: fake.send}]").workflows

    run = await harness.run(written)

    assert run.output == 4


async def test_a_workflow_that_is_not_one_is_refused(memory_harness: Harness) -> None:
    """Before anything runs."""
    with pytest.raises(InvalidWorkflow):
        await memory_harness.run(workflow(FakeEffect("a"), connections=connect("a -> b")))


async def test_start_drives_once_and_run_drives_to_the_end(harness: Harness) -> None:
    """Days pass in `run` and `finish`, and only there."""
    flow = chain(node(wait, config={"duration": "48h"}), FakeEffect("after"))
    begun = harness.clock.now()

    run = await harness.start(flow)
    suspended = (run.status, harness.clock.now() - begun)
    await harness.finish(run)

    assert suspended == ("suspended", timedelta(0))
    assert (run.status, harness.clock.now() - begun) == ("completed", timedelta(hours=48))


async def test_a_crashed_run_has_no_result(harness: Harness) -> None:
    """Asking for it says what to do."""
    send = FakeEffect("send")
    run = await harness.start(workflow(send), crash_before=send)

    with pytest.raises(LookupError, match="recover"):
        _ = run.status

    assert run.crashed


async def test_a_crash_is_found_behind_a_wait(harness: Harness) -> None:
    """`start` lets waits pass until the crash it was asked for has come."""
    send = FakeEffect("send")

    run = await harness.start(chain(node(wait, config={"duration": "1h"}), send), crash_before="send")

    assert (run.crashed, run.drives) == (True, 2)


async def test_a_crash_that_never_comes_is_an_error(harness: Harness) -> None:
    """A test of a fault that never fired proves nothing."""
    with pytest.raises(FaultNeverFired, match="after_effect of other"):
        await harness.start(workflow(FakeEffect("send")), crash=Crash("after_effect", "other"))


async def test_a_crash_may_come_the_second_time(harness: Harness) -> None:
    """`nth`: at the second attempt."""
    send = FakeEffect("send", fails=[OSError("no")], in_doubt="repeat")
    flow = workflow(node(send, retry={"max_attempts": 2, "delay": 0}))

    run = await harness.start(flow, crash=Crash("after_intent", "send", nth=2))

    assert (run.crashed, send.attempts) == (True, [1])


async def test_a_dead_process_writes_nothing(harness: Harness) -> None:
    """What else was under way when the crash came does not reach the journal."""
    first, second = FakeEffect("first"), FakeEffect("second")

    run = await harness.start(workflow(first, second), crash=Crash("after_intent", "first"))

    kinds = {(entry.node, entry.kind.name) for entry in await harness.entries(run)}
    assert ("first", "INTENT") in kinds
    assert ("second", "RESULT") not in kinds


async def test_a_run_can_be_begun_and_killed(harness: Harness) -> None:
    """As by `kill -9`: in the middle of an effect."""
    send = FakeEffect("send", held=True, in_doubt="repeat")
    run = harness.begin(workflow(send))
    await send.wait_until_entered()

    await harness.kill(run)
    killed = run.crashed
    send.release()
    await harness.recover(run)

    assert (killed, run.status, send.attempts, send.calls) == (True, "completed", [1, 1], 1)


async def test_what_the_driver_raises_is_raised(harness: Harness) -> None:
    """`settle` gives the error of the drive it waits for."""
    send = FakeEffect("send", held=True)
    run = harness.begin(workflow(send))
    await send.wait_until_entered()
    await harness.journal.claim(run.id)
    send.release()

    with pytest.raises(Exception, match="no longer driven"):
        await harness.settle(run)


async def test_the_clock_stands_still_while_the_journal_writes(harness: Harness) -> None:
    """A timeout of the run is not reached because a disk was slow."""
    fakes = [FakeEffect(f"n{n}") for n in range(10)]

    run = await harness.run(chain(*fakes, settings={"timeout": "1h"}))  # type: ignore[arg-type]

    assert (run.status, harness.clock.now()) == ("completed", run.record.created_at)


async def test_jitter_draws_what_the_test_says(harness: Harness) -> None:
    """`chance`."""
    harness.chance = 0.0
    send = FakeEffect("send", fails=[OSError("no")])
    begun = harness.clock.now()

    await harness.run(workflow(node(send, retry={"max_attempts": 2, "delay": 100, "max_delay": 100})))

    assert harness.clock.now() == begun


async def test_secrets_are_given_to_fields_that_ask_for_them(harness: Harness) -> None:
    """`secrets`."""
    harness.secrets["key"] = "hidden-value"

    @declare("t.length")
    def length(*, text: str) -> JsonValue:
        """How long it is."""
        return len(text)

    run = await harness.run(workflow(node(length, config={"text": "{{ secrets.key }}"})))

    assert run.output == len("hidden-value")


async def test_two_runs_side_by_side_keep_apart(harness: Harness) -> None:
    """One harness, many runs."""
    send = FakeEffect("send", returns=lambda given: given)
    flow = workflow(node(send, config={"value": "{{ workflow.input.n }}"}))

    runs = await asyncio.gather(*(harness.run(flow, input={"n": n}) for n in range(5)))

    assert [run.output for run in runs] == [0, 1, 2, 3, 4]
