"""`treadle resolve`: say what became of an effect that a crash left in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.status import RunArgument
from treadle.errors import InvalidWorkflow
from treadle.model.nearest import listed

if TYPE_CHECKING:
    from treadle.model.ids import RunId
    from treadle.service.application import Application

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
    given = output is not None
    return wait_for(_resolve(invocation, run, node, outcome, value, given=given, wait=wait))


async def _resolve(
    invocation: Invocation, text: str, node: str, outcome: str, output: Any, *, given: bool, wait: bool
) -> int:
    from treadle.cli.command import COMPLETED
    from treadle.cli.outcome import print_result, stand
    from treadle.cli.run import EXIT_CODES
    from treadle.cli.session import driving
    from treadle.service.run_control import RunControl
    from treadle.service.runs import Runs

    async with driving(invocation) as application:
        run_id = await Runs(application).find_id(text)
        if outcome == "done":
            output = await _output_of(application, run_id, node, output, given=given)
        await RunControl(application).resolve(run_id, node, outcome=outcome, output=output)
        if wait:
            result = await application.go_on(run_id)
            print_result(invocation, await stand(application, result))
            return EXIT_CODES[result.status]
    if invocation.json:
        invocation.screen.print_json({"run_id": run_id, "node": node, "outcome": outcome})
    else:
        invocation.screen.say(f"`{node}` is settled as {outcome}. [dim]{run_id}[/]")
    return COMPLETED


async def _output_of(application: Application, run_id: RunId, path: str, output: Any, *, given: bool) -> Any:
    """What the service takes for the answer. What comes after a node reads what it gave: saying nothing must not
    become null by accident.

    Raises `InvalidWorkflow` (`missing_output`) for a node with data outputs, `NotFound`.
    """
    from treadle.service.answer import find_node

    run = await application.store.get_run(run_id)
    node = find_node(await application.plans.get(run.workflow, run.version), path)
    ports = node.out_ports
    # A run that is not suspended has nothing to answer, as the store says better.
    if ports and not given and run.status == "suspended":
        shape = "its value" if node.single_port is not None else f"an object with {listed(ports)}"
        raise InvalidWorkflow(
            f"`{path}` gives {listed(ports)} to what follows: with `--as done` it has to be said what.",
            code="missing_output",
            remedy=f"Add `--output` with {shape} as JSON; `--output null` says that it gave nothing.",
        )
    return {} if output is None and node.single_port is None else output
