"""`treadle retry`: go on with a run that failed, was cancelled, or was left behind."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.status import RunArgument


@command
def retry(
    invocation: Invocation,
    run: RunArgument,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until a suspended run has finished.")] = False,
) -> int:
    """Go on with a failed or cancelled run: what succeeded is kept, the rest is tried again.

    An unfinished run whose process is gone is driven on from where it was.
    """
    from treadle.cli.session import wait_for

    return wait_for(_retry(invocation, run, wait))


async def _retry(invocation: Invocation, text: str, wait: bool) -> int:
    import asyncio

    from treadle.cli.command import INTERRUPTED
    from treadle.cli.outcome import print_result, stand
    from treadle.cli.run import EXIT_CODES, wait_until_finished
    from treadle.cli.session import Stop, driving, note_under_way, say_finishing
    from treadle.model.run import FINISHED
    from treadle.model.run import ExecutionResult as Result

    async with driving(invocation) as application:
        run_id = await application.find_run_id(text)
        known = await application.store.get_run(run_id)
        draining: list[asyncio.Task[None]] = []
        under_way: dict[str, None] = {}
        application.dispatcher.watch(lambda event: note_under_way(under_way, event))

        def stop_softly() -> None:
            say_finishing(invocation, under_way)
            draining.append(asyncio.create_task(application.dispatcher.drain()))

        with Stop(stop_softly) as stop:
            result: Result = await (application.retry if known.status in FINISHED else application.go_on)(run_id)
            if wait and result.status == "suspended" and not stop.asked.is_set():
                result = await wait_until_finished(invocation, application, result, stop.asked)
            await asyncio.gather(*draining)
        standing = await stand(application, result)
    print_result(invocation, standing)
    return INTERRUPTED if stop.asked.is_set() and result.status == "suspended" else EXIT_CODES[result.status]
