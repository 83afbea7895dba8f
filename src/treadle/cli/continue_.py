"""`treadle continue`: let a test run that stands at breakpoints go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.fork import read_edits
from treadle.cli.status import RunArgument
from treadle.errors import InvalidWorkflow


@command
def continue_(
    invocation: Invocation,
    run: RunArgument = "last",
    step: Annotated[
        bool, typer.Option("--step", help="Let one node go on, and stop again before whatever comes next.")
    ] = False,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", metavar="NODE", help="Only this one of those it stands before; may be repeated."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NODE[.PORT]=JSON",
            help="What stands in for running a node: `fetch={…}`, `fetch.status=404`; also of nodes that come later.",
        ),
    ] = None,
    input_: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NODE.PORT=JSON", help="What a node that it stands before is to get."),
    ] = None,
    break_: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="NODE", help="Stop before these nodes from now on, instead of those before."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Stop at no breakpoint any more.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until a suspended run has finished.")] = False,
) -> int:
    """Let a run that stands at breakpoints go on: to the next breakpoint or, with [bold]--step[/], to the next node.

    Such a run is started with [bold]treadle run FILE --break NODE[/]; [bold]treadle cancel[/] ends it.
    """
    from treadle.cli.session import wait_for

    if clear and break_:
        raise InvalidWorkflow(
            "Breakpoints are set and cleared at once.",
            code="invalid_argument",
            remedy="Write `--break NODE` or `--clear`: either takes the place of the breakpoints there were.",
        )
    said = _Said(
        node or [],
        step,
        read_edits(input_ or [], "--input"),
        read_edits(set_ or []),
        [] if clear else break_,
    )
    return wait_for(_continue(invocation, run, said, wait))


@dataclass(frozen=True, slots=True)
class _Said:
    """How it is to go on."""

    nodes: list[str]
    step: bool
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    breakpoints: list[str] | None


async def _continue(invocation: Invocation, text: str, said: _Said, wait: bool) -> int:
    from treadle.cli.driving_on import drive_on
    from treadle.cli.outcome import print_result, stand
    from treadle.cli.session import driving
    from treadle.service.debugging import Debugging
    from treadle.service.runs import Runs

    async with driving(invocation) as application:
        run_id = await Runs(application).find_id(text)
        await Debugging(application).go_on(
            run_id,
            nodes=said.nodes,
            step=said.step,
            inputs=said.inputs,
            outputs=said.outputs,
            breakpoints=said.breakpoints,
        )
        result, code = await drive_on(invocation, application, lambda: application.go_on(run_id), wait=wait)
        standing = await stand(application, result)
    print_result(invocation, standing)
    return code
