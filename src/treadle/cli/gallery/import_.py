"""`treadle templates import`."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def import_(
    invocation: Invocation,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A workflow file with a section `template`.")],
    replace: Annotated[bool, typer.Option("--replace", help="Over the one of its name.")] = False,
) -> None:
    """Publish a template from its file. Everything that is wrong in it is told at once."""
    from treadle.cli.session import wait_for

    wait_for(_import(invocation, file, replace=replace))


async def _import(invocation: Invocation, file: str, *, replace: bool) -> None:
    from treadle.cli.gallery.showing import describe_published, tell_published
    from treadle.cli.session import changing
    from treadle.cli.source import read_text
    from treadle.errors import InvalidWorkflow
    from treadle.service.templates.publishing import TemplatePublishing

    try:
        text = read_text(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidWorkflow(f"`{file}` is not text.", code="invalid_encoding", remedy="Save it as UTF-8.") from None
    async with changing(invocation) as application:
        published = await TemplatePublishing(application).import_text(text, replace=replace)
    if invocation.json:
        invocation.screen.print_json(describe_published(published))
        return
    for line in tell_published(published):
        invocation.screen.say(line)
