"""The inputs, settings and outputs that order nodes share."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch
from treadle.packs.trading.types import Money, Percent

Way = Annotated[Literal["buy", "sell"], Field(description="`buy` or `sell`.")]
Size = Annotated[Money, Field(gt=0, description="How much; `size_in` says of what.")]
SizeIn = Annotated[
    Literal["base", "quote", "percent"],
    Field(
        description="What `size` is: an amount of the base asset (BTC of BTC/USDT), of the quote asset (USDT), or "
        "percent of what is free of the asset that is given away."
    ),
]
Limit = Annotated[Money, Field(gt=0, description="The worst price: the most a buyer pays, the least a seller takes.")]
StopLoss = Annotated[
    Money | None, Field(gt=0, description="Closes what was traded when the price has gone against it so far.")
]
TakeProfit = Annotated[Money | None, Field(gt=0, description="Closes what was traded when the price has come so far.")]
MaxSlippage = Annotated[
    Percent | None,
    Field(gt=0, le=100, description="Percent that the price may be worse than now: all of it within that, or nothing."),
]
ReduceOnly = Annotated[bool, Field(description="It may only make a position smaller.")]
OrderIn = Annotated[Any, Field(description="The `order` that an order node gave, or its client id.")]
Lived = Annotated[
    Literal["gtc", "ioc", "fok", "gtd"],
    Field(description="How long it stands: until cancelled, only at once, at once and whole, or until `expires_in`."),
]


class Outcome(NamedTuple):
    """What order nodes that place an order give. `done` or `resting` is live."""

    order: Annotated[dict[str, Any], Field(description="As the venue has it now.")]
    status: Annotated[str, Field(description="`open`, `partly_filled`, `filled`, `cancelled` or `expired`.")]
    filled: Annotated[Money, Field(description="How much of it is traded.")]
    fee: Annotated[Money, Field(description="What was paid for it, in the asset that `order.fee_asset` names.")]
    adjusted: Annotated[
        list[dict[str, Any]], Field(description="What the market's rules changed: field, asked, given, rule, why.")
    ]
    price: Annotated[Branch[Money], Field(description="What it was traded at, on average; live once some was.")] = DEAD
    done: Annotated[Branch[dict[str, Any]], Field(description="The order, where nothing more becomes of it.")] = DEAD
    resting: Annotated[Branch[dict[str, Any]], Field(description="The order, where it stands at the venue.")] = DEAD


NOTHING = Decimal(0)
