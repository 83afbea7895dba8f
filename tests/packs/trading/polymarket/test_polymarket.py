"""Polymarket at a server that checks every signature keeps the promises of a venue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.packs.trading.polymarket.clob import ADDRESS, KEY, Clob, polymarket
from treadle.errors import NodeError
from treadle.node import Permissions
from treadle.packs.trading.polymarket import signing
from treadle.packs.trading.polymarket.signing import Signer
from treadle.packs.trading.polymarket.venue import PolymarketVenue, open_polymarket
from treadle.packs.trading.venue.order import Order, OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled
from treadle.packs.trading.venue.venues import Opening
from treadle.testing.venue_contract import Bench, VenueContract

D = Decimal
SYMBOL = "will-it-rain:YES"
Open = Callable[..., Awaitable[PolymarketVenue]]


@pytest.fixture
async def clob() -> AsyncIterator[Clob]:
    async with polymarket() as clob:
        yield clob


@pytest.fixture
async def open_venue(clob: Clob, tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[PolymarketVenue] = []

    async def open_one(credentials: dict[str, str] | None = None, **settings: Any) -> PolymarketVenue:
        given = {"clob": clob.url, "gamma": clob.url, "stream": clob.url.replace("http", "ws") + "/ws/market"}
        fields = {"private_key": KEY} if credentials is None else credentials
        allowed = Permissions(workspace=tmp_path, private_network=True)
        venue = await open_polymarket(
            Opening("polymarket", "", fields, {**given, **settings}, allowed, lambda: datetime.now(UTC))
        )
        opened.append(venue)
        return venue

    yield open_one
    for venue in opened:
        await venue.aclose()


class ClobBench(Bench):
    symbol = SYMBOL

    def __init__(self, venue: PolymarketVenue, clob: Clob) -> None:
        super().__init__(venue)
        self._clob = clob

    async def fill(self, order: Order, quantity: Decimal) -> None:
        self._clob.fill(order.id, quantity)

    async def lose_answer(self, *, taken: bool) -> None:
        self._clob.lost = taken

    async def move(self) -> None:
        await self._clob.move()


class TestPolymarket(VenueContract):
    @pytest.fixture
    async def bench(self, open_venue: Open, clob: Clob) -> Bench:
        return ClobBench(await open_venue(), clob)


def test_the_hash_of_an_order_is_that_of_the_published_client() -> None:
    """The example of the tests of py-clob-client-v2, on its test chain."""
    wallet = "0x1111111111111111111111111111111111111111"
    order = {"salt": 479249096354, "maker": wallet, "signer": wallet, "tokenId": "1234", "makerAmount": "100000000",
             "takerAmount": "50000000", "side": "BUY", "signatureType": 3, "timestamp": "1710000000000"}  # fmt: skip

    found = Signer(KEY, chain=80002).order_hash(order, negative_risk=False)

    assert found == "0x2afca94626db91b2d556c351584a4cd93e13da32e377dc48c7983e43afa5ab47"


def test_an_address_is_written_with_its_checksum() -> None:
    assert Signer(KEY).address == ADDRESS


async def test_prices_are_read_without_any_credentials(open_venue: Open) -> None:
    venue = await open_venue({})

    assert (await venue.quote(SYMBOL)).ask == D("0.41")
    with pytest.raises(NodeError) as raised:
        await venue.account()
    assert raised.value.code == "credentials_refused"
    assert "`private_key`" in raised.value.message


async def test_another_process_sends_the_very_same_order_again(open_venue: Open, clob: Clob) -> None:
    order = OrderRequest("t-1", SYMBOL, "buy", "limit", D("10"), D("0.3"))
    clob.lost = True
    with pytest.raises(Unsettled):
        await (await open_venue()).place(order)

    placed = await (await open_venue()).place(order)

    assert list(clob.orders) == [placed.id]


async def test_a_key_that_is_none_is_refused_and_not_told(open_venue: Open) -> None:
    venue = await open_venue({"private_key": "0x12345-not-a-key"})

    with pytest.raises(NodeError) as raised:
        await venue.account()

    assert raised.value.code == "credentials_refused"
    assert "12345" not in str(raised.value.to_dict())


async def test_the_library_that_is_missing_is_named(open_venue: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(signing, "import_module", gone)
    venue = await open_venue()

    with pytest.raises(NodeError) as raised:
        await venue.account()

    assert raised.value.code == "missing_library"
    assert "treadle[trading]" in (raised.value.remedy or "")
    assert (await venue.quote(SYMBOL)).bid == D("0.39")


async def test_a_market_order_that_the_book_cannot_fill_is_refused(open_venue: Open, clob: Clob) -> None:
    venue = await open_venue()

    with pytest.raises(NodeError) as raised:
        await venue.place(OrderRequest("t-1", SYMBOL, "buy", "market", D("100000")))

    assert raised.value.code == "slippage"
    assert clob.orders == {}


async def test_the_other_side_is_suggested_for_one_that_is_none(open_venue: Open) -> None:
    with pytest.raises(NodeError) as raised:
        await (await open_venue()).market("will-it-rain:PERHAPS")

    assert "will-it-rain:NO, will-it-rain:YES" in (raised.value.remedy or "")
