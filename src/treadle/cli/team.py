"""`treadle team`: users under one name, to share workflows with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.store.teams import Team

app = typer.Typer(help="Teams: users under one name, to share workflows with.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TEAM", help="The team's name.")]
Members = Annotated[list[str] | None, typer.Argument(metavar="[USER]...", help="Its members.")]


@app.command("add")
@command
def add(invocation: Invocation, name: Name, members: Members = None) -> None:
    """Make a team."""
    from treadle.cli.session import wait_for

    wait_for(_add(invocation, name, members or []))


@app.command("list")
@command
def list_(invocation: Invocation) -> None:
    """List teams with their members."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation))


@app.command("members")
@command
def members(invocation: Invocation, name: Name, members: Members = None) -> None:
    """Say who is in a team: these, and nobody else."""
    from treadle.cli.session import wait_for

    wait_for(_members(invocation, name, members or []))


@app.command("delete")
@command
def delete(invocation: Invocation, name: Name) -> None:
    """Delete a team: nothing is shared with it any more."""
    from treadle.cli.session import wait_for

    wait_for(_delete(invocation, name))


async def _add(invocation: Invocation, name: str, members: list[str]) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.teams import Teams

    async with reading(invocation) as application:
        _show(invocation, await Teams(application).create(name, members=members))


async def _list(invocation: Invocation) -> None:
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.access.teams import Teams

    async with reading(invocation) as application:
        found = await Teams(application).list()
    screen = invocation.screen
    if screen.json:
        screen.print_json([_describe(team) for team in found])
    elif not found:
        screen.say("[dim]No teams yet. `treadle team add TEAM USER...` makes one.[/]")
    else:
        table = new_table("team", "members")
        for team in found:
            table.add_row(team.name, ", ".join(team.members))
        screen.print_table(table)


async def _members(invocation: Invocation, name: str, members: list[str]) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.teams import Teams

    async with reading(invocation) as application:
        _show(invocation, await Teams(application).change(name, members=members))


async def _delete(invocation: Invocation, name: str) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.teams import Teams

    async with reading(invocation) as application:
        await Teams(application).delete(name)
    if invocation.json:
        invocation.screen.print_json({"name": name, "deleted": True})
    else:
        invocation.screen.say(f"{name} is gone.")


def _show(invocation: Invocation, team: Team) -> None:
    if invocation.json:
        invocation.screen.print_json(_describe(team))
    else:
        invocation.screen.say(f"[bold]{team.name}[/]  {', '.join(team.members) or 'nobody'}")


def _describe(team: Team) -> dict[str, Any]:
    return {"id": team.id, "name": team.name, "members": list(team.members), "created_at": team.created_at}
