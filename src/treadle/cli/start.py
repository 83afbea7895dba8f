"""`treadle start`: a deployment that rests goes on."""

from __future__ import annotations

from treadle.cli.command import Invocation, command
from treadle.cli.deployments import Name


@command
def start(invocation: Invocation, name: Name) -> None:
    """Start a paused or stopped deployment again, from now on: what it missed is not made up for."""
    from treadle.cli.session import wait_for

    wait_for(_start(invocation, name))


async def _start(invocation: Invocation, name: str) -> None:
    from treadle.cli.deployments import say_changed
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        await say_changed(invocation, application, await Deployments(application).start(name))
