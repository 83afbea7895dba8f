"""The bridge and its client, with a terminal that is none, keep the promises of a venue."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.trading.mt5.terminal import Terminal
from treadle.errors import NodeError
from treadle.node import Permissions
from treadle.packs.trading.mt5.bridge import Bridge, Desk, main
from treadle.packs.trading.mt5.venue import Mt5Venue, open_mt5
from treadle.packs.trading.venue.order import Order, OrderRequest
from treadle.packs.trading.venue.refusal import Unsettled
from treadle.packs.trading.venue.venues import Opening
from treadle.testing.venue_contract import Bench, VenueContract

D = Decimal
TOKEN = "a-token-of-these-tests"


@contextmanager
def serving(terminal: Terminal) -> Iterator[str]:
    """The address of a bridge to it."""
    with Bridge(Desk(terminal), TOKEN) as bridge:
        thread = threading.Thread(target=bridge.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{bridge.server_address[1]}"
        finally:
            bridge.shutdown()
            thread.join()


async def open_one(address: str, *, token: str = TOKEN, private: bool = True, **settings: Any) -> Mt5Venue:
    credentials, allowed = {"address": address, "token": token}, Permissions(private_network=private)
    return await open_mt5(Opening("mt5", "", credentials, settings, allowed, lambda: datetime.now(UTC)))


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
async def venue(terminal: Terminal) -> AsyncIterator[Mt5Venue]:
    with serving(terminal) as address:
        venue = await open_one(address)
        yield venue
        await venue.aclose()


class TerminalBench(Bench):
    symbol = "EURUSD"
    binds = False

    def __init__(self, venue: Mt5Venue, terminal: Terminal) -> None:
        super().__init__(venue)
        self._terminal = terminal

    async def fill(self, order: Order, quantity: Decimal) -> None:
        found = next(item for item in self._terminal.orders if str(item.ticket) == order.id)
        self._terminal.fill(found, float(quantity / 100_000))

    async def lose_answer(self, *, taken: bool) -> None:
        self._terminal.lost = taken


class TestMt5(VenueContract):
    @pytest.fixture
    def bench(self, venue: Mt5Venue, terminal: Terminal) -> Bench:
        return TerminalBench(venue, terminal)


async def test_quantities_are_lots_of_the_terminal(venue: Mt5Venue, terminal: Terminal) -> None:
    market = await venue.market("EURUSD")
    await venue.place(OrderRequest("t-1", "EURUSD", "sell", "limit", D("3000"), D("1.09"), stop_loss=D("1.1")))

    assert (market.lot, market.min_quantity, market.tick) == (D(1000), D(1000), D("0.00001"))
    [request] = terminal.requests
    assert (request["volume"], request["price"], request["sl"], request["type"]) == (0.03, 1.09, 1.1, 3)


async def test_stops_are_kept_at_the_broker(venue: Mt5Venue, terminal: Terminal) -> None:
    order = OrderRequest("t-1", "EURUSD", "buy", "stop_limit", D("3000"), D("1.101"), stop_price=D("1.1"))

    placed = await venue.place(order)

    assert (placed.kind, placed.price, placed.stop_price) == ("stop_limit", D("1.101"), D("1.1"))
    assert terminal.requests[0]["stoplimit"] == 1.101


async def test_reducing_needs_something_to_reduce(venue: Mt5Venue, terminal: Terminal) -> None:
    with pytest.raises(NodeError) as raised:
        await venue.place(OrderRequest("t-1", "EURUSD", "sell", "market", D("3000"), reduce_only=True))

    assert raised.value.code == "no_position"
    assert terminal.requests == []


async def test_a_wrong_token_is_refused(terminal: Terminal) -> None:
    with serving(terminal) as address:
        venue = await open_one(address, token="another-token-that-is-wrong")
        with pytest.raises(NodeError) as raised:
            await venue.account()
        await venue.aclose()

    assert raised.value.code == "credentials_refused"


async def test_a_bridge_that_is_not_there_has_not_been_sent_anything(terminal: Terminal) -> None:
    with serving(terminal) as address:
        pass
    venue = await open_one(address)

    with pytest.raises(NodeError) as raised:
        await venue.place(OrderRequest("t-1", "EURUSD", "buy", "market", D("3000")))

    assert raised.value.code == "venue_unreachable"


async def test_a_bridge_that_comes_back_is_asked_again(terminal: Terminal) -> None:
    with serving(terminal) as address:
        venue = await open_one(address)
        before = await venue.quote("EURUSD")
    with Bridge(Desk(terminal), TOKEN, port=int(address.rpartition(":")[2])) as bridge:
        thread = threading.Thread(target=bridge.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            after = await _quote_again(venue)
            await venue.aclose()
        finally:
            bridge.shutdown()
            thread.join()

    assert after.bid == before.bid


async def _quote_again(venue: Mt5Venue) -> Any:
    """The old connection may be found dead once."""
    try:
        return await venue.quote("EURUSD")
    except NodeError:
        return await venue.quote("EURUSD")


async def test_a_line_that_is_cut_after_the_question_is_unsettled() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"ok": {"version": 1}}\n')
        asked = json.loads(await reader.readline())
        if asked["call"] == "market":
            told = {"base": "EUR", "quote": "USD", "tick": "0.00001", "step": "0.01", "min": "0.01", "max": "100",
                    "size": "100000", "open": True}  # fmt: skip
            writer.write(json.dumps({"id": asked["id"], "ok": told}).encode() + b"\n")
            await reader.readline()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        venue = await open_one(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(Unsettled):
            await venue.place(OrderRequest("t-1", "EURUSD", "buy", "market", D("3000")))
        await venue.aclose()


async def test_an_address_of_this_network_needs_the_operators_word(terminal: Terminal) -> None:
    with serving(terminal) as address:
        venue = await open_one(address, private=False)
        with pytest.raises(NodeError) as raised:
            await venue.account()

    assert raised.value.code == "private_address"


async def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(NodeError) as raised:
        await open_one("", token="")

    assert "`address`, `token`" in raised.value.message


def test_the_bridge_does_not_start_without_a_token(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.delenv("TREADLE_MT5_TOKEN", raising=False)
    monkeypatch.setattr("sys.argv", ["bridge"])

    assert main() == 2
    assert "TREADLE_MT5_TOKEN" in capsys.readouterr().out


def test_a_call_that_is_none_reaches_nothing_of_the_terminal(terminal: Terminal) -> None:
    with pytest.raises(Exception, match="no call `_send`"):
        Desk(terminal).ask("_send", {})


async def test_the_brokers_clock_is_told_as_utc(terminal: Terminal) -> None:
    terminal.ahead = 3 * 3_600_000
    suggested = Desk(terminal).hours_too_far()
    desk = Desk(terminal, hours_ahead=suggested)

    at = desk.quote("EURUSD")["at"]

    assert suggested == 3
    assert abs(at - datetime.now(UTC).timestamp() * 1000) < 60_000
    assert desk.hours_too_far() == 0
