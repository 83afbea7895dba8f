"""Paper keeps every promise of a venue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.packs.trading.paper.bench import Clock, paper
from treadle.errors import NodeError
from treadle.testing.venue_contract import Bench, VenueContract


class PaperBench(Bench):
    clock: Clock

    async def move(self) -> None:
        self.clock.move(seconds=7)


class TestPaperSpot(VenueContract):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[PaperBench]:
        clock = Clock()
        async with paper(tmp_path, clock) as venue:
            bench = PaperBench(venue)
            bench.clock = clock
            yield bench

    async def test_funding_is_told_or_refused(self, bench: Bench) -> None:
        """It is the market that has it or not."""
        with pytest.raises(NodeError) as raised:
            await bench.venue.funding(bench.symbol)

        assert raised.value.code == "not_supported"


class TestPaperPerpetual(VenueContract):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[PaperBench]:
        clock = Clock()
        async with paper(tmp_path, clock) as venue:
            bench = PaperBench(venue)
            bench.symbol = "BTC/USDT:USDT"
            bench.clock = clock
            yield bench


class TestPaperOverAnotherVenue(VenueContract):
    """The prices and rules of a venue, for an account of our own."""

    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[PaperBench]:
        clock = Clock()
        async with paper(tmp_path, clock, "inner") as inner, paper(tmp_path, clock, inner=inner) as venue:
            bench = PaperBench(venue)
            bench.clock = clock
            yield bench

    async def test_funding_is_told_or_refused(self, bench: Bench) -> None:
        with pytest.raises(NodeError) as raised:
            await bench.venue.funding(bench.symbol)

        assert raised.value.code == "not_supported"
