"""Whether what is held is within limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from treadle.node import DEAD, Branch, node
from treadle.packs.trading.types import Money


class Position(BaseModel):
    """What is held of a symbol. `value` is what it is worth; a short position's counts like a long one's."""

    model_config = ConfigDict(extra="allow")

    symbol: str
    value: Money


class Exposure(NamedTuple):
    total: Money
    symbols: Annotated[int, Field(description="How many are held.")]
    within: Branch[list[dict[str, Any]]] = DEAD
    breached: Branch[list[str]] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    if not any(name in config for name in ("max_per_symbol", "max_total", "max_count")):
        return ["Set `max_per_symbol`, `max_total` or `max_count`: without one there is nothing to be within."]
    return []


@node(
    "risk.exposure",
    title="Exposure",
    check=_check,
    example={
        "config": {"max_per_symbol": 500, "max_count": 3},
        "inputs": {"positions": [{"symbol": "BTC/USDT", "value": 600}, {"symbol": "ETH/USDT", "value": -100}]},
        "outputs": {
            "total": "700",
            "symbols": 2,
            "breached": ["BTC/USDT is worth 600; max_per_symbol is 500."],
        },
    },
)
def exposure(
    positions: Annotated[list[Position], Field(description="What is held: `symbol` and `value` of each.")],
    *,
    max_per_symbol: Annotated[Money | None, Field(gt=0, description="What one symbol may be worth at most.")] = None,
    max_total: Annotated[Money | None, Field(gt=0, description="What all of it may be worth at most.")] = None,
    max_count: Annotated[int | None, Field(ge=0, description="How many symbols at most.")] = None,
) -> Exposure:
    """Add up what is held, by symbol and in all, and compare it with limits.

    Long and short count alike, and do not cancel out: each symbol's positions are added by their size. `within` is
    live with the positions, or `breached` with every limit that is passed.
    """
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in positions:
        held[one.symbol] += abs(one.value)
    open_ = {symbol: value for symbol, value in held.items() if value}
    total = sum(open_.values(), Decimal(0))
    passed = [
        f"{symbol} is worth {value}; max_per_symbol is {max_per_symbol}."
        for symbol, value in sorted(open_.items())
        if max_per_symbol is not None and value > max_per_symbol
    ]
    if max_total is not None and total > max_total:
        passed.append(f"All together is worth {total}; max_total is {max_total}.")
    if max_count is not None and len(open_) > max_count:
        passed.append(f"{len(open_)} symbols are held; max_count is {max_count}.")
    if passed:
        return Exposure(total, len(open_), breached=passed)
    return Exposure(total, len(open_), within=[one.model_dump() for one in positions])
