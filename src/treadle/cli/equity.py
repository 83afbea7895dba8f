"""`treadle equity`: the course of what a bot has made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.period import read_time
from treadle.cli.trades import Name, Since, Until

if TYPE_CHECKING:
    from datetime import datetime

    from treadle.service.bots.bots import EquitySeries
    from treadle.service.bots.figures import BotFigures

_BARS = "▁▂▃▄▅▆▇█"


@command
def equity(
    invocation: Invocation,
    name: Name,
    since: Since = None,
    until: Until = None,
    points: Annotated[int, typer.Option(metavar="N", min=10, max=5000, help="At most so many points.")] = 60,
) -> None:
    """Show the course of a bot's profit, and of what its account was worth where runs have read it."""
    from treadle.cli.session import wait_for

    wait_for(_equity(invocation, name, read_time("since", since), read_time("until", until), points))


async def _equity(
    invocation: Invocation, name: str, since: datetime | None, until: datetime | None, points: int
) -> None:
    from treadle.cli.session import reading
    from treadle.cli.trades import say_figures
    from treadle.service.bots.bots import Bots

    async with reading(invocation) as application:
        bots = Bots(application)
        found = await bots.equity(name, since=since, until=until, points=points)
        figures = await bots.figures(name)
    screen = invocation.screen
    if screen.json:
        screen.print_json(_describe(found, figures))
        return
    if not found.profit and not found.account:
        screen.say(f"[dim]`{name}` has closed no trade yet.[/]")
        return
    for word, currency, series in (
        ("profit", found.currency, found.profit),
        ("account", found.account_currency, found.account),
    ):
        if series:
            values = [float(point.value) for point in series]
            screen.say(f"{word:<8} {draw(values)}  {values[-1]:,.10g} {currency}")
            screen.say(f"[dim]{'':<8} lowest {min(values):,.10g}, highest {max(values):,.10g}[/]")
    screen.say(say_figures(figures))


def _describe(found: EquitySeries, figures: BotFigures) -> dict[str, object]:
    from treadle.service.bots.figures import show

    return {
        "figures": figures.to_dict(),
        "currency": found.currency,
        "profit": [{"at": one.at, "value": show(one.value)} for one in found.profit],
        "account_currency": found.account_currency,
        "account": [{"at": one.at, "value": show(one.value)} for one in found.account],
    }


def draw(values: Sequence[float]) -> str:
    """A line of bars, the lowest value the lowest."""
    low, high = min(values), max(values)
    if low == high:
        return _BARS[3] * len(values)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)
