"""`treadle backtests compare`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from treadle.cli.command import Invocation, command

_SHARES = frozenset(
    {"total_return", "buy_and_hold", "cagr", "volatility", "max_drawdown", "win_rate", "exposure", "time_in_market"}
)
_WORDS = {"exposure": "at stake on average", "time_in_market": "time in the market"}
"""Of figures whose names do not say it."""


@command
def compare(
    invocation: Invocation,
    a: Annotated[str, typer.Argument(metavar="A", help="The id of one backtest.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The id of another.")],
) -> None:
    """Show the figures of two backtests side by side, and how far their fills are the same."""
    from treadle.cli.session import wait_for

    wait_for(_compare(invocation, a, b))


async def _compare(invocation: Invocation, a: str, b: str) -> None:
    from rich.markup import escape

    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.model.counted import counted
    from treadle.service.backtests.keeping import Backtests
    from treadle.service.backtests.meaning import days_of, worth_telling

    async with reading(invocation) as application:
        found = await Backtests(application).compare(a, b)
    screen = invocation.screen
    if screen.json:
        screen.print_json(found)
        return
    table = new_table("", a, b, right=[a, b])
    sides = {side: worth_telling(found[side].get("figures") or {}, days_of(found[side])) for side in ("a", "b")}
    for figure in found["figures"]:
        shown = [_shown(figure["name"], known.get(figure["name"])) for known in sides.values()]
        if any(shown):
            table.add_row(_WORDS.get(figure["name"], figure["name"].replace("_", " ")), *shown)
    screen.print_table(table)
    for told in found["differ"]:
        screen.say(f"[yellow]![/] {escape(told)}")
    until = found["same_fills_until"]
    if until is None:
        screen.say("Every fill is the same.")
    else:
        at = f"{datetime.fromtimestamp(until / 1000, UTC):%Y-%m-%d %H:%M} UTC"
        in_both = counted(found["trades_both"], "trade is", many="trades are")
        screen.say(
            f"Their fills are the same until {at}; {in_both} in both, "
            f"{found['trades_only_a']} in the first alone, {found['trades_only_b']} in the second."
        )


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _SHARES:
        return f"{value:.2%}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
