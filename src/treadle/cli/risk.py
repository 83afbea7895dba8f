"""`treadle risk`: the kill switch of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.deployments import Name

if TYPE_CHECKING:
    from treadle.service.halting import Halt

app = typer.Typer(help="The kill switch of a deployment: on, it sends no new orders.", no_args_is_help=True)


@app.command("halt")
@command
def halt(
    invocation: Invocation,
    name: Name,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="WHY", help="For whoever is to reset it.")],
) -> None:
    """Turn the kill switch on: every new order is refused from now on. What is open at the venue stays open."""
    from treadle.cli.session import wait_for

    wait_for(_do(invocation, name, "halt", reason))


@app.command("reset")
@command
def reset(invocation: Invocation, name: Name) -> None:
    """Turn the kill switch off again: the deployment may send orders."""
    from treadle.cli.session import wait_for

    wait_for(_do(invocation, name, "reset"))


@app.command("show")
@command
def show(invocation: Invocation, name: Name) -> None:
    """Show whether the kill switch is on, since when and why."""
    from treadle.cli.session import wait_for

    wait_for(_do(invocation, name, "show"))


async def _do(invocation: Invocation, name: str, what: Literal["halt", "reset", "show"], reason: str = "") -> None:
    from treadle.cli.session import reading
    from treadle.service.halting import Halting

    async with reading(invocation) as application:
        halting = Halting(application)
        if what == "halt":
            found = await halting.engage(name, reason)
        else:
            found = await (halting.reset(name) if what == "reset" else halting.show(name))
    if invocation.json:
        invocation.screen.print_json({"deployment": name, **found.to_dict()})
    else:
        invocation.screen.say(f"[bold]{name}[/]  {show_halt(found)}")


def show_halt(halt: Halt) -> str:
    """In a sentence, with markup."""
    from rich.markup import escape

    from treadle.cli.mark import show_moment

    if halt.on:
        by = halt.by or (f"run {halt.run}" if halt.run else "the deployment itself")
        return f"[red]halted[/] by {escape(by)} at {show_moment(halt.at)}: {escape(halt.reason)}"
    if halt.reset_at is None:
        return "not halted"
    return f"not halted; reset by {escape(str(halt.reset_by))} at {show_moment(halt.reset_at)}"
