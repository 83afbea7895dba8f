"""The real ccxt client at a server that speaks Binance keeps every promise of a venue."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.packs.trading.ccxt.binance_server import BinanceServer
from treadle.packs.trading.ccxt.venue import CcxtVenue
from treadle.packs.trading.venue.order import Order
from treadle.testing.venue_contract import Bench, VenueContract


class BinanceBench(Bench):
    def __init__(self, venue: CcxtVenue, server: BinanceServer) -> None:
        super().__init__(venue)
        self._server = server

    async def fill(self, order: Order, quantity: Decimal) -> None:
        self._server.fill(order.client_id, quantity)

    async def lose_answer(self, *, taken: bool) -> None:
        await self.venue.market(self.symbol)
        self._server.faults.drop_after_order = taken
        self._server.faults.drop_before_order = not taken

    async def move(self) -> None:
        await self._server.move()


class TestBinanceThroughCcxt(VenueContract):
    @pytest.fixture
    def bench(self, venue: CcxtVenue, server: BinanceServer) -> Bench:
        return BinanceBench(venue, server)
