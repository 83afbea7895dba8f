"""What trading cost, and what it made of the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from treadle.packs.trading.accounting import assets_of
from treadle.service.backtests.exposure import bars_of

if TYPE_CHECKING:
    from treadle.service.backtests.result import BacktestResult


@dataclass(frozen=True, slots=True)
class Costs:
    """In `currency`. `net` is what the equity gained, `gross` that without what fees and slippage took; None where it
    cannot be told. `buy_and_hold` is a share. `turnover` is Σ |quantity × price|."""

    gross: float | None
    fees: float
    slippage: float | None
    net: float | None
    buy_and_hold: float | None
    turnover: float
    currency: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def count_costs(result: BacktestResult) -> Costs:
    """Fees are those that were charged. Slippage is Σ |fill price − price of the market| × quantity of what took, where
    the price of the market is the opening that an order of the market met, and for a fixed share of the price what the
    share was taken of; None where neither tells it, or where the account has another currency."""
    fills = [one for one in result.fills if assets_of(str(one["symbol"]))[1] == result.currency]
    is_whole = len(fills) == len(result.fills)
    net = float(result.equity[-1].equity - result.equity[0].equity) if result.equity else None
    fees, slippage = float(result.fees), _slippage(result) if is_whole else None
    turnover = sum((Decimal(str(one["quantity"])) * Decimal(str(one["price"])) for one in fills), Decimal(0))
    gross = None if net is None or slippage is None else net + fees + slippage
    prices = [point.price for point in result.equity if point.price]
    held = float(prices[-1] / prices[0] - 1) if len(prices) > 1 else None
    return Costs(gross, fees, slippage, net, held, float(turnover), result.currency)


def slippage_of(provider: Mapping[str, Any]) -> Any:
    """How its account slips, as its settings say; nothing, where they do not."""
    settings: Mapping[str, Any] = provider.get("settings") or {}
    return settings.get("slippage")


def _slippage(result: BacktestResult) -> float | None:
    kinds = [slippage_of(one) for one in result.providers]
    if not any(kinds):
        return 0.0 if kinds else None
    orders = {str(one["client_id"]): one for one in result.orders if one.get("client_id")}
    total = Decimal(0)
    for fill in result.fills:
        if fill.get("is_maker"):
            continue
        price, quantity = Decimal(str(fill["price"])), Decimal(str(fill["quantity"]))
        reference = _reference(result, fill, orders.get(str(fill.get("client_id"))), price, kinds)
        if reference is None:
            return None
        total += abs(price - reference) * quantity
    return float(total)


def _reference(
    result: BacktestResult, fill: Mapping[str, Any], order: Mapping[str, Any] | None, price: Decimal, kinds: list[Any]
) -> Decimal | None:
    if order is not None and order.get("kind") == "market":
        from treadle.service.backtests.decisions import ms

        bars = bars_of(result, str(fill["symbol"]))
        if bars is None:
            return None
        at = int(bars.time.searchsorted(ms(fill["at"]), side="right")) - 1
        return None if at < 0 else Decimal(repr(float(bars.open[at])))
    known = [cast("Mapping[str, Any]", one) for one in kinds if isinstance(one, Mapping)]
    fixed = [one for one in known if one.get("kind") == "fixed"]
    if len(fixed) != len([one for one in kinds if one]) or not fixed:
        return None
    share = Decimal(str(fixed[0].get("bps", 0))) / 10_000
    return price / (1 + share if fill["side"] == "buy" else 1 - share)
