"""Waiting for what becomes of runs, wherever they are driven."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING

from treadle.errors import Conflict, NotFound
from treadle.model.event import RunEvent, RunFinished
from treadle.model.ids import RunId
from treadle.model.run import ExecutionResult

if TYPE_CHECKING:
    from treadle.service.application import Application

_LOOK_OFTEN, _LOOK_SELDOM = 0.05, 0.25
"""Seconds between looks at a run that is driven elsewhere: at first, and after a while."""


async def wait_until(
    application: Application, run_id: RunId, statuses: Collection[str], *, unless_draining: bool = False
) -> ExecutionResult:
    """Wait until a run has one of these statuses. Raises `NotFound` and, with `unless_draining`, `Conflict` when this
    process is about to stop and does not drive it."""
    # Of a run that is not kept, only who drives it knows what it came to.
    heard, pause = application.dispatcher.next_outcome(run_id), _LOOK_OFTEN
    try:
        while True:
            if heard.done():
                outcome = heard.result()
                if outcome is not None and outcome.result.status in statuses:
                    return outcome.result
                heard = application.dispatcher.next_outcome(run_id)
            try:
                run = await application.store.get_run(run_id)
                if run.status in statuses:
                    return await application.get_result(run_id)
            except NotFound:
                if not heard.done() and not application.dispatcher.is_taken(run_id):
                    raise
            if unless_draining and not application.dispatcher.is_taken(run_id):
                require_driving(application)
            await asyncio.wait({heard}, timeout=pause)
            pause = min(pause * 1.2, _LOOK_SELDOM)
    finally:
        heard.cancel()


def require_driving(application: Application) -> None:
    """Raises `Conflict` (`draining`) when this process is about to stop."""
    if application.dispatcher.is_draining:
        raise Conflict(
            "This process is about to stop and takes up no run.",
            code="draining",
            remedy="Try again with the next one.",
        )


async def listen(events: asyncio.Queue[RunEvent], driving: asyncio.Task[ExecutionResult]) -> AsyncIterator[RunEvent]:
    """The events of a run as they come, until it has finished or is driven no further."""
    while True:
        waiting = asyncio.create_task(events.get())
        await asyncio.wait({waiting, driving}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            break
        event = waiting.result()
        yield event
        if isinstance(event, RunFinished):
            break
    while not events.empty():
        yield events.get_nowait()
