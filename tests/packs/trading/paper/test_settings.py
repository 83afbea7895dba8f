"""What a paper account is told."""

from __future__ import annotations

from treadle.packs.trading.paper.settings import read_settings


def test_equity_is_told_in_money_whatever_is_named_first() -> None:
    for balance in ({"BTC": 1, "USDT": 100}, {"USDT": 100, "BTC": 1}):
        assert read_settings({"balance": balance}).told_in == "USDT"


def test_equity_is_told_in_the_currency_that_is_named() -> None:
    assert read_settings({"balance": {"BTC": 1, "USDT": 100}, "currency": "BTC"}).told_in == "BTC"
