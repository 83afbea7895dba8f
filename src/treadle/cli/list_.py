"""`treadle list`: runs, or the workflows in the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.model.run import RunRecord
    from treadle.service.application import Application

_STATUSES = ("queued", "running", "suspended", "completed", "failed", "cancelled")


@command
def list_(
    invocation: Invocation,
    workflows: Annotated[bool, typer.Option("--workflows", help="List the stored workflows instead.")] = False,
    workflow: Annotated[str | None, typer.Option(help="Only runs of this workflow.")] = None,
    status: Annotated[str | None, typer.Option(help=f"Only runs that are {', '.join(_STATUSES)}.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
) -> None:
    """List runs, the newest first."""
    if status is not None and status not in _STATUSES:
        raise InvalidWorkflow(
            f"There is no status `{status}`.", code="unknown_status", remedy=f"It is one of {', '.join(_STATUSES)}."
        )
    from treadle.cli.session import wait_for

    wait_for(_list_workflows(invocation) if workflows else _list_runs(invocation, workflow, status, limit))


async def _list_runs(invocation: Invocation, workflow: str | None, status: Any, limit: int) -> None:
    from rich.markup import escape

    from treadle.cli.mark import show_time, status_text
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.model.ids import RunId

    async with reading(invocation) as application:
        runs = await application.list_runs(workflow=workflow, status=status, limit=limit)
        under_way = any(run.status == "running" for run in runs)
        left = frozenset(await application.store.find_unfinished()) if under_way else frozenset[RunId]()
        nothing = "" if runs else await _why_none(application, workflow, status)
    screen = invocation.screen
    if invocation.json:
        screen.print_json([{**describe_run(run), "interrupted": run.id in left} for run in runs])
        return
    if not runs:
        screen.say(f"[dim]{escape(nothing)}[/]")
        return
    deployed = any(run.deployment is not None for run in runs)
    whose = ["deployment"] if deployed else []
    table = new_table("run", "started", "workflow", *whose, "status", "took", "", right=["took"])
    for run in runs:
        table.add_row(
            run.id,
            show_time(_started_at(run)),
            run.workflow,
            *([run.deployment or ""] if deployed else []),
            status_text("interrupted" if run.id in left else run.status),
            _took(run),
            cut(_remark(run, interrupted=run.id in left), "dim"),
        )
    screen.print_table(table)


async def _why_none(application: Application, workflow: str | None, status: str | None) -> str:
    """What to say where no run is as asked for: whether there are others, and the name that was meant."""
    from treadle.model.nearest import suggest

    if not await application.list_runs(limit=1):
        return "No runs yet. `treadle run FILE` starts one."
    asked = " ".join(["No", *([status] if status else []), "run", *([f"of `{workflow}`"] if workflow else [])])
    known = {version.workflow for version in await application.store.list_versions()}
    if workflow is None or workflow in known:
        return f"{asked}. `treadle list` shows the others."
    return f"{asked}. {suggest(workflow, known, '`treadle list --workflows` shows the names there are.')}"


async def _list_workflows(invocation: Invocation) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading

    async with reading(invocation) as application:
        versions = await application.store.list_versions()
    screen = invocation.screen
    if invocation.json:
        screen.print_json(
            [
                {"workflow": v.workflow, "version": v.version, "form": v.form, "created_at": v.created_at}
                for v in versions
            ]
        )
        return
    if not versions:
        screen.say("[dim]No workflows yet. `treadle run FILE` and `treadle deploy FILE` store theirs.[/]")
        return
    table = new_table("workflow", "version", "form", "published")
    for version in versions:
        table.add_row(version.workflow, version.version, version.form, show_time(version.created_at))
    screen.print_table(table)


def describe_run(run: RunRecord) -> dict[str, Any]:
    """A run as JSON, without what its nodes did."""
    return {
        "run_id": run.id,
        "workflow": run.workflow,
        "version": run.version,
        "status": run.status,
        "mode": run.mode,
        "deployment": run.deployment,
        "error": run.error.to_dict() if run.error else None,
        "created_at": run.created_at,
        "started_at": _started_at(run),
        "finished_at": run.finished_at,
        "wake_at": run.wake_at,
        "duration_ms": _milliseconds(run),
    }


def _started_at(run: RunRecord) -> datetime | None:
    """When it began: one that waited its turn began after that, one that still waits has not."""
    if run.status == "queued":
        return None
    if run.lane is not None and run.origin is not None and run.origin.deadline_from is not None:
        return datetime.fromisoformat(run.origin.deadline_from)
    return run.created_at


def _milliseconds(run: RunRecord) -> float | None:
    started_at = _started_at(run)
    if started_at is None or run.finished_at is None:
        return None
    return round((run.finished_at - started_at).total_seconds() * 1000, 3)


def _took(run: RunRecord) -> str:
    from treadle.cli.mark import show_duration

    return show_duration(_milliseconds(run))


def _remark(run: RunRecord, *, interrupted: bool) -> str:
    from treadle.cli.mark import show_goes_on
    from treadle.engine.clock import SystemClock

    if run.error is not None:
        node = f"{run.error.node}: " if run.error.node else ""
        return node + " ".join(run.error.message.split())
    if run.status == "queued":
        return "waits its turn"
    if run.status == "suspended":
        return show_goes_on(run.wake_at, SystemClock().now())
    if interrupted:
        return f"goes on with `treadle up` or `treadle retry {run.id}`"
    return ""
