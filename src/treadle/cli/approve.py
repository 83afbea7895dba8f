"""`treadle approve`: answer a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

from treadle.cli.command import Invocation, command
from treadle.errors import InvalidWorkflow


@command
def approve(
    invocation: Invocation,
    task: Annotated[str, typer.Argument(metavar="TASK|LINK", help="A task's id, its beginning, `last`, or a link.")],
    reject: Annotated[bool, typer.Option("--reject", help="Say no.")] = False,
    values: Annotated[
        str | None, typer.Option(metavar="JSON|@FILE", help="What the form asks for, as an object.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A word to whoever reads the answer.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who answers; left out, it is you.")] = None,
) -> None:
    """Approve a task, or reject it: the run that waits for it goes on.

    It goes on under [bold]treadle up[/], or with [bold]treadle retry RUN[/]. A task is answered once.
    """
    from treadle.cli.session import wait_for
    from treadle.cli.source import read_json

    filled: Any = read_json(values, "`--values`") if values is not None else None
    if filled is not None and not isinstance(filled, dict):
        raise InvalidWorkflow(
            "`--values` is no object.", code="invalid_answer", remedy="""Write it like '{"amount": 20}'."""
        )
    wait_for(_approve(invocation, task, cast("dict[str, Any] | None", filled), approved=not reject, by=by, note=note))


async def _approve(
    invocation: Invocation,
    text: str,
    values: Mapping[str, Any] | None,
    *,
    approved: bool,
    by: str | None,
    note: str | None,
) -> None:
    from rich.markup import escape

    from treadle.cli.publish import find_author
    from treadle.cli.session import reading
    from treadle.cli.tasks import describe_task
    from treadle.service.tasks import Tasks

    async with reading(invocation) as application:
        task = await Tasks(application).answer(
            text, approve=approved, values=values, by=by, note=note, operator=find_author() or "operator"
        )
        now = application.world.clock.now()
    if invocation.json:
        invocation.screen.print_json(describe_task(task, now))
        return
    outcome = "Approved" if approved else "Rejected"
    invocation.screen.say(f"{outcome}: {escape(task.title)}  [dim]{task.run_id}[/]")
