"""What a provider's orders keep to. Checked inside the order path, before anything is sent; what cannot be told
forbids."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from treadle.errors import NodeError
from treadle.model.duration import Duration
from treadle.packs.trading.market.hours import Zone
from treadle.packs.trading.types import Money, Percent
from treadle.packs.trading.venue.refusal import refusal

_ABOVE = Field(gt=0)


class Limits(BaseModel):
    """Amounts are in the asset that prices are told in; what is not set is not limited, but for how old a price may
    be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_order_notional: Annotated[Money | None, Field(gt=0, description="What one order may be worth.")] = None
    max_position_notional: Annotated[
        Money | None, Field(gt=0, description="What the position in a symbol may be worth, open orders included.")
    ] = None
    max_exposure: Annotated[
        Money | None, Field(gt=0, description="What all positions together may be worth, open orders included.")
    ] = None
    max_open_orders: Annotated[int | None, Field(ge=1, description="Orders that may be open in the account.")] = None
    max_orders_per_minute: Annotated[
        int | None, Field(ge=1, description="Orders that may be sent in any 60 seconds, by all together.")
    ] = None
    max_daily_loss: Annotated[
        Money | None, Field(gt=0, description="How far equity may fall within a day; then nothing new is opened.")
    ] = None
    timezone: Annotated[Zone, Field(description="Where a day begins at midnight.")] = "UTC"
    max_drawdown_pct: Annotated[
        Percent | None, Field(gt=0, le=100, description="How far equity may be below its highest, in percent.")
    ] = None
    max_price_age: Annotated[
        Duration | None, Field(gt=0, description="How old the price may be; `null` takes any.")
    ] = 60.0
    max_slippage_pct: Annotated[
        Percent | None, Field(gt=0, le=100, description="How much worse than the market a market order may be filled.")
    ] = None

    @property
    def counts_others(self) -> bool:
        """Whether what others have ordered in the account decides, too."""
        amounts = (self.max_position_notional, self.max_exposure)
        return any(one is not None for one in (*amounts, self.max_open_orders, self.max_orders_per_minute))


NO_LIMITS = Limits()


def read_limits(given: Mapping[str, Any]) -> Limits:
    """Raises `NodeError` (`unreadable_limits`): an order under limits that nobody can read is not sent."""
    if not given:
        return NO_LIMITS
    try:
        return Limits.model_validate(given)
    except ValidationError as error:
        told = "; ".join(f"`{'.'.join(map(str, one['loc']))}`: {one['msg']}" for one in error.errors(include_url=False))
        raise NodeError(
            f"The limits of the provider cannot be read: {told}.",
            code="unreadable_limits",
            remedy=f"A provider's limits are {', '.join(Limits.model_fields)}.",
            retryable=False,
        ) from None


class Breach(dict[str, Any]):
    """A limit that forbids: `rule`, `limit`, what was `found`, and a sentence."""

    def __init__(self, rule: str, limit: object, found: object, sentence: str) -> None:
        super().__init__(rule=rule, limit=str(limit), found=str(found), sentence=sentence)


def forbid(breaches: list[Breach], *, retry_after: float | None = None) -> NodeError:
    """All that forbids it, at once."""
    sentences = " ".join(cast("str", one["sentence"]) for one in breaches)
    facts: dict[str, Any] = {"rules": [dict(one) for one in breaches], **breaches[0]}
    facts.pop("sentence")
    if retry_after is not None:
        facts["retry_after"] = retry_after
    return refusal(
        "risk_limit",
        f"Nothing was sent. {sentences}",
        remedy="The limits are those of the provider; orders that only reduce a position pass them.",
        **facts,
    )


def check_amounts(limits: Limits, *, order: Decimal, position: Decimal | None, total: Decimal | None) -> list[Breach]:
    """`order` is what this one is worth; `position` and `total` what there would be with it; None: not asked for."""
    found: list[Breach] = []
    for rule, limit, amount, what in (
        ("max_order_notional", limits.max_order_notional, order, "The order is worth"),
        ("max_position_notional", limits.max_position_notional, position, "With it the position would be worth"),
        ("max_exposure", limits.max_exposure, total, "With it all positions would be worth"),
    ):
        if limit is not None and amount is not None and amount > limit:
            found.append(Breach(rule, limit, amount, f"{what} {amount:f}; `{rule}` is {limit:f}."))
    return found
