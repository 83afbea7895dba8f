"""Bars as `--json` prints them, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from treadle.packs.trading.venue.market_data import Market
    from treadle.service.backtests.data.arrays import BarArrays
    from treadle.service.backtests.data.bars import BarFacts

MOST_GAPS = 20


def describe(facts: BarFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def describe_gaps(bars: BarArrays) -> list[dict[str, Any]]:
    from treadle.service.backtests.data.fetching import time_of

    return [
        {"from": time_of(gap.since), "to": time_of(gap.until), "bars": round(gap.bars, 6), "row": gap.row}
        for gap in bars.gaps()
    ]


def tell_facts(facts: BarFacts) -> str:
    """What there is, in a line."""
    from treadle.cli.mark import count

    period = f"{tell_time(facts.begins)} to {tell_time(facts.ends)} UTC"
    return f"[bold]{facts.name}[/]  {count(facts.bars, 'bar')}, {period}, {tell_size(facts.size)}"


def describe_rules(market: Market | None) -> dict[str, Any] | None:
    from treadle.packs.trading.paper.market_facts import write_market

    return None if market is None else write_market(market)


def tell_rules(market: Market) -> str:
    """By which a test over its bars goes."""
    maker, taker = (f"{rate * 100:f}".rstrip("0").rstrip(".") for rate in (market.maker, market.taker))
    told = [market.kind, f"fees {maker or 0} % (maker) and {taker or 0} % (taker)"]
    told += [f"{name} {step:f}" for name, step in (("tick", market.tick), ("lot", market.lot)) if step is not None]
    if market.min_notional is not None:
        told.append(f"orders of {market.min_notional:f} {market.quote} and more")
    return ", ".join(told)


def tell_gaps(bars: BarArrays) -> Iterator[str]:
    """A line for each of the first, and how many more there are."""
    from treadle.cli.mark import count

    gaps = describe_gaps(bars)
    for gap in gaps[:MOST_GAPS]:
        many = f"{gap['bars']:g} bar{'s' if gap['bars'] != 1 else ''}"
        yield f"{tell_time(gap['from'])} to {tell_time(gap['to'])}  {many} missing"
    if len(gaps) > MOST_GAPS:
        yield f"and {count(len(gaps) - MOST_GAPS, 'gap')} more"


def tell_time(at: datetime | None) -> str:
    return "–" if at is None else f"{at:%Y-%m-%d %H:%M}"


def tell_size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
