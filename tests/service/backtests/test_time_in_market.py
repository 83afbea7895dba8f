"""For how much of the time something was held, which is not how much of the account was at stake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from treadle.service.backtests.result import BacktestResult
from treadle.service.backtests.time_in_market import find_time_in_market

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def held(*fills: tuple[float, str, str, str], hours: float = 10) -> float | None:
    """Of fills (after so many hours, symbol, side, quantity)."""
    told: Sequence[dict[str, Any]] = [
        {"at": (BEGIN + timedelta(hours=after)).isoformat(), "symbol": symbol, "side": side, "quantity": quantity}
        for after, symbol, side, quantity in fills
    ]
    return find_time_in_market(BacktestResult("bot", "1", BEGIN, BEGIN + timedelta(hours=hours), 10, "1h", fills=told))


@pytest.mark.parametrize(
    ("fills", "share"),
    [
        ([], 0),
        ([(2, "A/B", "buy", "1"), (5, "A/B", "sell", "1")], 0.3),
        ([(2, "A/B", "sell", "1"), (5, "A/B", "buy", "1")], 0.3),  # short
        ([(2, "A/B", "buy", "0.1"), (3, "A/B", "buy", "0.2"), (4, "A/B", "sell", "0.3")], 0.2),
        ([(8, "A/B", "buy", "1")], 0.2),  # to the end
        ([(1, "A/B", "buy", "1"), (3, "C/B", "buy", "1"), (4, "A/B", "sell", "1"), (6, "C/B", "sell", "1")], 0.5),
        ([(1, "A/B", "buy", "1"), (1, "A/B", "sell", "1")], 0),
        ([(1, "A/B", "buy", "1"), (2, "A/B", "sell", "1"), (8, "A/B", "buy", "1"), (9, "A/B", "sell", "1")], 0.2),
    ],
)
def test_time_in_the_market_is_the_share_of_the_time_with_a_position(
    fills: list[tuple[float, str, str, str]], share: float
) -> None:
    assert held(*fills) == pytest.approx(share)


def test_a_test_of_no_length_has_none() -> None:
    assert held(hours=0) is None
