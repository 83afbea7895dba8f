"""Bars as `--json` prints them, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

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


def tell_gaps(bars: BarArrays) -> Iterator[str]:
    """A line for each of the first, and how many more there are."""
    gaps = describe_gaps(bars)
    for gap in gaps[:MOST_GAPS]:
        many = f"{gap['bars']:g} bar{'s' if gap['bars'] != 1 else ''}"
        yield f"{tell_time(gap['from'])} to {tell_time(gap['to'])}  {many} missing"
    if len(gaps) > MOST_GAPS:
        yield f"and {len(gaps) - MOST_GAPS:,} gaps more"


def tell_time(at: datetime | None) -> str:
    return "–" if at is None else f"{at:%Y-%m-%d %H:%M}"


def tell_size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
