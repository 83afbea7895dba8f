"""`treadle signal`: tell a waiting run that something has come."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.errors import InvalidWorkflow

_USAGE = "Write `treadle signal RUN NAME [PAYLOAD]`, or `treadle signal --key KEY NAME [PAYLOAD]`."


@command
def signal(
    invocation: Invocation,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN] NAME [PAYLOAD]",
            help="A run's id, its beginning, or `last`; the signal's name; and what it brings, as JSON or @FILE.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="KEY", help="Instead of RUN: send it to whichever run waits for it with this key."
        ),
    ] = None,
    id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Sent again under the same id, nothing happens.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show the signals that nobody has taken yet.")] = False,
    drop: Annotated[str | None, typer.Option(metavar="ID", help="Forget a signal that nobody has taken.")] = None,
) -> None:
    """Send a signal to a run, or by key to whichever run waits for it.

    A signal that nobody waits for yet is kept: [bold]--list[/] shows those, [bold]--drop[/] forgets one.
    """
    from treadle.cli.session import wait_for
    from treadle.cli.source import read_json, read_value

    names = list(what or ())
    if listing or drop is not None:
        if names or id is not None or (drop is not None and (listing or key is not None)):
            remedy = "Write `treadle signal --list [--key KEY]`, or `treadle signal --drop ID`."
            raise InvalidWorkflow("That is too much at once.", code="invalid_argument", remedy=remedy)
        wait_for(_list(invocation, key) if drop is None else _drop(invocation, drop))
        return
    run = names.pop(0) if key is None and len(names) > 1 else None
    if (key is None and run is None) or not 1 <= len(names) <= 2:
        raise InvalidWorkflow("A run or a key, and a name, are wanted.", code="invalid_argument", remedy=_USAGE)
    payload = None
    if len(names) == 2:
        # A word is itself; what is meant as JSON has to be JSON.
        meant = names[1].startswith(("{", "[", '"', "@"))
        payload = read_json(names[1], "The payload") if meant else read_value(names[1])
    wait_for(_signal(invocation, run, names[0], payload, key or "", id))


async def _signal(
    invocation: Invocation, run: str | None, name: str, payload: Any, key: str, signal_id: str | None
) -> None:
    from rich.markup import escape

    from treadle.cli.session import reading
    from treadle.service.runs import Runs
    from treadle.service.signals import Signals

    async with reading(invocation) as application:
        run_id = await Runs(application).find_id(run) if run is not None else None
        sent = await Signals(application).send(name, payload, run_id=run_id, key=key, id=signal_id)
    screen = invocation.screen
    if screen.json:
        screen.print_json({"id": sent.signal.id, "name": name, "key": key, "run_id": run_id, "woken": sent.woken})
    elif sent.woken is not None:
        screen.say(f"`{escape(name)}` goes to [bold]{sent.woken}[/], which waited for it.")
    else:
        where = run_id or f"a run that waits for it with the key `{key}`"
        screen.say(f"`{escape(name)}` is kept for {escape(where)}: nothing waits for it yet.")


async def _list(invocation: Invocation, key: str | None) -> None:
    from rich.markup import escape

    from treadle.cli.mark import show_time
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.signals import Signals
    from treadle.service.task_form import show_json

    async with reading(invocation) as application:
        kept = await Signals(application).list(key=key)
    screen = invocation.screen
    if screen.json:
        screen.print_json(
            [
                {"id": s.id, "name": s.name, "key": s.key, "run_id": s.run_id, "payload": s.payload, "at": s.at}
                for s in kept
            ]
        )
        return
    if not kept:
        screen.say("[dim]No signal is kept: all have been taken.[/]")
        return
    table = new_table("signal", "sent", "name", "key", "run", "payload")
    for signal in kept:
        at = show_time(signal.at)
        table.add_row(
            escape(signal.id), at, escape(signal.name), escape(signal.key), signal.run_id or "",
            cut(show_json(signal.payload)),
        )  # fmt: skip
    screen.print_table(table)


async def _drop(invocation: Invocation, signal_id: str) -> None:
    from rich.markup import escape

    from treadle.cli.session import reading
    from treadle.service.signals import Signals

    async with reading(invocation) as application:
        await Signals(application).drop(signal_id)
    if invocation.json:
        invocation.screen.print_json({"dropped": signal_id})
    else:
        invocation.screen.say(f"Signal `{escape(signal_id)}` is forgotten.")
