"""`treadle templates use`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.gallery.opening import TemplateName

if TYPE_CHECKING:
    from treadle.model.workflow import Workflow
    from treadle.service.application import Application
    from treadle.service.templates.templates import Made


@command
def use(
    invocation: Invocation,
    template: TemplateName,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the workflow to make.")],
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A parameter; JSON where it is not text."),
    ] = None,
    parameters: Annotated[str | None, typer.Option(metavar="JSON|@FILE", help="All of them, as a JSON object.")] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Its title; else the template's.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it at once; else it is a draft.")] = False,
    paper: Annotated[
        bool, typer.Option("--paper", help="Publish it and deploy it on paper: it trades from then on, without money.")
    ] = False,
) -> None:
    """Make a workflow of a template. Everything that is wrong with the parameters is told at once."""
    from treadle.cli.session import wait_for

    wait_for(
        _use(invocation, template, name, parameter or [], parameters, title, publish=publish or paper, paper=paper)
    )


async def _use(
    invocation: Invocation,
    template: str,
    name: str,
    pairs: list[str],
    text: str | None,
    title: str | None,
    *,
    publish: bool,
    paper: bool,
) -> None:
    from rich.markup import escape

    from treadle.cli.gallery.showing import describe_requirement
    from treadle.cli.session import changing
    from treadle.cli.source import read_input
    from treadle.service.backtests.suggesting import suggest_test
    from treadle.service.deployments import Deployments
    from treadle.service.templates.templates import Templates

    async with changing(invocation) as application:
        templates = Templates(application)
        found = (await templates.get(template)).template
        given = read_input(text, pairs, declared={one.name: one.schema for one in found.parameters})
        made = await templates.instantiate(template, name, parameters=given, title=title, publish=publish)
        suggestion = suggest_test(await _read_made(application, made), application.registry)
        if paper:
            workflow = await application.get_workflow(made.workflow)
            await Deployments(application).deploy(workflow, mode="paper")
    screen = invocation.screen
    if invocation.json:
        screen.print_json(
            {
                "workflow": made.workflow,
                "template": made.template,
                "published": made.published,
                "deployed": "paper" if paper else None,
                "requirements": [describe_requirement(one) for one in made.requirements],
                "missing_secrets": list(made.missing),
            }
        )
        return
    what = "Deployed on paper" if paper else "Published" if made.published else "Made the draft of"
    screen.say(f"{what} [bold]{made.workflow}[/], from {made.template}.")
    for secret in made.missing:
        screen.say(f"  Set its secret:  treadle secret set {escape(secret)}")
    if paper:
        screen.say("  Start its runs:  treadle up")
        return
    if not made.published:
        screen.say(f"  Publish it:  treadle publish {made.workflow}")
    if suggestion is not None and suggestion.why_not:
        screen.say(f"  Not to be tested over simulated history:  {escape(suggestion.why_not)}.")
    elif suggestion is not None:
        screen.say(f"  Test it over history:  treadle backtest {made.workflow} {escape(suggestion.options)}")
    is_fired = any(node.type.startswith("trigger.") for node in found.workflow.nodes)
    following = "Deploy it:  treadle deploy" if is_fired else "Run it:  treadle run"
    screen.say(f"  {following} {made.workflow}")


async def _read_made(application: Application, made: Made) -> Workflow:
    from treadle.service.drafts import Drafts

    if made.published:
        return await application.get_workflow(made.workflow)
    return await Drafts(application).read(made.workflow)
