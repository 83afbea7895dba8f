"""Live streams: a run, a deployment, or everything, as it happens."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import AwareDatetime

from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.event_stream import EventStreamResponse, answer_stream, renewing
from treadle.server.models.live import LiveEvent
from treadle.service.live.event import DEFAULT_CAP, LEAST_CAP, MOST_CAP, read_place
from treadle.service.live.live import Live

router = APIRouter(tags=["live"])

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The events as they happen, as `data` of server-sent events, each with its `id`."},
    204: {"description": "Everything has been told: nothing comes after the event that was named."},
}
After = Annotated[
    str | None, Query(max_length=40, description="As `Last-Event-ID`, for who cannot send headers; that one counts.")
]
LastEventId = Annotated[
    str | None, Header(max_length=40, description="The last event that was had: what comes is what follows it.")
]
Since = Annotated[AwareDatetime | None, Query(description="Begin with what happened then, as far as it is known.")]
Cap = Annotated[
    int, Query(ge=LEAST_CAP, le=MOST_CAP, description="Bytes of JSON that a value may have before it is cut.")
]


class Asked:
    """Who asks for a stream, where it is to begin, and how much of a value they want to see."""

    def __init__(
        self,
        caller: Called,
        request: Request,
        last_event_id: LastEventId = None,
        after: After = None,
        max_value_bytes: Cap = DEFAULT_CAP,
    ) -> None:
        text = last_event_id or after
        self.live = Live(caller.application)
        self.after = read_place(text) if text else None
        self.renew = renewing(request)
        self.cap = max_value_bytes


class AskedSince(Asked):
    def __init__(
        self,
        caller: Called,
        request: Request,
        last_event_id: LastEventId = None,
        after: After = None,
        since: Since = None,
        max_value_bytes: Cap = DEFAULT_CAP,
    ) -> None:
        super().__init__(caller, request, last_event_id, after, max_value_bytes)
        self.since = None if since is None else since.astimezone(UTC)


_get = partial(router.get, response_model=LiveEvent, response_class=EventStreamResponse, responses=_RESPONSES)


@_get("/runs/{run_id}/events", operation_id="followRun", summary="Follow a run live")
async def follow_run(run_id: str, asked: Annotated[Asked, Depends()]) -> Response:
    """From its beginning until it is over: `run.finished` is the last event. After a lost connection the stream goes on
    behind `Last-Event-ID` without a gap or a repeat, also when the server was started anew meanwhile."""
    events = asked.live.follow_run(RunId(run_id), after=asked.after, renew=asked.renew)
    return await answer_stream(events, cap=asked.cap)


@_get("/deployments/{name}/events", operation_id="followDeployment", summary="Follow a deployment live")
async def follow_deployment(name: str, asked: Annotated[AskedSince, Depends()]) -> Response:
    """All its runs, from now on, from `since`, or behind `Last-Event-ID`; it does not end by itself."""
    events = asked.live.follow_deployment(name, after=asked.after, since=asked.since, renew=asked.renew)
    return await answer_stream(events, cap=asked.cap)


@_get("/events/stream", operation_id="followEverything", summary="Follow everything one may see live")
async def follow_everything(asked: Annotated[AskedSince, Depends()]) -> Response:
    """All runs that may be seen, from now on, from `since`, or behind `Last-Event-ID`; it does not end by itself."""
    events = asked.live.follow_everything(after=asked.after, since=asked.since, renew=asked.renew)
    return await answer_stream(events, cap=asked.cap)
