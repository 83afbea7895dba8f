"""How far equity is below its peak."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, Context, effect
from treadle.packs.trading.exact import divide
from treadle.packs.trading.remembered import amount, key
from treadle.packs.trading.types import Money, Percent


class Drawdown(NamedTuple):
    drawdown_pct: Percent
    peak: Money
    within: Branch[Money] = DEAD
    breached: Branch[Money] = DEAD


@effect(
    "risk.drawdown",
    in_doubt="repeat",
    title="Drawdown",
    example={
        "config": {"limit_pct": 10},
        "inputs": {"equity": 950},
        "outputs": {"drawdown_pct": "0", "peak": "950", "within": "950"},
    },
)
async def drawdown(
    ctx: Context,
    equity: Annotated[Money, Field(description="What everything is worth now.")],
    *,
    limit_pct: Annotated[Percent, Field(gt=0, le=100, description="From this many percent on, it is breached.")],
    name: Annotated[
        str | None, Field(description="Nodes of one name share a peak; without it, a node has its own.")
    ] = None,
) -> Drawdown:
    """How far equity has fallen from its highest, and whether that is too far.

    (peak − equity) / peak × 100. The peak is kept in the deployment's state, with the run that saw it; a run that fails
    leaves it as it was. `within` or `breached` is live, and carries the equity on. Equity of 0 or less is a drawdown of
    100 % and more.
    """
    place = key("drawdown", ctx.path, name)
    known = await ctx.state.get(place)
    peak = equity if known is None else max(equity, amount(known))
    if known is None or peak > amount(known):
        await ctx.state.set(place, str(peak))
    if peak <= 0:
        return Drawdown(Decimal(100), peak, breached=equity)
    fallen = divide((peak - equity) * 100, peak)
    if fallen >= limit_pct:
        return Drawdown(fallen, peak, breached=equity)
    return Drawdown(fallen, peak, within=equity)
