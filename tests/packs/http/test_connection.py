"""The test of a profile's connection goes through the same guard as every request, and gives nothing away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import treadle
from tests.packs.fake_context import FakeContext
from tests.packs.http.service import Service, answer, running
from tests.packs.http.test_guard import named
from treadle.node import NodeError
from treadle.packs.http.client import backend
from treadle.packs.http.connection import test_connection as ask

TOKEN = "token-of-the-shop"
REACHES_OUT = re.compile(
    r"^\s*(?:import|from) (?:httpx|httpcore|requests|aiohttp|urllib\.request|http\.client|socket|smtplib|ftplib)\b"
    r"|open_connection\(|create_connection\(",
    re.MULTILINE,
)
GUARDED = "treadle/packs/http/"
KNOWN = {
    "treadle/packs/code/sandbox/inside/supervision.py": "pairs of sockets with its own child",
    "treadle/packs/code/sandbox/inside/warden.py": "pairs of sockets with its own child",
    "treadle/packs/code/sandbox/jail.py": "pairs of sockets with its own child",
    "treadle/packs/trading/venue/wire.py": "the guard of venues: the address is checked where the socket is opened",
    "treadle/packs/trading/venue/http.py": "through the guard of venues",
    "treadle/packs/trading/ccxt/exchange.py": "through the guard of venues",
    "treadle/packs/trading/ccxt/venue.py": "through the guard of venues",
    "treadle/packs/trading/polymarket/pushed.py": "through the guard of venues",
    "treadle/packs/trading/mt5/line.py": "checks the address that it then calls, as the guard does",
    "treadle/server/serving.py": "listens",
    "treadle/store/process.py": "the name of this machine",
    "treadle/service/operation_diagnosis.py": "looks whether the port is free",
}
"""Who else has to do with sockets, and what for."""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254"])
async def test_what_is_inside_is_not_asked(guarded: FakeContext, service: Service, host: str) -> None:
    with pytest.raises(NodeError) as refused:
        await ask({"url": f"http://{host}:{service.port}/", "token": TOKEN}, guarded)

    assert (refused.value.code, service.connections) == ("private_address", 0)
    assert TOKEN not in str(refused.value.to_dict())


async def test_a_redirect_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.2")
    async with running(host="127.0.0.2") as outside, running(port=outside.port) as inside:
        outside.handle = lambda _: answer(302, location=f"http://inside.example:{outside.port}/")
        async with named(outside_example=["127.0.0.2"], inside_example=["127.0.0.1"]) as ctx:
            with pytest.raises(NodeError) as refused:
                await ask({"url": f"http://outside.example:{outside.port}/", "token": TOKEN}, ctx)

    assert (refused.value.code, len(outside.received), inside.connections) == ("private_address", 1, 0)


async def test_a_redirect_elsewhere_does_not_take_the_credentials_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: True)
    async with running() as first, running() as second:
        first.handle = lambda _: answer(307, location=f"http://second.example:{second.port}/")
        async with named(first_example=["127.0.0.1"], second_example=["127.0.0.1"]) as ctx:
            await ask({"url": f"http://first.example:{first.port}/", "api_key": TOKEN}, ctx)

    assert first.received[0].headers["x-api-key"] == TOKEN
    assert TOKEN not in str(second.received)


async def test_an_address_that_changes_after_the_check_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.2")
    async with (
        running(host="127.0.0.2") as outside,
        running(port=outside.port) as inside,
        named(turning_example=[["127.0.0.2"], ["127.0.0.1"]]) as ctx,
    ):
        await ask({"url": f"http://turning.example:{outside.port}/", "token": TOKEN}, ctx)

    assert (outside.connections, inside.connections) == (1, 0)


def test_nothing_reaches_out_but_through_the_guard() -> None:
    """Whoever adds a way out adds it here, with a reason."""
    root = Path(treadle.__file__).parent.parent
    found = {
        file.relative_to(root).as_posix() for file in root.rglob("*.py") if REACHES_OUT.search(file.read_text("utf-8"))
    }

    assert {one for one in found if not one.startswith(GUARDED)} <= set(KNOWN)
