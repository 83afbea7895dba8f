"""`treadle tasks`: what people must do before runs go on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.model.task import Task
    from treadle.service.tasks import Tasks

SHOWN_ID = 10
"""Characters of a task's id that are shown; `treadle approve` takes the beginning of one."""


@command
def tasks(
    invocation: Invocation,
    everything: Annotated[bool, typer.Option("--all", help="Those that are done, expired or cancelled too.")] = False,
    mine: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person may answer now.")] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Only those of one run.")] = None,
) -> None:
    """List the tasks that wait for a person, each with the signed link by which it may be answered."""
    from treadle.cli.session import wait_for

    wait_for(_tasks(invocation, everything, mine, run))


async def _tasks(invocation: Invocation, everything: bool, mine: str | None, run: str | None) -> None:
    from rich.markup import escape

    from treadle.cli.mark import show_time, show_until, status_text
    from treadle.cli.reaching import link_base, note_no_server
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.runs import Runs
    from treadle.service.tasks import Tasks

    async with reading(invocation) as application:
        run_id = await Runs(application).find_id(run) if run is not None else None
        service = Tasks(application)
        found = await service.list(everything=everything, mine=mine, run_id=run_id)
        if any(task.status == "open" for task in found):
            note_no_server(invocation, application.settings)
        base = link_base(application.settings)
        links = {task.id: _links(service, task, mine, base) for task in found if task.status == "open"}
        now = application.world.clock.now()
    screen = invocation.screen
    if screen.json:
        screen.print_json([describe_task(task, now) | {"links": links.get(task.id, [])} for task in found])
        return
    if not found:
        screen.say("[dim]Nobody is asked for anything.[/]")
        return
    table = new_table("task", "since", "status", "for", "run", "answer", "title")
    for task in found:
        until = show_until(task.deadline_at, now) if task.status == "open" and task.deadline_at else ""
        answer = task.answer.outcome if task.answer is not None else until
        who = ", ".join(task.people_at(now)) or "anybody"
        table.add_row(
            task.id[:SHOWN_ID], show_time(task.created_at), status_text(task.status), escape(who), task.run_id, answer,
            cut(task.title),
        )  # fmt: skip
    screen.print_table(table)
    for task in found:
        if task.status == "open":
            for line in _asked(task):
                screen.say(f"[dim]{escape(line)}[/]")
        for link in links.get(task.id, []):
            whom = f" for {escape(link['by'])}" if link["by"] else ""
            screen.say(f"[dim]{task.id[:SHOWN_ID]}{whom}: {link['link']}[/]")


def _asked(task: Task) -> Iterator[str]:
    """What the person should know, and what the form asks for."""
    from treadle.service.task_form import describe_fields, example_values, show_json

    short = task.id[:SHOWN_ID]
    if task.message:
        yield f"{short}: {task.message}"
    if task.form is not None:
        yield from (f"{short} asks for {name}: {words}" for name, words in describe_fields(task.form))
        values = shlex.quote(show_json(example_values(task.form)))
        yield f"{short}: treadle approve {short} --values {values}"


def _links(service: Tasks, task: Task, mine: str | None, base: str) -> list[dict[str, Any]]:
    """None where no key can be kept: the task can be answered without."""
    from treadle.errors import StoreError

    try:
        links = service.links(task)
    except StoreError:
        return []
    return [{"by": by, "link": base + link} for by, link in links.items() if mine is None or by in (None, mine)]


def describe_task(task: Task, now: datetime) -> dict[str, Any]:
    """A task as JSON; `people` are those whom it is for at `now`."""
    answer = task.answer
    return {
        "id": task.id,
        "run_id": task.run_id,
        "node": task.path,
        "kind": task.kind,
        "status": task.status,
        "title": task.title,
        "message": task.message,
        "value": task.value,
        "form": task.form,
        "people": list(task.people_at(now)),
        "created_at": task.created_at,
        "escalate_at": task.escalate_at,
        "deadline_at": task.deadline_at,
        "answer": None
        if answer is None
        else {
            "outcome": answer.outcome,
            "values": dict(answer.values),
            "by": answer.by,
            "note": answer.note,
            "at": answer.at,
        },
    }
