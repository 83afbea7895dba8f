"""Serving: uvicorn in the event loop of the engine, on a socket that is ours, stopped in our order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from treadle.errors import InvalidWorkflow, StoreError
from treadle.server.app import create_app
from treadle.server.connections import Connections, most_connections, protocol_for
from treadle.server.services import Services
from treadle.service.settings import Settings
from treadle.service.whereabouts import host_here, url_of

GRACE = 3
"""Seconds that open connections have, once the engine has drained."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket. `moved`: the port that was wanted is somebody else's."""

    socket: socket.socket
    host: str
    port: int
    secure: bool = False
    moved: bool = False

    @property
    def url(self) -> str:
        """Where it is reached from this machine."""
        return url_of(host_here(self.host), self.port, secure=self.secure)

    @property
    def network_urls(self) -> list[str]:
        """Where it is reached from other machines, as far as this one knows its own addresses."""
        if self.is_loopback:
            return []
        return [url_of(address, self.port, secure=self.secure) for address in _own_addresses(self.host)]

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _own_addresses(host: str) -> list[str]:
    """The addresses behind `host`: where it stands for all there are, that by which this machine reaches others."""
    ahead = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}.get(host)
    if ahead is None:
        return [host]
    family, elsewhere = ahead
    # Of UDP, `connect` sends nothing: it only looks up which way packets would go.
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
        asked.connect((elsewhere, 9))
        address = str(asked.getsockname()[0])
        return [] if is_loopback(address) else [address]
    return []


def listen(settings: Settings, *, may_move: bool = False) -> Listener:
    """Bind the socket of the settings, before anything is opened: no request is taken yet. With `may_move` another port
    will do where the one of the settings is taken.

    Raises `StoreError` (`port_taken`, `cannot_listen`), and `InvalidWorkflow` (`invalid_setting`) for a certificate
    without its key, or one that is not there.
    """
    _check_certificate(settings)
    secure = bool(settings.tls_cert)
    try:
        bound, moved = _bind(settings.host, settings.port), False
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise _cannot_listen(settings, error) from None
        if not may_move:
            raise StoreError(
                f"Port {settings.port} of {settings.host} is taken by another program.",
                code="port_taken",
                remedy="Stop that one, or name another port with `--port`; 0 chooses a free one.",
                port=settings.port,
            ) from None
        bound, moved = _bind(settings.host, 0), True
    return Listener(bound, settings.host, bound.getsockname()[1], secure, moved)


def _bind(host: str, port: int) -> socket.socket:
    (family, kind, protocol, _, address), *_ = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    bound = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # From here on another process that wants the port hears that it is taken.
        bound.listen(2048)
        bound.setblocking(False)
    except BaseException:
        bound.close()
        raise
    return bound


def _cannot_listen(settings: Settings, error: OSError) -> StoreError:
    return StoreError(
        f"Nobody can listen on {settings.host} port {settings.port}: {error.strerror or error}.",
        code="cannot_listen",
        remedy="Name an address of this machine with `--host`; ports below 1024 take a privilege.",
    )


def _check_certificate(settings: Settings) -> None:
    cert, key = settings.tls_cert, settings.tls_key
    if bool(cert) != bool(key):
        wants, has = ("tls_key", "tls_cert") if cert else ("tls_cert", "tls_key")
        raise InvalidWorkflow(
            f"`{has}` is set and `{wants}` is not.",
            code="invalid_setting",
            remedy="HTTPS takes both: the certificate with its chain, and its key, as PEM files.",
        )
    for name, path in (("tls_cert", cert), ("tls_key", key)):
        if path and not Path(path).is_file():
            raise InvalidWorkflow(f"`{name}`: there is no file `{path}`.", code="invalid_setting", remedy="Correct it.")


class _Server(uvicorn.Server):
    """uvicorn, which leaves signals to us and says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextlib.asynccontextmanager
async def serving(
    services: Services, listener: Listener, *, settings: Settings | None = None, app: ASGIApp | None = None
) -> AsyncGenerator[str]:
    """The server at work as long as it is entered; yields its address. On leaving it streams end and connections close,
    within seconds. `services` are closed by whoever opened them, later."""
    settings = settings or services.application.settings
    server = _Server(_configure(app or create_app(services), settings))
    task = asyncio.create_task(server.serve([listener.socket]), name="treadle-server")
    ready = asyncio.create_task(server.ready.wait())
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            raise StoreError("The server did not start.", code="cannot_listen", remedy="The log says why.")
        yield listener.url
    finally:
        ready.cancel()
        await services.door.close()
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listener.socket.close()


def _configure(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    connections = Connections(most_connections(), trusted=settings.trusted_proxies)
    return uvicorn.Config(
        app,
        http=protocol_for(connections),
        # So many may be taken at once before one of them is looked at.
        backlog=connections.most // 2,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Nobody's word about where a request came from counts, but that of proxies which are named.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies) or None,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=15,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )
