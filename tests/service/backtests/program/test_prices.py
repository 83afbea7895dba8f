"""What nodes are told of prices is the column that came, where it says the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy

from treadle.packs.trading.paper.settings import PaperSettings
from treadle.service.backtests.program.prices import NAMES, Prices


def columns(*closes: float) -> dict[str, Any]:
    close = numpy.array(closes)
    return {"time": numpy.arange(len(closes)) * 60_000, **dict.fromkeys(NAMES, close)}


def prices(given: dict[str, Any], tick: str = "0.01") -> Prices:
    return Prices.of(given, PaperSettings(tick=Decimal(tick), lot=Decimal("0.01")), 60_000)


def test_a_column_in_ticks_is_told_as_it_came() -> None:
    given = columns(1.01, 1.1, 2.35)

    assert prices(given).told["close"] is given["close"]


def test_a_column_between_ticks_is_told_in_ticks() -> None:
    given = columns(1.014, 1.1, 2.35)

    assert prices(given).told["close"].tolist() == [1.01, 1.1, 2.35]
    assert given["close"].tolist() == [1.014, 1.1, 2.35]


def test_a_column_that_others_may_not_write_to_is_copied() -> None:
    given = columns(1.01, 1.1)
    given["close"].flags.writeable = False

    assert prices(given).told["close"] is not given["close"]
