"""`treadle validate`: every problem of workflow files at once."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import COMPLETED, WRONG, Invocation, command


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
    if invocation.json:
        issues = [
            {**issue.to_dict(), **({"file": file} if len(files) > 1 else {})}
            for file, loaded in checked
            for issue in loaded.result.issues
        ]
        screen.print_json({"valid": valid, "issues": issues})
        return COMPLETED if valid else WRONG
    for file, loaded in checked:
        errors = len(loaded.result.errors)
        warnings = len(loaded.result.issues) - errors
        also = f", {count(warnings, 'warning')}" if warnings else ""
        if loaded.result.valid:
            names = ", ".join(f"{w.name} ({count(len(w.nodes), 'node')})" for w in loaded.workflows)
            screen.say(f"[green]valid[/]    {file}  [dim]{names}{also}[/]")
        else:
            screen.say(f"[bold red]invalid[/]  {file}  [dim]{count(errors, 'problem')}{also}[/]")
        screen.print_issues(loaded.result.issues, source=file)
    return COMPLETED if valid else WRONG
