"""`treadle backup`: a copy of the store, live or not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def backup(
    invocation: Invocation,
    to: Annotated[Path, typer.Argument(metavar="TO", help="The file to make, or a folder to make it in.")],
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="Copy the key to its secrets too: whoever has both can read them."),
    ] = False,
) -> None:
    """Copy the store, while it is in use or not: one moment of it, checked, readable by you alone.

    The paper accounts of the workspace are copied beside it, as they were at that moment.
    The copy holds secrets only encrypted, and not the key to them unless you say so: keep a copy of that elsewhere.
    """
    from treadle.engine.clock import SystemClock

    file = to / f"treadle-{SystemClock().now():%Y%m%d-%H%M%S}.db" if to.is_dir() else to
    asyncio.run(_back_up(invocation, file, with_key=with_key))


async def _back_up(invocation: Invocation, to: Path, *, with_key: bool) -> None:
    from rich.markup import escape

    from treadle.cli.session import reading
    from treadle.service.system import System

    async with reading(invocation) as application:
        made = await System(application).back_up(to, with_key=with_key)
    screen = invocation.screen
    if screen.json:
        from dataclasses import asdict

        screen.print_json(asdict(made))
        return
    from treadle.cli.mark import count

    screen.say(f"Copied {count(made.runs, 'run')}, {made.bytes / 1e6:.1f} MB, to {escape(made.path)}.")
    if made.paper_sha256:
        screen.say(f"[dim]The paper accounts of the workspace are in {escape(made.path)}.paper.[/]")
    if with_key:
        screen.say(f"[yellow]The key to its secrets is in {escape(made.path)}.key:[/] whoever has both can read them.")
    else:
        screen.say("[dim]The key to its secrets is not in it; keep a copy of that elsewhere.[/]")
