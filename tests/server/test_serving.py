"""Serving on a real socket: it answers, it lets nobody in while it stops, and it sees everybody out."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from tests.server.live_server import serving
from treadle.errors import InvalidWorkflow, StoreError
from treadle.server.front import Front
from treadle.server.services import Services
from treadle.server.serving import is_loopback, listen
from treadle.service.settings import Settings


class Rooms:
    """Routes that stay until they are let go: one streams, one does not answer, one breaks."""

    def __init__(self, services: Services) -> None:
        self.entered = asyncio.Event()
        self.go_on = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/streams/{name}", self._stream),
                Route("/slow/{name}", self._slow),
                Route("/broken", self._broken),
            ]
        )
        self.app.state.services = services
        self.app.add_middleware(Front, services=services)

    async def _stream(self, request: Request) -> StreamingResponse:
        async def ticks() -> AsyncIterator[str]:
            while True:
                yield "data: tick\n\n"
                self.entered.set()
                await asyncio.sleep(0.01)

        return StreamingResponse(ticks(), media_type="text/event-stream")

    async def _slow(self, request: Request) -> JSONResponse:
        self.entered.set()
        await self.go_on.wait()
        return JSONResponse({"answered": True})

    async def _broken(self, request: Request) -> JSONResponse:
        raise RuntimeError("the secret is hunter2")


@pytest.fixture
def rooms(services: Services) -> Rooms:
    return Rooms(services)


async def test_a_request_keeps_the_id_it_came_with(services: Services) -> None:
    async with serving(services) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        answer = await client.get("/nowhere", headers={"X-Request-Id": "mine-1"})

    assert (answer.status_code, answer.headers["x-request-id"]) == (404, "mine-1")


async def test_an_id_that_could_not_be_logged_is_replaced(services: Services) -> None:
    async with serving(services) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        answer = await client.get("/healthz", headers={"X-Request-Id": "a b=c"})

    assert len(answer.headers["x-request-id"]) == 16


async def test_the_server_does_not_say_what_it_is_made_of(services: Services) -> None:
    async with serving(services) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        answer = await client.get("/healthz")

    assert "server" not in answer.headers


async def test_a_stream_ends_when_the_server_closes(services: Services, rooms: Rooms) -> None:
    async def read(base_url: str) -> str:
        async with httpx.AsyncClient(base_url=base_url) as client, client.stream("GET", "/streams/a") as answer:
            return (await answer.aread()).decode()

    async with serving(services, app=rooms.app) as base_url:
        reading = asyncio.create_task(read(base_url))
        await rooms.entered.wait()

    assert (await reading).startswith("data: tick")


async def test_while_it_stops_who_comes_is_turned_away_and_who_is_inside_is_answered(
    services: Services, rooms: Rooms
) -> None:
    async with serving(services, app=rooms.app) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        inside = asyncio.create_task(client.get("/slow/a"))
        await rooms.entered.wait()

        services.door.shut()
        late = await client.get("/slow/b")
        rooms.go_on.set()
        answer = await inside

    assert (late.status_code, late.json()["code"], late.headers["retry-after"]) == (503, "draining", "5")
    assert answer.json() == {"answered": True}


async def test_who_has_no_answer_when_it_closes_is_told_so(services: Services, rooms: Rooms) -> None:
    async with httpx.AsyncClient() as client:
        async with serving(services, app=rooms.app) as base_url:
            waiting = asyncio.create_task(client.get(f"{base_url}/slow/a"))
            await rooms.entered.wait()

        answer = await waiting

    assert (answer.status_code, answer.json()["code"]) == (503, "draining")


async def test_a_defect_is_told_by_its_request_and_nothing_else(
    services: Services, rooms: Rooms, caplog: pytest.LogCaptureFixture
) -> None:
    transport = httpx.ASGITransport(rooms.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/broken", headers={"X-Request-Id": "find-me"})

    assert answer.status_code == 500
    assert "find-me" in answer.text
    assert "hunter2" not in answer.text
    assert "GET /broken failed." in caplog.text


async def test_requests_are_counted_by_the_template_of_their_route(services: Services, rooms: Rooms) -> None:
    rooms.go_on.set()
    transport = httpx.ASGITransport(rooms.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for name in ("a", "b"):
            await client.get(f"/slow/{name}")
        await client.get("/nowhere/secret-id")

    assert dict(services.http.requests) == {("GET", "/slow/{name}", 200): 2, ("GET", "unmatched", 404): 1}


async def test_routes_of_the_api_are_counted_with_where_it_is_mounted(services: Services) -> None:
    async with serving(services) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        await client.get("/api/v1/openapi.json")
        await client.get("/api/v1/nothing/of/that/name")

    assert services.http.requests == {("GET", "/api/v1/*", 200): 1, ("GET", "/api/v1/*", 404): 1}


def test_another_port_is_found_where_nobody_chose_this_one(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = replace(settings, port=other.getsockname()[1])

        moved = listen(taken, may_move=True)
        moved.socket.close()

    assert moved.moved
    assert moved.port != taken.port


def test_a_port_that_was_chosen_and_is_taken_is_an_error(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StoreError) as raised:
        listen(replace(settings, port=other.getsockname()[1]))

    assert raised.value.code == "port_taken"
    assert "--port" in str(raised.value)


def test_two_processes_do_not_share_a_port(settings: Settings) -> None:
    one = listen(replace(settings, port=0))

    with pytest.raises(StoreError) as raised:
        listen(replace(settings, port=one.port))

    one.socket.close()
    assert raised.value.code == "port_taken"


def test_an_address_of_no_machine_here_is_said(settings: Settings) -> None:
    with pytest.raises(StoreError) as raised:
        listen(replace(settings, host="192.0.2.1", port=0))

    assert raised.value.code == "cannot_listen"


def test_a_certificate_takes_its_key(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("")

    with pytest.raises(InvalidWorkflow) as raised:
        listen(replace(settings, tls_cert=str(tmp_path / "cert.pem")))

    assert "tls_key" in raised.value.message


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_whoever_reads_where_it_listens_reaches_it_there(settings: Settings, host: str) -> None:
    listener = listen(replace(settings, host=host, port=0))
    try:
        for url in (listener.url, *listener.network_urls):
            parts = urlsplit(url)
            with socket.create_connection((parts.hostname, parts.port), timeout=5):
                pass
    finally:
        listener.socket.close()

    assert listener.url == f"http://127.0.0.1:{listener.port}"
    assert host == "0.0.0.0" or not listener.network_urls
    assert not any("0.0.0.0" in url or "127.0.0.1" in url for url in listener.network_urls)


@pytest.mark.parametrize(
    ("host", "is_one"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)]
)
def test_loopback_is_told_from_what_others_reach(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one


async def say_where_from(request: Request) -> JSONResponse:
    return JSONResponse({"from": request.client.host if request.client else None, "scheme": request.url.scheme})


WHERE_FROM = Starlette(routes=[Route("/", say_where_from)])
FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


async def ask_where_from(services: Services, **changed: object) -> dict[str, str]:
    services.application.settings = replace(services.application.settings, **changed)  # type: ignore[arg-type]
    async with serving(services, app=WHERE_FROM) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        return (await client.get("/", headers=FORWARDED)).json()


async def test_nobody_may_say_where_a_request_came_from(services: Services) -> None:
    assert await ask_where_from(services) == {"from": "127.0.0.1", "scheme": "http"}


async def test_a_proxy_that_is_trusted_may(services: Services) -> None:
    found = await ask_where_from(services, trusted_proxies=("127.0.0.0/8",))

    assert found == {"from": "203.0.113.9", "scheme": "https"}


async def test_a_proxy_that_is_not_the_trusted_one_may_not(services: Services) -> None:
    found = await ask_where_from(services, trusted_proxies=("10.0.0.0/8",))

    assert found == {"from": "127.0.0.1", "scheme": "http"}


@pytest.mark.slow
async def test_it_speaks_https_with_a_certificate(services: Services, tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    services.application.settings = replace(services.application.settings, tls_cert=str(cert), tls_key=str(key))
    trusted = ssl.create_default_context(cafile=str(cert))

    async with serving(services) as base_url, httpx.AsyncClient(base_url=base_url, verify=trusted) as client:
        answer = await client.get("/healthz")

    assert base_url.startswith("https://")
    assert answer.status_code == 200


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_path, key_path
