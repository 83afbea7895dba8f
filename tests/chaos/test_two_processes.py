"""Two processes on one store: every run is driven by one of them at a time, and by the other when that one dies."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.chaos.ledger import Ledger
from tests.chaos.life import application, workflows
from tests.chaos.nursery import Nursery, Start
from tests.chaos.patience import until
from tests.chaos.service import CountingService
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import RunRecord
from treadle.service.application import Application

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(180)]

NAMES = ("branches", "loops", "trying", "climbing")


async def test_two_processes_that_recover_at_once_share_the_runs_out(tmp_path: Path) -> None:
    database = tmp_path / "treadle.db"
    with CountingService(seed=1) as service, ExitStack() as stack:
        run_ids = await _left_behind(database, service.url, count=400)
        first, second = (stack.enter_context(Nursery(database, service.url)) for _ in range(2))

        at = time.monotonic() + 0.3
        first.start(kill=False, at=at)
        second.start(kill=False, at=at)
        exits = first.wait(seconds=90), second.wait(seconds=90)

        async with application(str(database), drives=False) as app:
            runs = [await app.store.get_run(RunId(run_id)) for run_id in run_ids]

    assert exits == (0, 0)
    assert first.began, "the second took them all: nothing was shared out"
    assert second.began, "the first took them all: nothing was shared out"
    assert sorted(first.began + second.began) == sorted(run_ids)
    assert first.resumed + second.resumed == []
    assert [run.error for run in runs if run.status != "completed"] == []
    assert {run.epoch for run in runs} == {1}
    assert set(service.effects.values()) == {1}


async def test_the_other_process_goes_on_with_the_runs_of_one_that_was_killed(tmp_path: Path) -> None:
    database = tmp_path / "treadle.db"
    chance = random.Random(7)
    runs: list[list[Start]] = [[(chance.choice(NAMES), new_run_id(), 2) for _ in range(20)] for _ in range(2)]
    with CountingService(seed=2) as service, ExitStack() as stack:
        victim, survivor = (stack.enter_context(Nursery(database, service.url)) for _ in range(2))
        survivor.start(runs[1])
        victim.start(runs[0])
        async with application(str(database), drives=False) as app:
            ledger = Ledger(app, service)
            await until(partial(_running, app, runs[0], at_least=5))
            victim.kill()
            orphans = await _running(app, runs[0])
            await until(partial(_all_finished, ledger, app, len(runs[1])), seconds=60)
        survivor.kill()

    assert orphans, "the killed process had no work: nothing was proved"
    assert {run_id for _, run_id in survivor.resumed} | set(survivor.began) >= orphans
    once = [count for key, count in service.effects.items() if service.kinds[key] in ("charge", "order", "transfer")]
    assert set(once) == {1}


async def _running(app: Application, runs: list[Start], *, at_least: int = 0) -> set[str]:
    """Those of `runs` that are under way; none when there are fewer than `at_least`."""
    running: set[str] = {run.id for run in await app.list_runs(status="running", limit=100)}
    found = running & {run_id for _, run_id, _ in runs}
    return found if len(found) >= at_least else set()


async def _all_finished(ledger: Ledger, app: Application, at_least: int) -> bool:
    await ledger.answer()
    there = await app.list_runs(limit=100)
    return len(there) >= at_least and not await ledger.unfinished(run.id for run in there)


async def _left_behind(database: Path, url: str, *, count: int) -> list[str]:
    """Runs that are in the store and that nobody has begun."""
    known = workflows()
    run_ids: list[str] = []
    async with application(str(database), drives=False) as app:
        for at in range(count):
            workflow = known[NAMES[at % len(NAMES)]]
            await app.publish(workflow)
            run = RunRecord(
                id=new_run_id(),
                workflow=workflow.name,
                version=workflow.version,
                input={"service": url, "value": 1},
                created_at=app.world.clock.now(),
            )
            await app.store.create_run(run)
            run_ids.append(run.id)
    return run_ids
