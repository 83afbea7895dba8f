"""`treadle bars download`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.period import read_time
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.service.backtests.data.source import MarketSource


@command
def download(
    invocation: Invocation,
    venue: Annotated[
        str,
        typer.Argument(metavar="VENUE", help="`binance` …, or `simulated` (`simulated-7`, `simulated-alpha`: others)."),
    ],
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="`BTC/USDT`, a perpetual as `BTC/USDT:USDT`.")],
    timeframe: Annotated[str, typer.Argument(metavar="TIMEFRAME", help="`1m`, `1h`, `1d` …")],
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Begin there; without it, go on where the bars end.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End there, not now.")] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Credentials, for a venue that gives nothing without.")
    ] = None,
    options: Annotated[
        list[str] | None, typer.Option("--setting", metavar="KEY=VALUE", help="A setting of the venue: type=swap …")
    ] = None,
) -> None:
    """Download bars of a market, and keep them for backtests.

    Only bars that are over are taken. What is here is not asked for again; broken off, it goes on where it was.
    """
    from treadle.cli.bars.showing import describe, tell_facts, tell_gaps
    from treadle.cli.session import wait_for
    from treadle.service.backtests.data.bars import BarFacts
    from treadle.service.backtests.data.cache import BarCache
    from treadle.service.backtests.data.source import market_source

    source = market_source(venue, symbol, timeframe)
    if not source.can_be_downloaded:
        raise InvalidWorkflow("`file` is no venue.", code="unknown_venue", remedy="Name an exchange, or `simulated`.")
    wait_for(_download(invocation, source, since, until, profile, _read_options(options or [])))
    kept, screen = BarCache(invocation.settings()).of(source), invocation.screen
    facts = BarFacts.of(kept)
    if invocation.json:
        screen.print_json(describe(facts))
        return
    screen.say(tell_facts(facts))
    for line in tell_gaps(kept.read()):
        screen.say(f"[yellow]![/] {line}")
    screen.say(f"[dim]Test over them:  treadle backtest FILE --data {facts.name}[/]")


async def _download(
    invocation: Invocation,
    source: MarketSource,
    since: str | None,
    until: str | None,
    profile: str | None,
    options: Mapping[str, Any],
) -> None:
    from treadle.cli.progress import progress_bar
    from treadle.engine.clock import SystemClock
    from treadle.service.backtests.data.cache import BarCache
    from treadle.service.backtests.data.downloading import Downloading, require_past
    from treadle.service.backtests.data.markets import open_market

    settings, clock = invocation.settings(), SystemClock()
    kept = BarCache(settings).of(source)
    begin, end = read_time("from", since), read_time("to", until)
    first = round(begin.timestamp() * 1000) if begin is not None else kept.about().until
    if first is None:
        raise InvalidWorkflow(
            f"There are no bars {source} to go on with.",
            code="no_period",
            remedy="Say from when on: `--from 2024-01-01`.",
        )
    last = None if end is None else round(end.timestamp() * 1000)
    if last is not None and last <= first:
        raise InvalidWorkflow("The end is not after the beginning.", code="invalid_period", remedy="Correct `--to`.")
    require_past(first, round(clock.now().timestamp() * 1000))
    credentials = await _credentials(invocation, profile)
    with progress_bar(invocation.screen, str(source)) as told:
        async with open_market(source, settings, clock.now, credentials=credentials, options=options) as market:

            def progress(done: int, all: int) -> None:
                told(done // kept.length, all // kept.length)

            await Downloading(market, kept, lambda: round(clock.now().timestamp() * 1000), progress).fetch(first, last)


async def _credentials(invocation: Invocation, profile: str | None) -> Mapping[str, str]:
    if profile is None:
        return {}
    from treadle.cli.session import reading

    async with reading(invocation) as application:
        try:
            return dict(application.world.profiles[profile])
        except KeyError:
            raise InvalidWorkflow(
                f"There is no profile `{profile}`.",
                code="missing_profile",
                remedy="`treadle profile list` shows which there are.",
            ) from None


def _read_options(given: list[str]) -> dict[str, Any]:
    from treadle.cli.source import read_value

    found: dict[str, Any] = {}
    for pair in given:
        name, mark, value = pair.partition("=")
        if not mark or not name:
            raise InvalidWorkflow(
                f"`--setting {pair}` names no value.",
                code="invalid_argument",
                remedy="Write `--setting name=value`.",
            )
        found[name] = read_value(value)
    return found
