"""`kill -9` of runs that live long: they wait for signals, people, children and time, or start by themselves, in two
processes on one store.

`TREADLE_CHAOS_LONG_KILLS` asks for a longer soak (default 40), `TREADLE_CHAOS_SEED` repeats the choices of a run that
printed it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.chaos.ledger import Ledger
from tests.chaos.life import application, workflows
from tests.chaos.nursery import Nursery, Start
from tests.chaos.outsider import Outsider
from tests.chaos.patience import until
from tests.chaos.service import CountingService
from treadle.errors import NotFound
from treadle.model.ids import RunId, new_run_id
from treadle.model.run import FINISHED, RunRecord
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.schedules import Schedules

KILLS = int(os.environ.get("TREADLE_CHAOS_LONG_KILLS", "40"))
NAMES = ("signalled", "asking", "parents", "racing")
DEPLOYED = ("ticking", "pulsing", "hearing")
MOST_OPEN = 24
QUIET = 0.12
"""Seconds after which what a killed process had asked for is done, and may be answered for."""

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(120 + 4 * KILLS)]


@pytest.fixture
def seed() -> int:
    """Printed, so that a failure can be looked for again: `TREADLE_CHAOS_SEED=…`."""
    chosen = int(os.environ.get("TREADLE_CHAOS_SEED") or random.randrange(2**32))
    print(f"\nTREADLE_CHAOS_SEED={chosen}")
    return chosen


async def test_what_is_expected_is_what_an_undisturbed_run_comes_to(tmp_path: Path) -> None:
    """The outputs that the test below asks for are no invention of its own."""
    known = workflows("long_life.yaml")
    with CountingService(seed=3) as service:
        async with application(str(tmp_path / "treadle.db")) as app:
            outsider = Outsider(app, chance=random.Random(3))
            for workflow in known.values():
                await app.publish(workflow)
            runs = [(name, new_run_id(), value) for value, name in enumerate((*NAMES, "racing"))]
            for name, run_id, value in runs:
                outsider.tell(name, run_id, value)
                given = {"service": service.url, "value": value}
                await app.start(ExecutionRequest(known[name], input=given, run_id=run_id))
            await until(partial(_are_over, app, outsider, [run_id for _, run_id, _ in runs]), seconds=30)
            outputs = {run_id: (await app.store.get_run(run_id)).output for _, run_id, _ in runs}

    assert outputs == outsider.expected


async def _are_over(app: Application, outsider: Outsider, run_ids: Sequence[str]) -> bool:
    await outsider.act(all_of_it=True)
    return all([(await app.store.get_run(RunId(run_id))).status in FINISHED for run_id in run_ids])


async def test_long_lives_are_lived_to_their_end_however_often_a_process_dies(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    database = tmp_path / "treadle.db"
    started: dict[str, tuple[str, int]] = {}
    with CountingService(seed=seed) as service, ExitStack() as stack:
        nurseries = [stack.enter_context(Nursery(database, service.url)) for _ in range(2)]
        async with application(str(database), drives=False) as app:
            ledger, outsider = Ledger(app, service), Outsider(app, chance=chance)
            await _deploy(app, service.url)
            for nursery in nurseries:
                nursery.start(_more(chance, started, outsider))
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.02, 0.6))
                await outsider.act()
                victim = chance.choice(nurseries)
                victim.kill()
                await asyncio.sleep(QUIET)
                if chance.random() < 0.5:
                    await ledger.answer()
                open_runs = len(await ledger.unfinished(await _there(app, started)))
                victim.start(_more(chance, started, outsider) if open_runs < MOST_OPEN else [])
            for name in ("ticking", "pulsing"):
                # Only what fires is put to rest: a paused deployment would keep its queue waiting.
                await Schedules(app).pause(name)
            left = await _is_over_in_time(app, ledger, outsider)
            for nursery in nurseries:
                nursery.kill()
            runs = list(await app.list_runs(limit=100_000))
            taken = await app.store.read(lambda c: c.execute("SELECT id, taken_by, taker FROM signals").fetchall())
    _report(runs, service, ledger, outsider)

    assert left == []
    by_id = {run.id: run for run in runs}
    there = {run_id for run_id in started if run_id in by_id}
    assert set().union(*(nursery.accepted for nursery in nurseries)) - there == set(), "accepted, and then lost"
    assert [run for run in runs if run.status != "completed"] == []
    assert {run_id: by_id[RunId(run_id)].output for run_id in there} == {
        run_id: outsider.expected[run_id] for run_id in there
    }
    _check_effects(service)
    _check_signals(taken, {started[run_id] for run_id in there}, outsider)
    _check_children(runs)
    _check_times(runs)
    # A fault that never fired proves nothing.
    assert min(ledger.answers.total() + service.asked, outsider.refused) > 0


def _check_effects(service: CountingService) -> None:
    """Nothing was done twice, and nothing without a name."""
    assert [key for key, count in service.effects.items() if count > 1] == []
    assert service.unkeyed == 0


def _check_signals(
    taken: Sequence[tuple[str, str | None, str | None]], runs: set[tuple[str, int]], outsider: Outsider
) -> None:
    """Each signal is kept once, and one to a run that was started is taken by one node. No node has taken two."""
    takers = Counter(token for _, token, _ in taken if token is not None)
    values = {str(value) for _, value in runs}
    assert sorted(signal for signal, _, _ in taken) == sorted(outsider.sent)
    assert [signal for signal, token, _ in taken if token is None and signal.rpartition("-")[2] in values] == []
    assert [token for token, count in takers.items() if count > 1] == []


def _check_children(runs: Sequence[RunRecord]) -> None:
    """Three of each parent, linked, finished, and none without one."""
    children = Counter(run.parent for run in runs if run.workflow == "children")
    parents = {run.id for run in runs if run.workflow == "parents"}
    assert children == Counter(dict.fromkeys(parents, 3))


def _check_times(runs: Sequence[RunRecord]) -> None:
    """Every fire time between the first and the last has its one run, and every event too."""
    for name, step in (("ticking", timedelta(seconds=1)), ("pulsing", timedelta(seconds=0.7))):
        due = sorted(run.due_at for run in runs if run.deployment == name and run.due_at is not None)
        gaps = [(before, after) for before, after in pairwise(due) if after - before != step]
        assert gaps == [], f"{name}: a fire time was left out, or had two runs"
        assert len(due) == sum(run.deployment == name for run in runs) > 3
    told = sorted(str(run.output) for run in runs if run.deployment == "hearing")
    ticks = sorted(run.due_at for run in runs if run.deployment == "ticking" and run.due_at is not None)
    assert [datetime.fromisoformat(at) for at in told] == ticks


async def _deploy(app: Application, url: str) -> None:
    known = workflows("long_life.yaml")
    for workflow in known.values():
        await app.publish(workflow)
    for name in DEPLOYED:
        await Deployments(app).deploy(known[name], input={"service": url, "value": 1})


def _more(chance: random.Random, started: dict[str, tuple[str, int]], outsider: Outsider) -> list[Start]:
    """Runs for the next life to start. Their values are all different: signals are told apart by them."""
    runs: list[Start] = []
    for _ in range(3):
        name, run_id, value = chance.choice(NAMES), new_run_id(), len(started)
        started[run_id] = (name, value)
        outsider.tell(name, run_id, value)
        runs.append((name, run_id, value))
    return runs


async def _there(app: Application, started: dict[str, tuple[str, int]]) -> list[str]:
    """Those of `started` that a life lived long enough to start."""
    found: list[str] = []
    for run_id in started:
        try:
            await app.store.get_run(RunId(run_id))
        except NotFound:
            continue
        found.append(run_id)
    return found


async def _is_over_in_time(app: Application, ledger: Ledger, outsider: Outsider) -> list[str]:
    """What is left when nothing more may be expected to happen: nothing, if all is well."""
    with contextlib.suppress(TimeoutError):
        await until(partial(_is_over, app, ledger, outsider), seconds=60)
        return []
    left = [run for run in await app.list_runs(limit=100_000) if run.status not in FINISHED]
    return [f"{run.status} {run.workflow} {run.id}" for run in left]


async def _is_over(app: Application, ledger: Ledger, outsider: Outsider) -> bool:
    await outsider.act(all_of_it=True)
    await asyncio.sleep(QUIET)
    await ledger.answer()
    counts = await app.store.count_runs()
    waiting = any(counts.get(status) for status in ("running", "suspended", "queued"))
    return not waiting and not await app.store.list_undelivered(1)


def _report(runs: Sequence[RunRecord], service: CountingService, ledger: Ledger, outsider: Outsider) -> None:
    kinds = Counter(run.workflow for run in runs)
    print(
        f"{KILLS} kills, {len(runs)} runs ({', '.join(f'{count} {name}' for name, count in kinds.items())}),"
        f" {service.calls.total()} calls for {len(service.effects)} effects\n"
        f"{len(outsider.sent)} signals, {outsider.answered} tasks answered, {outsider.refused} second answers refused;"
        f" in doubt: {ledger.answers['done']} done, {ledger.answers['repeat']} repeated, {service.asked} asked"
    )
