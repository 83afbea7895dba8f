"""`kill -9` of a real process, again and again, at random points of everything a run can be doing.

`TREADLE_CHAOS_SEED` repeats the choices of a run that printed it (the timing is the machine's own),
`TREADLE_CHAOS_KILLS` asks for more or fewer kills.
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from statistics import quantiles

import pytest

from tests.chaos.ledger import Ending, Ledger
from tests.chaos.life import application, workflows
from tests.chaos.nursery import Nursery, Start
from tests.chaos.service import CountingService
from treadle.errors import NotFound
from treadle.model.ids import RunId, new_run_id
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest

KILLS = int(os.environ.get("TREADLE_CHAOS_KILLS", "210"))
VALUES = (1, 2, 3)
STARTED_AT_ONCE = 3
ONCE = ("charge", "order", "transfer")
"""What must never be done twice, killed or not."""

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def seed() -> int:
    """Printed, so that a failure can be looked for again: `TREADLE_CHAOS_SEED=…`."""
    chosen = int(os.environ.get("TREADLE_CHAOS_SEED") or random.randrange(2**32))
    print(f"\nTREADLE_CHAOS_SEED={chosen}")
    return chosen


async def _undisturbed(folder: Path, service: CountingService) -> dict[tuple[str, int], Ending]:
    endings: dict[tuple[str, int], Ending] = {}
    async with application(str(folder / "undisturbed.db")) as app:
        ledger = Ledger(app, service)
        for name, workflow in workflows().items():
            for value in VALUES if name != "waiting" else VALUES[:1]:
                given = {"service": service.url, "value": value}
                run_id = await app.start(ExecutionRequest(workflow, input=given))
                await app.wait(run_id)
                endings[name, value] = await ledger.ending(run_id)
    return endings


async def test_two_hundred_kills_lose_no_run_and_repeat_no_finished_effect(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    database = tmp_path / "treadle.db"
    started: dict[str, tuple[str, int]] = {}
    open_runs: set[str] = set()
    kills = 0
    with CountingService(seed=seed) as service, Nursery(database, service.url) as nursery:
        expected = await _undisturbed(tmp_path, service)
        names = sorted(expected)
        async with application(str(database), drives=False) as app:
            ledger = Ledger(app, service)
            while kills < KILLS:
                runs = _more(names, chance, started, open_runs)
                nursery.start(runs)
                await asyncio.sleep(chance.uniform(0.005, 0.25))
                nursery.kill()
                kills += 1
                service.wait_until_idle()
                open_runs |= {run_id for _, run_id, _ in runs if await _is_there(app, run_id)}
                await ledger.look(open_runs)
                if chance.random() < 0.3:
                    await ledger.answer()
                open_runs = set(await ledger.unfinished(open_runs))
            while open_runs:
                await ledger.answer()
                nursery.start(kill=False)
                assert nursery.wait(seconds=60) == 0
                service.wait_until_idle()
                await ledger.look(open_runs)
                open_runs = set(await ledger.unfinished(open_runs))
            there = {run_id for run_id in started if await _is_there(app, run_id)}
            endings = {run_id: await ledger.ending(run_id) for run_id in there}
    _report(kills, {run_id: started[run_id] for run_id in there}, service, ledger, nursery)

    assert nursery.accepted - there == set(), "accepted, and then lost"
    assert ledger.repeated == []
    assert {run_id: ending for run_id, ending in endings.items() if ending != expected[started[run_id]]} == {}
    assert [key for key, count in service.effects.items() if count > 1 and service.kinds[key] in ONCE] == []
    assert sum(ending.effects for ending in (*endings.values(), *expected.values())) == len(service.effects)
    assert service.unkeyed == 0
    # A fault that never fired proves nothing: each way of settling doubt must have been needed.
    assert kills >= KILLS
    assert min(ledger.answers["done"], ledger.answers["repeat"], service.asked, _done_again(service)) > 0
    assert len(nursery.resumed) > kills


def _more(
    names: list[tuple[str, int]], chance: random.Random, started: dict[str, tuple[str, int]], open_runs: set[str]
) -> list[Start]:
    """Runs for the next life to start, so that there is always something to kill."""
    runs: list[Start] = []
    for _ in range(STARTED_AT_ONCE if len(open_runs) < 30 else 0):
        name, value = chance.choice(names)
        run_id = new_run_id()
        started[run_id] = (name, value)
        runs.append((name, run_id, value))
    return runs


async def _is_there(app: Application, run_id: str) -> bool:
    try:
        await app.store.get_run(RunId(run_id))
    except NotFound:
        return False
    return True


def _done_again(service: CountingService) -> int:
    """Effects that are safe to repeat, and were repeated."""
    return sum(1 for key, count in service.effects.items() if count > 1 and service.kinds[key] not in ONCE)


def _report(
    kills: int, started: dict[str, tuple[str, int]], service: CountingService, ledger: Ledger, nursery: Nursery
) -> None:
    # A run that waited for its time is no measure of how long recovery takes.
    took = quantiles([ms for ms, run_id in nursery.resumed if started[run_id][0] != "waiting"], n=100)
    print(
        f"{kills} kills, {len(started)} runs, {service.calls.total()} calls for {len(service.effects)} effects\n"
        f"in doubt: {ledger.answers['done']} answered done, {ledger.answers['repeat']} answered repeat,"
        f" {service.asked} asked of the service, {_done_again(service)} repeated\n"
        f"from a process's start to a run gone on with: p50 {took[49]:.0f} ms, p99 {took[98]:.0f} ms"
    )
