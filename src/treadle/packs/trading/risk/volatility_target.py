"""How much to hold so that it moves as much as one can bear."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, node
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.types import Money, Percent


class Target(NamedTuple):
    weight: Annotated[Decimal, Field(description="Of the balance; more than 1 is borrowed.")]
    value: Annotated[Money, Field(description="What to hold is worth.")]
    size: Annotated[Branch[Money], Field(description="How many units that is; live where a price came in.")] = DEAD


@node(
    "risk.volatility_target",
    title="Volatility target",
    example={
        "config": {"target_pct": 10},
        "inputs": {"balance": 1000, "volatility_pct": 40, "price": 50},
        "outputs": {"weight": "0.25", "value": "250", "size": "5"},
    },
)
def volatility_target(
    balance: Annotated[Money, Field(ge=0)],
    volatility_pct: Annotated[Percent, Field(gt=0, description="How much the market moves, in percent.")],
    price: Annotated[Money | None, Field(gt=0, description="What a unit costs.")] = None,
    *,
    target_pct: Annotated[Percent, Field(gt=0, description="How much the holding may move, over the same time.")],
    max_weight: Annotated[Decimal, Field(gt=0, description="No more than this share of the balance.")] = Decimal(1),
) -> Target:
    """target / volatility, at most `max_weight`, of the balance: the more the market moves, the less is held.

    Both are of the same length of time: a volatility a year and a target a year, or both a day. Of Moreira and Muir,
    *Volatility-Managed Portfolios*, Journal of Finance, 2017. Exact decimals.
    """
    weight = min(divide(target_pct, volatility_pct), max_weight)
    value = tidy(balance * weight)
    return Target(weight, value, DEAD if price is None else divide(value, price))
