"""`treadle pause`: a deployment rests for a while."""

from __future__ import annotations

from treadle.cli.command import Invocation, command
from treadle.cli.deployments import Name


@command
def pause(invocation: Invocation, name: Name) -> None:
    """Pause a deployment: no run of it begins until `treadle start`; those under way go on."""
    from treadle.cli.session import wait_for

    wait_for(_pause(invocation, name))


async def _pause(invocation: Invocation, name: str) -> None:
    from treadle.cli.deployments import say_changed
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        await say_changed(invocation, application, await Deployments(application).pause(name))
