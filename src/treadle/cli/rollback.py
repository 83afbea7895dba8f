"""`treadle rollback`: make an older version of a workflow the latest again."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.publish import Author, Note
from treadle.cli.versions import WorkflowName


@command
def rollback(
    invocation: Invocation,
    workflow: WorkflowName,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Its number, or the beginning of its digest.")],
    note: Note = None,
    author: Author = None,
) -> None:
    """Make an older version the latest again, from the next run on; no version is lost."""
    from treadle.cli.session import wait_for

    wait_for(_roll_back(invocation, workflow, version, note, author))


async def _roll_back(invocation: Invocation, workflow: str, text: str, note: str | None, author: str | None) -> None:
    from treadle.cli.publish import find_author
    from treadle.cli.session import reading
    from treadle.service.versions import Versions

    async with reading(invocation) as application:
        versions = Versions(application)
        before = await versions.resolve(workflow)
        version = await versions.roll_back(workflow, text, note=note, author=author or find_author())
        waiting = next((one.waiting for one in await versions.list(workflow) if one.version == before), 0)
    screen = invocation.screen
    if invocation.json:
        screen.print_json(
            {
                "workflow": workflow,
                "number": version.number,
                "version": version.version,
                "rolled_back_from": before.number,
                "waiting": waiting,
            }
        )
        return
    screen.say(
        f"[bold]{workflow}[/] is at version [bold]{version.number}[/] [dim]{version.version}[/] again, "
        f"after {before.number}."
    )
    if waiting:
        screen.note(f"[dim]{waiting} waiting on version {before.number}: they go on with it.[/]")
