"""`treadle backtests show`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.cli.screen import Screen

_SEARCHES = ("sweep", "walk_forward", "monte_carlo")
Id = Annotated[str, typer.Argument(metavar="ID", help="As `treadle backtests list` shows it.")]


@command
def show(
    invocation: Invocation,
    id: Id,
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=1, help="Variants of a sweep, the best first.")] = 10,
) -> None:
    """Show a backtest: figures, costs, what speaks against it, and its last trades."""
    from treadle.cli.session import wait_for

    wait_for(_show(invocation, id, rows))


async def _show(invocation: Invocation, id: str, rows: int) -> None:
    from treadle.cli.backtest_search import print_part
    from treadle.cli.session import reading
    from treadle.service.backtests.keeping import Backtests
    from treadle.service.backtests.meaning import days_of
    from treadle.service.backtests.search.kept import read_monte_carlo, read_sweep, read_walk_forward

    async with reading(invocation) as application:
        backtests = Backtests(application)
        one = await backtests.get(id)
        trades: Sequence[Mapping[str, Any]] = ()
        if "trades" in one["parts"]:
            trades = await backtests.trades(id, sort="-number", limit=10)
        searches = {name: await backtests.part(id, name) for name in _SEARCHES if name in one["parts"]}
    screen = invocation.screen
    if screen.json:
        screen.print_json(one)
        return
    readers: dict[str, Any] = dict(zip(_SEARCHES, (read_sweep, read_walk_forward, read_monte_carlo), strict=True))
    _print_head(screen, one)
    _print_asked(screen, {**one, **searches})
    print_costs(screen, one.get("costs"))
    for name, kept in searches.items():
        print_part(screen, readers[name](kept), id, days=days_of(one), rows=rows)
    _print_trades(screen, trades)
    print_warnings(screen, one.get("warnings") or ())


def _print_head(screen: Screen, one: Mapping[str, Any]) -> None:
    from treadle.cli.backtest import print_figures
    from treadle.cli.mark import count, status_text
    from treadle.service.backtests.meaning import days_of

    screen.say(f"[bold]{one['title']}[/] [dim]{one['id']}[/] ", end="")
    screen.out.print(status_text(one["state"]))
    if one.get("begins"):
        over = f" over {count(one['bars'], 'bar')} of {one['timeframe']}" if one.get("bars") else ""
        screen.say(f"{one['kind'].replace('_', ' ')}{over}, {one['begins'][:16]} to {one['ends'][:16]} UTC")
    if one["error"]:
        screen.say(f"[red]{one['error']['message']}[/]  {one['error'].get('remedy') or ''}")
    print_figures(screen, one.get("figures") or {}, days=days_of(one))


def _print_asked(screen: Screen, whole: Mapping[str, Any]) -> None:
    """What was asked for: the data, the account, settings, inputs, what was tried."""
    from rich.text import Text

    from treadle.cli.screen import new_table
    from treadle.service.backtests.asked import tell_asked

    table = new_table("", "")
    for name, told in tell_asked(whole):
        table.add_row(Text(name[:1].lower() + name[1:], style="dim"), Text(told))
    if table.row_count:
        screen.print_table(table)


def print_costs(screen: Screen, costs: Mapping[str, Any] | None) -> None:
    """What they made of the result, in a line."""
    if not costs or costs.get("net") is None:
        return
    currency = costs.get("currency") or ""
    if costs.get("gross") is None:
        screen.say(f"costs: {costs['fees']:,.2f} {currency} in fees; what slippage took cannot be told")
        return
    screen.say(
        f"{_signed(costs['gross'])} {currency} without costs, {_taken(costs['fees'])} in fees, "
        f"{_taken(costs['slippage'])} by slippage: [bold]{_signed(costs['net'])} {currency}[/]"
    )


def _taken(amount: float) -> str:
    return _signed(-amount) if round(amount, 2) else "nothing"


def _signed(amount: float) -> str:
    return f"{amount:+,.2f}".replace("-", "−")


def _print_trades(screen: Screen, trades: Any) -> None:
    from treadle.cli.screen import new_table

    if not trades:
        return
    right = ["#", "entry", "exit", "profit", "worst", "best"]
    table = new_table("#", "closed", "symbol", "side", *right[1:], right=right)
    for one in trades:
        table.add_row(
            str(one["number"]),
            str(one["closed_at"])[:16].replace("T", " "),
            one["symbol"],
            one["side"],
            _short(one["entry"]),
            _short(one["exit"]),
            _short(one["profit"]),
            "" if one.get("mae_share") is None else f"{one['mae_share']:+.2%}",
            "" if one.get("mfe_share") is None else f"{one['mfe_share']:+.2%}",
        )
    screen.print_table(table)


def _short(amount: str) -> str:
    return f"{float(amount):,.8g}"


def print_warnings(screen: Screen, warnings: Any) -> None:
    """The worst first; what is only good to know has no sign that warns."""
    from rich.markup import escape

    signs = {"error": ("✗", "bold red"), "warning": ("!", "yellow"), "info": ("·", "dim")}
    for severity, (sign, colour) in signs.items():
        for one in warnings:
            if one["severity"] == severity:
                screen.say(f"[{colour}]{sign}[/] {escape(one['message'])}")
