"""Whose account it is, and what is left of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.trading.paper.bench import Clock, paper, place
from treadle.errors import NodeError
from treadle.node import Permissions
from treadle.packs.trading.venue import venues
from treadle.packs.trading.venue.provider import ProviderRef
from treadle.packs.trading.venue.venues import Venues


async def test_outside_live_a_venue_is_stood_in_for_by_an_account_over_its_prices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With settings of its own under `paper`."""
    monkeypatch.setitem(venues.KNOWN, "other", "treadle.packs.trading.paper.venue:open_paper")
    context = FakeContext(permissions=Permissions(workspace=tmp_path), mode="paper", deployment="d1")
    provider = ProviderRef("other", settings={"market": "alpha", "paper": {"balance": {"USDT": 5}, "fees": 0.15}})
    everywhere = Venues(context.permissions)
    venue = await everywhere.of(context, provider)
    context.mode = "live"
    real = await everywhere.of(context, provider)
    try:
        assert (await venue.account()).equity == 5
        assert (await real.account()).equity == 10_000
        assert await venue.quote("BTC/USDT") == await real.quote("BTC/USDT")
        assert [(await one.market("BTC/USDT")).taker > 0.1 for one in (venue, real)] == [True, False]
    finally:
        await everywhere.aclose()


async def test_a_file_that_is_no_such_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".treadle").mkdir()
    (tmp_path / ".treadle" / "paper.db").write_text("something else, long enough to be taken for a page" * 100)

    with pytest.raises(NodeError, match=r"cannot be kept in .*paper.db: file is not a database") as raised:
        async with paper(tmp_path, Clock()):
            pass

    assert raised.value.code == "no_account_file"


async def test_accounts_of_one_file_know_nothing_of_each_other(tmp_path: Path) -> None:
    clock = Clock()
    async with paper(tmp_path, clock, "a") as a, paper(tmp_path, clock, "b", balance={"USDT": 5}) as b:
        await place(a, "in", "buy", "market", "0.01", symbol="BTC/USDT")

        assert await b.fetch("BTC/USDT", "in") is None
        assert (await b.account()).equity == 5
        assert (await b.positions()) == []


async def test_the_account_of_a_test_is_forgotten_after_a_while(tmp_path: Path) -> None:
    clock = Clock()
    async with paper(tmp_path, clock, "paper/test:r1") as test, paper(tmp_path, clock, "paper/d1") as kept:
        for venue in (test, kept):
            await place(venue, "in", "buy", "market", "0.01", symbol="BTC/USDT")
    clock.move(days=8)
    async with paper(tmp_path, clock, "paper/test:r2") as later:
        await later.account()
        accounts = later._account.accounts

        assert accounts.find("paper/test:r1", "in") is None
        assert accounts.entries("paper/test:r1") == []
        assert accounts.find("paper/d1", "in") is not None


async def test_what_is_sold_short_says_where_it_would_be_closed(tmp_path: Path) -> None:
    async with paper(tmp_path, Clock(), leverage=10, fees=0, balance={"USDT": 1000}) as venue:
        await place(venue, "in", "sell", "market", "0.2", symbol="BTC/USDT:USDT")
        (position,) = await venue.positions()

    # 1000 + 0.2 × (entry − price) = 0.5 % of 0.2 × price
    assert position.liquidation is not None
    exact = (1000 + Decimal("0.2") * position.entry) / (Decimal("0.2") * Decimal("1.005"))
    assert abs(position.liquidation - exact) <= Decimal("0.1")
