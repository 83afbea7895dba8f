"""Live streams: a run, a deployment, or everything, as it happens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AwareDatetime

from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.event_stream import EventStreamResponse, answer_stream, renewing
from treadle.server.models.live import LiveEvent
from treadle.service.live.event import DEFAULT_CAP, LEAST_CAP, MOST_CAP, Place, read_place
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


@router.get(
    "/runs/{run_id}/events",
    operation_id="followRun",
    summary="Follow a run live",
    response_model=LiveEvent,
    response_class=EventStreamResponse,
    responses=_RESPONSES,
)
async def follow_run(
    caller: Called,
    request: Request,
    run_id: str,
    last_event_id: LastEventId = None,
    after: After = None,
    max_value_bytes: Cap = DEFAULT_CAP,
) -> Response:
    """From its beginning until it is over: `run.finished` is the last event. After a lost connection the stream goes on
    behind `Last-Event-ID` without a gap or a repeat, also when the server was started anew meanwhile."""
    place = _place(last_event_id, after)
    events = Live(caller.application).follow_run(RunId(run_id), after=place, renew=renewing(request))
    return await answer_stream(events, cap=max_value_bytes)


@router.get(
    "/deployments/{name}/events",
    operation_id="followDeployment",
    summary="Follow a deployment live",
    response_model=LiveEvent,
    response_class=EventStreamResponse,
    responses=_RESPONSES,
)
async def follow_deployment(
    caller: Called,
    request: Request,
    name: str,
    last_event_id: LastEventId = None,
    after: After = None,
    since: Since = None,
    max_value_bytes: Cap = DEFAULT_CAP,
) -> Response:
    """All its runs, from now on, from `since`, or behind `Last-Event-ID`; it does not end by itself."""
    live = Live(caller.application)
    place, began = _place(last_event_id, after), _utc(since)
    events = live.follow_deployment(name, after=place, since=began, renew=renewing(request))
    return await answer_stream(events, cap=max_value_bytes)


@router.get(
    "/events/stream",
    operation_id="followEverything",
    summary="Follow everything one may see live",
    response_model=LiveEvent,
    response_class=EventStreamResponse,
    responses=_RESPONSES,
)
async def follow_everything(
    caller: Called,
    request: Request,
    last_event_id: LastEventId = None,
    after: After = None,
    since: Since = None,
    max_value_bytes: Cap = DEFAULT_CAP,
) -> Response:
    """All runs that may be seen, from now on, from `since`, or behind `Last-Event-ID`; it does not end by itself."""
    live = Live(caller.application)
    place, began = _place(last_event_id, after), _utc(since)
    return await answer_stream(
        live.follow_everything(after=place, since=began, renew=renewing(request)), cap=max_value_bytes
    )


def _place(last_event_id: str | None, after: str | None) -> Place | None:
    text = last_event_id or after
    return None if not text else read_place(text)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
