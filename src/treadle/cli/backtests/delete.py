"""`treadle backtests delete`."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def delete(
    invocation: Invocation,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="As `treadle backtests list` shows them.")],
) -> None:
    """Remove backtests, with all their series. They are no more counted among the variants that were tried."""
    from treadle.cli.session import wait_for

    wait_for(_delete(invocation, ids))


async def _delete(invocation: Invocation, ids: list[str]) -> None:
    from treadle.cli.session import reading
    from treadle.service.backtests.keeping import Backtests

    async with reading(invocation) as application:
        for id in ids:
            await Backtests(application).delete(id)
            invocation.screen.say(f"Removed {id}.")
    if invocation.json:
        invocation.screen.print_json({"removed": ids})
