"""`treadle audit`: who did what, and whether the log is as it was written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import FAILED, Invocation, command

if TYPE_CHECKING:
    from treadle.store.audit import AuditFilter

app = typer.Typer(help="The audit log: who did what, and whether it is as it was written.", no_args_is_help=True)

Actor = Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Only of this user, or `local`.")]
Action = Annotated[str | None, typer.Option("--action", metavar="ACTION", help="Such as `runs.cancel`, or `runs`.")]
Subject = Annotated[str | None, typer.Option("--subject", metavar="NAME", help="Only what was done to this.")]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="From this time on: `2026-03-01`, `24h`.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Before this time.")]


@app.command("list")
@command
def list_(
    invocation: Invocation,
    actor: Actor = None,
    action: Action = None,
    subject: Subject = None,
    since: Since = None,
    until: Until = None,
    number: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, max=10_000, help="How many.")] = 50,
) -> None:
    """List what was done and what was refused, newest first."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation, _filter(actor, action, subject, since, until), number))


@app.command("export")
@command
def export(
    invocation: Invocation,
    actor: Actor = None,
    action: Action = None,
    subject: Subject = None,
    since: Since = None,
    until: Until = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV; else a JSON object a line.")] = False,
) -> None:
    """Write the log to standard output, oldest first."""
    from treadle.cli.session import wait_for

    wait_for(_export(invocation, _filter(actor, action, subject, since, until), as_csv=as_csv))


@app.command("verify")
@command
def verify(invocation: Invocation) -> int:
    """Check that nobody has changed the log; the exit code is 1 when somebody has."""
    from treadle.cli.session import wait_for

    return wait_for(_verify(invocation))


def _filter(
    actor: str | None, action: str | None, subject: str | None, since: str | None, until: str | None
) -> AuditFilter:
    from treadle.cli.period import read_time
    from treadle.store.audit import AuditFilter

    return AuditFilter(actor, action, subject, None, read_time("since", since), read_time("until", until))


async def _list(invocation: Invocation, wanted: AuditFilter, number: int) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.access.trail import Trail
    from treadle.service.access.trail_text import describe_entry

    async with reading(invocation) as application:
        found = await Trail(application).list(wanted, limit=number)
    screen = invocation.screen
    if screen.json:
        screen.print_json([describe_entry(entry) for entry in found])
        return
    if not found:
        screen.say("[dim]Nothing was done yet.[/]")
        return
    table = new_table("#", "time", "who", "by", "action", "subject", "outcome", "details", right=["#"])
    for entry in found:
        details = ", ".join(f"{name}: {value}" for name, value in entry.details.items())
        table.add_row(
            str(entry.id), show_time(entry.at), cut(entry.name), entry.via, entry.action, cut(entry.subject or ""),
            entry.outcome, cut(details),
        )  # fmt: skip
    screen.print_table(table)


async def _export(invocation: Invocation, wanted: AuditFilter, *, as_csv: bool) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.trail import Trail
    from treadle.service.access.trail_text import write_csv, write_ndjson

    async with reading(invocation) as application:
        entries = Trail(application).export(wanted)
        async for line in write_csv(entries) if as_csv else write_ndjson(entries):
            sys.stdout.write(line)
    sys.stdout.flush()


async def _verify(invocation: Invocation) -> int:
    from treadle.cli.session import reading
    from treadle.service.access.trail import Trail

    async with reading(invocation) as application:
        found = await Trail(application).verify()
    screen = invocation.screen
    if screen.json:
        values = {"entries": found.entries, "digest": found.digest, "broken": found.broken}
        screen.print_json({"ok": found.broken is None, **values})
    elif found.broken is None:
        screen.say(f"{found.entries} entries are as they were written.  [dim]{found.digest}[/]")
    else:
        screen.say(f"[red]Entry {found.broken} is not as it was written, or is missing.[/]")
    return 0 if found.broken is None else FAILED
