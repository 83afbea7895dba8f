"""Lists that are read a page at a time, and gone through as one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Generic, TypeVar

from treadle_client.requests import Call
from treadle_client.transport import AsyncTransport, Transport

T = TypeVar("T")


class AsyncPages(Generic[T]):
    """`async for` over it gives every item; a page is asked for when it is come to."""

    def __init__(self, transport: AsyncTransport, call: Call, kind: Any) -> None:
        self._transport = transport
        self._call = call
        self._kind = kind

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def pages(self) -> AsyncIterator[Any]:
        """Whole pages: `items`, and `next`, the cursor of the one after."""
        cursor: str | None = None
        while True:
            page = await self.page(cursor)
            yield page
            cursor = page.next
            if cursor is None:
                return

    async def page(self, cursor: str | None = None) -> Any:
        """One page: the first, or the one that a `next` named."""
        call = replace(self._call, query={**self._call.query, "cursor": cursor})
        return await self._transport.send(call, {200: self._kind})

    async def collect(self, most: int | None = None) -> list[T]:
        """All of it, or the first `most`."""
        found: list[T] = []
        if most is None or most > 0:
            async for item in self:
                found.append(item)
                if len(found) == most:
                    break
        return found


class Pages(Generic[T]):
    """`for` over it gives every item; a page is asked for when it is come to."""

    def __init__(self, transport: Transport, call: Call, kind: Any) -> None:
        self._transport = transport
        self._call = call
        self._kind = kind

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def pages(self) -> Iterator[Any]:
        """Whole pages: `items`, and `next`, the cursor of the one after."""
        cursor: str | None = None
        while True:
            page = self.page(cursor)
            yield page
            cursor = page.next
            if cursor is None:
                return

    def page(self, cursor: str | None = None) -> Any:
        """One page: the first, or the one that a `next` named."""
        call = replace(self._call, query={**self._call.query, "cursor": cursor})
        return self._transport.send(call, {200: self._kind})

    def collect(self, most: int | None = None) -> list[T]:
        """All of it, or the first `most`."""
        found: list[T] = []
        if most is None or most > 0:
            for item in self:
                found.append(item)
                if len(found) == most:
                    break
        return found
