"""Bars that a run brings to its paper account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.refusal import refusal


async def bring(venue: Venue, symbol: str, bars: Any) -> None:
    """Raises `NodeError` where prices come from somewhere else (`not_supported`), or the bars cannot be right."""
    feed = getattr(venue, "feed", None)
    if feed is None:
        raise refusal(
            "not_supported",
            f"`{venue.name}` has prices of its own; bars cannot be brought to it.",
            remedy="Use the venue `paper` with `settings: {feed: run}`, or leave `candle` unconnected.",
        )
    await cast("Callable[[str, Any], Awaitable[None]]", feed)(symbol, bars)
