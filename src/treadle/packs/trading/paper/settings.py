"""What a paper account is told by `settings` of its `market.provider`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from treadle.errors import NodeError
from treadle.model.duration import Duration

Share = Annotated[Decimal, Field(ge=0, le=1)]
Fee = Annotated[Decimal, Field(ge=Decimal("-0.01"), le=Decimal("0.2"))]


_MONEY = ("USDT", "USDC", "USD", "EUR", "GBP", "CHF", "JPY")


class FeeTier(BaseModel):
    """Fees of who has traded `turnover` or more in the last 30 days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turnover: Annotated[Decimal, Field(ge=0)]
    maker: Fee
    taker: Fee


class Fees(BaseModel):
    """Shares of what is traded (0.001 is 0.1 %); without them those of the market."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    maker: Fee | None = None
    taker: Fee | None = None
    tiers: tuple[FeeTier, ...] = ()


class Slippage(BaseModel):
    """How much worse than the market a taker's price is: `fixed`: `bps` hundredths of a percent; `spread`: `share` of
    the spread; `impact`: `impact` of the price (0.01) where as much as the bar's volume is traded, with its square
    root."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["none", "fixed", "spread", "impact"] = "none"
    bps: Annotated[Decimal, Field(ge=0, le=5_000)] = Decimal(0)
    share: Annotated[Decimal, Field(ge=0, le=100)] = Decimal("0.5")
    impact: Share = Decimal("0.01")


def _one_rate(value: Any) -> Any:
    """`fees: 0.001` is both."""
    if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        return {"maker": str(value), "taker": str(value)}
    return value


def as_written(value: Any) -> Any:
    """Floats as they are written."""
    if isinstance(value, Mapping):
        return {name: as_written(item) for name, item in cast("Mapping[str, Any]", value).items()}
    return str(value) if isinstance(value, float) else value


class PaperSettings(BaseModel):
    """`account` names the account; `seed`, `market` and `step` are for the simulated feed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str | None = None
    balance: Annotated[
        dict[str, Annotated[Decimal, Field(ge=0)]],
        Field(min_length=1, validation_alias=AliasChoices("balance", "balances")),
    ] = {"USDT": Decimal(10_000)}
    currency: str | None = None
    seed: int = 1
    market: str = ""
    step: str = "1s"
    feed: str | dict[str, str] = "simulated"
    fees: Annotated[Fees, BeforeValidator(_one_rate)] = Fees()
    slippage: Slippage = Slippage()
    spread: Share = Decimal(0)
    latency: Annotated[int, Field(ge=0, le=60_000)] = 0
    volume_share: Share = Decimal(0)
    funding: bool | str | dict[str, str] = True
    """Whether perpetuals pay it; a file of rates (or one by symbol) says what, for bars from a file."""
    leverage: Annotated[int, Field(ge=1, le=200)] = 1
    maintenance: Share = Decimal("0.005")
    shorts: bool = True
    path: Literal["nearest", "pessimistic"] = "nearest"
    fill: Literal["next", "close"] = "next"
    """Over bars: at the next opening, or at once, at the close that was decided on (and what follows in the same run on
    it). The first is what can be had live; the second is for workflows that go on with what was filled."""
    symbol: str | None = None
    timeframe: str | None = None
    clock: Literal["real", "bars"] = "real"
    pace: Annotated[Duration, Field(gt=0)] = 1.0
    history: Annotated[int, Field(ge=0)] = 0
    kind: Literal["spot", "perpetual", "prediction", "forex"] = "spot"
    """Of bars from a file. (`market` is the simulated feed's: which of several venues.)"""
    tick: Annotated[Decimal, Field(gt=0)] | None = None
    lot: Annotated[Decimal, Field(gt=0)] | None = None

    @property
    def told_in(self) -> str:
        """The asset that equity is told in."""
        # The order of a JSON object says nothing: money before coins.
        return self.currency or next((one for one in _MONEY if one in self.balance), min(self.balance))


def read_settings(given: Mapping[str, Any]) -> PaperSettings:
    """Raises `NodeError` (`bad_settings`) that names each one."""
    try:
        return PaperSettings.model_validate(as_written(given))
    except ValidationError as error:
        faults = "; ".join(f"`{'.'.join(map(str, one['loc']))}`: {one['msg']}" for one in error.errors())
        raise NodeError(
            f"The settings of the paper account are wrong: {faults}.",
            code="bad_settings",
            remedy="Mend them at the `market.provider`.",
            retryable=False,
        ) from None
