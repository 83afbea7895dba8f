"""`treadle cancel`: end a run."""

from __future__ import annotations

import asyncio
import contextlib

from treadle.cli.command import Invocation, command
from treadle.cli.status import RunArgument

_PATIENCE = 10.0
"""Seconds to wait for the process that drives the run to end it."""
_WITHOUT_ITS_TYPES = 1.0
"""The same, where this installation could not drive it: then perhaps nobody does."""


@command
def cancel(invocation: Invocation, run: RunArgument) -> None:
    """Cancel a run: what runs is cancelled, `finally` bodies run, the rest never starts."""
    from treadle.cli.session import wait_for

    wait_for(_cancel(invocation, run))


async def _cancel(invocation: Invocation, text: str) -> None:
    from treadle.cli.mark import status_text
    from treadle.cli.missing_types import find_missing_types
    from treadle.cli.session import driving
    from treadle.service.run_control import RunControl
    from treadle.service.runs import Runs

    async with driving(invocation) as application:
        run_id = await Runs(application).find_id(text)
        missing = await find_missing_types(application, run_id)
        await RunControl(application).cancel(run_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE if missing is None else _WITHOUT_ITS_TYPES):
                # Where nobody drives it, we do: to its end, which is near. Without its node types it ends as it stands.
                await application.dispatcher.take(run_id)
                await application.wait(run_id)
                await application.children.end_cancelled(run_id)
        run = await application.store.get_run(run_id)
    if invocation.json:
        invocation.screen.print_json({"run_id": run_id, "status": run.status, "cancel_requested": True})
    elif run.status == "cancelled":
        invocation.screen.say(f"{status_text('cancelled').markup}  [bold]{run.workflow}[/]  [dim]{run_id}[/]")
        if missing:
            named = ", ".join(f"`{name}`" for name in missing)
            invocation.screen.say(f"  [dim]It ended as it stood: not installed here are {named}.[/]")
    else:
        still = f"Asked. The run is still {run.status}: the process that drives it ends it."
        if missing:
            named = ", ".join(f"`{name}`" for name in missing)
            still = f"Asked. The run is still {run.status}: it ends where its node types are installed ({named})."
        invocation.screen.say(f"{still} [dim]{run_id}[/]")
