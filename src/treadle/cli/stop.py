"""`treadle stop`: a deployment ends."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.deployments import Name


@command
def stop(
    invocation: Invocation,
    name: Name,
    cancel_runs: Annotated[bool, typer.Option("--cancel-runs", help="Cancel the runs under way, too.")] = False,
) -> None:
    """Stop a deployment: no more runs begin, and those that are queued are cancelled; one under way goes on."""
    from treadle.cli.session import wait_for

    wait_for(_stop(invocation, name, cancel_runs=cancel_runs))


async def _stop(invocation: Invocation, name: str, *, cancel_runs: bool) -> None:
    from treadle.cli.deployments import say_changed
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        await say_changed(invocation, application, await Deployments(application).stop(name, cancel_runs=cancel_runs))
