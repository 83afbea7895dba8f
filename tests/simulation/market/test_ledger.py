"""Any orders over any bars: the same as an independent broker, and the ledger sums up to the last digit."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_CEILING, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.market.accounts import RATE, SCALE, account, cash
from tests.simulation.market.slow_broker import UNIT, SlowBroker, SlowOrder
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.desk import Desk
from treadle.simulation.market.scale import from_wallet

KINDS = {
    "market": o.MARKET, "limit": o.LIMIT, "stop": o.STOP_MARKET, "stop_limit": o.STOP_LIMIT,
    "take_profit": o.TAKE_MARKET,
}  # fmt: skip
price = st.integers(80, 120)


@st.composite
def bars(draw: st.DrawFn) -> tuple[int, int, int, int, int]:
    opened, close = draw(price), draw(price)
    high = max(opened, close) + draw(st.integers(0, 12))
    low = min(opened, close) - draw(st.integers(0, 12))
    return opened, high, low, close, draw(st.integers(0, 40))


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(KINDS)))
    wish: dict[str, Any] = {
        "kind": kind,
        "side": draw(st.sampled_from(["buy", "sell"])),
        "quantity": draw(st.integers(1, 9)),
    }
    if kind in ("limit", "stop_limit"):
        wish["price"] = draw(price)
    if kind not in ("market", "limit"):
        wish["stop"] = draw(price)
    if draw(st.booleans()):
        wish["stop_loss"], wish["take_profit"] = draw(st.one_of(st.none(), price)), draw(st.one_of(st.none(), price))
    elif draw(st.booleans()):
        wish["group"] = draw(st.integers(1, 2))
    wish["reduce_only"] = draw(st.integers(0, 4)) == 0
    return wish


days = st.lists(st.tuples(bars(), st.lists(wishes(), max_size=3)), min_size=1, max_size=12)


def row_of(broker: Broker, wish: dict[str, Any], since: int) -> o.Row:
    return o.order_row(
        broker.count(), o.BUY if wish["side"] == "buy" else o.SELL, KINDS[wish["kind"]], wish["quantity"],
        price=wish.get("price") or 0, stop=wish.get("stop") or 0, group=wish.get("group") or 0,
        stop_loss=wish.get("stop_loss") or 0, take_profit=wish.get("take_profit") or 0,
        reduce_only=wish["reduce_only"], since=since,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(days)
def test_the_same_fills_as_a_broker_that_moves_the_price_tick_by_tick(days: list[Any]) -> None:
    broker, desk = account("10000000", owned=False, maker="0.0003", taker="0.00071", margin=RATE // 100)
    slow = SlowBroker(Decimal("0.0003"), Decimal("0.00071"))
    for day, (bar, placed) in enumerate(days):
        for wish in placed:
            row = row_of(broker, {**wish, "group": wish.get("group") and day * 10 + wish["group"]}, day)
            if broker.place(desk, row).reason != o.NONE:
                continue
            fields = {key: value for key, value in wish.items() if key != "group"}
            group = wish.get("group") and day * 10 + wish["group"]
            slow.place(SlowOrder(group=group, placed_in=day, **fields))
        desk.step(day, day + 1, *bar[:4])
        slow.bar(day, *bar[:4])

        assert [
            ("buy" if one.side > 0 else "sell", one.lots, one.price, SCALE.money(one.fee)) for one in desk.fills
        ] == [(side, lots, at, fee.normalize() + 0) for side, lots, at, fee in slow.fills]
        assert desk.position == slow.position
        assert from_wallet(desk.equity()) - 10_000_000 == slow.equity(bar[3])


@settings(max_examples=100, deadline=None)
@given(days, st.booleans(), st.booleans(), st.sampled_from([0, RATE // 3]), st.sampled_from(["1500", "60"]))
def test_an_independent_ledger_sums_up(days: list[Any], owned: bool, pessimistic: bool, share: int, money: str) -> None:
    """Cash, fees, position and profit are what a decimal ledger makes of the fills; nobody goes below nothing."""
    maker, taker = Decimal("0.00025"), Decimal("0.00075")
    broker, desk = account(
        money, owned=owned, maker=str(maker), taker=str(taker), is_pessimistic=pessimistic, volume_share=share,
        margin=RATE // 5, base="4" if owned else "0",
    )  # fmt: skip
    rows: list[o.Row] = []
    for day, (bar, placed) in enumerate(days):
        for wish in placed:
            row = row_of(broker, wish, day)
            if broker.place(desk, row).reason == o.NONE:
                rows.append(row)
        before = len(desk.fills)
        desk.step(day, day + 1, *bar)
        new = desk.fills[before:]
        assert all(bar[2] <= one.price <= bar[1] for one in new if not (pessimistic and one.is_maker))

        assert_ledger(broker, desk, Decimal(money), maker, taker, bar[3], owned=owned)
        assert broker.purse.total("USDT") >= 0 or not owned
        assert broker.purse.total("X") >= 0
    for row in rows:
        own = [one for one in desk.fills if one.number == row[o.NUMBER]]
        assert sum(one.lots for one in own) == row[o.FILLED] <= row[o.QUANTITY]
        assert sum(one.lots * one.price for one in own) == row[o.COST]
        assert sum(one.fee for one in own) == row[o.FEE]
        if o.is_limit(row):
            assert all((one.price - row[o.PRICE]) * row[o.SIDE] <= 0 for one in own)


def assert_ledger(
    broker: Broker, desk: Desk, money: Decimal, maker: Decimal, taker: Decimal, close: int, *, owned: bool
) -> None:
    spent, fees, lots = Decimal(0), Decimal(0), 0
    for one in desk.fills:
        worth = Decimal(one.lots) * one.price
        fee = (worth * (maker if one.is_maker else taker) / UNIT).to_integral_value(ROUND_CEILING) * UNIT
        assert SCALE.money(one.fee) == fee
        spent, fees, lots = spent + one.side * worth, fees + fee, lots + one.side * one.lots
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in broker.purse.entries:
        sums[entry.asset] += from_wallet(entry.amount)
    assert sums["USDT"] == cash(broker)
    assert sum(from_wallet(one.amount) for one in broker.purse.entries if one.kind == "fee") == -fees
    if owned:
        assert cash(broker) == money - spent - fees
        assert sums["X"] == from_wallet(broker.purse.total("X")) == 4 + lots
    else:
        assert desk.position == lots
        assert from_wallet(desk.equity()) == money - spent - fees + lots * close
        assert SCALE.money(desk.profit) + SCALE.money(desk.unrealised) == lots * close - spent
