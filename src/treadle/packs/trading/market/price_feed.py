"""A price as a feed gives it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.errors import NodeError
from treadle.model.duration import Duration
from treadle.node import DEAD, Branch, node
from treadle.packs.trading.bars import check_fresh

_NO_QUOTE: Mapping[str, Any] = {}


class Feed(NamedTuple):
    current: float
    bid: Branch[float] = DEAD
    ask: Branch[float] = DEAD
    spread: Annotated[Branch[float], Field(description="ask − bid, in percent of the price in the middle.")] = DEAD


@node(
    "market.price_feed",
    title="Price feed",
    example={
        "config": {},
        "inputs": {"price": {"bid": 99.5, "ask": 100.5, "last": 100}},
        "outputs": {"current": 100.0, "bid": 99.5, "ask": 100.5, "spread": 1.0},
    },
)
def price_feed(
    price: Annotated[Any, Field(description="A price, or a quote: `last` (or `price`), `bid`, `ask`, `at`.")],
    now: Annotated[datetime | None, Field(description="The time, to tell how old a quote is: `{{ now() }}`.")] = None,
    *,
    max_age: Annotated[Duration | None, Field(gt=0, description="How old a quote may be, such as `10s`.")] = None,
) -> Feed:
    """Take a price from a feed apart, and refuse what cannot be one.

    Without `last` the current price is the middle of bid and ask. A price that is no number, 0 or less, a bid above
    the ask, and, with `max_age`, a quote that is older than that fail the node: nothing is decided on them. `max_age`
    needs `now`, and a quote with the time it is of in `at`.
    """
    if isinstance(price, Mapping):
        quote = cast("Mapping[str, Any]", price)
        bid, ask = (_price(quote[name], name) if quote.get(name) is not None else None for name in ("bid", "ask"))
        last = next((quote[name] for name in ("last", "price", "current") if quote.get(name) is not None), None)
    else:
        quote, bid, ask, last = _NO_QUOTE, None, None, price
    if last is None and bid is not None and ask is not None:
        last = (bid + ask) / 2
    current = _price(last, "price")
    if max_age is not None:
        _check_age(quote.get("at"), now, max_age)
    if bid is None or ask is None:
        return Feed(current, DEAD if bid is None else bid, DEAD if ask is None else ask)
    if bid > ask:
        raise NodeError(
            f"The bid ({bid:g}) is above the ask ({ask:g}).",
            code="crossed_quote",
            remedy="Look at the feed: its two sides are of different times, or swapped.",
            bid=bid,
            ask=ask,
        )
    return Feed(current, bid, ask, (ask - bid) / ((bid + ask) / 2) * 100)


def _price(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise NodeError(
            f"`{name}` is not a price: {value!r}.",
            code="not_a_number",
            remedy="Connect a number, or an object with `last`, `bid` and `ask`.",
            retryable=False,
            column=name,
        )
    if value <= 0:
        raise NodeError(
            f"`{name}` is {value}: no price is 0 or less.",
            code="zero_price",
            remedy="Look at the feed: this is how many say that there is no price.",
            column=name,
        )
    return float(value)


def _check_age(at: Any, now: datetime | None, max_age: float) -> None:
    if now is None or at is None:
        raise NodeError(
            f"How old the price is cannot be told: {'`now` is not connected' if now is None else 'it has no `at`'}.",
            code="no_time",
            remedy="Give `now: '{{ now() }}'` and a quote with `at`, or leave `max_age` out.",
            retryable=False,
        )
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise NodeError(
                f"The quote's time says no time zone: {at.isoformat()}.",
                code="no_time_zone",
                remedy="Give it with its zone, `2024-05-01T00:00:00Z`, or in milliseconds since 1970.",
                retryable=False,
            )
        at = at.timestamp() * 1000
    check_fresh(int(at), now=now, max_age=max_age, what="The quote")
