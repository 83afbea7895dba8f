"""Two engines on one store that are killed again and again while things are pushed: each starts one run."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from treadle.authoring.check.file import check_file
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(120)]

KILLS = 8
NODES = '''
import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from treadle.node import Fire, trigger
from treadle.node.watching import Item, Watching

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)

async def lines(lookout, *, path: str):
    """Whoever listens is told all of them, from the first on: as a venue that says again what it has said."""
    told = 0
    while True:
        text = Path(path).read_text()
        for number, line in enumerate(text.splitlines()[told:], told):
            told = number + 1
            yield Item(f"l{number}", BEGIN + timedelta(seconds=number // 3), number)
        await asyncio.sleep(0.01)

@trigger("test.line", watching=Watching(lines))
def line(fire: Fire, *, path: str) -> int:
    """Start a run for each line of a file."""
    return fire.payload
'''
FLOW = """\
name: lines
nodes:
  - {id: line, type: test.line, config: {path: "%s"}}
  - {id: pause, type: flow.wait, config: {duration: 5ms}, after: [line]}
outputs: "{{ nodes.line.output }}"
"""


class Engine:
    """`treadle up` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "treadle.cli", "--db", "treadle.db", "up", "--port", "0"]
        self._process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=20)


async def test_each_thing_pushed_has_one_run_however_often_the_engines_are_killed(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    feed.write_text("")
    (tmp_path / "treadle.toml").write_text('nodes = ["own"]\n')
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "line.py").write_text(NODES)
    settings = Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path), nodes=(str(tmp_path / "own"),))
    await _deploy(settings, FLOW % feed)
    chance, pushed = random.Random(7), 0
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine(tmp_path)) for _ in range(2)]
        for _ in range(KILLS):
            for _ in range(10):
                await asyncio.sleep(chance.uniform(0.05, 0.15))
                pushed += 1
                with feed.open("a") as more:
                    more.write("x\n")
            victim = chance.randrange(2)
            engines[victim].kill()
            engines[victim] = stack.enter_context(Engine(tmp_path))
        async with asyncio.timeout(60):
            while len(runs := await _runs(settings)) < pushed or any(run.status != "completed" for run in runs):
                await asyncio.sleep(0.2)

    assert Counter(run.output for run in runs) == Counter(range(pushed))


async def _deploy(settings: Settings, text: str) -> None:
    async with Application(settings, drives=True, recovers=False) as application:
        checked = check_file(text, application.registry)
        assert checked.result.valid, checked.result.issues
        await Deployments(application).deploy(checked.workflows[0])


async def _runs(settings: Settings) -> list[Any]:
    async with Application(settings, drives=False) as application:
        return list(await application.list_runs(workflow="lines", limit=1000))
