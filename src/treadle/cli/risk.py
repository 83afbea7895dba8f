"""`treadle risk`: the kill switch of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import COMPLETED, FAILED, Invocation, command
from treadle.cli.deployments import Name
from treadle.model.ids import RunId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from treadle.service.bots.holding import Held
    from treadle.service.halting import Halt

app = typer.Typer(help="The kill switch of a deployment: on, it sends no new orders.", no_args_is_help=True)


@app.command("halt")
@command
def halt(
    invocation: Invocation,
    name: Name,
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="WHY", help="For whoever is to reset it.")],
    leave_open: Annotated[bool, typer.Option("--leave-open", help="Cancel and close nothing.")] = False,
) -> int:
    """Turn the kill switch on: every new order is refused from now on.

    Then its open orders are cancelled and its positions closed, and it is looked whether that is so.
    """
    from treadle.cli.session import wait_for

    return wait_for(_halt(invocation, name, reason, closes=not leave_open))


@app.command("reset")
@command
def reset(invocation: Invocation, name: Name) -> None:
    """Turn the kill switch off again: the deployment may send orders."""
    from treadle.cli.session import wait_for

    wait_for(_look(invocation, name, resets=True))


@app.command("show")
@command
def show(invocation: Invocation, name: Name) -> None:
    """Show whether the kill switch is on, since when and why."""
    from treadle.cli.session import wait_for

    wait_for(_look(invocation, name))


async def _halt(invocation: Invocation, name: str, reason: str, *, closes: bool) -> int:
    from rich.markup import escape

    from treadle.cli.session import driving
    from treadle.service.bots.bots import Bots
    from treadle.service.halting import Halting

    screen, done = invocation.screen, None
    async with driving(invocation) as application:
        halt = await Halting(application).engage(name, reason, closes=closes)
        if not invocation.json:
            _tell(invocation, name, halt)
        if halt.flattening is not None:
            done = await application.wait(RunId(halt.flattening))
        left = [] if done is None else await Bots(application).positions(name)
    is_flat = None if done is None else done.status == "completed"
    if invocation.json:
        screen.print_json({"deployment": name, **halt.to_dict(), "flat": is_flat, "left": _left(left)})
    elif done is None:
        screen.say("It has never sent an order." if closes else "What is open stays open.")
    elif is_flat:
        screen.say("Its orders are cancelled and its positions closed: it was looked at.")
        for one in _left(left):
            screen.say(f"Less than can be sold, or sold of what was there before: {one}")
    else:
        why = "" if done.error is None else escape(done.error.message)
        screen.say(f"[red]Not everything is closed[/] (run {done.run_id}). {why}")
    return FAILED if is_flat is False else COMPLETED


def _left(positions: Iterable[Held]) -> list[str]:
    return [f"{one.quantity.normalize():f} {one.symbol} ({one.group})" for one in positions]


async def _look(invocation: Invocation, name: str, *, resets: bool = False) -> None:
    from treadle.cli.session import reading
    from treadle.service.halting import Halting

    async with reading(invocation) as application:
        halting = Halting(application)
        halt = await (halting.reset(name) if resets else halting.show(name))
    if invocation.json:
        invocation.screen.print_json({"deployment": name, **halt.to_dict()})
    else:
        _tell(invocation, name, halt)


def _tell(invocation: Invocation, name: str, halt: Halt) -> None:
    invocation.screen.say(f"[bold]{name}[/]  {show_halt(halt)}")


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
