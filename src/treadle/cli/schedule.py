"""`treadle schedule`: what runs on time, when next, and putting it to rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from rich.text import Text

    from treadle.service.schedules import FireTime, Schedule
    from treadle.store.watches import Shown

app = typer.Typer(help="Schedules: what runs on time, when next, and putting it to rest.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The deployment, or deployment/trigger if it has several.")]

_CHANGES = {
    "moved": "the clocks skip the time it names",
    "first": "the first of two that the clocks show",
    "second": "the second of two that the clocks show",
}


@app.command("list")
@command
def list_(invocation: Invocation) -> None:
    """List schedules: when each fires next, and whether it is active."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation))


@app.command("next")
@command
def next_(
    invocation: Invocation,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One schedule; all that are active.")] = None,
    cron: Annotated[str | None, typer.Option("--cron", metavar="EXPR", help="A cron that is not deployed.")] = None,
    timezone: Annotated[str, typer.Option("--timezone", metavar="TZ", help="The zone that the cron is in.")] = "UTC",
    count: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, max=1000, help="How many.")] = 10,
) -> None:
    """Show the next fire times, as the clocks of the schedule's zone will show them."""
    from treadle.cli.session import wait_for
    from treadle.engine.clock import SystemClock
    from treadle.errors import InvalidWorkflow

    if cron is None:
        if timezone != "UTC":
            raise InvalidWorkflow(
                "A schedule has a zone of its own.", code="invalid_argument", remedy="Leave out `--timezone`."
            )
        wait_for(_next(invocation, name, count))
        return
    if name is not None:
        raise InvalidWorkflow(
            "A name and a cron are two questions.", code="invalid_argument", remedy="Leave out NAME or `--cron`."
        )
    from treadle.service.schedules import preview

    _show_times(invocation, preview(cron, timezone=timezone, count=count, after=SystemClock().now()))


@app.command("pause")
@command
def pause(invocation: Invocation, name: Name) -> None:
    """Let a schedule fire no more; what else starts runs of its deployment goes on."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "pause"))


@app.command("resume")
@command
def resume(invocation: Invocation, name: Name) -> None:
    """Let a paused schedule fire again, from now on: what it missed is not made up for."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "resume"))


async def _list(invocation: Invocation) -> None:
    from treadle.cli.session import reading
    from treadle.service.schedules import Schedules

    async with reading(invocation) as application:
        found = await Schedules(application).list()
    if not found and not invocation.json:
        invocation.screen.say("[dim]No schedules yet. `treadle deploy FILE` arms those of a workflow.[/]")
        return
    _show(invocation, found)


async def _next(invocation: Invocation, name: str | None, count: int) -> None:
    from treadle.cli.session import reading
    from treadle.service.schedules import Schedules

    async with reading(invocation) as application:
        schedules = Schedules(application)
        found = await schedules.next(name, count=count)
        resting = [] if name is None else [one for one in await schedules.get(name) if one.status != "active"]
    if not found and not invocation.json:
        invocation.screen.say("[dim]Nothing is going to fire.[/]")
        return
    for one in resting:
        again = f"`treadle schedule resume {one.name}`, or `treadle start {one.deployment}` where all of it rests"
        invocation.screen.note(f"[yellow]`{one.name}` is {one.status}: it fires at none of these until {again}.[/]")
    _show_times(invocation, found, named=name is None)


async def _change(invocation: Invocation, name: str, what: str) -> None:
    from treadle.cli.session import reading
    from treadle.service.schedules import Schedules

    async with reading(invocation) as application:
        service = Schedules(application)
        changed = await (service.pause(name) if what == "pause" else service.resume(name))
    _show(invocation, changed)


def _show(invocation: Invocation, found: Sequence[Schedule]) -> None:
    from rich.text import Text

    from treadle.cli.mark import show_time, show_until, status_text
    from treadle.cli.screen import new_table
    from treadle.engine.clock import SystemClock

    screen = invocation.screen
    if invocation.json:
        screen.print_json([asdict(one) for one in found])
        return
    now = SystemClock().now()
    table = new_table("schedule", "status", "when", "zone", "last", "next")
    for one in found:
        following: str | Text = show_until(one.next_at, now)
        if one.problem is not None:
            following = Text(one.problem, style="red")
        elif one.listening is not None and one.status == "active":
            following = _show_listening(one.listening, now)
        table.add_row(
            Text(one.name, style="bold"),
            status_text(one.status),
            one.when,
            one.timezone if one.listening is None else "",
            show_time(one.last_fired_at, now=now),
            following,
        )
    screen.print_table(table)


def _show_listening(shown: Shown, now: datetime) -> Text:
    """`listening since 09:00, last item 2 s ago`, or what keeps it from that."""
    from rich.text import Text

    from treadle.cli.mark import show_time

    if shown.error is not None:
        return Text(shown.error, style="red")
    if shown.since is None:
        return Text("not listening", style="yellow")
    heard = "" if shown.item_at is None else f", last item {show_time(shown.item_at, now=now)}"
    return Text(f"listening since {show_time(shown.since, now=now)}{heard}")


def _show_times(invocation: Invocation, times: Sequence[FireTime], *, named: bool = False) -> None:
    from rich.text import Text

    from treadle.cli.screen import new_table

    screen = invocation.screen
    if invocation.json:
        screen.print_json([_to_dict(one) for one in times])
        return
    late = any(one.starts_at != one.at for one in times)
    table = new_table("at", *(["schedule"] if named else []), *(["starts"] if late else []), "")
    for one in times:
        row: list[str | Text] = [_show_at(one.at)]
        if named:
            row.append(one.name)
        if late:
            row.append(f"{one.starts_at:%H:%M:%S}")
        table.add_row(*row, Text(_CHANGES.get(one.change or "", ""), style="yellow"))
    screen.print_table(table)


def _show_at(at: datetime) -> str:
    return f"{at:%a %Y-%m-%d %H:%M:%S} {at.isoformat()[-6:]} {at.tzname()}"


def _to_dict(one: FireTime) -> dict[str, Any]:
    return {
        "name": one.name,
        "at": one.at.isoformat(),
        "starts_at": one.starts_at.isoformat(),
        "zone": str(one.at.tzinfo),
        "change": one.change,
    }
