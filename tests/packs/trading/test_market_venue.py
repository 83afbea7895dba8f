"""Market nodes that ask a venue: the paper venue over simulated markets, and one that misbehaves."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from treadle.errors import NodeError
from treadle.model.workflow import Connection, Node, Workflow
from treadle.node import NodeDefinition, Permissions
from treadle.packs.trading.market.account import account
from treadle.packs.trading.market.candles import candles
from treadle.packs.trading.market.funding import funding
from treadle.packs.trading.market.orderbook import orderbook
from treadle.packs.trading.market.positions import positions
from treadle.packs.trading.market.provider import provider
from treadle.packs.trading.market.quote import quote
from treadle.packs.trading.venue.account import Position
from treadle.packs.trading.venue.asking import name_provider
from treadle.packs.trading.venue.market_data import Level, OrderBook, Quote
from treadle.packs.trading.venue.provider import ProviderRef
from treadle.packs.trading.venue.venues import Venues
from treadle.testing import Harness

PAPER = ProviderRef("paper")
BTC = ProviderRef("paper", symbol="BTC/USDT")
ASKING: list[NodeDefinition] = [quote, candles, orderbook, account, positions, funding]


@pytest.fixture
async def context(tmp_path: Path) -> AsyncGenerator[FakeContext]:
    context = FakeContext(permissions=Permissions(workspace=tmp_path))
    yield context
    await context.aclose()


class Told:
    """A venue that says what it is told to."""

    def __init__(self, context: FakeContext) -> None:
        self.now = round(context.clock.timestamp() * 1000)
        self.quoted = Quote("X/Y", Decimal(99), Decimal(101), Decimal(100), self.now)
        self.book = OrderBook("X/Y", [Level(Decimal(99), Decimal(3))], [Level(Decimal(101), Decimal(1))], self.now)
        self.bars: dict[str, Any] = {}
        self.held: list[Position] = []

    async def of(self, ctx: Any, provider: ProviderRef) -> Told:
        return self

    async def quote(self, symbol: str) -> Quote:
        return self.quoted

    async def order_book(self, symbol: str, *, depth: int) -> OrderBook:
        return self.book

    async def candles(self, symbol: str, timeframe: str, *, bars: int, closed_only: bool) -> dict[str, Any]:
        return {**self.bars, "timeframe": timeframe}

    async def positions(self, symbol: str | None) -> list[Position]:
        return self.held

    async def aclose(self) -> None:
        pass


@pytest.fixture
def told(context: FakeContext) -> Told:
    told = Told(context)
    context.resources[Venues] = told
    return told


def bars(*begins: int, close: float = 5.0) -> dict[str, Any]:
    return {
        "time": list(begins),
        **{name: [close] * len(begins) for name in ("open", "high", "low", "close", "volume")},
    }


async def test_the_symbol_is_the_providers_unless_one_is_given(context: FakeContext) -> None:
    own = await perform(quote, context, provider=BTC)
    given = await perform(quote, context, {"symbol": "ETH/USDT"}, provider=BTC)

    assert own["last"] > 10 * given["last"]


async def test_without_any_symbol_a_quote_is_refused(context: FakeContext) -> None:
    with pytest.raises(NodeError) as refused:
        await perform(quote, context, provider=PAPER)

    assert refused.value.code == "no_symbol"


async def test_an_unknown_symbol_is_a_result_with_a_remedy(context: FakeContext) -> None:
    with pytest.raises(NodeError) as refused:
        await perform(candles, context, {"symbol": "BTC/USDX"}, provider=PAPER)

    assert refused.value.code == "unknown_symbol"
    assert "BTC/USDT" in (refused.value.remedy or "")


async def test_a_stale_quote_is_refused_and_taken_where_age_is_nothing(context: FakeContext, told: Told) -> None:
    told.quoted = told.quoted._replace(at=told.now - 61_000)

    with pytest.raises(NodeError) as refused:
        await perform(quote, context, provider=BTC)
    taken = await perform(quote, context, {"max_age": None}, provider=BTC)

    assert refused.value.code == "stale"
    assert taken["spread"] == 2
    assert "volume" not in taken


@pytest.mark.parametrize(("behind", "is_fresh"), [(1, True), (2, True), (3, False)])
async def test_the_newest_bar_must_have_ended_within_its_own_length(
    context: FakeContext, told: Told, behind: int, is_fresh: bool
) -> None:
    last = told.now - behind * 3_600_000
    told.bars = bars(last - 3_600_000, last)

    if is_fresh:
        assert len((await perform(candles, context, provider=BTC))["candles"]["close"]) == 2
        return
    with pytest.raises(NodeError) as refused:
        await perform(candles, context, provider=BTC)
    assert refused.value.code == "stale"


async def test_how_old_the_newest_bar_may_be_can_be_said(context: FakeContext, told: Told) -> None:
    told.bars = bars(told.now - 10 * 3_600_000)

    found = await perform(candles, context, {"max_age": "12h"}, provider=BTC)

    assert found["candles"]["close"].tolist() == [5.0]


async def test_bars_with_a_gap_or_no_number_fail_the_node(context: FakeContext, told: Told) -> None:
    last = told.now - 3_600_000
    for wrong, code in (
        (bars(last - 2 * 3_600_000, last), "gap"),
        (bars(last - 3_600_000, last, close=float("nan")), "not_a_number"),
        (bars(last, last), "duplicate"),
    ):
        told.bars = wrong
        with pytest.raises(NodeError) as refused:
            await perform(candles, context, provider=BTC)
        assert refused.value.code == code


async def test_a_market_without_a_bar_says_so(context: FakeContext, told: Told) -> None:
    told.bars = bars()

    with pytest.raises(NodeError) as refused:
        await perform(candles, context, provider=BTC)

    assert refused.value.code == "no_candles"


async def test_a_bar_that_runs_is_there_when_it_is_asked_for(context: FakeContext) -> None:
    closed = (await perform(candles, context, {"bars": 2}, provider=BTC))["candles"]
    running = (await perform(candles, context, {"bars": 2, "running": True}, provider=BTC))["candles"]

    assert running["time"][-1] == closed["time"][-1] + 3_600_000
    assert (closed["closed"], running["closed"]) == (True, False)


async def test_the_balance_of_a_book_is_by_what_lies_near(context: FakeContext, told: Told) -> None:
    found = await perform(orderbook, context, {"within_pct": 2}, provider=BTC)
    near = await perform(orderbook, context, {"within_pct": 0.5}, provider=BTC)

    assert (found["bid_depth"], found["ask_depth"]) == (297, 101)
    assert found["imbalance"] == pytest.approx(196 / 398)
    assert (near["imbalance"], near["bid_depth"]) == (0, 0)


async def test_a_book_with_one_side_is_a_closed_market(context: FakeContext, told: Told) -> None:
    told.book = told.book._replace(asks=[])

    with pytest.raises(NodeError) as refused:
        await perform(orderbook, context, provider=BTC)

    assert refused.value.code == "market_closed"


async def test_positions_of_a_symbol_are_added_up(context: FakeContext, told: Told) -> None:
    one = Position("BTC/USDT", Decimal(2), Decimal(100), Decimal(110), Decimal(20), id="7")
    other = replace_all(one, quantity=Decimal(1), entry=Decimal(130), profit=Decimal(-20), liquidation=Decimal(50))
    told.held = [one, other, replace_all(one, symbol="ETH/USDT", quantity=Decimal(-5), profit=Decimal(1))]

    found = await perform(positions, context, provider=BTC)

    assert (found["held"], found["quantity"], found["entry"], found["profit"]) == (3, 3, 110, 1)
    assert found["positions"][2]["value"] == -550
    assert found["positions"][1]["liquidation"] == 50


def replace_all(position: Position, **changes: Any) -> Position:
    return position._replace(**changes)


async def test_what_is_not_held_has_no_entry(context: FakeContext) -> None:
    found = await perform(positions, context, provider=BTC)

    assert found == {"positions": [], "held": 0, "quantity": 0, "profit": 0}


async def test_the_provider_asks_only_for_what_is_wanted(context: FakeContext) -> None:
    config = {"venue": "paper", "symbol": "BTC/USDT:USDT", "settings": {"seed": 3}}
    nothing = await perform(provider, context, config)
    everything = await perform(
        provider, context, {**config, "endpoints": ["price", "balance", "positions", "orderbook", "funding"]}
    )

    assert nothing == {"provider": {"venue": "paper", "symbol": "BTC/USDT:USDT", "settings": {"seed": 3}}}
    assert everything["balance"] == {"USDT": 10_000}
    assert everything["positions"] == []
    bid, ask = everything["orderbook"]["bids"][0][0], everything["orderbook"]["asks"][0][0]
    assert bid < everything["price"] < ask
    assert abs(everything["funding"]) < 1


def test_an_unknown_venue_is_found_by_the_check() -> None:
    ((_, problem),) = provider.config_problems({"venue": "binanse"}, frozenset())

    assert "binance" in problem


def test_endpoints_of_a_market_need_a_symbol() -> None:
    ((_, problem),) = provider.config_problems({"venue": "paper", "endpoints": ["price", "balance"]}, frozenset())

    assert "`symbol`" in problem


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"provider": "binance"}, "binance"),
        ({"provider": {"venue": "kraken", "symbol": "BTC/USD"}}, "kraken"),
        ({"venue": "binance"}, "binance"),
        ({"provider": "paper"}, None),
        ({"provider": "{{ nodes.exchange.provider }}"}, None),
        ({"venue": "{{ workflow.input.venue }}"}, None),
        ({}, None),
    ],
)
def test_who_is_asked_is_known_to_the_circuit_breaker(config: dict[str, Any], name: str | None) -> None:
    assert name_provider(config) == name


@pytest.mark.parametrize("definition", ASKING, ids=lambda one: one.name)
def test_asking_again_harms_nothing(definition: NodeDefinition) -> None:
    assert definition.type.in_doubt == "repeat"


async def test_to_trade_elsewhere_is_to_change_one_node(harness: Harness, tmp_path: Path) -> None:
    harness.permissions = Permissions(workspace=tmp_path)

    async def ask(**config: Any) -> Any:
        flow = Workflow(
            name="asking",
            nodes=(
                Node(id="exchange", type="market.provider", config=config),
                Node(id="quote", type="market.quote"),
                Node(id="candles", type="market.candles", config={"timeframe": "1m", "bars": 30}),
                Node(id="rsi", type="indicator.rsi"),
            ),
            connections=tuple(
                Connection(source=source, output=output, target=target, input=into)
                for source, output, target, into in (
                    ("exchange", "provider", "quote", "provider"),
                    ("exchange", "provider", "candles", "provider"),
                    ("candles", "candles", "rsi", "series"),
                )
            ),
            outputs={"last": "{{ nodes.quote.last }}", "rsi": "{{ nodes.rsi.value }}"},
        )
        run = await harness.run(flow, deployment="bot", mode="paper")
        assert run.status == "completed", run.error
        return run.result.output

    alpha = await ask(venue="paper", symbol="BTC/USDT", settings={"market": "alpha"})
    beta = await ask(venue="paper", symbol="BTC/USDT", settings={"market": "beta"})

    assert alpha["last"] != beta["last"]
    assert 0 < alpha["rsi"] < 100
    assert abs(alpha["last"] / beta["last"] - 1) < Decimal("0.02")
