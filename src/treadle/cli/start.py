"""`treadle start`: a deployment that rests goes on."""

from __future__ import annotations

from treadle.cli.command import Invocation, command
from treadle.cli.confirming import Confirm, confirmed
from treadle.cli.deployments import Name


@command
def start(invocation: Invocation, name: Name, confirm: Confirm = None) -> None:
    """Start a paused or stopped deployment again, from now on: what it missed is not made up for."""
    from treadle.cli.session import wait_for

    wait_for(_start(invocation, name, confirm))


async def _start(invocation: Invocation, name: str, confirm: str | None) -> None:
    from treadle.cli.deployments import say_changed
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        service = Deployments(application)
        started = await confirmed(invocation, confirm, lambda said: service.start(name, confirm=said))
        await say_changed(invocation, application, started)
