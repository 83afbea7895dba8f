"""How much to buy so that a stop costs no more than it may."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import node
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.types import Money, Percent


class Size(NamedTuple):
    size: Money
    at_risk: Annotated[Money, Field(description="What is lost at the stop, with that size.")]


@node(
    "risk.position_size",
    title="Position size",
    example={
        "config": {"risk_pct": 1, "step": 0.01},
        "inputs": {"balance": 10000, "stop_distance": 3},
        "outputs": {"size": "33.33", "at_risk": "99.99"},
    },
)
def position_size(
    balance: Annotated[Money, Field(ge=0, description="What may be lost is a share of this.")],
    stop_distance: Annotated[Money, Field(gt=0, description="How far the stop is from the entry, in the price.")],
    *,
    risk_pct: Annotated[Percent, Field(gt=0, le=100, description="That share, in percent.")] = Decimal(1),
    value_per_unit: Annotated[
        Money, Field(gt=0, description="What one unit gains when the price moves by 1: the contract's size.")
    ] = Decimal(1),
    step: Annotated[Money | None, Field(gt=0, description="The size is a multiple of this, rounded down.")] = None,
    most: Annotated[Money | None, Field(ge=0, description="No more than this.")] = None,
) -> Size:
    """balance × risk % / (stop distance × value per unit), in exact decimals.

    It is rounded down, never up: at the stop no more is lost than was said. A size below one step is 0.
    """
    risk = balance * risk_pct / 100
    size = divide(risk, stop_distance * value_per_unit)
    if size * stop_distance * value_per_unit > risk:  # the 28th digit was rounded up
        size = size.next_minus()
    if most is not None:
        size = min(size, most)
    if step is not None:
        size = (size / step).to_integral_value(ROUND_DOWN) * step
    return Size(tidy(size), tidy(size * stop_distance * value_per_unit))
