"""Bringing the bars that a backtest names at a venue, before it begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from treadle.engine.clock import SystemClock
from treadle.errors import InvalidWorkflow, TreadleError
from treadle.model.issue import Issue
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.cache import BarCache
from treadle.service.backtests.data.downloading import Downloading, Progress
from treadle.service.backtests.data.kept import About
from treadle.service.backtests.data.markets import open_market
from treadle.service.backtests.data.source import MarketSource, read_sources
from treadle.service.backtests.looking_back import warm_up_since
from treadle.service.backtests.unused import find_unused

if TYPE_CHECKING:
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.settings import Settings

Started = Callable[[MarketSource], Progress]
"""Told which market is fetched, gives who is told how far that is."""


def _silent(source: MarketSource) -> Progress:
    return lambda done, all: None


async def bring_bars(request: BacktestRequest, settings: Settings, *, started: Started = _silent) -> None:
    """Download what is missing of the bars that `request` names at a venue, for its period; bars that are there for all
    of it, and those that nobody in the workflow looks at, are asked for nowhere. Raises `InvalidWorkflow`
    (`invalid_bars`) with everything that cannot be had."""
    unused = find_unused(request)
    named = {
        key: value for key, value in request.bars.items() if not isinstance(value, BarArrays) and key not in unused
    }
    sources = read_sources(named, settings)
    cache, clock = BarCache(settings), SystemClock()
    issues: list[Issue] = []
    for key, source in sources.items():
        if not isinstance(source, MarketSource) or not source.can_be_downloaded:
            continue
        kept = cache.of(source)
        since, until = warm_up_since(request, kept.length), _ms(request.until)
        about = kept.about() if kept.exists else None
        if about is None and since is None:
            issues.append(
                Issue(
                    "no_bars",
                    f"The bars {source} are not here, and nothing says from when on they are wanted.",
                    path=(key,),
                    remedy="Give the period: `--from 2024-01-01`.",
                )
            )
            continue
        if about is not None and _covers(about.since, about.until, since, until):
            continue
        begin = since if since is not None else about.since if about is not None else None
        assert begin is not None
        try:
            async with open_market(source, settings, clock.now) as market:
                work = Downloading(market, kept, lambda: _ms(clock.now()) or 0, started(source))
                await work.fetch(begin, until)
        except TreadleError as error:
            remedy = _later(about, request, begin, until) or error.remedy
            issues.append(Issue(error.code, f"{source}: {error.message}", path=(key,), remedy=remedy))
    if issues:
        raise InvalidWorkflow(" ".join(one.message for one in issues), code="invalid_bars", issues=tuple(issues))


def _covers(since: int | None, until: int | None, wanted: int | None, end: int | None) -> bool:
    """Without an end, what is there is enough: a backtest does not change with every minute that passes."""
    if since is None or until is None:
        return False
    return (wanted is None or since <= wanted) and (end is None or until >= end)


def _later(about: About | None, request: BacktestRequest, begin: int, until: int | None) -> str | None:
    """From when on a test needs nothing more than is here, if only bars of before it lack."""
    if about is None or about.since is None or request.since is None or not about.since > begin:
        return None
    at = request.since + timedelta(milliseconds=about.since - begin)
    is_within = request.until is None or at < request.until
    if not is_within or not _covers(about.since, about.until, about.since, until):
        return None
    return (
        "What its nodes look back on is asked for, too. Begin where that is here: "
        f"`--from {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}`; or try again when the venue can be reached."
    )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)
