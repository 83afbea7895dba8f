"""`treadle deploy`: make a workflow run on its own, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.model.workflow import Workflow
    from treadle.node.registry import Registry


@command
def deploy(
    invocation: Invocation,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A workflow file.")],
    every: Annotated[
        str | None, typer.Option(metavar="5s|10m|…", help="How often; without it the workflow's own trigger says.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The deployment's name; else the workflow's.")] = None,
    workflow: Annotated[str | None, typer.Option(help="Which workflow of a file with several.")] = None,
    input_: Annotated[str | None, typer.Option("--input", metavar="JSON|@FILE", help="What each run is given.")] = None,
    pair: Annotated[list[str] | None, typer.Option("-i", metavar="KEY=VALUE", help="One input.")] = None,
    mode: Annotated[str, typer.Option(help="live, paper, or test.")] = "live",
) -> None:
    """Deploy a workflow: from then on [bold]treadle up[/] starts its runs when they are due.

    A deployment of the same name is replaced; its runs under way finish as they began.
    """
    from treadle.cli.session import wait_for
    from treadle.model.duration import parse_duration

    if mode not in ("live", "paper", "test"):
        raise InvalidWorkflow(
            f"There is no mode `{mode}`.", code="unknown_mode", remedy="Modes are live, paper and test."
        )
    try:
        seconds = parse_duration(every) if every is not None else None
    except ValueError as error:
        raise InvalidWorkflow(f"`--every`: {error}.", code="invalid_interval", remedy="Write `5s` or `10m`.") from None
    wait_for(_deploy(invocation, file, seconds, name, workflow, input_, pair or [], mode))


async def _deploy(
    invocation: Invocation,
    file: str,
    every: float | None,
    name: str | None,
    workflow: str | None,
    input_: str | None,
    pairs: list[str],
    mode: Any,
) -> None:
    from treadle.cli.deployments import describe
    from treadle.cli.session import may_make_store
    from treadle.cli.source import read_input, read_one
    from treadle.service.application import Application
    from treadle.service.deployments import Deployments
    from treadle.service.project import installed_registry

    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    registry = installed_registry(settings)
    document = read_one(file, registry, name=workflow)
    if document.workflow is None:
        raise InvalidWorkflow(f"`{file}` cannot be read.")
    values = read_input(input_, pairs, declared=document.workflow.inputs)
    _require_all(file, document.workflow, values, registry, every=every)
    async with Application(settings, registry=registry, recovers=False) as application:
        deployment = await Deployments(application).deploy(
            document.workflow, name=name, every=every, mode=mode, input=values, source=document.text
        )
    described = describe(deployment)
    if invocation.json:
        invocation.screen.print_json(described)
    else:
        invocation.screen.say(
            f"Deployed [bold]{deployment.name}[/] [dim]{deployment.version}[/], {described['when']}. "
            "`treadle up` runs it."
        )


def _require_all(
    file: str, workflow: Workflow, values: dict[str, Any], registry: Registry, *, every: float | None
) -> None:
    """Both at once where both are wrong: the input of the runs, and when they are to begin. Raises
    `InvalidWorkflow`."""
    from treadle.authoring.inputs import validate_input
    from treadle.model.issue import Issue

    found = [registry.find(node.type) for node in workflow.nodes]
    if every is not None or any(definition is not None and definition.next_fire is not None for definition in found):
        return
    _, issues = validate_input(workflow, values)
    if issues:
        schedule = Issue(
            "no_schedule",
            f"Nothing says when `{workflow.name}` is to run.",
            remedy="Give it a `trigger.interval` node, or say how often: `--every 5m`.",
        )
        message = f"`{file}` cannot be deployed: {len(issues) + 1} problems."
        raise InvalidWorkflow(message, code="invalid_input", issues=(*issues, schedule))
