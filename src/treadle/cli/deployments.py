"""`treadle deployments`, `start` and `stop`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.store.deployments import Deployment

Name = Annotated[str, typer.Argument(metavar="NAME", help="The deployment's name.")]


@command
def deployments(invocation: Invocation) -> None:
    """List deployments: what runs on its own, when, and whether it is active."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation))


@command
def stop(invocation: Invocation, name: Name) -> None:
    """Stop a deployment: no more runs start; one under way goes on."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "stop"))


@command
def start(invocation: Invocation, name: Name) -> None:
    """Start a stopped deployment again."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "start"))


async def _list(invocation: Invocation) -> None:
    from treadle.cli.mark import show_time, status_text
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        found = await Deployments(application).list()
    screen = invocation.screen
    if invocation.json:
        screen.print_json([describe(deployment) for deployment in found])
        return
    if not found:
        screen.say("[dim]No deployments yet. `treadle deploy FILE --every 5m` makes one.[/]")
        return
    table = new_table("deployment", "status", "when", "workflow", "version", "last fired")
    for one in found:
        row = describe(one)
        table.add_row(
            one.name, status_text(one.status), row["when"], one.workflow, one.version, show_time(one.last_fired_at)
        )
    screen.print_table(table)


async def _change(invocation: Invocation, name: str, what: str) -> None:
    from treadle.cli.mark import status_text
    from treadle.cli.session import reading
    from treadle.service.deployments import Deployments

    async with reading(invocation) as application:
        service = Deployments(application)
        changed = await (service.stop(name) if what == "stop" else service.start(name))
    if invocation.json:
        invocation.screen.print_json(describe(changed))
    else:
        invocation.screen.say(f"{status_text(changed.status).markup}  [bold]{changed.name}[/]")


def describe(deployment: Deployment) -> dict[str, Any]:
    """A deployment as JSON; `when` is for people."""
    return {
        "name": deployment.name,
        "workflow": deployment.workflow,
        "version": deployment.version,
        "mode": deployment.mode,
        "status": deployment.status,
        "when": show_when(deployment),
        "trigger": dict(deployment.trigger),
        "created_at": deployment.created_at,
        "last_fired_at": deployment.last_fired_at,
    }


def show_when(deployment: Deployment) -> str:
    """`every 5m`, or the trigger's name."""
    from treadle.model.duration import format_duration, parse_duration

    config: dict[str, Any] = deployment.trigger.get("config") or {}
    if deployment.trigger.get("type") == "trigger.interval" and "seconds" in config:
        return f"every {format_duration(parse_duration(config['seconds']))}"
    return str(deployment.trigger.get("type", ""))
