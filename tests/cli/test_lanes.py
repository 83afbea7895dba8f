"""Lanes across processes, the real program: one run at a time, oldest first, and none lost to kill -9."""

from __future__ import annotations

import contextlib
import sqlite3
from itertools import pairwise
from typing import Any

import pytest

from tests.cli.conftest import Treadle
from tests.cli.process import Process

pytestmark = pytest.mark.slow

SLOW = """\
name: slow
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 0.3}}
  - {id: began, type: data.variable, config: {action: increment, name: runs, scope: run}, after: [every]}
  - {id: work, type: flow.wait, config: {duration: 500ms}, after: [began]}
  - {id: ended, type: data.variable, config: {action: count, name: done}, after: [work]}
"""


def deploy(treadle: Treadle, *options: str) -> None:
    ran = treadle("deploy", treadle.write("slow.yaml", SLOW), "--overlap", "queue", *options)
    assert ran.code == 0, ran.err


def fire_no_more(treadle: Treadle) -> None:
    """What is queued goes on."""
    treadle("deploy", "--name", "slow", "--every", "10h")


def runs(treadle: Treadle) -> list[dict[str, Any]]:
    """Oldest first."""
    return treadle("list", "-n", "1000", "--json").json[::-1]


def unfinished(treadle: Treadle) -> list[str]:
    return [run["run_id"] for run in runs(treadle) if run["status"] not in ("completed", "failed", "cancelled")]


def spans(treadle: Treadle) -> list[tuple[int, int]]:
    """From when to when (microseconds) each run worked, by the journal; oldest run first."""
    with contextlib.closing(sqlite3.connect(treadle.folder / ".treadle" / "treadle.db")) as connection:
        return connection.execute(
            "SELECT min(at), max(at) FROM journal WHERE node IN ('began', 'ended') GROUP BY run_id ORDER BY run_id"
        ).fetchall()


def test_two_processes_keep_to_one_run_at_a_time_and_lose_none_to_a_kill(treadle: Treadle) -> None:
    deploy(treadle)
    with Process(treadle.folder, "up", "--json") as one, Process(treadle.folder, "up", "--json") as two:
        one.wait_until(lambda: len(runs(treadle)) >= 8)
        # Whoever has a run at work is killed with it.
        victim, other = (one, two) if busy(one) else (two, one)
        victim.kill()
        fire_no_more(treadle)

        other.wait_until(lambda: not unfinished(treadle), seconds=60)

    worked = spans(treadle)
    assert len(worked) >= 8
    assert [run["status"] for run in runs(treadle)] == ["completed"] * len(worked)
    assert all(before[1] <= after[0] for before, after in pairwise(worked))
    metrics = treadle("deployments", "show", "slow", "--json").json["metrics"]
    assert (metrics["runs"], metrics["completed"]) == (len(worked), len(worked))
    assert metrics["counters"] == {"done": len(worked)}


def busy(process: Process) -> bool:
    """Whether a run is under way in it."""
    began = {event["run_id"] for event in process.events("RunStarted")}
    return bool(began - {event["run_id"] for event in process.events("RunFinished")})


def test_a_queued_run_is_cancelled_without_ever_beginning(treadle: Treadle) -> None:
    deploy(treadle)
    with Process(treadle.folder, "up", "--json") as process:
        process.wait_until(lambda: len(unfinished(treadle)) >= 4)
        fire_no_more(treadle)
        last = unfinished(treadle)[-1]

        ran = treadle("cancel", last, "--json")
        process.wait_until(lambda: not unfinished(treadle), seconds=60)

    status = treadle("status", last, "--json").json
    assert ran.json["status"] == "cancelled"
    assert status["status"] == "cancelled"
    assert "began" not in status["nodes"] or status["nodes"]["began"]["status"] == "cancelled"


def test_more_may_run_at_once_where_it_says_so(treadle: Treadle) -> None:
    deploy(treadle, "--concurrency", "2")
    with Process(treadle.folder, "up", "--json") as process:
        process.wait_until(lambda: len(runs(treadle)) >= 6)
        fire_no_more(treadle)
        process.wait_until(lambda: not unfinished(treadle), seconds=60)

    worked = spans(treadle)
    most = max(sum(begin <= at < end for begin, end in worked) for at, _ in worked)
    assert most == 2
