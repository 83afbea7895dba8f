"""Server-sent events: what is followed live, as a response that is read bit by bit."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from starlette.requests import Request
from starlette.responses import Response

from treadle.server.caller import find_again
from treadle.service.access.actor import Actor
from treadle.service.live.event import DEFAULT_CAP
from treadle.service.live.live import Events, Renew

MEDIA_TYPE = "text/event-stream"
# Who lost the connection waits a second before coming back; not many will at once.
_HELLO = b"retry: 1000\n\n"
_ALIVE = b":\n\n"
_HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStreamResponse(StreamingResponse):
    media_type = MEDIA_TYPE


def renewing(request: Request) -> Renew:
    """Who asks, as they are each time that this is called: streams outlive sessions, keys and roles."""

    async def renew() -> Actor | None:
        return await find_again(request)

    return renew


async def answer_stream(events: AsyncGenerator[Events], *, cap: int = DEFAULT_CAP) -> Response:
    """What is followed, its values cut to `cap` bytes. 204 where nothing is to come: browsers take it as the end.

    Raises what following raises before there is anything to follow: that is an answer, and no event.
    """
    try:
        await anext(events)
    except StopAsyncIteration:
        return Response(status_code=204, headers=_HEADERS)
    return EventStreamResponse(_write(events, b"", cap), headers=_HEADERS)


async def answer_run(events: AsyncGenerator[Events]) -> Response:
    """A run that is started for this, from its first event on: `Location` says where it is."""
    first: Events = ()
    while not first:
        first = await anext(events)
    headers = {**_HEADERS, "Location": f"/api/v1/runs/{first[0].run_id}"}
    return EventStreamResponse(_write(events, _frames(first, DEFAULT_CAP), DEFAULT_CAP), headers=headers)


async def _write(events: AsyncGenerator[Events], first: bytes, cap: int) -> AsyncIterator[bytes]:
    yield _HELLO + first
    async with aclosing(events):
        async for some in events:
            yield _frames(some, cap) if some else _ALIVE


def _frames(events: Events, cap: int) -> bytes:
    return b"".join([event.frame(cap) for event in events])
