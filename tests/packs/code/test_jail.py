"""Jails: they end with whoever asked for them, and say what a machine cannot lock."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from treadle.errors import MissingCapability
from treadle.packs.code.sandbox import (
    Limits,
    close_interpreters,
    close_jails,
    run_javascript,
    run_python_trusted,
)
from treadle.packs.code.sandbox import jail as jails

if TYPE_CHECKING:
    from conftest import Processes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["javascript", "python"])
async def test_cancelling_ends_the_program_and_its_jail(language: str, processes: Processes) -> None:
    close_jails()
    close_interpreters()
    limits, before = Limits(seconds=60), processes.below()
    if language == "javascript":
        running = asyncio.create_task(run_javascript("while (true);", {}, limits=limits))
    else:
        running = asyncio.create_task(run_python_trusted("while True: pass", {}, limits=limits, trusted=True))
    inner = await processes.wait_until_more_than(before, count=2)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert len(inner) >= 2
    assert not inner & processes.below()
    assert not processes.wardens()


async def test_a_program_that_spins_ends_when_this_process_is_killed(processes: Processes) -> None:
    script = (
        "import asyncio\n"
        "from treadle.packs.code.sandbox import Limits, run_javascript\n"
        "asyncio.run(run_javascript('while (true);', {}, limits=Limits(seconds=60)))\n"
    )
    idle = processes.below()
    process = subprocess.Popen([sys.executable, "-c", script])  # noqa: ASYNC220 - returns at once
    family = await processes.wait_until_more_than(idle, count=3)

    process.send_signal(signal.SIGKILL)
    process.wait()
    left = await processes.wait_until_ended(family)

    assert len(family) >= 3
    assert left == set()


async def test_a_jail_that_was_killed_while_idle_is_replaced(limits: Limits, processes: Processes) -> None:
    await run_javascript("1", {}, limits=limits)
    for warden in processes.wardens():
        os.kill(warden, signal.SIGKILL)
    await asyncio.sleep(0.2)

    outcome = await run_javascript("2", {}, limits=limits)

    assert outcome.result == 2


async def test_a_machine_without_a_lock_is_refused_and_told_what_it_lacks() -> None:
    jail = jails.Jail()
    try:
        await jail.wait_until_ready()

        with pytest.raises(MissingCapability, match="Landlock switched on") as caught:
            jails._require(jail, {"kind": "python"}, ("landlock",))
    finally:
        jail.close()

    assert caught.value.attributes["missing"] == ["landlock"]
