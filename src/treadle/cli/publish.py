"""`treadle publish`: make a workflow file, or a draft, the latest version of its workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.service.versions import Published

Note = Annotated[str | None, typer.Option("--note", "-m", metavar="TEXT", help="What is new in it, or why.")]
Author = Annotated[str | None, typer.Option(metavar="NAME", help="Who did it; else who is logged in.")]


@command
def publish(
    invocation: Invocation,
    what: Annotated[str, typer.Argument(metavar="FILE|WORKFLOW", help="A workflow file, or a workflow with a draft.")],
    note: Note = None,
    author: Author = None,
    workflow: Annotated[str | None, typer.Option(help="Which workflow of a file with several.")] = None,
) -> None:
    """Publish a version: everything is checked, and it never changes again.

    Deployments that follow the latest take it up with their next run; those bound to a version keep theirs.
    """
    from treadle.cli.session import wait_for

    wait_for(_publish(invocation, what, note, author, workflow))


async def _publish(
    invocation: Invocation, what: str, note: str | None, author: str | None, workflow: str | None
) -> None:
    from treadle.cli.session import may_make_store, require_store
    from treadle.cli.source import is_file, read_one
    from treadle.errors import InvalidWorkflow
    from treadle.service.application import Application
    from treadle.service.project import installed_registry
    from treadle.service.versions import Versions

    settings = invocation.settings()
    registry = installed_registry(settings)
    who = author or find_author()
    if not is_file(what):
        require_store(settings.db)
        async with Application(settings, registry=registry, recovers=False) as application:
            published = await Versions(application).publish_draft(what, note=note, author=who)
    else:
        may_make_store(invocation, settings.db)
        document = read_one(what, registry, name=workflow)
        if document.workflow is None:
            raise InvalidWorkflow(f"`{what}` cannot be read.")
        async with Application(settings, registry=registry, recovers=False) as application:
            published = await Versions(application).publish(
                document.workflow, source=document.text, note=note, author=who
            )
    _say(invocation, published)


def find_author() -> str | None:
    """Who is logged in, as far as the system tells."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None


def _say(invocation: Invocation, published: Published) -> None:
    screen, version = invocation.screen, published.version
    if invocation.json:
        shown: dict[str, Any] = {
            "workflow": version.workflow,
            "number": version.number,
            "version": version.version,
            "new": published.is_new,
            "changed": not published.was_latest,
            "note": version.note,
            "author": version.author,
        }
        screen.print_json(shown)
        return
    name = f"[bold]{version.workflow}[/] version [bold]{version.number}[/] [dim]{version.version}[/]"
    if published.is_new:
        screen.say(f"Published {name}.")
    elif published.was_latest:
        screen.say(f"{name} is published already, and is the latest: nothing has changed.")
    else:
        screen.say(f"{name} was published before, and is the latest again.")
