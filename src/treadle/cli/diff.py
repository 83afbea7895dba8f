"""`treadle diff`: what is different between two versions, or between a file and what is stored."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.errors import InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from treadle.authoring.difference import Difference
    from treadle.model.workflow import Workflow
    from treadle.service.versions import Versions


@command
def diff(
    invocation: Invocation,
    what: Annotated[str, typer.Argument(metavar="WORKFLOW|FILE", help="A stored workflow, or a workflow file.")],
    one: Annotated[
        str | None, typer.Argument(metavar="[A]", help="A version (number, digest, `latest`, `draft`), or a file.")
    ] = None,
    other: Annotated[str | None, typer.Argument(metavar="[B]", help="The version it is compared to.")] = None,
) -> None:
    """Show what is different, by node and field.

    [bold]treadle diff WORKFLOW 3 5[/] compares two versions, [bold]WORKFLOW 3[/] one with the latest,
    [bold]WORKFLOW[/] the latest with the draft or, without a draft, with the version before.
    [bold]treadle diff FILE[/] compares the stored latest with a file, [bold]FILE 3[/] a stored version, and
    [bold]FILE FILE[/] two files.
    """
    from treadle.cli.session import wait_for

    wait_for(_diff(invocation, what, one, other))


async def _diff(invocation: Invocation, what: str, one: str | None, other: str | None) -> None:
    from treadle.authoring.difference import compare_workflows
    from treadle.cli.source import is_file

    if is_file(what):
        if other is not None:
            raise InvalidWorkflow(
                "A file is compared with one thing.",
                code="invalid_argument",
                remedy="Write `treadle diff FILE`, `treadle diff FILE VERSION` or `treadle diff FILE FILE`.",
            )
        if one is not None and is_file(one):
            before, after = _read_file(invocation, what), _read_file(invocation, one)
            names = what, one
        else:
            after = _read_file(invocation, what)
            async with _versions(invocation) as versions:
                before = await versions.read(after.name, one or "latest")
            names = f"{after.name} {one or 'latest'}", what
    else:
        async with _versions(invocation) as versions:
            first, second = await _which(versions, what, one, other)
            before, after = await versions.read(what, first), await versions.read(what, second)
        names = f"{what} {first}", f"{what} {second}"
    difference = compare_workflows(before, after)
    screen = invocation.screen
    if invocation.json:
        screen.print_json({"before": names[0], "after": names[1], **difference.to_dict()})
        return
    _show(invocation, difference, names)


@contextlib.asynccontextmanager
async def _versions(invocation: Invocation) -> AsyncGenerator[Versions]:
    from treadle.cli.session import reading
    from treadle.service.versions import Versions

    async with reading(invocation) as application:
        yield Versions(application)


async def _which(versions: Versions, workflow: str, one: str | None, other: str | None) -> tuple[str, str]:
    if one is not None:
        return one, other or "latest"
    with contextlib.suppress(NotFound):
        await versions.drafts.get(workflow)
        return "latest", "draft"
    releases = await versions.releases(workflow)
    earlier = next((release for release in releases if release.version != releases[0].version), None)
    if earlier is None:
        raise InvalidWorkflow(
            f"`{workflow}` has one version, and no draft: there is nothing to compare it with.",
            code="nothing_to_compare",
            remedy=f"Compare it with a file: `treadle diff FILE`, or read it: `treadle versions {workflow}`.",
        )
    return earlier.version, "latest"


def _read_file(invocation: Invocation, path: str) -> Workflow:
    """What a file holds, as far as it can be read: an unfinished workflow can be compared too."""
    from treadle.cli.source import check_path
    from treadle.service.project import installed_registry

    loaded = check_path(path, installed_registry(invocation.settings()))
    if len(loaded.workflows) == 1:
        return loaded.workflows[0]
    if loaded.workflows:
        raise InvalidWorkflow(
            f"`{path}` holds {len(loaded.workflows)} workflows.",
            code="ambiguous_workflow",
            remedy="Compare files with one workflow each.",
        )
    raise InvalidWorkflow(f"`{path}` cannot be read.", issues=loaded.result.issues, source=path)


def _show(invocation: Invocation, difference: Difference, names: tuple[str, str]) -> None:
    from rich.markup import escape

    from treadle.authoring.difference_text import write_difference

    screen = invocation.screen
    if difference.is_empty:
        screen.say(f"[dim]No difference between {escape(names[0])} and {escape(names[1])}.[/]")
        return
    screen.note(f"[dim]{escape(names[0])} → {escape(names[1])}[/]")
    for line in write_difference(difference):
        style = {"+": "green", "-": "red", "~": "yellow"}.get(line.lstrip()[:1], "")
        screen.say(f"[{style}]{escape(line)}[/]" if style else escape(line))
    if difference.is_looks:
        screen.note("[dim]Only how it looks: a run does the same.[/]")
