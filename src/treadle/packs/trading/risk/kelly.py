"""Which share of a balance to bet."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import node
from treadle.packs.trading.exact import divide, tidy


class Bet(NamedTuple):
    fraction: Annotated[Decimal, Field(description="Of the balance, 0 to `most`.")]
    edge: Annotated[Decimal, Field(description="What a unit that is bet brings on average.")]


@node(
    "risk.kelly",
    title="Kelly fraction",
    example={
        "config": {"share": 0.5},
        "inputs": {"win_rate": 0.6, "payoff": 1},
        "outputs": {"fraction": "0.1", "edge": "0.2"},
    },
)
def kelly(
    win_rate: Annotated[Decimal, Field(ge=0, le=1, description="How many of the trades win, 0 to 1.")],
    payoff: Annotated[Decimal, Field(gt=0, description="What a trade that wins brings for each unit that is lost.")],
    *,
    share: Annotated[Decimal, Field(gt=0, le=1, description="Of the full fraction: most people bet half.")] = Decimal(
        "0.5"
    ),
    most: Annotated[Decimal, Field(ge=0, le=1, description="Never more than this share.")] = Decimal(1),
) -> Bet:
    """The share of a balance that grows it fastest in the long run, if win rate and payoff are what they seem.

    share × (p − (1 − p) / b), where p is the win rate and b the payoff, and 0 where that is less: without an edge
    nothing is bet. Of J. L. Kelly, *A New Interpretation of Information Rate*, 1956. They are estimates; hence half of
    it by default.
    """
    edge = win_rate * payoff - (1 - win_rate)
    full = max(divide(edge, payoff), Decimal(0))
    return Bet(tidy(min(full * share, most)), tidy(edge))
