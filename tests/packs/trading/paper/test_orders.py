"""Orders on a paper account over simulated markets and over bars."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.packs.trading.paper.bench import Clock, bar, paper, place
from treadle.errors import NodeError
from treadle.packs.trading.paper.venue import PaperVenue


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[PaperVenue]:
    """At a bar that closed at 100, with X of which 5 are there."""
    settings = {"balance": {"USDT": 10_000, "X": 5}, "tick": "0.01", "lot": "0.001", "fees": "0.001"}
    async with paper(tmp_path, Clock(), feed="run", timeframe="1m", **settings) as venue:
        await venue.feed("X/USDT", bar(0, "100 101 99 100"))
        yield venue


async def test_an_oco_pair_binds_once_and_one_cancels_the_other(venue: PaperVenue) -> None:
    await place(venue, "take", "sell", "limit", "5", price="105", group="exit")
    await place(venue, "stop", "sell", "stop", "5", stop_price="95", group="exit")
    await venue.feed("X/USDT", bar(1, "100 106 99 104"))

    orders = [await venue.fetch("X/USDT", name) for name in ("take", "stop")]

    assert [(one.status, one.group) for one in orders if one] == [("filled", "exit"), ("cancelled", "exit")]
    assert (await venue.account()).balances["USDT"].total == 10_000 + 525 - Decimal("0.525")


async def test_a_bracket_rests_when_its_order_is_filled_and_ends_with_the_position(venue: PaperVenue) -> None:
    await place(venue, "in", "buy", "limit", "2", price="98", stop_loss="90", take_profit="110")
    assert [one.client_id for one in await venue.open_orders()] == ["in"]
    await venue.feed("X/USDT", bar(1, "100 101 97 99"))
    assert [(one.client_id, one.kind, one.stop_price) for one in await venue.open_orders()] == [
        ("in-sl", "stop", 90), ("in-tp", "take_profit", 110),
    ]  # fmt: skip

    await place(venue, "out", "sell", "market", "2")
    await venue.feed("X/USDT", bar(2, "100 101 97 99"))

    assert await venue.open_orders() == []
    assert await venue.positions() == []


async def test_stop_loss_and_take_profit_are_changed_and_added_later(venue: PaperVenue) -> None:
    await place(venue, "in", "buy", "market", "2", stop_loss="90")
    await venue.feed("X/USDT", bar(1, "100 101 97 99"))

    await venue.modify("X/USDT", "in", stop_loss=Decimal(95), take_profit=Decimal(103))
    assert [(one.client_id, one.stop_price) for one in await venue.open_orders()] == [("in-sl", 95), ("in-tp", 103)]
    await venue.feed("X/USDT", bar(2, "100 104 99 101"))

    assert [(one.client_id, one.price) for one in await venue.fills("X/USDT", since=0)][1:] == [("in-tp", 103)]
    assert await venue.open_orders() == []


async def test_what_is_changed_binds_anew_and_cannot_pass_the_balance(venue: PaperVenue) -> None:
    await place(venue, "in", "buy", "limit", "50", price="99")
    with pytest.raises(NodeError) as raised:
        await venue.modify("X/USDT", "in", quantity=Decimal(150))
    await venue.modify("X/USDT", "in", quantity=Decimal(60), price=Decimal(100))
    account = await venue.account()

    assert raised.value.code == "insufficient_balance"
    assert account.balances["USDT"].used == Decimal(6000) * Decimal("1.001")


async def test_what_is_over_is_not_changed(venue: PaperVenue) -> None:
    await place(venue, "in", "buy", "limit", "1", price="99")
    await venue.cancel("X/USDT", "in")

    with pytest.raises(NodeError, match="is cancelled; nothing of it can be changed"):
        await venue.modify("X/USDT", "in", price=Decimal(98))


@pytest.mark.parametrize(
    ("side", "kind", "quantity", "fields", "code"),
    [
        ("buy", "market", "1000", {}, "insufficient_balance"),
        ("sell", "market", "6", {}, "insufficient_balance"),
        ("buy", "limit", "1", {"price": "100.001"}, "off_grid"),
        ("buy", "market", "0.0001", {}, "off_grid"),
        ("buy", "market", "0", {}, "below_minimum"),
        ("buy", "limit", "1", {"price": "0"}, "price_out_of_bounds"),
        ("buy", "limit", "1", {}, "refused"),
        ("buy", "stop", "1", {}, "refused"),
        ("buy", "limit", "1", {"price": "101", "post_only": True}, "would_trade"),
        ("sell", "market", "1", {"reduce_only": True}, "no_position"),
    ],
)
async def test_what_cannot_be_is_refused_and_not_kept(
    venue: PaperVenue, side: str, kind: str, quantity: str, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(NodeError) as raised:
        await place(venue, "no", side, kind, quantity, **fields)

    assert raised.value.code == code
    assert await venue.fetch("X/USDT", "no") is None
    assert (await venue.account()).balances["USDT"].free == 10_000


async def test_one_that_cannot_be_paid_at_the_next_opening_is_rejected_with_the_reason(venue: PaperVenue) -> None:
    await place(venue, "in", "buy", "market", "99")
    await venue.feed("X/USDT", bar(1, "102 103 101 102"))

    order = await venue.fetch("X/USDT", "in")

    assert order is not None
    assert order.status == "rejected"
    assert (order.reason or "").startswith("insufficient_balance")


async def test_a_position_on_margin_goes_both_ways_and_pays_funding(tmp_path: Path) -> None:
    """A simulated perpetual, short over a payment."""
    clock, symbol = Clock(), "BTC/USDT:USDT"
    async with paper(tmp_path, clock, leverage=5, fees=0) as venue:
        order = await place(venue, "in", "sell", "market", "0.1", symbol=symbol)
        account = await venue.account()
        funding = await venue.funding(symbol)
        clock.move(seconds=(funding.next_at - clock.ms) / 1000 + 1)
        (position,), later = await venue.positions(), await venue.account()
        entries = [one for one in venue._account.accounts.entries("main") if one.kind == "funding"]

    assert order.average is not None
    assert (position.quantity, position.entry) == (Decimal("-0.1"), order.average)
    assert account.margin == pytest.approx(order.average * Decimal("0.02"), rel=Decimal("0.01"))
    assert len(entries) == 1
    assert (entries[0].amount > 0) == (funding.rate > 0)
    assert later.equity == later.balance + position.profit


async def test_latency_is_what_the_price_was_later(tmp_path: Path) -> None:
    """A simulated market is asked for the price of the arrival."""
    clock = Clock()
    async with paper(tmp_path, clock, latency=30_000) as late:
        order = await place(late, "in", "buy", "market", "0.01", symbol="BTC/USDT")
        clock.move(seconds=30)
        quote = await late.quote("BTC/USDT")

    assert order.fills[0].price == quote.ask
    assert order.fills[0].at == clock.ms


async def test_a_prediction_is_settled_while_nobody_looks(tmp_path: Path) -> None:
    clock = Clock()
    async with paper(tmp_path, clock, fees=0) as venue:
        symbol = next(one for one in await venue.symbols() if one.endswith(":YES"))
        market = await venue.market(symbol)
    async with paper(tmp_path, clock, balance={market.quote: 1000}, fees=0) as venue:
        order = await place(venue, "in", "buy", "market", "100", symbol=symbol)
        other = await place(venue, "no", "buy", "market", "100", symbol=symbol.replace(":YES", ":NO"))
        clock.move(days=40)
        account = await venue.account()
        positions = await venue.positions()

    assert order.average is not None
    assert other.average is not None
    assert positions == []
    assert account.balance == 1000 - 100 * (order.average + other.average) + 100


async def test_settings_that_are_wrong_are_named_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(NodeError) as raised:
        async with paper(tmp_path, Clock(), leverage=0, fees={"maker": 5}, path="best"):
            pass

    assert raised.value.code == "bad_settings"
    for name in ("leverage", "fees.maker", "path"):
        assert f"`{name}`" in raised.value.message


async def test_what_rests_over_another_venue_is_filled_by_its_candles_and_its_price(tmp_path: Path) -> None:
    clock, symbol = Clock(), "BTC/USDT"
    async with paper(tmp_path, clock, "prices") as inner, paper(tmp_path, clock, inner=inner) as venue:
        quote = await venue.quote(symbol)
        tick = (await venue.market(symbol)).tick
        assert tick is not None
        price = (quote.bid * Decimal("0.999") // tick) * tick
        await place(venue, "rests", "buy", "limit", "0.01", symbol=symbol, price=str(price))
        clock.move(hours=6)
        order = await venue.fetch(symbol, "rests")
        low = min((await inner.candles(symbol, "1m", bars=360))["low"])

    assert order is not None
    assert (order.status == "filled") == (low <= price)
    assert order.average in (None, price)


async def test_however_often_a_simulated_account_is_looked_at_it_comes_to_the_same(tmp_path: Path) -> None:
    """Over nine hours with a payment of funding: every few minutes by two of the same account, or once by one."""
    told = []
    for account, looks in (("often", 180), ("once", 1)):
        clock = Clock()
        async with (
            paper(tmp_path, clock, account, leverage=20) as one,
            paper(tmp_path, clock, account, leverage=20) as two,
        ):
            last = (await one.quote("BTC/USDT")).last
            await place(one, "held", "buy", "market", "0.05", symbol="BTC/USDT:USDT")
            for number, share in enumerate(("0.995", "0.99", "0.985", "1.005", "1.01")):
                price = (last * Decimal(share)).quantize(Decimal(1))
                side, kind = ("buy", "limit") if Decimal(share) < 1 else ("sell", "limit")
                for symbol in ("BTC/USDT", "BTC/USDT:USDT"):
                    if side == "buy" or symbol != "BTC/USDT":
                        await place(
                            one, f"t-{symbol[-1:]}-{number}", side, kind, "0.01", symbol=symbol, price=str(price),
                            take_profit=str(price + 300 if side == "buy" else price - 300),
                            stop_loss=str(price - 400 if side == "buy" else price + 400),
                        )  # fmt: skip
            for look in range(looks):
                clock.move(seconds=9 * 3600 / looks)
                await (one, two)[look % 2].account()
            fills = [await two.fills(symbol, since=0) for symbol in ("BTC/USDT", "BTC/USDT:USDT")]
            ledger = two._account.accounts.entries(account)
            told.append((fills, await one.account(), await two.positions(), sorted(ledger)))

    assert told[0] == told[1]
    assert len([fill for fills in told[0][0] for fill in fills]) > 5
    assert "funding" in {entry.kind for entry in told[0][3]}
