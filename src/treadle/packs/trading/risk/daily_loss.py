"""Stop for the day when it has cost too much."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from treadle.node import DEAD, Branch, Context, JsonValue, effect
from treadle.packs.trading.market.hours import Zone
from treadle.packs.trading.remembered import key
from treadle.packs.trading.types import Money


class Day(NamedTuple):
    can_trade: Branch[Money] = DEAD
    blocked: Branch[Money] = DEAD
    left: Annotated[Money, Field(description="What may yet be lost today.")] = Decimal(0)


@effect(
    "risk.daily_loss",
    in_doubt="repeat",
    title="Daily loss",
    example={
        "config": {"limit": 100},
        "inputs": {"profit_today": -40},
        "outputs": {"can_trade": "-40", "left": "60"},
    },
)
async def daily_loss(
    ctx: Context,
    profit_today: Annotated[Money, Field(description="What the day has brought so far; a loss is less than 0.")],
    at: Annotated[datetime | None, Field(description="Which day it is of; without it, now.")] = None,
    *,
    limit: Annotated[Money, Field(gt=0, description="How much a day may cost.")],
    timezone: Annotated[Zone, Field(description="Where the day begins at midnight.")] = "UTC",
    name: Annotated[str | None, Field(description="Nodes of one name are blocked together.")] = None,
) -> Day:
    """Let trade while the day's loss is below `limit`; block for the rest of the day once it was reached.

    `can_trade` or `blocked` is live, and carries the profit on. A day that was blocked stays so, though the profit
    comes back: that is kept in the deployment's state, with the run that saw it. It ends at midnight in `timezone`,
    whatever its clocks do.
    """
    moment = at if at is not None else ctx.now()
    if moment.tzinfo is None:
        raise ValueError("the time says no time zone: give it as 2024-05-01T00:00:00Z")
    today = moment.astimezone(ZoneInfo(timezone)).date().isoformat()
    place = key("daily_loss", ctx.path, name)
    blocked: JsonValue = await ctx.state.get(place)
    left = limit + profit_today
    if left <= 0 and blocked != today:
        await ctx.state.set(place, today)
    if left <= 0 or blocked == today:
        return Day(blocked=profit_today, left=Decimal(0))
    return Day(can_trade=profit_today, left=left)
