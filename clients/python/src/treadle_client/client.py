"""`AsyncTreadle` and `Treadle`: the API of one server, as one object."""

from __future__ import annotations

import os
from typing import Self

import httpx

from treadle_client.generated.aio import AsyncOperations
from treadle_client.generated.blocking import Operations
from treadle_client.requests import Retries
from treadle_client.transport import AsyncTransport, Transport

_HERE = "http://127.0.0.1:8765"


def _find(url: str | None, key: str | None) -> tuple[str, str | None]:
    """Raises `ValueError` for what is no address, or an empty key: no request would get anywhere with it."""
    place = (os.environ.get("TREADLE_API_URL", _HERE) if url is None else url).strip()
    if not place.lower().startswith(("http://", "https://")):
        raise ValueError(f"`{place}` is not the address of a server: it begins with `http://` or `https://`.")
    given = os.environ.get("TREADLE_API_KEY") if key is None else key
    if given is not None and not given.strip():
        where = "`TREADLE_API_KEY`" if key is None else "`key`"
        raise ValueError(f"{where} is empty: give it an API key (`treadle key make USER NAME`), or leave it out.")
    return place, None if given is None else given.strip()


class AsyncTreadle(AsyncOperations):
    """Treadle at `url`, used with an API key.

    async with AsyncTreadle("http://127.0.0.1:8765", key="trk_…") as treadle:
        await treadle.workflows.publish("orders")

    Without them, the environment's `TREADLE_API_URL` and `TREADLE_API_KEY` count, or this machine.
    `http` is an `httpx.AsyncClient` of your own, with your proxies and certificates; it is left open.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout: float = 90,
        retries: Retries | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        url, key = _find(url, key)
        self._connection = AsyncTransport(url, key, retries=retries or Retries(), timeout=timeout, http=http)
        super().__init__(self._connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._connection.close()


class Treadle(Operations):
    """`AsyncTreadle`, blocking: the same methods without `await`.

    with Treadle("http://127.0.0.1:8765", key="trk_…") as treadle:
        treadle.workflows.publish("orders")
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout: float = 90,
        retries: Retries | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        url, key = _find(url, key)
        self._connection = Transport(url, key, retries=retries or Retries(), timeout=timeout, http=http)
        super().__init__(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()
