"""`treadle status`: where each node of a run stands, and what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.cli.board import Board
    from treadle.model.ids import RunId
    from treadle.service.application import Application

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")]


@command
def status(invocation: Invocation, run: RunArgument = "last") -> None:
    """Show where each node of a run stands.

    With --json: the same object as [bold]treadle run --json[/], with its `parent` and its `children`; of a run that
    has not finished also `waits` (what each node waits for) and `state` (as its expressions see it).
    """
    from treadle.cli.session import wait_for

    wait_for(_status(invocation, run))


async def _status(invocation: Invocation, text: str) -> None:

    from treadle.cli.board_view import draw
    from treadle.cli.family import read_family, tell_family
    from treadle.cli.outcome import describe_result, print_outcome, stand
    from treadle.cli.session import reading
    from treadle.cli.waits import tell_waits
    from treadle.engine.clock import SystemClock
    from treadle.model.run import FINISHED
    from treadle.service.query import query_run
    from treadle.service.runs import Runs

    async with reading(invocation) as application:
        run_id = await Runs(application).find_id(text)
        result = await application.get_result(run_id)
        family = await read_family(application, run_id)
        if invocation.json:
            shown = describe_result(result) | family.to_dict()
            if result.status not in FINISHED:
                view = await query_run(application, run_id)
                shown |= {"waits": [wait.to_dict() for wait in view.waits], "state": view.state}
            invocation.screen.print_json(shown)
            return
        standing = await stand(application, result)
        board = await read_board(application, run_id)
        if standing.interrupted:
            board.status = "interrupted"
        waits = (await query_run(application, run_id)).waits
    invocation.screen.print_table(draw(board, SystemClock().now()))
    for line in tell_family(family):
        invocation.screen.note(f"  {line}")
    for line in tell_waits(run_id, waits):
        invocation.screen.note(f"  [dim]{line}[/]")
    print_outcome(invocation, standing)


async def read_board(application: Application, run_id: RunId) -> Board:
    """The board of a run as the store has it."""
    from datetime import datetime

    from treadle.cli.board import Board, rows_of
    from treadle.engine.journal import EntryKind
    from treadle.model.ids import node_path

    run = await application.store.get_run(run_id)
    plan = await application.plans.get(run.workflow, run.version)
    # Without its node types the file's order is what there is to go by.
    board = Board(plan) if plan.graph.nodes else Board(plan, rows=rows_of(plan.workflow))
    board.show(await application.get_result(run_id))
    board.until = run.wake_at
    for entry in await application.store.load(run_id):
        row = board.rows.get(node_path(entry.scope, entry.node))
        if row is not None and row.status in ("waiting", "retrying"):
            until = entry.body.get("until" if entry.kind is EntryKind.SUSPENSION else "retry_at")
            row.until = until if isinstance(until, datetime) else row.until
    return board
