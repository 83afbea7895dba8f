"""`treadle backtests list`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from treadle.cli.command import Invocation, command


@command
def list_(
    invocation: Invocation,
    workflow: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this workflow.")] = None,
    number: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, max=10_000, help="How many.")] = 20,
) -> None:
    """List the backtests that are kept, newest first."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation, workflow, number))


async def _list(invocation: Invocation, workflow: str | None, number: int) -> None:
    from treadle.cli.mark import show_time, status_text
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.backtests.keeping import Backtests
    from treadle.service.backtests.meaning import days_of, worth_telling

    async with reading(invocation) as application:
        found = await Backtests(application).list(workflow=workflow, limit=number)
    screen = invocation.screen
    if screen.json:
        screen.print_json(found)
        return
    if not found:
        screen.say("[dim]None is kept. `treadle backtest FILE --data BARS` makes one.[/]")
        return
    right = ["return", "drawdown", "Sharpe", "trades"]
    table = new_table("", "id", "when", "what", "over", *right, "workflow", right=right)
    for one in found:
        figures: Mapping[str, Any] = one.get("figures") or {}
        known = worth_telling(figures, days_of(one))
        table.add_row(
            status_text(one["state"]),
            one["id"],
            show_time(one["created_at"], zone=True),
            one["kind"].replace("_", " "),
            f"{', '.join(one.get('symbols') or ())} {one.get('timeframe') or ''}",
            share(figures.get("total_return")),
            "" if figures.get("max_drawdown") is None else f"{figures['max_drawdown']:.2%}",
            "" if known.get("sharpe") is None else f"{known['sharpe']:.2f}",
            "" if figures.get("trades") is None else str(figures["trades"]),
            cut(one["workflow"]),
        )
    screen.print_table(table)


def share(value: float | None) -> str:
    return "" if value is None else f"{value:+.2%}"
