"""A venue's own HTTP API: what came of a request is told apart, and no secret is told at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from treadle.errors import NodeError
from treadle.packs.trading.venue.http import JsonClient
from treadle.packs.trading.venue.limiter import Limiter
from treadle.packs.trading.venue.refusal import Unsettled

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def asking(handler: Handler, **more: Any) -> AsyncIterator[tuple[JsonClient, str]]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = JsonClient("shop", **{"private": True, **more})
    try:
        yield client, f"http://127.0.0.1:{runner.addresses[0][1]}/x"
    finally:
        await client.aclose()
        await runner.cleanup()


def answering(status: int, text: str, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers=headers)

    return handle


async def test_numbers_are_read_as_they_are_written() -> None:
    async with asking(answering(200, '{"price": 0.10000000000000000001, "n": 3}')) as (client, url):
        assert await client.call("GET", url) == {"price": Decimal("0.10000000000000000001"), "n": 3}


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "refused"), (401, "credentials_refused"), (429, "rate_limited"), (500, "venue_unreachable")],
)
async def test_what_a_status_says_of_a_question(status: int, code: str) -> None:
    async with asking(answering(status, "key-of-tests is wrong"), secrets=["key-of-tests"]) as (client, url):
        with pytest.raises(NodeError) as raised:
            await client.call("GET", url)

    assert raised.value.code == code
    assert raised.value.attributes["says"] == "*** is wrong"


@pytest.mark.parametrize(("status", "text"), [(500, ""), (502, "<html>"), (408, ""), (200, "<html>")])
async def test_an_order_without_a_clear_answer_is_unsettled(status: int, text: str) -> None:
    async with asking(answering(status, text)) as (client, url):
        with pytest.raises(Unsettled):
            await client.call("POST", url, body={"buy": 1}, orders=True)


async def test_an_order_that_is_refused_is_refused() -> None:
    async with asking(answering(422, "too small")) as (client, url):
        with pytest.raises(NodeError) as raised:
            await client.call("POST", url, body={"buy": 1}, orders=True)

    assert raised.value.code == "refused"


async def test_after_being_told_to_wait_nothing_is_sent() -> None:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=429, headers={"Retry-After": "60"})

    async with asking(handle, limiter=Limiter(100, patience=1)) as (client, url):
        for _ in range(2):
            with pytest.raises(NodeError) as raised:
                await client.call("GET", url)
            assert raised.value.code == "rate_limited"
            assert raised.value.retry_after

    assert len(asked) == 1


async def test_what_is_signed_for_one_host_is_led_to_no_other() -> None:
    async with (
        asking(answering(200, "{}")) as (_, elsewhere),
        asking(answering(307, "", Location=elsewhere)) as (client, url),
    ):
        with pytest.raises(NodeError) as raised:
            await client.call("GET", url, headers={"X-Key": "secret"})

    assert raised.value.code == "venue_unreachable"


async def test_a_private_address_is_refused() -> None:
    async with asking(answering(200, "{}"), private=False) as (client, url):
        with pytest.raises(NodeError) as raised:
            await client.call("GET", url)

    assert raised.value.code == "private_address"
