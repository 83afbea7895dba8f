"""Requests sent, and sent again; the only files that touch the network are this one and `streaming`.

What is to be done next is said once, in `_Place.exchange`; each transport does it in its own way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Mapping
from itertools import count
from typing import Any

import httpx

from treadle_client.errors import unreachable
from treadle_client.generated import API, VERSION
from treadle_client.requests import Call, Retries, build_request, read_answer

Exchange = Generator[httpx.Request | float, httpx.Response | httpx.TransportError | None, Any]


class _Place:
    """Where the server is, and who asks."""

    def __init__(self, url: str, key: str | None, retries: Retries) -> None:
        self.url = url.rstrip("/")
        self.base = self.url + API
        self.retries = retries
        self.headers = {"User-Agent": f"treadle-client/{VERSION}", "Accept": "application/json, */*;q=0.5"}
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"

    def exchange(
        self, http: httpx.AsyncClient | httpx.Client, call: Call, answers: Mapping[int, Any], reads: str
    ) -> Exchange:
        """What there is to do: a request to send, which is answered with what came, and then perhaps seconds to wait.
        Returns what was promised for the answer. Raises `TreadleApiError`, `TreadleConnectionError`."""
        request = build_request(http, self.base, call)
        request.headers.update(self.headers)
        for attempt in count(1):
            came = yield request
            if isinstance(came, httpx.Response):
                delay = self.retries.after_answer(came, attempt)
                if delay is None:
                    return read_answer(came, answers, reads)
            else:
                delay = self.retries.after_failure(attempt)
                if delay is None:
                    assert came is not None
                    raise unreachable(came, self.url) from came
            yield delay
        raise AssertionError


class AsyncTransport(_Place):
    """What the generated methods send through."""

    def __init__(self, url: str, key: str | None, *, retries: Retries, timeout: float, http: Any = None) -> None:
        super().__init__(url, key, retries)
        self._owned = http is None
        self.http: httpx.AsyncClient = http or httpx.AsyncClient(timeout=timeout)

    async def send(self, call: Call, answers: Mapping[int, Any], *, reads: str = "json") -> Any:
        """Raises `TreadleApiError`, `TreadleConnectionError`."""
        steps = self.exchange(self.http, call, answers, reads)
        came: httpx.Response | httpx.TransportError | None = None
        while True:
            try:
                step = steps.send(came)
            except StopIteration as end:
                return end.value
            came = None
            if not isinstance(step, httpx.Request):
                await asyncio.sleep(step)
                continue
            try:
                came = await self.http.send(step)
            except httpx.TransportError as error:
                came = error

    async def close(self) -> None:
        if self._owned:
            await self.http.aclose()


class Transport(_Place):
    """The same, blocking."""

    def __init__(self, url: str, key: str | None, *, retries: Retries, timeout: float, http: Any = None) -> None:
        super().__init__(url, key, retries)
        self._owned = http is None
        self.http: httpx.Client = http or httpx.Client(timeout=timeout)

    def send(self, call: Call, answers: Mapping[int, Any], *, reads: str = "json") -> Any:
        """Raises `TreadleApiError`, `TreadleConnectionError`."""
        steps = self.exchange(self.http, call, answers, reads)
        came: httpx.Response | httpx.TransportError | None = None
        while True:
            try:
                step = steps.send(came)
            except StopIteration as end:
                return end.value
            came = None
            if not isinstance(step, httpx.Request):
                time.sleep(step)
                continue
            try:
                came = self.http.send(step)
            except httpx.TransportError as error:
                came = error

    def close(self) -> None:
        if self._owned:
            self.http.close()
