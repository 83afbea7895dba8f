"""`treadle draft`: what is being written of a workflow's next version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Db, Debug, Invocation, Json, command, take_common
from treadle.cli.versions import WorkflowName

if TYPE_CHECKING:
    from treadle.authoring.document import Loaded
    from treadle.store.drafts import Draft

Revision = Annotated[
    int | None, typer.Option(metavar="N", help="The revision you have read; another is not written over.")
]

app = typer.Typer(help="Keep a workflow that is still being written beside its published versions.")


@command
def _list(invocation: Invocation) -> None:
    from treadle.cli.session import wait_for

    wait_for(_list_drafts(invocation))


@app.callback(invoke_without_command=True)
def draft(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List the drafts there are, or save, show or discard one."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        _list(ctx=ctx, db=None, json=False, debug=False)


@app.command("save")
@command
def save(
    invocation: Invocation,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A workflow file, finished or not.")],
    workflow: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose draft it is, where the file does not say.")
    ] = None,
    revision: Revision = None,
) -> None:
    """Keep a file as the draft of its workflow, as it is written; it may be unfinished or wrong."""
    from treadle.cli.session import wait_for

    wait_for(_save(invocation, file, workflow, revision))


@app.command("show")
@command
def show(invocation: Invocation, workflow: WorkflowName) -> None:
    """Print a draft as it was written."""
    from treadle.cli.session import wait_for

    wait_for(_show(invocation, workflow))


@app.command("discard")
@command
def discard(invocation: Invocation, workflow: WorkflowName, revision: Revision = None) -> None:
    """Throw a draft away; the published versions stay."""
    from treadle.cli.session import wait_for

    wait_for(_discard(invocation, workflow, revision))


async def _list_drafts(invocation: Invocation) -> None:
    from treadle.cli.mark import count, show_time
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.drafts import Drafts

    async with reading(invocation) as application:
        drafts = Drafts(application)
        found = [(one, drafts.look_at(one)) for one in await drafts.list()]
    screen = invocation.screen
    if invocation.json:
        screen.print_json([_describe(one, loaded) for one, loaded in found])
        return
    if not found:
        screen.say("[dim]No drafts. `treadle draft save FILE` keeps one.[/]")
        return
    table = new_table("workflow", "revision", "changed", "stands", right=["revision"])
    for one, loaded in found:
        stands = "fit to be published" if loaded.result.valid else count(len(loaded.result.errors), "problem")
        table.add_row(one.workflow, str(one.revision), show_time(one.updated_at), stands)
    screen.print_table(table)


async def _save(invocation: Invocation, file: str, workflow: str | None, revision: int | None) -> None:
    from treadle.cli.mark import count
    from treadle.cli.session import may_make_store
    from treadle.cli.source import check_path, read_text
    from treadle.errors import InvalidWorkflow
    from treadle.service.application import Application
    from treadle.service.drafts import Drafts
    from treadle.service.project import installed_registry

    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    registry = installed_registry(settings)
    loaded = check_path(file, registry)
    name = workflow or next((one.name for one in loaded.workflows), None)
    if name is None:
        raise InvalidWorkflow(
            f"`{file}` does not say whose draft it is: its name cannot be read.",
            code="unknown_workflow",
            remedy="Say it: `--workflow NAME`.",
        )
    try:
        text = read_text(file).decode()
    except UnicodeDecodeError:
        raise InvalidWorkflow(f"`{file}` is not text.", code="invalid_encoding", remedy="Save it as UTF-8.") from None
    async with Application(settings, registry=registry, recovers=False) as application:
        drafts = Drafts(application)
        saved = await drafts.save(name, text, revision=revision)
    if invocation.json:
        invocation.screen.print_json(_describe(saved, loaded))
        return
    stands = "" if loaded.result.valid else f", with {count(len(loaded.result.errors), 'problem')} so far"
    invocation.screen.say(f"Draft of [bold]{name}[/], revision {saved.revision}{stands}.")


async def _show(invocation: Invocation, workflow: str) -> None:
    from treadle.cli.session import reading
    from treadle.service.drafts import Drafts

    async with reading(invocation) as application:
        drafts = Drafts(application)
        found = await drafts.get(workflow)
        loaded = drafts.look_at(found)
    if invocation.json:
        invocation.screen.print_json({**_describe(found, loaded), "text": found.document})
    else:
        invocation.screen.print_value(found.document)


async def _discard(invocation: Invocation, workflow: str, revision: int | None) -> None:
    from treadle.cli.session import reading
    from treadle.service.drafts import Drafts

    async with reading(invocation) as application:
        await Drafts(application).discard(workflow, revision=revision)
    if invocation.json:
        invocation.screen.print_json({"workflow": workflow, "discarded": True})
    else:
        invocation.screen.say(f"The draft of [bold]{workflow}[/] is gone.")


def _describe(draft: Draft, loaded: Loaded) -> dict[str, Any]:
    return {
        "workflow": draft.workflow,
        "revision": draft.revision,
        "base_version": draft.base_version,
        "updated_at": draft.updated_at,
        "valid": loaded.result.valid,
        "issues": [issue.to_dict() for issue in loaded.result.issues],
    }
