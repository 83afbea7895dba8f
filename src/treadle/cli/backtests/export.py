"""`treadle backtests export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from treadle.cli.backtests.show import Id
from treadle.cli.command import Invocation, command

Format = Literal["json", "csv", "parquet", "html"]


@command
def export(
    invocation: Invocation,
    id: Id,
    format: Annotated[Format, typer.Option("--format", "-f", help="JSON and HTML hold everything.")] = "json",
    what: Annotated[
        Literal["trades", "equity", "fills"], typer.Option("--what", help="Of CSV and Parquet, which table.")
    ] = "trades",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: standard output.")
    ] = None,
) -> None:
    """Write a backtest to a file: everything, or its trades, its equity or its fills as a table."""
    from treadle.cli.session import wait_for

    wait_for(_export(invocation, id, format, what, output))


async def _export(invocation: Invocation, id: str, format: Format, what: str, output: Path | None) -> None:
    from treadle.cli.session import reading
    from treadle.cli.writing import write_file
    from treadle.service.backtests.keeping import Backtests

    async with reading(invocation) as application:
        made = await Backtests(application).export(id, format, what=what)
    if output is None:
        sys.stdout.buffer.write(made.content)
        sys.stdout.flush()
        return
    write_file(output, made.content)
    invocation.screen.say(f"[dim]Written to {output}[/]")
