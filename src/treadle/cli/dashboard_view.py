"""How the dashboard looks: a head line, the deployments, the runs."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from treadle.cli.dashboard import Dashboard, Line
from treadle.cli.deployment_view import show_when
from treadle.cli.mark import count, draws_signs, show_duration, show_time, show_until, sign, status_text
from treadle.cli.screen import cut, new_table

_BAR = 16
_WIDE_ENOUGH_FOR_IDS = 100
_WIDE_ENOUGH_FOR_BARS = 120
_FOOT = "Ctrl-C stops: nodes under way finish first, nothing is lost."


def draw_dashboard(dashboard: Dashboard, now: datetime, *, width: int, height: int) -> RenderableType:
    """The whole picture at `now` (aware), no higher than `height` lines; on a narrow terminal the runs say less."""
    room = max(height - len(dashboard.standings) - 9, 3)
    parts: list[RenderableType] = [_head(dashboard, now), Text()]
    if dashboard.standings:
        parts += [_deployments(dashboard, now), Text()]
    else:
        parts += [Text("Nothing is deployed yet: treadle deploy FILE --every 5m", style="dim"), Text()]
    if dashboard.lines:
        parts += [_runs(dashboard, now, width, room), Text()]
    parts.append(Text(_FOOT, style="dim"))
    if dashboard.demo:
        store = shorten(dashboard.application.store.path)
        parts.append(Text(f"Look closer: treadle status last --db {store}", style="dim"))
    return Group(*parts)


def _head(dashboard: Dashboard, now: datetime) -> Text:
    seconds = int((now - dashboard.started_at).total_seconds())
    up = f"{seconds} s" if seconds < 60 else show_duration(seconds * 1000)
    text = Text("treadle", style="bold").append(" demo" if dashboard.demo else "", style="bold cyan")
    done, failed = sum(dashboard.finished.values()), sum(dashboard.failed.values())
    text.append(f"   up {up}   {count(done, 'run')} finished", style="dim")
    if failed:
        text.append(f"   {failed} failed", style="red")
    if dashboard.recovered:
        text.append(f"   {count(dashboard.recovered, 'run')} recovered", style="yellow")
    if dashboard.address is not None:
        text.append(f"   {dashboard.address}", style="cyan")
    return text.append(f"   {shorten(dashboard.application.store.path)}", style="dim")


def _deployments(dashboard: Dashboard, now: datetime) -> Table:
    table = new_table("deployment", "when", "runs", "failed", "last", "next", right=["runs", "failed"])
    for standing in dashboard.standings:
        one = standing.deployment
        last, failed = dashboard.last(one.id), dashboard.failed.get(one.id, 0)
        took = ""
        if last is not None and last.finished_at is not None:
            took = f" {show_duration(_milliseconds(last, now))}"
        shown = sign(last.status).append(took, style="dim") if last is not None else Text("–", style="dim")
        following = one.status if one.status != "active" else show_until(standing.next_due, now)
        if standing.queued:
            following = f"{following}, {standing.queued} queued".removeprefix(", ")
        table.add_row(
            Text(one.name, style="bold"),
            Text(show_when(standing.triggers), style="dim"),
            str(dashboard.finished.get(one.id, 0)),
            Text(str(failed), style="red" if failed else "dim"),
            shown,
            Text(following, style="dim"),
        )
    return table


def _runs(dashboard: Dashboard, now: datetime, width: int, room: int) -> Table:
    with_ids = width >= _WIDE_ENOUGH_FOR_IDS
    bar = _BAR if width >= _WIDE_ENOUGH_FOR_BARS else 0
    columns = ["started", *(["run"] if with_ids else []), "run of", "status", "progress", "took", ""]
    table = new_table(*columns, right=["took"] if bar else ["took", "progress"])
    for line in dashboard.recent(room):
        cells: list[RenderableType] = [
            Text(show_time(line.started_at, now=now), style="dim"),
            *([Text(line.run_id, style="dim")] if with_ids else []),
            line.name or "…",
            status_text(line.status),
            _progress(line, bar),
            show_duration(_milliseconds(line, now)),
            cut(_remark(line, now)),
        ]
        table.add_row(*cells)
    return table


def _progress(line: Line, width: int) -> Text:
    """`━━━━━━━━━─────── 5/9`."""
    if not line.total:
        return Text()
    full, empty = ("━", "─") if draws_signs() else ("=", "-")
    filled = round(width * line.settled / line.total)
    colour = {"failed": "red", "cancelled": "magenta", "completed": "green"}.get(line.status, "cyan")
    text = Text(full * filled, style=colour).append(empty * (width - filled), style="dim")
    return text.append(f"{' ' if width else ''}{line.settled}/{line.total}", style="dim")


def _milliseconds(line: Line, now: datetime) -> float:
    return max(((line.finished_at or now) - line.started_at).total_seconds() * 1000, 0.0)


def _remark(line: Line, now: datetime) -> Text:
    if line.error:
        return Text(" ".join(line.error.split()), style="red")
    parts: list[str] = []
    if line.finished_at is None and line.now:
        parts.append(line.now)
    if line.until is not None:
        parts.append(show_until(line.until, now))
    if line.retries and line.finished_at is not None:
        parts.append("1 retry" if line.retries == 1 else f"{line.retries} retries")
    if line.recovered:
        parts.append("recovered")
    return Text(" · ".join(parts), style="yellow" if line.retries or line.recovered else "dim")


def shorten(path: Path) -> str:
    """From the working folder where it lies in there."""
    shown = os.path.relpath(path)
    return str(path) if shown.startswith("..") else shown
