"""What a trade may gain for what it may lose."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import node
from treadle.packs.trading.exact import divide
from treadle.packs.trading.types import Money


class Reward(NamedTuple):
    risk: Money
    reward: Money
    ratio: Annotated[Decimal, Field(description="reward / risk")]
    side: Literal["long", "short"]


@node(
    "risk.reward",
    title="Risk and reward",
    example={
        "config": {},
        "inputs": {"entry": 100, "stop": 95, "target": 115},
        "outputs": {"risk": "5", "reward": "15", "ratio": "3", "side": "long"},
    },
)
def reward(
    entry: Annotated[Money, Field(gt=0)],
    stop: Annotated[Money, Field(gt=0)],
    target: Annotated[Money, Field(gt=0)],
) -> Reward:
    """How much is risked from entry to stop, how much is gained from entry to target, and their ratio.

    The stop and the target have to lie on both sides of the entry: with the stop below, it is a long trade, with the
    stop above, a short one.
    """
    if not (stop < entry < target or target < entry < stop):
        raise NodeError(
            f"A stop at {stop} and a target at {target} are not on both sides of the entry at {entry}.",
            code="impossible_trade",
            remedy="Long: stop < entry < target. Short: target < entry < stop.",
            retryable=False,
            entry=str(entry),
            stop=str(stop),
            target=str(target),
        )
    risk, gain = abs(entry - stop), abs(target - entry)
    return Reward(risk, gain, divide(gain, risk), "long" if stop < entry else "short")
