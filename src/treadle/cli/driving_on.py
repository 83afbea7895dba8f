"""Going on with one run in this process, until it is done or suspended; Ctrl-C lets it come to rest first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from treadle.cli.command import INTERRUPTED, Invocation
from treadle.cli.run import EXIT_CODES, wait_until_finished
from treadle.cli.session import Stop, note_under_way, say_finishing

if TYPE_CHECKING:
    from treadle.model.run import ExecutionResult
    from treadle.service.application import Application


async def drive_on(
    invocation: Invocation,
    application: Application,
    begin: Callable[[], Awaitable[ExecutionResult]],
    *,
    wait: bool,
) -> tuple[ExecutionResult, int]:
    """What the run that `begin` goes on with came to, and the exit code. With `wait`, suspensions are waited out."""
    draining: list[asyncio.Task[None]] = []
    under_way: dict[str, None] = {}
    application.dispatcher.watch(lambda event: note_under_way(under_way, event))

    def stop_softly() -> None:
        say_finishing(invocation, under_way)
        draining.append(asyncio.create_task(application.dispatcher.drain()))

    with Stop(stop_softly) as stop:
        result = await begin()
        if wait and result.status == "suspended" and not stop.asked.is_set():
            result = await wait_until_finished(invocation, application, result, stop.asked)
        await asyncio.gather(*draining)
    interrupted = stop.asked.is_set() and result.status == "suspended"
    return result, INTERRUPTED if interrupted else EXIT_CODES[result.status]
