"""Connections on a real socket: who keeps the server waiting is not waited for, and who is answered is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.server.live_server import serving
from treadle.server import connections as subject
from treadle.server.connections import Connections
from treadle.server.services import Services

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"GET /%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n"


async def _stream(request: Request) -> Response:
    async def ticks() -> AsyncIterator[str]:
        while True:
            yield "data: tick\n\n"
            await asyncio.sleep(0.02)

    return StreamingResponse(ticks(), media_type="text/event-stream")


async def _read(request: Request) -> Response:
    return Response(await request.body())


async def _ignore(request: Request) -> Response:
    return Response("done")


async def _much(request: Request) -> Response:
    return Response(b"x" * 50_000_000)


APP = Starlette(
    routes=[
        Route("/stream", _stream),
        Route("/read", _read, methods=["GET", "POST"]),
        Route("/ignore", _ignore, methods=["POST"]),
        Route("/much", _much),
    ]
)


@pytest.fixture(autouse=True, params=["httptools", "h11"])
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both that uvicorn has, in a hurry."""
    if request.param == "h11":
        monkeypatch.setattr(subject, "find_spec", lambda name: None)
    for name in ("HEAD_SECONDS", "BODY_IDLE_SECONDS", "UNREAD_SECONDS"):
        monkeypatch.setattr(subject, name, 0.15)


@asynccontextmanager
async def peer(address: str, sent: bytes) -> AsyncIterator[Peer]:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(sent)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def gone(peer: Peer, *, trickle: bytes = b"") -> bytes:
    """What was answered until the server ended the connection, while the peer sends `trickle` bit by bit."""

    async def drip() -> None:
        while trickle:
            peer[1].write(trickle)
            await asyncio.sleep(0.03)

    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(10):
            parts: list[bytes] = []
            while part := await peer[0].read(65_536):
                parts.append(part)
    except ConnectionError:
        pass
    finally:
        dripping.cancel()
    return b"".join(parts)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", HEAD % b"read" + b"X: "])
@pytest.mark.parametrize("trickle", [b"", b"a"])
async def test_a_head_that_does_not_come_is_not_waited_for(services: Services, sent: bytes, trickle: bytes) -> None:
    async with serving(services, app=APP) as address, peer(address, sent) as one:
        answered = await gone(one, trickle=trickle)

    assert answered == b"" or answered.startswith(b"HTTP/1.1 400")


async def test_nor_is_the_next_one_of_a_connection_that_was_answered(services: Services) -> None:
    async with serving(services, app=APP) as address, peer(address, HEAD % b"read" + b"\r\n") as one:
        first = await one[0].readuntil(b"\r\n\r\n")
        one[1].write(HEAD % b"read")

        rest = await gone(one, trickle=b"X-A: b\r\n")

    assert (first.startswith(b"HTTP/1.1 200"), rest) == (True, b"")


async def test_a_body_that_stops_coming_is_not_waited_for(services: Services) -> None:
    async with serving(services, app=APP) as address, peer(address, POST + b"half") as one:
        assert await gone(one) == b""


async def test_a_body_that_comes_slowly_is_read(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "BODY_IDLE_SECONDS", 0.5)
    async with serving(services, app=APP) as address, peer(address, POST) as one:
        for letter in b"123456789":
            await asyncio.sleep(0.07)
            one[1].write(bytes([letter]))

        answered = await one[0].readuntil(b"123456789")

    assert answered.startswith(b"HTTP/1.1 200")


async def test_the_rest_of_a_body_that_nobody_wanted_is_not_taken_for_ever(services: Services) -> None:
    sent = POST.replace(b"/read", b"/ignore").replace(b"9", b"999999999")
    async with serving(services, app=APP) as address, peer(address, sent) as one:
        assert (await gone(one, trickle=b"x")).startswith(b"HTTP/1.1 200")


async def test_a_stream_goes_on_as_long_as_it_is_read(services: Services) -> None:
    async with serving(services, app=APP) as address, peer(address, HEAD % b"stream" + b"\r\n") as one:
        for _ in range(20):
            await one[0].readuntil(b"tick")


async def test_who_does_not_read_what_they_are_sent_is_not_waited_for(services: Services) -> None:
    async with serving(services, app=APP) as address, peer(address, HEAD % b"much" + b"\r\n") as one:
        one[1].transport.pause_reading()
        await asyncio.sleep(0.4)
        one[1].transport.resume_reading()

        assert len(await gone(one)) < 50_000_000


async def test_where_it_is_full_who_keeps_it_waiting_makes_room(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is being answered stays."""
    monkeypatch.setattr(subject, "HEAD_SECONDS", 600)
    monkeypatch.setattr("treadle.server.serving.most_connections", lambda: 3)
    async with (
        serving(services, app=APP) as address,
        peer(address, HEAD % b"stream" + b"\r\n") as stream,
        peer(address, b"GET") as oldest,
        peer(address, b"GET") as later,
    ):
        await stream[0].readuntil(b"tick")
        async with peer(address, HEAD % b"read" + b"\r\n") as last:
            assert (await last[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")

        assert await gone(oldest) == b""
        later[1].write(b" /read HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await later[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        await stream[0].readuntil(b"tick")


class Known:
    """A connection that says whether it was dropped."""

    dropped = False

    def drop(self) -> None:
        self.dropped = True


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8:1:2::{}"])
def test_nobody_has_all_of_them(address: str) -> None:
    crowd, theirs = Connections(8), [Known() for _ in range(3)]

    entered = [crowd.enter(one, address.format(number)) for number, one in enumerate(theirs)]

    assert (entered, crowd.enter(Known(), "203.0.113.8")) == ([True, True, False], True)
    crowd.leave(theirs[0])
    assert crowd.enter(Known(), address.format(9))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", None])
def test_but_this_machine_and_proxies_that_are_trusted(address: str | None) -> None:
    crowd = Connections(8, trusted=["10.0.0.0/8"])

    assert [crowd.enter(Known(), address) for _ in range(9)] == [True] * 8 + [False]


def test_of_one_address_it_is_one_of_its_own_that_makes_room() -> None:
    crowd, other, first, second = Connections(8), Known(), Known(), Known()
    for one, address in ((other, "203.0.113.8"), (first, "203.0.113.7"), (second, "203.0.113.7")):
        crowd.enter(one, address)
        crowd.note(one, waits=True)
    crowd.note(first, waits=False)

    assert crowd.enter(Known(), "203.0.113.7")
    assert (other.dropped, first.dropped, second.dropped, len(crowd)) == (False, False, True, 3)
