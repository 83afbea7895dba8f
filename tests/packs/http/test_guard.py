"""The guard: what is not public is not called, by whatever name it goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from tests.packs.http.service import Service, answer
from treadle.node import NodeError, Permissions
from treadle.packs.http.client import backend
from treadle.packs.http.client.address import is_public
from treadle.packs.http.clients import HttpClients
from treadle.packs.http.request import request


async def refusal(ctx: FakeContext, url: str, **config: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        await perform(request, ctx, {"url": url, **config})
    return caught.value


@asynccontextmanager
async def named(**names: Sequence[str] | list[Sequence[str]]) -> AsyncIterator[FakeContext]:
    """A guarded context whose resolver knows these names; a list of lists answers differently each time."""
    asked: dict[str, int] = {}

    async def resolver(host: str, port: int) -> Sequence[str]:
        answers = names[host.replace(".", "_")]
        if isinstance(answers[0], str):
            return answers  # type: ignore[return-value]
        asked[host] = asked.get(host, 0) + 1
        return answers[min(asked[host], len(answers)) - 1]

    context = FakeContext()
    context.resources[HttpClients] = HttpClients(context.permissions, resolver=resolver)
    context.asked = asked  # type: ignore[attr-defined]
    yield context
    await context.aclose()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1", "fc00::1",
        "fd00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1%eth0", "", "x",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_a_public_address_is_let_through(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "0", "[::1]",
        "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::7f00:1]",
    ],
)  # fmt: skip
async def test_loopback_is_refused_in_every_way_of_writing_it(
    guarded: FakeContext, service: Service, host: str
) -> None:
    error = await refusal(guarded, f"http://{host}:{service.port}/")

    assert (error.code, service.connections) == ("private_address", 0)


async def test_the_refusal_says_what_to_do(guarded: FakeContext, service: Service) -> None:
    error = await refusal(guarded, service.url)

    assert (error.retryable, error.attributes["addresses"]) == (False, ["127.0.0.1"])
    assert "TREADLE_ALLOW_PRIVATE_NETWORK=1" in str(error)


async def test_a_name_that_leads_inside_is_refused(service: Service) -> None:
    async with named(inside_example=["127.0.0.1", "10.0.0.1"]) as ctx:
        error = await refusal(ctx, f"http://inside.example:{service.port}/")

    assert (error.code, service.connections) == ("private_address", 0)


async def test_of_mixed_addresses_only_the_public_are_tried(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    # Loopback is made public here, the address of a documentation block is not: the guard must choose.
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.1")
    async with named(mixed_example=["192.0.2.1", "127.0.0.1"]) as ctx:
        found = await perform(request, ctx, {"url": f"http://mixed.example:{service.port}/", "timeout": 3})

    assert (found["status"], service.connections) == (200, 1)


async def test_a_name_that_changes_after_the_check_gains_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.1")
    async with named(rebinding_example=[["127.0.0.1"], ["10.0.0.1"]]) as ctx:
        await perform(request, ctx, {"url": f"http://rebinding.example:{service.port}/", "timeout": 3})

        assert ctx.asked == {"rebinding.example": 1}  # type: ignore[attr-defined]
    assert service.received[0].headers["host"] == f"rebinding.example:{service.port}"


async def test_a_name_that_turns_inside_at_the_next_connection_is_refused_then(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.1")
    service.handle = lambda _: answer(200, connection="close")
    async with named(turning_example=[["127.0.0.1"], ["10.0.0.1"]]) as ctx:
        url = f"http://turning.example:{service.port}/"
        await perform(request, ctx, {"url": url, "timeout": 3})

        assert (await refusal(ctx, url)).code == "private_address"


async def test_a_redirect_inside_is_refused(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.1")
    service.handle = lambda _: answer(302, location=f"http://inside.example:{service.port}/secret")
    async with named(outside_example=["127.0.0.1"], inside_example=["10.0.0.1"]) as ctx:
        error = await refusal(ctx, f"http://outside.example:{service.port}/")

    assert (error.code, len(service.received)) == ("private_address", 1)


async def test_a_next_page_inside_is_refused(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.1")
    service.handle = lambda _: answer(200, [1], link=f"<http://inside.example:{service.port}/>; rel=next")
    async with named(outside_example=["127.0.0.1"], inside_example=["169.254.169.254"]) as ctx:
        error = await refusal(ctx, f"http://outside.example:{service.port}/", pagination={"by": "link"})

    assert (error.code, len(service.received)) == ("private_address", 1)


async def test_proxy_settings_of_the_environment_do_not_lead_around_the_guard(
    guarded: FakeContext, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", service.url)
    monkeypatch.setenv("ALL_PROXY", service.url)

    await refusal(guarded, "http://10.0.0.1/", timeout=2)

    assert service.connections == 0


async def test_allowed_by_the_operator_loopback_is_reached(service: Service) -> None:
    ctx = FakeContext(permissions=Permissions(private_network=True))

    found = await perform(request, ctx, {"url": f"http://localhost:{service.port}/"})

    await ctx.aclose()
    assert found["status"] == 200
