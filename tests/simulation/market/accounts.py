"""Accounts for tests of the matching: a tick of 1, a lot of 1, a unit of money of 10⁻⁸."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.costs import Tier
from treadle.simulation.market.desk import Desk
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import RATE, from_wallet, scale_of, to_rate, to_wallet

SCALE = scale_of(Decimal(1), Decimal(1))


def account(
    cash: str = "100000", *, base: str = "0", owned: bool = True, maker: str = "0", taker: str = "0", **rules: Any
) -> tuple[Broker, Desk]:
    broker = Broker(Purse({}))
    broker.purse.move(0, "USDT", to_wallet(Decimal(cash)), "deposit", "", 0)
    broker.purse.move(0, "X", to_wallet(Decimal(base)), "deposit", "", 0)
    given: dict[str, Any] = {"shorts": not owned, "tiers": (Tier(0, to_rate(Decimal(maker)), to_rate(Decimal(taker))),)}
    desk = broker.open(
        Rules(
            "X/USDT", "X", "USDT", SCALE.multiplier, SCALE.wallet_per_money, SCALE.wallet_per_lot if owned else 0,
            **{**given, **rules},
        )
    )  # fmt: skip
    desk.last = 100
    return broker, desk


def put(broker: Broker, desk: Desk, side: int, kind: int, lots: int, **fields: Any) -> o.Row:
    row = o.order_row(broker.count(), side, kind, lots, **fields)
    want = broker.place(desk, row)
    assert want.reason == o.NONE, want
    return row


def fills(desk: Desk) -> list[tuple[int, int, int]]:
    """(side, lots, price)"""
    return [(one.side, one.lots, one.price) for one in desk.fills]


def cash(broker: Broker) -> Decimal:
    return from_wallet(broker.purse.total("USDT"))


__all__ = ["RATE", "SCALE", "account", "cash", "fills", "put"]
