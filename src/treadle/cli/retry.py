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
    from treadle.cli.driving_on import drive_on
    from treadle.cli.outcome import print_result, stand
    from treadle.cli.session import driving
    from treadle.model.run import FINISHED
    from treadle.service.run_control import RunControl
    from treadle.service.runs import Runs

    async with driving(invocation) as application:
        run_id = await Runs(application).find_id(text)
        known = await application.store.get_run(run_id)
        again = RunControl(application).retry if known.status in FINISHED else application.go_on
        result, code = await drive_on(invocation, application, lambda: again(run_id), wait=wait)
        standing = await stand(application, result)
    print_result(invocation, standing)
    return code
