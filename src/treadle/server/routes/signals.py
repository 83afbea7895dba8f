"""Signals: sent to runs, and those that nobody has taken."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from treadle.model.ids import RunId
from treadle.server.caller import Called
from treadle.server.models.signals import SendSignal, SentSignal, Signal, SignalPage
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import by_time, cut
from treadle.service.signals import Signals

router = APIRouter(prefix="/signals", tags=["signals"])


@router.get("", operation_id="listSignals", summary="List signals that nobody took")
async def list_signals(
    caller: Called,
    key: Annotated[str | None, Query(max_length=500, description="Whom they are about.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> SignalPage:
    """Oldest first."""
    found = await Signals(caller.application).list(key=key)
    page, next = cut(found, limit, cursor, order=lambda signal: by_time(signal.at, signal.id))
    return SignalPage(items=[Signal.of(signal) for signal in page], next=next)


@router.post("", operation_id="sendSignal", summary="Send a signal", status_code=202)
async def send_signal(caller: Called, body: SendSignal) -> SentSignal:
    """To one run, or by its key to whichever run waits for it, now or later."""
    run_id = None if body.run_id is None else RunId(body.run_id)
    signals = Signals(caller.application)
    return SentSignal.of(await signals.send(body.name, body.payload, run_id=run_id, key=body.key, id=body.id))


@router.delete("/{signal_id}", operation_id="dropSignal", summary="Forget a signal that nobody took", status_code=204)
async def drop_signal(caller: Called, signal_id: Annotated[str, Path(max_length=200)]) -> None:
    """One that a run has taken cannot be dropped."""
    await Signals(caller.application).drop(signal_id)
