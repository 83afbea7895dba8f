"""`run_shell`: a program from an argument list."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from treadle.errors import NodeError
from treadle.packs.code.sandbox import Limits, ShellOutcome, run_shell

if TYPE_CHECKING:
    from conftest import Processes

pytestmark = pytest.mark.slow

_PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


async def _run(*argv: str, limits: Limits, cwd: Path, stdin: str | None = None) -> ShellOutcome:
    return await run_shell(argv, stdin=stdin, limits=limits, cwd=cwd, environment=_PATH)


async def test_streams_and_exit_code_come_back(limits: Limits, tmp_path: Path) -> None:
    outcome = await _run("sh", "-c", "cat; echo no >&2; exit 3", limits=limits, cwd=tmp_path, stdin="in")

    assert outcome == ShellOutcome("in", "no\n", 3)


async def test_arguments_reach_the_program_as_they_are(limits: Limits, tmp_path: Path) -> None:
    outcome = await _run("printf", "%s|", "a b", "$HOME", "; touch mark", "*", limits=limits, cwd=tmp_path)

    assert outcome.stdout == "a b|$HOME|; touch mark|*|"
    assert os.listdir(tmp_path) == []


async def test_only_the_given_environment_and_folder_are_seen(limits: Limits, tmp_path: Path) -> None:
    outcome = await run_shell(
        ["/bin/sh", "-c", "env | grep -v -e ^PWD -e ^_ -e ^OLDPWD -e ^SHLVL; pwd"],
        stdin=None,
        limits=limits,
        cwd=tmp_path,
        environment={"ONLY": "this", **_PATH},
    )

    assert sorted(outcome.stdout.split()) == sorted(["ONLY=this", f"PATH={_PATH['PATH']}", str(tmp_path)])


async def test_large_input_to_a_program_that_does_not_read_it_is_no_trouble(limits: Limits, tmp_path: Path) -> None:
    outcome = await _run("true", limits=limits, cwd=tmp_path, stdin="y" * 1_000_000)

    assert outcome.exit_code == 0


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["sleep", "60"], "code_timeout"),
        (["sh", "-c", "trap '' TERM INT HUP; while :; do :; done"], "code_timeout"),
        (["yes"], "code_output_too_large"),
        (["no-such-program"], "code_input"),
        ([], "code_input"),
        (["echo", "a\0b"], "code_input"),
    ],
)
async def test_a_program_out_of_bounds_is_an_error(argv: list[str], code: str, limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(NodeError) as caught:
        await _run(*argv, limits=limits, cwd=tmp_path)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "script",
    [
        "sleep 61",
        "sleep 61 & sleep 62 & wait",
        "setsid sleep 61 & setsid sh -c 'sleep 62 & sleep 63' & sleep 64",
        "kill -STOP $$",
    ],
)
async def test_a_timeout_leaves_no_process(script: str, limits: Limits, tmp_path: Path, processes: Processes) -> None:
    with pytest.raises(NodeError, match="needed more than"):
        await _run("sh", "-c", script, limits=limits, cwd=tmp_path)

    assert processes.programs() == set()


@pytest.mark.parametrize(
    "script",
    ["f() { f | f & }; f; sleep 61", "f() { f & f & wait; }; f", "for n in $(seq 200); do sleep 61 & done; wait"],
)
async def test_a_program_that_forks_without_end_is_ended_and_leaves_no_process(
    script: str, tmp_path: Path, processes: Processes
) -> None:
    with pytest.raises(NodeError, match="more than 100 processes at a time") as caught:
        await _run("sh", "-c", script, limits=Limits(seconds=60, processes=100), cwd=tmp_path)

    assert caught.value.code == "code_too_many_processes"
    assert processes.programs() == set()


async def test_processes_that_have_ended_are_not_counted(tmp_path: Path) -> None:
    script = "for n in $(seq 300); do (true &); done; sleep 0.3; echo done"

    outcome = await _run("sh", "-c", script, limits=Limits(seconds=60, processes=100), cwd=tmp_path)

    assert outcome.stdout == "done\n"


async def test_a_command_gives_way_to_the_engine(limits: Limits, tmp_path: Path) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)

    outcome = await _run("sh", "-c", "cut -d ' ' -f 19,41 /proc/self/stat", limits=limits, cwd=tmp_path)

    assert outcome.stdout == f"{own + 5} 0\n"  # how nice it is, and the scheduling policy: the usual one


async def test_what_a_program_leaves_in_the_background_ends_with_it(
    limits: Limits, tmp_path: Path, processes: Processes
) -> None:
    outcome = await _run("sh", "-c", "setsid sleep 61 & echo started", limits=limits, cwd=tmp_path)

    assert outcome.stdout == "started\n"
    assert processes.programs() == set()


async def test_cancelling_leaves_no_process(tmp_path: Path, processes: Processes) -> None:
    script = "setsid sleep 61 & sleep 62"
    idle = processes.below()
    running = asyncio.create_task(_run("sh", "-c", script, limits=Limits(seconds=60), cwd=tmp_path))
    started = await processes.wait_until_more_than(idle, count=3)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert len(started) >= 3
    assert not started & processes.below()
