"""`OrderRecord`: what we know of an order, from before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, cast

from treadle.packs.trading.venue.order import FINAL, Fill, Order, OrderRequest

RecordStatus = Literal[
    "sending", "unknown", "open", "partly_filled", "filled", "cancelled", "rejected", "expired"
]  # fmt: skip
Role = Literal["stop_loss", "take_profit"]
Guarded = Literal["", "venue", "us"]

_AMOUNTS = ("quantity", "price", "stop_price", "stop_loss", "take_profit", "filled", "average", "fee",
            "pledged")  # fmt: skip
_TIMES = ("created_at", "updated_at", "sent_at", "expires_at")
_REQUEST = tuple(one.name for one in fields(OrderRequest) if one.name != "group")


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """`group` is the account, `order_group` the orders that cancel each other. `provider` is what opens the venue
    again. `run` and `path` are of the node that placed it. Times are milliseconds since 1970.

    `asked` counts how often the venue was asked what became of it; `code` says why it was refused, where it was.
    `parent` is the order that this one guards, as its `role` says. `guarded` says who keeps its own stop-loss and
    take-profit, as long as there is something to guard: the venue, or we. `siblings` are the orders of its group where
    the venue does not cancel them by itself. `lacks_fills`: more of it is filled than fills were told of. `pledged` is
    what it may be worth in all once it is changed, until the venue has said what it is.
    """

    client_id: str
    venue: str
    group: str
    symbol: str
    side: Any
    kind: Any
    quantity: Decimal
    price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    time_in_force: Any = "gtc"
    expires_at: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    order_group: str | None = None
    status: RecordStatus = "sending"
    filled: Decimal = Decimal(0)
    average: Decimal | None = None
    fee: Decimal = Decimal(0)
    fee_asset: str | None = None
    id: str = ""
    reason: str | None = None
    code: str | None = None
    provider: Mapping[str, Any] = field(default_factory=dict[str, Any])
    deployment: str | None = None
    run: str = ""
    path: str = ""
    created_at: int = 0
    updated_at: int = 0
    sent_at: int = 0
    asked: int = 0
    parent: str | None = None
    role: Role | None = None
    guarded: Guarded = ""
    siblings: tuple[str, ...] = ()
    lacks_fills: bool = False
    pledged: Decimal | None = None
    adjusted: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_final(self) -> bool:
        """Nothing becomes of the order any more."""
        return self.status in FINAL

    @property
    def is_open(self) -> bool:
        """There is something to be found out of it yet."""
        return not self.is_final or self.lacks_fills or self.guarded != ""

    @property
    def is_in_doubt(self) -> bool:
        return self.status in ("sending", "unknown")

    @property
    def was_refused(self) -> bool:
        """The venue never took it."""
        return self.status == "rejected" and self.code is not None

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled

    def worth(self, unit: Decimal) -> Decimal:
        """What it may still come to; `unit` is the price of one, where it has none itself."""
        return max(self.remaining * unit, self.pledged or Decimal(0))

    def request(self) -> OrderRequest:
        """As it is sent."""
        given = {name: getattr(self, name) for name in _REQUEST}
        if self.guarded == "us":
            given["stop_loss"] = given["take_profit"] = None
        return OrderRequest(**given, group=self.order_group)

    def with_order(self, order: Order, *, now: int) -> OrderRecord:
        """With what the venue says of it."""
        is_over = order.is_final and not order.filled
        return replace(
            self,
            guarded="" if is_over else self.guarded,
            id=order.id or self.id,
            status=cast("RecordStatus", order.status),
            quantity=order.quantity or self.quantity,
            filled=max(order.filled, self.filled),
            average=order.average if order.average is not None else self.average,
            price=order.price if order.price is not None else self.price,
            stop_price=order.stop_price if order.stop_price is not None else self.stop_price,
            fee=order.fee or self.fee,
            fee_asset=order.fee_asset or self.fee_asset,
            reason=order.reason or self.reason,
            code=None,
            asked=0,
            pledged=None,
            created_at=order.created_at or self.created_at,
            updated_at=order.updated_at or now,
        )

    def value(self) -> dict[str, Any]:
        """As it is kept."""
        written: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if value is None:
                continue
            if name in _AMOUNTS:
                value = f"{value:f}"
            elif name in _TIMES:
                value = iso(value)
            elif value == "" or value == () or value is False:
                continue
            elif name == "adjusted":
                value = [dict(one) for one in value]
            elif name in ("provider", "siblings"):
                value = dict(value) if name == "provider" else list(value)
            written[name] = value
        return written


def read_record(value: Mapping[str, Any]) -> OrderRecord:
    given = {name: value[name] for name in OrderRecord.__dataclass_fields__ if value.get(name) is not None}
    for name in _AMOUNTS:
        if name in given:
            given[name] = Decimal(given[name])
    for name in _TIMES:
        if name in given:
            given[name] = milliseconds_of(given[name])
    given["adjusted"], given["siblings"] = tuple(given.get("adjusted", ())), tuple(given.get("siblings", ()))
    return OrderRecord(**given)


def write_fill(fill: Fill, *, group: str, run: str, path: str, profit: Decimal | None) -> dict[str, Any]:
    written = {**fill._asdict(), "group": group, "run": run, "path": path, "at": iso(fill.at)}
    written |= {name: f"{getattr(fill, name):f}" for name in ("quantity", "price", "fee")}
    if profit is not None:
        written["profit"] = f"{profit:f}"
    return written


def read_fill(value: Mapping[str, Any]) -> Fill:
    return Fill(
        value["id"],
        value["client_id"],
        value.get("order_id", ""),
        value["symbol"],
        value["side"],
        Decimal(value["quantity"]),
        Decimal(value["price"]),
        Decimal(value["fee"]),
        value["fee_asset"],
        milliseconds_of(value["at"]),
        bool(value.get("is_maker")),
        int(value.get("sequence", 0)),
    )


@lru_cache(maxsize=64)
def iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds_of(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
