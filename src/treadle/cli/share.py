"""`treadle share`: whose a workflow is, and who else may see, run or change it."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def share(
    invocation: Invocation,
    workflow: Annotated[str, typer.Argument(metavar="WORKFLOW", help="Its name.")],
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="With this user.")] = None,
    team: Annotated[str | None, typer.Option("--team", metavar="NAME", help="With this team.")] = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="With everybody.")] = False,
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="What they may do with it: view, operate, or edit.")
    ] = "view",
    stop: Annotated[bool, typer.Option("--stop", help="Share it no more.")] = False,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Give it to this user.")] = None,
    nobody: Annotated[bool, typer.Option("--no-owner", help="Give it to everybody, as far as roles go.")] = False,
) -> None:
    """Show with whom a workflow is shared; share it, or give it to somebody else. Its runs, deployments and tasks
    follow it."""
    from treadle.cli.session import wait_for
    from treadle.errors import InvalidWorkflow

    with_whom = [("user", user)] * (user is not None) + [("team", team)] * (team is not None)
    chosen = [(kind, str(name)) for kind, name in with_whom] + [("everybody", "")] * everybody
    given = (owner is not None) + nobody
    if len(chosen) + given > 1:
        raise InvalidWorkflow(
            "One thing at a time.",
            code="invalid_argument",
            remedy="Use one of `--user`, `--team`, `--everybody`, `--owner`, `--no-owner`.",
        )
    if stop and not chosen:
        raise InvalidWorkflow(
            "It is not said with whom.", code="invalid_argument", remedy="Add `--user`, `--team` or `--everybody`."
        )
    wait_for(_share(invocation, workflow, chosen[0] if chosen else None, None if stop else level, owner, bool(given)))


async def _share(
    invocation: Invocation,
    workflow: str,
    chosen: tuple[str, str] | None,
    level: str | None,
    owner: str | None,
    given: bool,
) -> None:
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.access.sharing import Sharing

    async with reading(invocation) as application:
        sharing = Sharing(application)
        if given:
            shared = await sharing.transfer(workflow, to=owner)
        elif chosen is None:
            shared = await sharing.get(workflow)
        elif level is None:
            shared = await sharing.unshare(workflow, kind=chosen[0], name=chosen[1])
        else:
            shared = await sharing.share(workflow, kind=chosen[0], name=chosen[1], level=level)
    screen = invocation.screen
    if screen.json:
        shares = [{"kind": one.kind, "name": one.subject, "level": one.level} for one in shared.shares]
        screen.print_json({"workflow": workflow, "owner": shared.owner, "shares": shares})
        return
    screen.say(f"[bold]{workflow}[/]  {shared.owner or 'everybody’s, as far as their role goes'}")
    if shared.shares:
        table = new_table("shared with", "name", "level")
        for one in shared.shares:
            table.add_row(one.kind, one.subject, one.level)
        screen.print_table(table)
