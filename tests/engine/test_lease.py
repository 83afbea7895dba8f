"""§4.6, §4.7 One driver at a time; many runs in one transaction."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3

import pytest

from tests.engine.nodes import add_one, value
from treadle.engine.drive import Driver
from treadle.errors import LeaseLost, StoreError
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, node, workflow
from treadle.testing.harness import Harness


@pytest.mark.parametrize("held", ["first", "second"])
async def test_a_driver_that_lost_its_lease_writes_nothing(harness: Harness, held: str) -> None:
    """4.6: it raises `LeaseLost` at its next append, whichever that is."""
    first, second = FakeEffect("first", held=held == "first"), FakeEffect("second", held=held == "second")
    run = harness.begin(chain(first, second))
    await (first if held == "first" else second).wait_until_entered()
    old = run.task
    assert old is not None
    await harness.journal.claim(run.id)
    before = await harness.entries(run)
    first.release()
    second.release()

    with pytest.raises(LeaseLost):
        await old

    assert await harness.entries(run) == before


async def test_the_new_driver_goes_on_undisturbed(harness: Harness) -> None:
    """4.6: while the old one still believes that the run is its own."""
    first = FakeEffect("first", held=True, in_doubt="repeat")
    run = harness.begin(workflow(first))
    await first.wait_until_entered()
    old = run.task
    assert old is not None
    claimed = await harness.journal.claim(run.id)
    new = Driver(run.plan, claimed, world=harness.world(), entries=await harness.journal.load(run.id), opened=True)
    first.release()

    outcome, lost = await asyncio.gather(new.run(), old, return_exceptions=True)

    assert isinstance(lost, LeaseLost)
    assert not isinstance(outcome, BaseException)
    assert (outcome.result.status, first.distinct) == ("completed", 1)


async def test_a_lost_lease_cancels_what_the_old_driver_still_runs(harness: Harness) -> None:
    """4.6: it stops at once; its other effects are cancelled."""
    first, second = FakeEffect("first", held=True), FakeEffect("second", held=True)
    run = harness.begin(workflow(first, second))
    await first.wait_until_entered()
    await second.wait_until_entered()
    await harness.journal.claim(run.id)
    first.release()

    with pytest.raises(LeaseLost):
        await run.task  # type: ignore[misc]

    assert second.cancelled == 1


async def test_runs_side_by_side_share_commits(stored_harness: tuple[Harness, SqliteStore]) -> None:
    """4.7: fifty runs of two effects each take far fewer transactions than they have batches."""
    harness, store = stored_harness
    fakes = [FakeEffect("first"), FakeEffect("second")]
    flow = chain(*fakes)
    before = store.commits

    runs = await asyncio.gather(*(harness.run(flow) for _ in range(50)))

    assert {run.status for run in runs} == {"completed"}
    assert [fake.distinct for fake in fakes] == [50, 50]
    assert store.commits - before <= 50 * 5 / 4


async def test_runs_side_by_side_do_not_mix(harness: Harness) -> None:
    """4.1: each has its own journal, its own values."""
    flow = chain(node(value, config={"of": "{{ workflow.input.n }}"}), FakeEffect("send", returns=lambda n: n), add_one)

    runs = await asyncio.gather(*(harness.run(flow, input={"n": n}) for n in range(20)))

    assert [run.output for run in runs] == list(range(1, 21))


async def test_a_single_run_does_not_wait_for_others(stored_harness: tuple[Harness, SqliteStore]) -> None:
    """4.7: nothing waits on a timer for a group to fill."""
    harness, _ = stored_harness
    flow = chain(FakeEffect("first"), FakeEffect("second"))
    loop = asyncio.get_running_loop()
    begun = loop.time()

    for _ in range(20):
        await harness.run(flow)

    assert loop.time() - begun < 2


async def test_a_store_that_cannot_write_breaks_the_drive_off(stored_harness: tuple[Harness, SqliteStore]) -> None:
    """4.3: without its intent written, an effect does not start; the run can be driven on later."""
    harness, store = stored_harness
    first, second = FakeEffect("first", held=True), FakeEffect("second")
    run = harness.begin(chain(first, second))
    await first.wait_until_entered()
    copy = store.path.with_suffix(".copy")
    await store.write(lambda connection: connection.execute("ALTER TABLE journal RENAME TO gone").fetchall())
    first.release()

    with pytest.raises((StoreError, sqlite3.Error)):
        await run.task  # type: ignore[misc]
    await store.write(lambda connection: connection.execute("ALTER TABLE gone RENAME TO journal").fetchall())
    await harness.recover(run)

    assert (run.statuses(), second.calls) == ({"first": "in_doubt"}, 0)
    shutil.rmtree(copy, ignore_errors=True)
