"""A fill, as a deployment has recorded it: what the venue told, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from treadle.packs.trading.accounting import assets_of, is_derivative, place_of
from treadle.packs.trading.venue.order import Fill

_MS = 1000


class RecordedFill(NamedTuple):
    """`group` is the account, `run` what made it, if a run did."""

    fill: Fill
    group: str
    run: str | None

    @property
    def symbol(self) -> str:
        return self.fill.symbol

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.fill.at / _MS, UTC)

    @property
    def place(self) -> tuple[int, int, str]:
        """What fills of a symbol are in the order of."""
        return place_of(self.fill)

    @property
    def other_fee(self) -> Decimal:
        """What was paid for it in an asset that is in no profit: neither the quote's, nor taken of what was bought."""
        base, quote = assets_of(self.symbol)
        asset = self.fill.fee_asset
        is_counted = asset == quote or (asset == base and not is_derivative(self.symbol))
        return Decimal(0) if is_counted else self.fill.fee


def read_fill(key: str, value: Mapping[str, Any]) -> RecordedFill:
    """Raises `KeyError`, `ValueError`, `ArithmeticError` for what is no fill."""
    at = datetime.fromisoformat(value["at"])
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    quantity = Decimal(value["quantity"])
    if quantity <= 0:
        raise ValueError(f"a fill of {quantity}")
    fill = Fill(
        id=str(value.get("id") or key),
        client_id=str(value.get("client_id") or key),
        order_id="",
        symbol=str(value["symbol"]),
        side="sell" if value["side"] == "sell" else "buy",
        quantity=quantity,
        price=Decimal(value["price"]),
        fee=Decimal(value.get("fee") or 0),
        fee_asset=str(value.get("fee_asset") or assets_of(str(value["symbol"]))[1]),
        at=round(at.timestamp() * _MS),
        is_maker=bool(value.get("is_maker")),
        sequence=int(value.get("sequence") or 0),
    )
    return RecordedFill(fill, str(value.get("group") or ""), value.get("run") or None)
