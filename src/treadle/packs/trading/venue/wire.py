"""The network under venues: only public addresses are called unless the operator allows more, and it is known of every
request whether it has left this machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from treadle.packs.http.client.address import is_public
from treadle.packs.trading.venue.refusal import refusal

if TYPE_CHECKING:
    import aiohttp


class Sending:
    """What became of the requests of one call: `sent`, one has left; `status` and `headers` of the last answer, None
    where none came."""

    def __init__(self) -> None:
        self.sent = False
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}

    @property
    def answered(self) -> bool:
        return self.status is not None


_sending: ContextVar[Sending | None] = ContextVar("sending", default=None)
Answered = Callable[[int, Mapping[str, str]], None]


@contextmanager
def watching() -> Generator[Sending]:
    """Within it, what is sent by this task and those it starts is noted."""
    sending = Sending()
    token = _sending.set(sending)
    try:
        yield sending
    finally:
        _sending.reset(token)


class AddressRefused(OSError):
    """A connection would have gone to an address that is not public."""


def open_session(*, private: bool, answered: Answered | None = None) -> aiohttp.ClientSession:
    """A session that keeps no cookies and reads no proxy settings. With `private` any address may be called. `answered`
    is told of every answer. Raises `NodeError` (`missing_library`)."""
    try:
        import aiohttp
        import certifi
    except ModuleNotFoundError as error:
        raise refusal(
            "missing_library",
            f"Venues are asked through `{error.name}`, which is not installed.",
            remedy="Install it: pip install 'treadle[trading]'.",
            library=error.name,
        ) from error

    async def left(session: Any, context: Any, params: Any) -> None:
        if (sending := _sending.get()) is not None:
            sending.sent, sending.status, sending.headers = True, None, {}

    async def came(session: Any, context: Any, params: Any) -> None:
        if (sending := _sending.get()) is not None:
            sending.status, sending.headers = params.response.status, params.response.headers
        if answered is not None:
            answered(params.response.status, params.response.headers)

    async def led_elsewhere(session: Any, context: Any, params: Any) -> None:
        # What is signed for one host is for no other.
        raise aiohttp.TooManyRedirects(
            params.response.request_info, (params.response,), message="redirects are refused"
        )

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(left)
    trace.on_request_end.append(came)
    trace.on_request_redirect.append(led_elsewhere)
    connector = aiohttp.TCPConnector(ssl=_trusted(certifi.where()), socket_factory=_guarded(private), limit=200)
    return aiohttp.ClientSession(
        connector=connector, trace_configs=[trace], cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    )


@cache
def _trusted(authorities: str) -> ssl.SSLContext:
    """Reading the list takes longer than all else that opening takes."""
    return ssl.create_default_context(cafile=authorities)


def find_refused(error: BaseException | None) -> AddressRefused | None:
    """The refused address among the causes of an error."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, AddressRefused):
            return error
        seen.add(id(error))
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return None


def address_refused(venue: str, error: AddressRefused) -> Exception:
    return refusal(
        "private_address",
        f"`{venue}` was not asked: {error}.",
        remedy="If this server may be called, the operator sets `TREADLE_ALLOW_PRIVATE_NETWORK=1`.",
    )


def _guarded(private: bool) -> Callable[[Any], socket.socket]:
    def make(address: Any) -> socket.socket:
        family, kind, protocol, _, target = address
        if not private and not is_public(str(target[0])):
            raise AddressRefused(f"{target[0]} is not a public address")
        made = socket.socket(family=family, type=kind, proto=protocol)
        made.setblocking(False)
        return made

    return make
