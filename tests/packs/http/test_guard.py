"""The guard: what is not public is not called, by whatever name it goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from tests.packs.http.service import Service, answer, running
from treadle.node import NodeError, Permissions
from treadle.packs.http.client import backend
from treadle.packs.http.client.address import is_public
from treadle.packs.http.clients import HttpClients
from treadle.packs.http.request import request

_REFUSALS = {"private_address", "invalid_url", "invalid_request", "connection"}
"""Refused for where it leads, or for being no address: never `timeout`, which would be an answer of a kind."""


async def refusal(ctx: FakeContext, url: str, **config: Any) -> NodeError:
    """The URL is worked out by the run: nothing of it was there to be checked before."""
    with pytest.raises(NodeError) as caught:
        await perform(request, ctx, {"url": "{{ input.body }}", "method": "POST", **config}, body=url)
    return caught.value


@asynccontextmanager
async def named(
    *, else_system: bool = False, **names: Sequence[str] | list[Sequence[str]]
) -> AsyncIterator[FakeContext]:
    """A guarded context whose resolver knows these names, and what the system knows with `else_system`; a list of lists
    answers differently each time."""
    asked: dict[str, int] = {}

    async def resolver(host: str, port: int) -> Sequence[str]:
        if else_system and host.replace(".", "_") not in names:
            return await backend.resolve(host, port)
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
        "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::7f00:1]", "0177.0.0.1", "0177.1", "0x7f.0.0.1",
        "0x7F000001", "127.0.1", "127.0.0.1.", "localhost.", "LOCALHOST", "0.0.0.0", "0x0", "00", "[::]",
        "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%25eth0]", "[::1%25lo]",
        "１２７.０.０.１", "①②⑦.⓪.⓪.①", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "loca\u00adlhost",
        "%31%32%37.0.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
        "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200",
    ],
)  # fmt: skip
async def test_what_is_inside_is_refused_in_every_way_of_writing_it(
    guarded: FakeContext, service: Service, host: str
) -> None:
    """Either as what it is, or as no address at all; nothing is connected to."""
    error = await refusal(guarded, f"http://{host}:{service.port}/", timeout=3)

    assert (error.code in _REFUSALS, service.connections) == (True, 0), error.code


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8@127.0.0.1:{port}/", "http://8.8.8.8:80@127.0.0.1:{port}/", "http://a:b@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}#@8.8.8.8/", "http://127.0.0.1:{port}?@8.8.8.8/", "http://127.0.0.1:{port}\\@8.8.8.8/",
        "http://8.8.8.8\\@127.0.0.1:{port}/", "http://8.8.8.8%40127.0.0.1:{port}/", "http://[::1]@127.0.0.1:{port}/",
        "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/",
        "http://127.0.0.1:{port}:80/", "http://127.0.0.1\t:{port}/", "http://127.0.0.1\r\n:{port}/",
        "http://127.0.0.1%00.example.com:{port}/", "http://127.0.0.1%2eexample.com:{port}/",
        "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/",
        "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "data:text/plain,a", "ws://127.0.0.1/",
    ],
)  # fmt: skip
async def test_no_trick_with_the_rest_of_the_url_leads_inside(guarded: FakeContext, service: Service, url: str) -> None:
    error = await refusal(guarded, url.format(port=service.port), timeout=3)

    assert (error.code in {*_REFUSALS, "credentials_in_url"}, service.connections) == (True, 0), error.code


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/in", "http://2130706433:{port}/in", "http://0x7f.1:{port}/in", "//127.1:{port}/in",
        "http://[::1]:{port}/in", "http://[::ffff:127.0.0.1]:{port}/in", "http://localhost:{port}/in",
        "http://a@127.0.0.1:{port}/in", "file:///etc/passwd", "http://１２７.０.０.１:{port}/in",
    ],
)  # fmt: skip
async def test_a_redirect_inside_is_refused_at_every_hop(
    monkeypatch: pytest.MonkeyPatch, status: int, location: str
) -> None:
    """The first hops lead from one public name to the next; the last does not."""
    # A name of its own stands for what is public here: loopback is not, by whatever other name it goes.
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.2")
    async with running(host="127.0.0.2") as outside, running(port=outside.port) as inside:
        hops = {"/": f"http://next.example:{outside.port}/2", "/2": location.format(port=outside.port)}
        outside.handle = lambda asked: answer(status, location=hops[asked.path])
        async with named(first_example=["127.0.0.2"], next_example=["127.0.0.2"], else_system=True) as ctx:
            error = await refusal(ctx, f"http://first.example:{outside.port}/", timeout=3)

    assert error.code in {*_REFUSALS, "credentials_in_url"}, error.code
    assert [asked.path for asked in outside.received] == ["/", "/2"]
    assert inside.connections == 0


async def test_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the name means a moment later: nobody asks for it again, and nothing of the inside is connected to."""
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.2")
    async with (
        running(host="127.0.0.2") as outside,
        running(port=outside.port) as inside,
        named(rebinding_example=[["127.0.0.2"], ["127.0.0.1"]]) as ctx,
    ):
        found = await perform(request, ctx, {"url": f"http://rebinding.example:{outside.port}/", "timeout": 3})

        assert ctx.asked == {"rebinding.example": 1}  # type: ignore[attr-defined]
    assert (found["status"], outside.connections, inside.connections) == (200, 1, 0)


async def test_a_name_that_turns_inside_between_two_requests_does_not_take_the_open_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A connection that is kept open leads where it led: to what was checked."""
    monkeypatch.setattr(backend, "is_public", lambda address: address == "127.0.0.2")
    async with (
        running(host="127.0.0.2") as outside,
        running(port=outside.port) as inside,
        named(turning_example=[["127.0.0.2"], ["127.0.0.1"]]) as ctx,
    ):
        url = f"http://turning.example:{outside.port}/"
        for _ in range(2):
            await perform(request, ctx, {"url": url, "timeout": 3})

    assert (len(outside.received), outside.connections, inside.connections) == (2, 1, 0)


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
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, service.url)
        monkeypatch.setenv(name.lower(), service.url)

    await refusal(guarded, "http://10.0.0.1/", timeout=2)

    assert service.connections == 0


async def test_allowed_by_the_operator_loopback_is_reached(service: Service) -> None:
    ctx = FakeContext(permissions=Permissions(private_network=True))

    found = await perform(request, ctx, {"url": f"http://localhost:{service.port}/"})

    await ctx.aclose()
    assert found["status"] == 200
