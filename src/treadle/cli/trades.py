"""`treadle trades`: what a bot has traded, and what came of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.period import read_time
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.service.bots.bots import TradeFilter
    from treadle.service.bots.figures import BotFigures
    from treadle.service.bots.holding import Trade

Name = Annotated[str, typer.Argument(metavar="NAME", help="A deployment that trades.")]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Closed from then on: a time, or `7d`.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Closed before then.")]


@command
def trades(
    invocation: Invocation,
    name: Name,
    symbol: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only of this one: `BTC/USDT`.")] = None,
    side: Annotated[str | None, typer.Option(metavar="SIDE", help="Only `long` or `short`.")] = None,
    won: Annotated[bool, typer.Option("--won", help="Only those that made something.")] = False,
    lost: Annotated[bool, typer.Option("--lost", help="Only those that did not.")] = False,
    since: Since = None,
    until: Until = None,
    number: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, max=100_000, help="How many.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="All of them, as CSV, oldest first.")] = False,
) -> None:
    """List the trades of a bot, newest first: entry, exit, profit after fees, and the runs that made them."""
    from treadle.cli.session import wait_for
    from treadle.service.bots.bots import TradeFilter

    if won and lost:
        raise InvalidWorkflow("No trade is won and lost.", code="invalid_argument", remedy="Leave out one of the two.")
    if side not in (None, "long", "short"):
        raise InvalidWorkflow(f"There is no side `{side}`.", code="invalid_argument", remedy="Write `long` or `short`.")
    outcome = "won" if won else "lost" if lost else None
    wanted = TradeFilter(symbol, side, outcome, read_time("since", since), read_time("until", until))
    wait_for(_trades(invocation, name, wanted, number, as_csv=as_csv))


async def _trades(invocation: Invocation, name: str, wanted: TradeFilter, number: int, *, as_csv: bool) -> None:
    from treadle.cli.session import reading
    from treadle.service.bots.bots import Bots
    from treadle.service.bots.trade_text import describe_trade, write_trades

    async with reading(invocation) as application:
        bots = Bots(application)
        if as_csv:
            sys.stdout.writelines(write_trades(await bots.all_trades(name, wanted)))
            sys.stdout.flush()
            return
        found, figures = await bots.trades(name, wanted, limit=number), await bots.figures(name)
    screen = invocation.screen
    if screen.json:
        screen.print_json([describe_trade(trade) for trade in found])
    elif not found:
        has_some = figures.main.trades > 0
        screen.say("[dim]None of its trades is such.[/]" if has_some else f"[dim]`{name}` has closed no trade yet.[/]")
    else:
        _print(screen, found)
        screen.say(say_figures(figures))


def _print(screen: Screen, found: list[Trade]) -> None:
    from treadle.cli.mark import show_duration, show_time
    from treadle.cli.screen import cut, new_table
    from treadle.service.bots.figures import show

    right = ["#", "quantity", "entry", "exit", "profit", "%", "held"]
    table = new_table(
        "#", "closed", "symbol", "side", "quantity", "entry", "exit", "profit", "%", "held", "run", right=right
    )
    for trade in found:
        style = "green" if trade.is_won else "red"
        table.add_row(
            str(trade.number),
            show_time(trade.closed_at, zone=True),
            cut(trade.symbol),
            trade.side,
            show(trade.quantity),
            show(round(trade.entry, 8)),
            show(trade.exit),
            cut(f"{show(round(trade.profit, 8))} {trade.currency}", style),
            "" if trade.share is None else f"{float(trade.share) * 100:+.2f}",
            show_duration(trade.held.total_seconds() * 1000),
            trade.runs[-1] if trade.runs else "",
        )
    screen.print_table(table)


def say_figures(figures: BotFigures) -> str:
    """In a line: `profit 12.5 USDT in 8 trades, 62.5 % won, factor 1.8, drawdown 4`."""
    from treadle.cli.mark import count
    from treadle.service.bots.figures import show

    main = figures.main
    parts = [f"profit [bold]{show(round(main.profit, 8))} {main.currency}[/] in {count(main.trades, 'trade')}"]
    if main.win_rate is not None:
        parts.append(f"{main.win_rate:.1%} won")
    if main.profit_factor is not None:
        parts.append(f"factor {main.profit_factor:.2f}")
    parts.append(f"drawdown {show(round(main.max_drawdown, 8))}")
    parts += [f"and {show(round(one.profit, 8))} {one.currency}" for one in figures.others]
    parts += [f"fees of {show(amount)} {asset} not counted" for asset, amount in figures.other_fees.items()]
    return ", ".join(parts)
