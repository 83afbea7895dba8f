"""Two engines on one store that are killed again and again: every fire time has one run, and each is finished."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from treadle.authoring.check.file import check_file
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(120)]

KILLS = 10
SECONDLY = """\
name: secondly
nodes: [{id: tick, type: trigger.schedule, config: {cron: "* * * * * *", timezone: Europe/Berlin, catch_up: all}}]
outputs: "{{ nodes.tick.scheduled_at }}"
"""
QUICK = """\
name: quick
nodes: [{id: tick, type: trigger.interval, config: {seconds: 0.4, catch_up: all}}]
outputs: "{{ nodes.tick.at }}"
"""
SPREAD = """\
name: spread
nodes: [{id: tick, type: trigger.interval, config: {seconds: 0.7, catch_up: all, jitter: 0.5, aligned: true}}]
outputs: "{{ nodes.tick.at }}"
"""
STEPS = {"secondly": 1.0, "quick": 0.4, "spread": 0.7}


class Engine:
    """`treadle up` in a process of its own."""

    def __init__(self, database: Path) -> None:
        command = [sys.executable, "-m", "treadle.cli", "--db", str(database), "up"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=20)

    def stop(self) -> int:
        """As Ctrl-C does, once it is up; its exit code."""
        if self._process.stdout is not None:
            self._process.stdout.readline()
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=20)
        return self._process.returncode


async def test_every_fire_time_has_one_run_however_often_the_engines_are_killed(tmp_path: Path) -> None:
    database = tmp_path / "treadle.db"
    chance = random.Random(11)
    await _deploy(database)
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine(database)) for _ in range(2)]
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.3, 1.6))
            victim = chance.randrange(2)
            engines[victim].kill()
            engines[victim] = stack.enter_context(Engine(database))
        await asyncio.sleep(3)
        exits = [engine.stop() for engine in engines]
        with Engine(database) as last:  # whatever was left behind
            await asyncio.sleep(5)
            exits.append(last.stop())

    async with Application(Settings(db=str(database)), drives=False) as app:
        runs = await app.store.list_runs(limit=10_000)
        triggers = {trigger.deployment: trigger for trigger in await app.store.list_triggers()}

    assert exits == [0, 0, 0]
    for name, step in STEPS.items():
        dues = sorted(run.due_at for run in runs if run.workflow == name and run.due_at is not None)
        assert dues == _grid(dues[0], dues[-1], step), name
        assert dues[-1] == triggers[name].last_fired_at, name
        armed_at = triggers[name].armed_at
        assert armed_at is not None
        assert timedelta() < dues[0] - armed_at <= timedelta(seconds=step), name
    assert {run.status for run in runs} == {"completed"}
    assert [run for run in runs if datetime.fromisoformat(str(run.output)) != run.due_at] == []


def _grid(first: datetime, last: datetime, step: float) -> list[datetime]:
    count = round((last - first) / timedelta(seconds=step))
    return [first + number * timedelta(seconds=step) for number in range(count + 1)]


async def _deploy(database: Path) -> None:
    async with Application(Settings(db=str(database)), recovers=False) as app:
        for text in (SECONDLY, QUICK, SPREAD):
            (workflow,) = check_file(text, Registry.installed()).workflows
            await Deployments(app).deploy(workflow)
