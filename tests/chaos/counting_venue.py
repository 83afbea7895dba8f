"""An exchange in another process than those that are killed: it counts by client id what reaches it, and is slow.

`WireVenue` is how they reach it. What they say to each other is pickled: both are ours.
"""

from __future__ import annotations

import asyncio
import pickle
import random
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

import httpx

from tests.chaos.service import DELAYS, _Server
from tests.packs.trading.scripted import ALL, Exchange, ScriptedVenue
from treadle.errors import NodeError
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.venues import KNOWN, Opening

NAME = "counting"
_CAN = replace(ALL, is_simulated=True, places_pairs=True)
"""So that nobody waits for what is late: what comes twice is told by its client id."""


class CountingVenue:
    """Serves an `Exchange`, one call at a time."""

    def __init__(self, *, seed: int, thinks: float = 0.0) -> None:
        self._thinks = thinks
        """Seconds between looking at the account and telling of it."""
        self.exchange = Exchange(capabilities=_CAN)
        self.exchange.held["USDT"] = Decimal(100_000_000)
        self.busy = 0
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_until_idle(self) -> None:
        quiet = 0
        while quiet < 3:
            time.sleep(0.004)
            with self._lock:
                quiet = 0 if self.busy else quiet + 1

    def answer(self, name: str, given: tuple[Any, ...], more: dict[str, Any]) -> tuple[str, Any]:
        with self._lock:
            before, after = self._random.choice(DELAYS), self._random.choice(DELAYS)
        is_order = name in ("place", "place_pair")
        time.sleep(before if is_order else 0)
        with self._lock:
            venue = ScriptedVenue(self.exchange, lambda: datetime.now(UTC), NAME)
            try:
                found: tuple[str, Any] = ("told", asyncio.run(getattr(venue, name)(*given, **more)))
            except NodeError as error:
                found = ("refused", (error.code, error.message))
            if is_order and self._random.random() < 0.15:
                found = ("lost", None)
        time.sleep(after if is_order else self._thinks if name == "account" else 0)
        return found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # the process that asked is dead

            def do_POST(self) -> None:
                with service._lock:
                    service.busy += 1
                try:
                    length = int(self.headers.get("Content-Length") or 0)
                    content = self.rfile.read(length)
                    if len(content) < length:
                        self.close_connection = True
                        return
                    answer = pickle.dumps(service.answer(*pickle.loads(content)))
                finally:
                    with service._lock:
                        service.busy -= 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class WireVenue:
    """Every method of `Venue`, asked over the wire."""

    def __init__(self, url: str) -> None:
        self.name = NAME
        self.capabilities = _CAN
        self._client = httpx.AsyncClient(base_url=url, timeout=60)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def ask(*given: Any, **more: Any) -> Any:
            try:
                response = await self._client.post("/", content=pickle.dumps((name, given, more)))
            except httpx.ConnectError as error:
                raise refusal("venue_unreachable", "Nobody answers.", remedy="Wait.") from error
            except httpx.HTTPError as error:
                raise Unsettled from error
            kind, value = pickle.loads(response.content)
            if kind == "refused":
                raise refusal(value[0], value[1], remedy="Look at it.")
            if kind == "lost":
                raise Unsettled
            return value

        return ask

    async def aclose(self) -> None:
        await self._client.aclose()


async def open_wire(opening: Opening) -> WireVenue:
    return WireVenue(str(opening.settings["url"]))


def list_counting() -> None:
    """Make it known in this process."""
    KNOWN[NAME] = f"{__name__}:open_wire"
