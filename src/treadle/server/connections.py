"""Connections: how many there may be, and for how long one may keep the server waiting.

uvicorn waits for ever for a request that has begun. Who is answered, and be it bit by bit for a day, is left alone as
long as they read it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import sys
from collections import Counter
from collections.abc import Collection
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from treadle.server.limits import BODY_SECONDS
from treadle.service.access.throttle import network_of

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Base
else:
    _Base = asyncio.Protocol

HEAD_SECONDS = 10.0
"""For the head of a request, from the connection's or the request's first byte; and for what is left of a body whose
request has been answered."""
BODY_IDLE_SECONDS = BODY_SECONDS + 5
"""Without a byte of a body: later than who reads it says that it took too long."""
UNREAD_SECONDS = 60.0
"""For who is answered and reads nothing, while more is to be written than the system takes."""
_MOST, _LEAST = 4096, 64
_SHARE = 4
"""No address has more than one in so many of the connections."""

Phase = Literal["head", "body", "idle"]


class Connection(Protocol):
    """As far as `Connections` knows one."""

    def drop(self) -> None: ...


class Connections:
    """Those of one server. Where they are full, who has kept us waiting longest makes room; whoever is being answered
    stays, and if that is everybody, who comes is turned away."""

    def __init__(self, most: int, *, trusted: Collection[str] = ()) -> None:
        self.most = most
        self._of_one = max(1, most // _SHARE)
        self._trusted = [ipaddress.ip_network(one, strict=False) for one in trusted]
        self._networks: dict[Connection, str] = {}
        self._counts: Counter[str] = Counter()
        self._waiting: dict[Connection, None] = {}
        """Those with no request under way, who has been so longest first."""

    def __len__(self) -> int:
        return len(self._networks)

    def enter(self, connection: Connection, address: str | None) -> bool:
        """Whether there is room for one more, if need be once another has gone."""
        network = "" if self._may_have_all(address) else network_of(address)
        if network and self._counts[network] >= self._of_one and not self._make_room(network):
            return False
        if len(self._networks) >= self.most and not self._make_room():
            return False
        self._networks[connection] = network
        self._counts[network] += 1
        return True

    def leave(self, connection: Connection) -> None:
        self._waiting.pop(connection, None)
        network = self._networks.pop(connection, None)
        if network is not None:
            self._counts[network] -= 1
            if not self._counts[network]:
                del self._counts[network]

    def note(self, connection: Connection, *, waits: bool) -> None:
        """From now on it keeps us waiting, or no longer does."""
        self._waiting.pop(connection, None)
        if waits and connection in self._networks:
            self._waiting[connection] = None

    def _make_room(self, network: str | None = None) -> bool:
        found = next((one for one in self._waiting if network is None or self._networks[one] == network), None)
        if found is None:
            return False
        self.leave(found)
        found.drop()
        return True

    def _may_have_all(self, address: str | None) -> bool:
        """Of this machine, or a proxy that stands for many."""
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return True  # a socket that is no network's
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        known = mapped or found
        return known.is_loopback or any(known in one for one in self._trusted)


class Patience(_Base):
    """What is put before uvicorn's protocol: it ends a connection whose other side lets us wait too long."""

    crowd: Connections
    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _waits_for: tuple[Phase | None, object] = (None, None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        if self.crowd.enter(self, self.client[0] if self.client else None):
            self._look()
        else:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._stop_unread()
        self.crowd.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look(came=True)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_unread()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.drop)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_unread()

    def drop(self) -> None:
        # Not closed: who keeps us waiting may not read what is still to be written, either.
        self.transport.abort()

    def _look(self, *, came: bool = False) -> None:
        """Wait for what the other side owes us now. A head that comes bit by bit gets no more time for it."""
        cycle: Any = self.cycle
        phase = None if self.transport.is_closing() else _phase(cycle, came=came)
        changed = (phase, cycle) != self._waits_for
        if changed:
            self._waits_for = (phase, cycle)
            self.crowd.note(self, waits=phase is not None)
        if changed or phase == "body":
            self._stop_timer()
            seconds = {"head": HEAD_SECONDS, "body": BODY_IDLE_SECONDS}.get(phase or "")
            if seconds is not None:
                self._timer = self.loop.call_later(seconds, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        if self._waits_for[0] == "body" and self.flow.read_paused:
            self._look(came=True)  # it is not the other side that waits
        else:
            self.drop()

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def most_connections() -> int:
    """Well below the files that this process may have open: the store and what nodes call need some too."""
    if sys.platform == "win32":
        return 512
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else max(_LEAST, min(_MOST, soft // 2))


def protocol_for(connections: Connections) -> type[asyncio.Protocol]:
    """uvicorn's protocol, the quickest there is, with patience."""
    if find_spec("httptools") is not None:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as base
    else:
        from uvicorn.protocols.http.h11_impl import H11Protocol as base
    return type("PatientProtocol", (Patience, base), {"crowd": connections})


def _phase(cycle: Any, *, came: bool) -> Phase | None:
    """What is waited for; None while the request is whole and being answered. `came`: something was sent just now."""
    if cycle is None:
        return "head"
    if not cycle.response_complete:
        return "body" if cycle.more_body else None
    # What comes now is the next head, or the rest of a body that nobody wants any more.
    return "head" if came or cycle.more_body else "idle"
