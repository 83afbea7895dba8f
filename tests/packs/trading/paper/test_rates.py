"""Accounts over bars of a perpetual: what its holders pay each other, by a file of rates."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.trading.paper.bench import Clock, paper, place
from tests.packs.trading.paper.test_bars import TEXT
from treadle.errors import NodeError
from treadle.packs.trading.paper.rates import read_rates

SYMBOL = "X/USDT:USDT"
RATES = "time,rate\n2026-01-05T12:03:00Z,0.001\n2026-01-05T12:04:00Z,-0.002\n"


def write(folder: Path, rates: str = RATES) -> None:
    (folder / "x.csv").write_text(TEXT)
    (folder / "rates.csv").write_text(rates)


@pytest.mark.parametrize("named", ["rates.csv", {SYMBOL: "rates.csv"}])
async def test_who_is_long_pays_at_the_times_of_the_file(tmp_path: Path, named: Any) -> None:
    write(tmp_path)
    clock = Clock()
    async with paper(tmp_path, clock, feed="x.csv", funding=named, symbol=SYMBOL, fees=0) as venue:
        clock.move(minutes=1)
        before = (await venue.account()).equity
        await place(venue, "t-1", "buy", "market", "2", symbol=SYMBOL)
        clock.move(minutes=4)
        account = await venue.account()

    # Bought at 101.5; the closes of the bars that were over then: 91 and 94.
    paid = 2 * 91 * Decimal("0.001") - 2 * 94 * Decimal("0.002")
    assert account.equity - before == 2 * (94 - Decimal("101.5")) - paid


async def test_the_rate_that_is_told_is_the_one_that_was_paid_last(tmp_path: Path) -> None:
    write(tmp_path)
    clock = Clock()
    async with paper(tmp_path, clock, feed="x.csv", funding="rates.csv") as venue:
        clock.move(minutes=1)
        with pytest.raises(NodeError) as early:
            await venue.funding(SYMBOL)
        clock.move(minutes=2)
        told = await venue.funding(SYMBOL)

    assert early.value.code == "stale"
    assert (told.rate, told.next_at - clock.ms) == (Decimal("0.001"), 60_000)


@pytest.mark.parametrize(
    "columns",
    [
        {"time": ["2026-01-05T12:00:00Z"]},
        {"time": ["2026-01-05T12:00:00Z", "2026-01-05T11:00:00Z"], "rate": ["0", "0"]},
        {"time": ["2026-01-05T12:00:00"], "rate": ["0"]},
        {"time": ["2026-01-05T12:00:00Z"], "rate": ["much"]},
        {"time": ["2026-01-05T12:00:00Z"], "rate": ["NaN"]},
    ],
)
def test_rates_that_cannot_be_right_are_refused(columns: dict[str, list[str]]) -> None:
    with pytest.raises(NodeError):
        read_rates(columns, "rates.csv")


async def test_rates_have_times_of_their_own_which_bars_at_a_pace_have_not(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(NodeError, match="clock: bars"):
        async with paper(tmp_path, Clock(), feed="x.csv", funding="rates.csv", clock="bars"):
            pass
