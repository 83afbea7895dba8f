"""The market's rules: onto the grid, and never so that risk grows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.packs.trading.scripted import ALL, BTC
from treadle.errors import NodeError
from treadle.packs.trading.orders.client_ids import client_id
from treadle.packs.trading.orders.filters import fit, onto
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.order import OrderKind, OrderRequest, Side

PERPETUAL = replace(BTC, symbol="BTC/USDT:USDT", kind="perpetual")
LAST = Decimal(50_000)
sides = st.sampled_from(["buy", "sell"])
offered = st.decimals("26000", "99000", places=6)


def request(
    side: Side, kind: OrderKind = "limit", quantity: str | Decimal = "1", **more: Decimal | bool
) -> OrderRequest:
    return OrderRequest("t-1", BTC.symbol, side, kind, Decimal(quantity), **more)  # type: ignore[arg-type]


@given(
    side=sides, quantity=st.decimals("0.01", "50", places=9), price=offered, market=st.sampled_from([BTC, PERPETUAL])
)
def test_nobody_pays_more_or_gets_more_than_was_said(
    side: Side, quantity: Decimal, price: Decimal, market: Market
) -> None:
    fitted, changes = fit(request(side, quantity=quantity, price=price), market, reference=LAST)

    assert fitted.price is not None
    assert 0 <= quantity - fitted.quantity < Decimal("0.001")
    assert fitted.price <= price if side == "buy" else fitted.price >= price
    assert fitted.quantity % Decimal("0.001") == fitted.price % Decimal("0.1") == 0
    assert {one.field for one in changes} == {
        name for name in ("quantity", "price") if getattr(fitted, name) != {"quantity": quantity, "price": price}[name]
    }  # fmt: skip
    assert fit(fitted, market, reference=LAST) == (fitted, ())


@given(side=sides, stop=offered, kind=st.sampled_from(["stop", "take_profit"]))
def test_a_way_out_is_set_off_earlier_and_a_way_in_later(side: Side, stop: Decimal, kind: OrderKind) -> None:
    out, _ = fit(request(side, kind, stop_price=stop, reduce_only=True), PERPETUAL, reference=LAST)
    way_in, _ = fit(request(side, kind, stop_price=stop), PERPETUAL, reference=LAST)

    assert out.stop_price is not None
    assert way_in.stop_price is not None
    waits_below = (side == "sell") == (kind == "stop")
    assert out.stop_price >= stop if waits_below else out.stop_price <= stop
    assert way_in.stop_price <= stop if waits_below else way_in.stop_price >= stop


@given(side=sides, price=offered)
def test_a_bracket_closes_sooner(side: Side, price: Decimal) -> None:
    fitted, _ = fit(request(side, "market", stop_loss=price, take_profit=price), PERPETUAL, reference=LAST)

    assert fitted.stop_loss is not None
    assert fitted.take_profit is not None
    assert fitted.stop_loss >= price if side == "buy" else fitted.stop_loss <= price
    assert fitted.take_profit <= price if side == "buy" else fitted.take_profit >= price


@given(value=st.decimals("0.000000000001", "1000000000", places=18), step=st.decimals("0.00000001", "10", places=8))
def test_the_grid_is_exact_however_many_digits_there_are(value: Decimal, step: Decimal) -> None:
    down, up = onto(value, step), onto(value, step, up=True)

    assert down <= value <= up
    assert up - down in (0, step)


def test_what_is_on_the_grid_is_left_alone() -> None:
    asked = request("buy", quantity="0.123", price=Decimal("50000.1"))

    assert fit(asked, BTC, reference=LAST) == (asked, ())


def test_what_closes_a_derivative_may_be_less_than_the_least_notional() -> None:
    small = request("sell", "market", "0.001", reduce_only=True)
    market = replace(PERPETUAL, min_notional=Decimal(100))

    assert fit(small, market, reference=LAST)[0] == small
    with pytest.raises(NodeError) as caught:
        fit(replace(small, reduce_only=False), market, reference=LAST)
    assert caught.value.code == "below_minimum"


def test_an_order_has_one_name_and_another_has_another() -> None:
    names = {client_id(key, part, ALL) for key in ("a", "b") for part in ("", "x", "ax")}

    assert client_id("a", "x", ALL) == client_id("a", "x", ALL)
    assert len(names) == 6
    assert all(len(name) == 22 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
    assert len(client_id("a", "", replace(ALL, max_client_id=16))) == 16
    assert len(client_id("a", "", replace(ALL, min_client_id=30))) == 30
