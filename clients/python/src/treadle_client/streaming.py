"""Streams of events that go on where they were, should the connection break."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from dataclasses import replace
from typing import Any, Generic, Self, TypeVar

import httpx

from treadle_client.errors import unreachable
from treadle_client.events import CLOSED, FINISHED, Event, EventParser
from treadle_client.generated import models
from treadle_client.requests import Call, build_request, read_answer
from treadle_client.transport import AsyncTransport, Transport

T = TypeVar("T", AsyncTransport, Transport)

PATIENCE = 60.0
"""Seconds without a connection after which a stream gives up."""
_SILENCE = 60.0
"""Seconds without a sign of life after which a connection counts as broken; the server gives one every few seconds."""
_STARTED = {200: models.ExecutionResult, 202: models.Accepted}
_TIMEOUT = httpx.Timeout(10, read=_SILENCE)


class _Watch:
    """How far a stream has come, and how long it has been without a connection: the same for both clients."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.parser = EventParser()
        self.parser.last_id = call.after
        self._last = (FINISHED, CLOSED) if "{run_id}" in call.path else (CLOSED,)
        self._attempt = 0
        self._lost_at: float | None = None

    def next_request(self, http: httpx.AsyncClient | httpx.Client, base: str, headers: dict[str, str]) -> httpx.Request:
        # What was cut off in the middle of an event comes again.
        parser = EventParser()
        parser.last_id, parser.wait = self.parser.last_id, self.parser.wait
        self.parser = parser
        request = build_request(http, base, replace(self.call, after=parser.last_id))
        request.headers.update({**headers, "Accept": "text/event-stream", "Accept-Encoding": "identity"})
        request.extensions["timeout"] = _TIMEOUT.as_dict()
        return request

    def is_refused(self, response: httpx.Response) -> bool:
        """Whether the answer is none that another attempt could change."""
        return response.status_code not in (200, 204, 408, 429, 500, 502, 503, 504)

    def is_last(self, event: Event) -> bool:
        """Whether the stream is over, not interrupted."""
        return event.type in self._last

    def note_life(self) -> None:
        self._attempt, self._lost_at = 0, None

    def note_loss(self, transport: AsyncTransport | Transport, error: httpx.TransportError) -> float:
        """Seconds to wait. Raises `TreadleConnectionError` when patience is at its end."""
        now = time.monotonic()
        self._lost_at = self._lost_at or now
        if now - self._lost_at > PATIENCE:
            raise unreachable(error, transport.url) from error
        self._attempt += 1
        backoff = transport.retries.after_failure(min(self._attempt, max(transport.retries.most, 1))) or 1
        return max(backoff, self.parser.wait or 0)


class _Followed(Generic[T]):
    """What is followed, and how far: the same for both clients."""

    def __init__(self, transport: T, call: Call, start: Call | None = None) -> None:
        self._transport = transport
        self._call = call
        self._start = start
        self._watch: _Watch | None = None
        self.run_id: str | None = None
        """Of the run that was started, once there is one."""

    @classmethod
    def of_a_new_run(cls, transport: T, call: Call) -> Self:
        """`call` starts the run; it is watched from its beginning."""
        return cls(transport, Call("GET", "/runs/{run_id}/events"), call)

    @property
    def last_event_id(self) -> str | None:
        """Where to go on, by another process perhaps."""
        return self._watch.parser.last_id if self._watch else self._call.after

    def _begin(self, started: Any) -> _Watch:
        """`started` is what came of starting the run, where one is."""
        call = self._call
        if started is not None:
            self.run_id = started.run_id
            call = replace(call, values={"run_id": started.run_id})
        self._watch = _Watch(call)
        return self._watch


class AsyncEvents(_Followed[AsyncTransport]):
    """`async for` over it gives each event once, in order, over as many connections as it takes.

    `async with` ends the connection at once when one leaves before the end.
    """

    _iterator: AsyncGenerator[Event] | None = None

    def __aiter__(self) -> AsyncIterator[Event]:
        if self._iterator is None:
            self._iterator = self._go_through()
        return self._iterator

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._iterator is not None:
            await self._iterator.aclose()

    async def _go_through(self) -> AsyncGenerator[Event]:
        transport, start = self._transport, self._start
        watch = self._begin(None if start is None else await transport.send(start, _STARTED))
        while True:
            request = watch.next_request(transport.http, transport.base, transport.headers)
            try:
                response = await transport.http.send(request, stream=True)
                try:
                    if watch.is_refused(response):
                        await response.aread()
                        read_answer(response, {}, "json")
                    if response.status_code == 204:  # all of it was had before
                        return
                    if response.status_code == 200:
                        async for piece in response.aiter_bytes():
                            watch.note_life()
                            for event in watch.parser.feed(piece):
                                yield event
                                if watch.is_last(event):
                                    return
                    raise httpx.RemoteProtocolError(f"the stream ended with status {response.status_code}")
                finally:
                    await response.aclose()
            except httpx.TransportError as error:
                delay = watch.note_loss(transport, error)
            await asyncio.sleep(delay)


class Events(_Followed[Transport]):
    """`for` over it gives each event once, in order, over as many connections as it takes.

    `with` ends the connection at once when one leaves before the end.
    """

    _iterator: Generator[Event] | None = None

    def __iter__(self) -> Iterator[Event]:
        if self._iterator is None:
            self._iterator = self._go_through()
        return self._iterator

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._iterator is not None:
            self._iterator.close()

    def _go_through(self) -> Generator[Event]:
        transport, start = self._transport, self._start
        watch = self._begin(None if start is None else transport.send(start, _STARTED))
        while True:
            request = watch.next_request(transport.http, transport.base, transport.headers)
            try:
                response = transport.http.send(request, stream=True)
                try:
                    if watch.is_refused(response):
                        response.read()
                        read_answer(response, {}, "json")
                    if response.status_code == 204:  # all of it was had before
                        return
                    if response.status_code == 200:
                        for piece in response.iter_bytes():
                            watch.note_life()
                            for event in watch.parser.feed(piece):
                                yield event
                                if watch.is_last(event):
                                    return
                    raise httpx.RemoteProtocolError(f"the stream ended with status {response.status_code}")
                finally:
                    response.close()
            except httpx.TransportError as error:
                delay = watch.note_loss(transport, error)
            time.sleep(delay)
