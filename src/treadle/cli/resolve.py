"""`treadle resolve`: say what became of an effect that a crash left in doubt."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.status import RunArgument
from treadle.errors import InvalidWorkflow

_OUTCOMES = ("done", "repeat", "failed")


@command
def resolve(
    invocation: Invocation,
    run: RunArgument,
    node: Annotated[str, typer.Argument(metavar="NODE", help="The node's path, as `treadle status` shows it.")],
    outcome: Annotated[str, typer.Option("--as", metavar="done|repeat|failed", help="What became of it.")],
    output: Annotated[str | None, typer.Option(metavar="JSON|@FILE", help="With `done`: the node's output.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Go on with the run here, and wait for it.")] = False,
) -> int:
    """Settle an effect in doubt: it happened, is to be repeated, or counts as failed.

    The run goes on under [bold]treadle up[/], or here with --wait.
    """
    if outcome not in _OUTCOMES:
        raise InvalidWorkflow(
            f"`{outcome}` is no answer.", code="unknown_outcome", remedy="Answer with done, repeat or failed."
        )
    if output is not None and outcome != "done":
        raise InvalidWorkflow(
            f"`--output` means nothing with `--as {outcome}`.", code="unwanted_output", remedy="Leave it out."
        )
    from treadle.cli.session import wait_for
    from treadle.cli.source import read_value

    value = read_value(output) if output is not None else None
    return wait_for(_resolve(invocation, run, node, outcome, value, wait))


async def _resolve(invocation: Invocation, text: str, node: str, outcome: str, output: Any, wait: bool) -> int:
    from treadle.cli.command import COMPLETED
    from treadle.cli.run import EXIT_CODES, print_result
    from treadle.cli.session import driving

    async with driving(invocation) as application:
        run_id = await application.find_run_id(text)
        await application.resolve(run_id, node, outcome=outcome, output=output)
        if wait:
            result = await application.go_on(run_id)
            print_result(invocation, result)
            return EXIT_CODES[result.status]
    if invocation.json:
        invocation.screen.print_json({"run_id": run_id, "node": node, "outcome": outcome})
    else:
        invocation.screen.say(f"`{node}` is settled as {outcome}. [dim]{run_id}[/]")
    return COMPLETED
