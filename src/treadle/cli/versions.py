"""`treadle versions`: the versions of a workflow, and who uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.service.versions import Standing
    from treadle.store.versions import Release

WorkflowName = Annotated[str, typer.Argument(metavar="WORKFLOW", help="The name of a stored workflow.")]


@command
def versions(
    invocation: Invocation,
    workflow: WorkflowName,
    releases: Annotated[
        bool, typer.Option("--releases", help="Which version was made the latest when, and by whom, instead.")
    ] = False,
) -> None:
    """List the versions of a workflow: when they came, from whom, and which deployments and runs use them."""
    from treadle.cli.session import wait_for

    wait_for(_list_releases(invocation, workflow) if releases else _list(invocation, workflow))


async def _list(invocation: Invocation, workflow: str) -> None:
    from rich.text import Text

    from treadle.cli.mark import show_time
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.versions import Versions

    async with reading(invocation) as application:
        found = await Versions(application).list(workflow)
        draft = await application.store.find_draft(workflow)
    screen = invocation.screen
    if invocation.json:
        screen.print_json([describe(standing) for standing in found])
        return
    table = new_table("version", "digest", "latest since", "author", "deployments", "runs", "note", right=["version"])
    for one in found:
        version = one.version
        name = Text(str(version.number), style="bold" if one.is_latest else "")
        table.add_row(
            name,
            Text(version.version, style="dim"),
            show_time(version.created_at) + (" *" if one.is_latest else ""),
            version.author or "",
            ", ".join(one.deployments),
            _runs(one),
            cut(_notes(one)),
        )
    screen.print_table(table)
    if draft is not None:
        screen.note(f"[dim]There is a draft, revision {draft.revision}: treadle diff {workflow}[/]")


def _notes(standing: Standing) -> str:
    back = standing.rolled_back
    restored = "" if back is None else f"rolled back: {back.note}" if back.note else "rolled back"
    return "; ".join(note for note in (standing.version.note, restored) if note)


def _runs(standing: Standing) -> str:
    waiting, running = standing.waiting, standing.runs.get("running", 0)
    return ", ".join(
        text for text in (f"{waiting} waiting" if waiting else "", f"{running} running" if running else "") if text
    )


def describe(standing: Standing) -> dict[str, Any]:
    """A version as JSON."""
    version = standing.version
    return {
        "workflow": version.workflow,
        "number": version.number,
        "version": version.version,
        "latest": standing.is_latest,
        "latest_since": version.created_at,
        "note": version.note,
        "author": version.author,
        "deployments": list(standing.deployments),
        "runs": dict(standing.runs),
        "rolled_back": None
        if standing.rolled_back is None
        else {"at": standing.rolled_back.at, "note": standing.rolled_back.note, "author": standing.rolled_back.author},
        "waiting": standing.waiting,
    }


async def _list_releases(invocation: Invocation, workflow: str) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.versions import Versions

    async with reading(invocation) as application:
        versions = Versions(application)
        found = await versions.releases(workflow)
        numbers = {one.version.version: one.version.number for one in await versions.list(workflow)}
    screen = invocation.screen
    if invocation.json:
        screen.print_json([_describe_release(release, numbers) for release in found])
        return
    table = new_table("at", "version", "how", "author", "note", right=["version"])
    for one in found:
        how = "rolled back" if one.kind == "rolled_back" else "published"
        table.add_row(show_time(one.at), str(numbers[one.version]), how, one.author or "", cut(one.note or ""))
    screen.print_table(table)


def _describe_release(release: Release, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "at": release.at,
        "number": numbers[release.version],
        "version": release.version,
        "kind": release.kind,
        "note": release.note,
        "author": release.author,
    }
