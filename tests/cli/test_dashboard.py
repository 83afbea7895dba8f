"""The dashboard of `treadle up`: what it counts, and how it looks on terminals of several widths."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from treadle.cli.dashboard import Dashboard
from treadle.cli.dashboard_view import draw_dashboard
from treadle.model.event import NodeCompleted, NodeRetried, RunFinished, RunResumed, RunStarted
from treadle.model.ids import RunId
from treadle.model.run import Failure
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings
from treadle.service.standing import Standing
from treadle.store.deployments import Deployment
from treadle.store.metrics import Metrics
from treadle.store.triggers import Trigger
from treadle.testing.clock import START

FIRST, SECOND = RunId("r06gzp84qf0bk9ww1v65d"), RunId("r06gzp84qf0bk9ww1v65e")


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    application = Application(Settings(db=str(tmp_path / "s.db")))
    dashboard = Dashboard(application, Deployments(application))
    dashboard.started_at = START
    deployment = Deployment("sync", "sync", "sync", "1", created_at=START)
    trigger = Trigger("sync", "every", "every", "trigger.interval", {"seconds": 60}, armed_at=START)
    dashboard.standings = [
        Standing(deployment, [trigger], Metrics(), next_due=START + timedelta(seconds=60), last_fired_at=None)
    ]
    return dashboard


def shown(dashboard: Dashboard, *, width: int = 130, height: int = 40, seconds: float = 2) -> list[str]:
    written = io.StringIO()
    console = Console(width=width, file=written, color_system=None)
    console.print(draw_dashboard(dashboard, START + timedelta(seconds=seconds), width=width, height=height))
    return [line.rstrip() for line in written.getvalue().splitlines()]


def test_a_finished_run_is_counted_with_its_deployment(dashboard: Dashboard) -> None:
    dashboard.take(RunStarted(FIRST, START, "", "sync", "1", "sync"))
    dashboard.take(RunFinished(FIRST, START + timedelta(seconds=1), "", "completed"))

    line = next(line for line in shown(dashboard) if line.startswith("sync"))

    assert line.split() == ["sync", "every", "1m", "1", "0", "✓", "1.00", "s", "in", "58", "s"]


def test_a_paused_deployment_says_so_and_how_many_wait(dashboard: Dashboard) -> None:
    (standing,) = dashboard.standings
    paused = replace(standing.deployment, status="paused")
    dashboard.standings = [replace(standing, deployment=paused, queued=3)]

    assert any("paused, 3 queued" in line for line in shown(dashboard))


def test_a_failed_run_says_where_and_why(dashboard: Dashboard) -> None:
    failure = Failure("boom", "It broke.", "send", 1)
    dashboard.take(RunStarted(FIRST, START, "", "sync", "1"))
    dashboard.take(RunFinished(FIRST, START, "", "failed", None, failure))

    lines = shown(dashboard)

    assert "1 failed" in lines[0]
    assert any("send It broke." in line for line in lines)


def test_nodes_in_containers_do_not_count_as_progress(dashboard: Dashboard) -> None:
    dashboard.take(RunStarted(FIRST, START, "", "sync", "1"))
    dashboard.lines[FIRST].total = 4

    dashboard.take(NodeCompleted(FIRST, START, "fetch"))
    dashboard.take(NodeCompleted(FIRST, START, "each[0]/send"))

    assert any("1/4" in line for line in shown(dashboard))


def test_a_retry_says_when_it_comes(dashboard: Dashboard) -> None:
    dashboard.take(RunStarted(FIRST, START, "", "sync", "1"))

    dashboard.take(NodeRetried(FIRST, START, "send", None, START + timedelta(seconds=6)))

    assert any("send retries · in 4.0 s" in line for line in shown(dashboard))


def test_what_a_crash_left_behind_is_counted_as_recovered(dashboard: Dashboard) -> None:
    dashboard.take(RunResumed(FIRST, START, "", True))
    dashboard.take(RunResumed(SECOND, START, "", False))

    assert "1 run recovered" in shown(dashboard)[0]


def test_a_run_under_way_is_shown_however_many_finished_since(dashboard: Dashboard) -> None:
    dashboard.take(RunStarted(FIRST, START, "", "long", "1"))
    for number in range(50):
        run_id = RunId(f"r{number:020}")
        dashboard.take(RunStarted(run_id, START + timedelta(seconds=1), "", "sync", "1"))
        dashboard.take(RunFinished(run_id, START + timedelta(seconds=1), "", "completed"))

    lines = shown(dashboard, height=20)

    assert any("long" in line for line in lines)
    assert len(lines) <= 20


@pytest.mark.parametrize("width", [80, 100, 130])
def test_nothing_is_cut_that_there_is_room_for(dashboard: Dashboard, width: int) -> None:
    dashboard.take(RunStarted(FIRST, START, "", "research-and-summarise", "1"))

    lines = shown(dashboard, width=width)

    assert "…" not in "".join(lines)
    assert any("research-and-summarise" in line and "running" in line for line in lines)
    assert any(FIRST in line for line in lines) == (width >= 100)


def test_a_run_is_shown_under_the_name_of_its_deployment(dashboard: Dashboard) -> None:
    (standing,) = dashboard.standings
    dashboard.standings = [replace(standing, deployment=replace(standing.deployment, id="bot-2", name="bot-2"))]
    dashboard.take(RunStarted(FIRST, START, "", "sync", "1", "bot-2"))
    dashboard.take(RunStarted(SECOND, START, "", "sync", "1"))

    lines = shown(dashboard)

    assert any(FIRST in line and "bot-2" in line for line in lines)
    assert any(SECOND in line and "sync" in line for line in lines)
