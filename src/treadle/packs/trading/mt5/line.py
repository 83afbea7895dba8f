"""`Line`: the connection to the bridge. One asks after the other; a connection that is cut is made again."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from treadle.packs.http.client.address import is_public
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.wire import AddressRefused, address_refused

_MOST = 16_000_000
_REMEDIES = {
    "unknown_symbol": "Write it as the terminal's market watch does: `EURUSD`.",
    "credentials_refused": "Set the profile's `token` to the bridge's TREADLE_MT5_TOKEN.",
    "insufficient_balance": "Order less, or bring in more.",
    "market_closed": "Wait until it is traded again; look whether algo trading is allowed in the terminal.",
    "off_grid": "Round the quantity to the broker's lots.",
}


class Line:
    def __init__(self, host: str, port: int, token: str, *, private: bool, timeout: float) -> None:
        self._host, self._port, self._token = host, port, token
        self._private, self._timeout = private, timeout
        self._turn = asyncio.Lock()
        self._ids = itertools.count(1)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, call: str, given: Mapping[str, Any] | None = None, *, orders: bool = False) -> Any:
        """Raises `NodeError`; `Unsettled` where, with `orders`, it was sent and there is no clear answer."""
        async with self._turn:
            reader, writer = await self._connected()
            request = {"id": next(self._ids), "call": call, "given": dict(given or {})}
            try:
                async with asyncio.timeout(self._timeout):
                    writer.write(json.dumps(request).encode() + b"\n")
                    await writer.drain()
                    answer = json.loads(await reader.readline(), parse_float=Decimal)
            except BaseException as error:
                # The answer would be taken for that of the next question.
                self._drop()
                if not isinstance(error, OSError | TimeoutError | ValueError):
                    raise
                if orders:
                    raise Unsettled("the bridge was sent it, and did not say what became of it") from error
                raise self._unreachable(error) from error
        if (error := answer.get("error")) is None:
            return answer.get("ok")
        code, message = str(error["code"]), str(error["message"])
        if code == "unsettled":
            if orders:
                raise Unsettled(message)
            code = "venue_unreachable"
        raise refusal(code, message, remedy=_REMEDIES.get(code, "Read what the terminal says, and correct it."))

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is not None and not self._streams[0].at_eof():
            return self._streams
        self._drop()
        try:
            async with asyncio.timeout(self._timeout):
                reader, writer = await asyncio.open_connection(await self._address(), self._port, limit=_MOST)
                self._streams = reader, writer
                writer.write(json.dumps({"token": self._token}).encode() + b"\n")
                await writer.drain()
                answer = json.loads(await reader.readline())
        except AddressRefused as error:
            raise address_refused("mt5", error) from error
        except (OSError, TimeoutError, ValueError) as error:
            self._drop()
            raise self._unreachable(error) from error
        if "error" in answer:
            self._drop()
            raise refusal(
                "credentials_refused", "The bridge does not know the token.", remedy=_REMEDIES["credentials_refused"]
            )
        return reader, writer

    async def _address(self) -> str:
        """Resolved once: the address that is checked is the one that is called."""
        found = await asyncio.get_running_loop().getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        allowed = [address for address in addresses if self._private or is_public(address)]
        if not allowed:
            raise AddressRefused(f"{', '.join(addresses[:3])} is not a public address")
        return allowed[0]

    def _unreachable(self, error: BaseException) -> Exception:
        return refusal(
            "venue_unreachable",
            f"The bridge to MetaTrader at {self._host}:{self._port} does not answer ({type(error).__name__}).",
            remedy="Start it where the terminal runs: python -m treadle.packs.trading.mt5.bridge",
        )

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def aclose(self) -> None:
        if self._streams is not None:
            _, writer = self._streams
            self._drop()
            try:
                await writer.wait_closed()
            except OSError:
                return
