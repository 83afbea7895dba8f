"""What cannot be done: a clear result on the node, an `error` branch, and nothing half-placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.orders.trading import buy, limited, order, records, trade
from tests.packs.trading.scripted import BTC, Exchange
from treadle.model.workflow import Node
from treadle.packs.trading.venue.refusal import refusal
from treadle.testing import Harness


def closed(exchange: Exchange) -> None:
    exchange.markets["BTC/USDT"] = replace(BTC, is_open=False)


def poor(exchange: Exchange) -> None:
    exchange.held["USDT"] = Decimal(100)


def small_market(exchange: Exchange) -> None:
    exchange.markets["BTC/USDT"] = replace(BTC, max_quantity=Decimal("0.1"))


def dear_market(exchange: Exchange) -> None:
    exchange.markets["BTC/USDT"] = replace(BTC, min_notional=Decimal(100))


def expired(exchange: Exchange) -> None:
    exchange.refuses = [refusal("credentials_refused", "The key has expired.", remedy="Make a new one.", key="main")]


def skewed(exchange: Exchange) -> None:
    message = "The clock of this machine is 7.2 s behind the venue's; 5 s are allowed."
    exchange.refuses = [refusal("clock_skew", message, remedy="Set the clock.", skew=7.2, limit=5)]


def old_price(exchange: Exchange) -> None:
    exchange.quote_age = 90.0


def nothing(exchange: Exchange) -> None:
    pass


CASES: list[tuple[str, Callable[[Exchange], None], Node, dict[str, Any]]] = [
    ("unknown_symbol", nothing, order(side="buy", size=1, symbol="NO/SUCH"), {"symbol": "NO/SUCH"}),
    ("market_closed", closed, buy(), {"symbol": "BTC/USDT"}),
    ("insufficient_balance", poor, buy("0.5"), {"asset": "USDT", "needed": "25002.5", "free": "100"}),
    ("insufficient_balance", nothing, order(side="sell", size=1), {"asset": "BTC", "free": "0"}),
    ("below_minimum", nothing, buy("0.0004"), {"rule": "min_quantity", "quantity": "0.0004", "minimum": "0.001"}),
    ("below_minimum", dear_market, buy("0.001"), {"rule": "min_notional", "notional": "50", "bound": "100"}),
    ("above_maximum", small_market, buy("0.5"), {"rule": "max_quantity", "quantity": "0.5", "maximum": "0.1"}),
    ("price_out_of_bounds", nothing, order("limit", side="buy", size=1, price=20000), {"rule": "percent_price"}),
    ("slippage", nothing, buy(expected=49000, max_slippage=1),
     {"rule": "max_slippage", "price": "50005", "worst": "49490"}),
    ("credentials_refused", expired, buy(), {"key": "main"}),
    ("clock_skew", skewed, buy(), {"skew": 7.2, "limit": 5}),
    ("stale", old_price, buy(), {"rule": "max_price_age", "limit": 60.0}),
    ("impossible_trade", nothing, buy(stop_loss=51000), {"rule": "stop_loss", "price": "50005"}),
    ("risk_limit", nothing, buy(provider=limited(max_order_notional=1000)),
     {"rule": "max_order_notional", "limit": "1000", "found": "25002.5"}),
    ("unreadable_limits", nothing, buy(provider=limited(max_losses=3)), {}),
    ("no_symbol", nothing, Node(id="order", type="order.market", config={"provider": "scripted", "side": "buy",
                                                                         "size": 1}), {}),
    ("no_position", nothing, order("close"), {"symbol": "BTC/USDT"}),
    ("unknown_order", nothing, order("await", order="t-nobody"), {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "world", "node", "facts"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
async def test_it_is_told_with_its_rule_and_numbers_and_nothing_is_placed(
    harness: Harness,
    exchange: Exchange,
    code: str,
    world: Callable[[Exchange], None],
    node: Node,
    facts: dict[str, Any],
) -> None:
    world(exchange)
    branching = node.model_copy(update={"on_error": "branch"})
    told = Node(id="told", type="data.set", config={"fields": {"why": "{{ nodes.order.error }}"}}, after=("order",))

    failed = await trade(harness, node)
    world(exchange)
    run = await trade(harness, branching, told)

    assert failed.error is not None
    assert (failed.error.type, failed.status) == (code, "failed")
    assert {name: failed.error.details.get(name) for name in facts} == facts
    error = run.outputs()["order"]["error"]
    assert (run.status, error["type"]) == ("completed", code)
    assert exchange.orders == {}
    assert all(one["status"] == "rejected" for one in await records(harness, "order"))


async def test_a_price_that_slips_while_the_order_is_on_its_way_trades_nothing(
    harness: Harness, exchange: Exchange
) -> None:
    class Moving(Exchange):
        def take(self, request: Any, at: int, **more: Any) -> Any:
            self.last["BTC/USDT"] = Decimal(53_000)
            return super().take(request, at, **more)

    exchange.__class__ = Moving

    run = await trade(harness, buy(max_slippage=1))

    assert run.error is not None
    assert (run.error.type, run.error.details["worst"]) == ("slippage", "50505")
    assert exchange.held["BTC"] == 0


async def test_what_the_venue_rejects_in_the_end_is_told_in_its_words(harness: Harness, exchange: Exchange) -> None:
    exchange.mishaps = ["rejected"]

    run = await trade(harness, buy())

    assert run.error is not None
    assert run.error.type == "refused"
    assert "not in the mood" in run.error.message


async def test_what_a_venue_cannot_is_refused_by_name(harness: Harness, exchange: Exchange) -> None:
    exchange.capabilities = replace(exchange.capabilities, orders=frozenset({"market", "limit"}))

    run = await trade(harness, buy(stop_loss=49000))

    assert run.error is not None
    assert run.error.type == "not_supported"
    assert exchange.orders == {}
