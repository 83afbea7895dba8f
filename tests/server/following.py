"""Reading a live stream of a server on a real socket."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass
class Followed:
    """A stream that is open. `last_id` is that of the last event that was read."""

    response: httpx.Response
    last_id: str | None = None

    async def read(self) -> AsyncIterator[dict[str, Any]]:
        """Its events, to the end of the stream."""
        async for line in self._lines:
            if line.startswith("id: "):
                given = line.removeprefix("id: ")
            elif line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                assert event["id"] == given
                self.last_id = given
                yield event

    async def read_until(self, kind: str, path: str = "") -> list[dict[str, Any]]:
        """The events up to the first of a kind, at a node or anywhere."""
        found: list[dict[str, Any]] = []
        async for event in self.read():
            found.append(event)
            if event["type"] == kind and (not path or event["path"] == path):
                return found
        raise AssertionError(f"The stream ended without {kind}: {[event['type'] for event in found]}")

    def __post_init__(self) -> None:
        self._lines = self.response.aiter_lines()


@asynccontextmanager
async def following(
    client: httpx.AsyncClient, path: str, *, last_event_id: str | None = None, **query: Any
) -> AsyncGenerator[Followed]:
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    async with client.stream("GET", f"/api/v1{path}", params=query, headers=headers) as response:
        if response.status_code >= 400:
            await response.aread()
        yield Followed(response)
