"""`treadle validate`: every problem of workflow files at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import COMPLETED, WRONG, Invocation, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from treadle.model.issue import Issue
    from treadle.model.workflow import Workflow


@command
def validate(
    invocation: Invocation,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Workflow files.")],
) -> int:
    """Check workflow files: every problem with its line and what to do about it."""
    from treadle.cli.mark import count
    from treadle.cli.source import check_path
    from treadle.service.project import installed_registry

    screen = invocation.screen
    registry = installed_registry(invocation.settings())
    checked = [(file, check_path(file, registry)) for file in files]
    valid = all(loaded.result.valid for _, loaded in checked)
    missing = _find_missing_handlers(invocation, [workflow for _, loaded in checked for workflow in loaded.workflows])
    found = {
        file: [
            *loaded.result.issues,
            *(missing[one.name] for one in loaded.workflows if loaded.result.valid and one.name in missing),
        ]
        for file, loaded in checked
    }
    if invocation.json:
        issues = [
            {**issue.to_dict(), **({"file": file} if len(files) > 1 else {})}
            for file, issues_ in found.items()
            for issue in issues_
        ]
        screen.print_json({"valid": valid, "issues": issues})
        return COMPLETED if valid else WRONG
    for file, loaded in checked:
        errors = len(loaded.result.errors)
        warnings = len(found[file]) - errors
        also = f", {count(warnings, 'warning')}" if warnings else ""
        if loaded.result.valid:
            names = ", ".join(f"{w.name} ({count(len(w.nodes), 'node')})" for w in loaded.workflows)
            screen.say(f"[green]valid[/]    {file}  [dim]{names}{also}[/]")
        else:
            screen.say(f"[bold red]invalid[/]  {file}  [dim]{count(errors, 'problem')}{also}[/]")
        screen.print_issues(found[file], source=file)
    return COMPLETED if valid else WRONG


def _find_missing_handlers(invocation: Invocation, workflows: Sequence[Workflow]) -> dict[str, Issue]:
    """A warning for each workflow whose `on_failure` names one that is neither beside it nor in the store."""
    from treadle.cli.session import wait_for
    from treadle.model.issue import Issue

    beside = {one.name for one in workflows}
    named = {one.name: name for one in workflows if (name := one.settings.on_failure) is not None}
    wanted = {name for name in named.values() if name not in beside}
    stored = wait_for(_find_stored(invocation)) if wanted else frozenset[str]()
    return {
        name: Issue(
            "unknown_workflow",
            f"`on_failure` names `{handler}`, which is not in the store.",
            ("settings", "on_failure"),
            remedy="Publish it, or correct the name: until then nothing is started when a run fails.",
            severity="warning",
        )
        for name, handler in named.items()
        if handler in wanted - stored
    }


async def _find_stored(invocation: Invocation) -> frozenset[str]:
    """The names of the workflows in the store; none where there is no store."""
    from treadle.cli.session import reading
    from treadle.errors import TreadleError

    try:
        async with reading(invocation) as application:
            return frozenset(version.workflow for version in await application.store.list_versions())
    except TreadleError:
        return frozenset()  # looking at a file must not fail for its store
