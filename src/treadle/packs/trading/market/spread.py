"""What two venues' prices differ by."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from treadle.node import node
from treadle.packs.trading.exact import divide
from treadle.packs.trading.types import Money, Percent

Fee = Annotated[Percent, Field(ge=0, lt=100)]


class Spread(NamedTuple):
    spread_pct: Percent
    profitable: bool
    expected_profit: Money
    cheaper: Literal["a", "b", "none"]


@node(
    "market.spread",
    title="Spread",
    example={
        "config": {"min_spread_pct": 0.5, "fee_a_pct": 0.1, "fee_b_pct": 0.1, "size": 10},
        "inputs": {"price_a": 100, "price_b": 101},
        "outputs": {
            "spread_pct": "1",
            "profitable": True,
            "expected_profit": "7.99",
            "cheaper": "a",
        },
    },
)
def spread(
    price_a: Annotated[Money, Field(gt=0)],
    price_b: Annotated[Money, Field(gt=0)],
    *,
    min_spread_pct: Annotated[
        Percent, Field(ge=0, description="From this many percent on, it is `profitable`.")
    ] = Decimal(0),
    include_fees: Annotated[bool, Field(description="Judge by what is left after fees.")] = True,
    fee_a_pct: Annotated[Fee, Field(description="What a trade on the first venue costs, in percent.")] = Decimal(0),
    fee_b_pct: Annotated[Fee, Field(description="What a trade on the second venue costs, in percent.")] = Decimal(0),
    size: Annotated[Money, Field(gt=0, description="How much is bought and sold.")] = Decimal(1),
) -> Spread:
    """How far apart two prices of the same thing are, and whether buying at one and selling at the other pays.

    spread_pct = (higher − lower) / lower × 100. expected_profit = size × (higher − lower), with `include_fees` less
    size × (lower × its fee + higher × its fee). Profitable: that profit is more than 0, and at least `min_spread_pct`
    percent of what the purchase costs (size × lower). Exact decimals.
    """
    low, high = min(price_a, price_b), max(price_a, price_b)
    fee_low, fee_high = (fee_a_pct, fee_b_pct) if price_a <= price_b else (fee_b_pct, fee_a_pct)
    profit = size * (high - low)
    if include_fees:
        profit -= size * (low * fee_low + high * fee_high) / 100
    return Spread(
        spread_pct=divide((high - low) * 100, low),
        profitable=profit > 0 and profit * 100 >= min_spread_pct * size * low,
        expected_profit=profit,
        cheaper="none" if price_a == price_b else "a" if price_a < price_b else "b",
    )
