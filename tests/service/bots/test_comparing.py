"""Two bots side by side."""

from __future__ import annotations

from collections.abc import Sequence

from tests.service.bots.dealing import fill
from treadle.service.bots.book import keep_book
from treadle.service.bots.comparing import compare_trades
from treadle.service.bots.holding import Trade
from treadle.service.measure import Measure


def trades(*exits: int, symbol: str = "BTC/USDT") -> Sequence[Trade]:
    """Bought at 100 each."""
    fills = [fill(2 * at, "buy", "1", "100", minute=2 * at, symbol=symbol) for at in range(len(exits))]
    fills += [
        fill(2 * at + 1, "sell", "1", str(price), minute=2 * at + 1, symbol=symbol) for at, price in enumerate(exits)
    ]
    return keep_book(fills).trades


def measures(first: Sequence[Trade], second: Sequence[Trade]) -> dict[str, Measure]:
    return {one.name: one for one in compare_trades(first, second, 0.95)}


def test_bots_are_compared_by_profit_trades_win_rate_and_drawdown() -> None:
    found = measures(trades(110, 95, 105), trades(90, 130))

    sides = {name: (one.first, one.second) for name, one in found.items()}
    assert sides["profit, USDT"] == (10, 20)
    assert sides["trades"] == (3, 2)
    assert sides["win rate"] == (2 / 3, 0.5)
    assert sides["max drawdown, USDT"] == (5, 10)
    assert sides["profit factor"] == (3, 3)


def test_a_win_rate_that_is_far_apart_differs() -> None:
    found = measures(trades(*[110] * 30), trades(*[90] * 30))

    assert (found["win rate"].differs, found["mean profit per trade, USDT"].differs) == (True, True)
    assert found["profit, USDT"].interval is None


def test_one_without_trades_has_no_rate() -> None:
    found = measures(trades(110), [])

    assert (found["win rate"].second, found["win rate"].interval, found["trades"].second) == (None, None, 0)


def test_those_that_have_never_traded_have_nothing_to_compare() -> None:
    assert compare_trades([], [], 0.95) == []


def test_only_trades_in_one_currency_are_compared() -> None:
    found = measures(trades(110, 110), [*trades(101), *trades(90, symbol="BTC/EUR")])

    assert (found["profit, USDT"].first, found["profit, USDT"].second) == (20, 1)
