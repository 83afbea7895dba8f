"""Requests sent, and sent again; the only files that touch the network are this one and `streaming`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from itertools import count
from typing import Any

import httpx

from treadle_client.errors import unreachable
from treadle_client.generated import API, VERSION
from treadle_client.requests import Call, Retries, build_request, read_answer


class _Place:
    """Where the server is, and who asks."""

    def __init__(self, url: str, key: str | None, retries: Retries) -> None:
        self.url = url.rstrip("/")
        self.base = self.url + API
        self.retries = retries
        self.headers = {"User-Agent": f"treadle-client/{VERSION}", "Accept": "application/json, */*;q=0.5"}
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"


class AsyncTransport(_Place):
    """What the generated methods send through."""

    def __init__(self, url: str, key: str | None, *, retries: Retries, timeout: float, http: Any = None) -> None:
        super().__init__(url, key, retries)
        self._owned = http is None
        self.http: httpx.AsyncClient = http or httpx.AsyncClient(timeout=timeout)

    async def send(self, call: Call, answers: Mapping[int, Any], *, reads: str = "json") -> Any:
        """Raises `TreadleApiError`."""
        request = build_request(self.http, self.base, call)
        request.headers.update(self.headers)
        for attempt in count(1):
            try:
                response = await self.http.send(request)
            except httpx.TransportError as error:
                delay = self.retries.after_failure(attempt)
                if delay is None:
                    raise unreachable(error, self.url) from error
            else:
                delay = self.retries.after_answer(response, attempt)
                if delay is None:
                    return read_answer(response, answers, reads)
            await asyncio.sleep(delay)
        raise AssertionError

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
        """Raises `TreadleApiError`."""
        request = build_request(self.http, self.base, call)
        request.headers.update(self.headers)
        for attempt in count(1):
            try:
                response = self.http.send(request)
            except httpx.TransportError as error:
                delay = self.retries.after_failure(attempt)
                if delay is None:
                    raise unreachable(error, self.url) from error
            else:
                delay = self.retries.after_answer(response, attempt)
                if delay is None:
                    return read_answer(response, answers, reads)
            time.sleep(delay)
        raise AssertionError

    def close(self) -> None:
        if self._owned:
            self.http.close()
