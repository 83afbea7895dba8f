"""`treadle templates publish`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.versions import WorkflowName


@command
def publish(
    invocation: Invocation,
    workflow: WorkflowName,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Of the template; else the workflow's.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="VERSION", help="A number, a digest, `latest` or `draft`.")
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Its title; else the workflow's.")] = None,
    description: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")] = None,
    category: Annotated[str, typer.Option(metavar="NAME", help="Small letters and hyphens.")] = "general",
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="Instead of the workflow's; repeatable.")
    ] = None,
    difficulty: Annotated[
        str, typer.Option(metavar="LEVEL", help="`beginner`, `intermediate` or `advanced`.")
    ] = "beginner",
    parameters: Annotated[
        str | None,
        typer.Option(metavar="JSON|@FILE", help="Parameters by name; else every input that has a default."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Over the one of its name.")] = False,
) -> None:
    """Make a template of a workflow. Profile ids, recorded data and what is or looks like a credential are taken out,
    and told."""
    from treadle.cli.session import wait_for

    about = {"title": title, "description": description, "category": category, "tags": tag, "difficulty": difficulty}
    wait_for(_publish(invocation, workflow, name, version, about, parameters, replace=replace))


async def _publish(
    invocation: Invocation,
    workflow: str,
    name: str | None,
    version: str | None,
    about: Mapping[str, object],
    parameters: str | None,
    *,
    replace: bool,
) -> None:
    from treadle.cli.gallery.showing import describe_published, tell_published
    from treadle.cli.session import reading
    from treadle.cli.source import read_input
    from treadle.service.templates.publishing import About, TemplatePublishing

    given = None if parameters is None else read_input(parameters, [])
    said = About(**about, parameters=given)  # pyright: ignore[reportArgumentType] - what is wrong is told as an issue
    async with reading(invocation) as application:
        published = await TemplatePublishing(application).publish(
            workflow, name=name, version=version, about=said, replace=replace
        )
    if invocation.json:
        invocation.screen.print_json(describe_published(published))
        return
    for line in tell_published(published):
        invocation.screen.say(line)
