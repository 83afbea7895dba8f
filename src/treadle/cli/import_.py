"""`treadle import`: a workflow from another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import COMPLETED, WRONG, Invocation, command
from treadle.cli.source import read_text
from treadle.errors import Conflict


@command
def import_(
    invocation: Invocation,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A JSON file of `blocks` and `connections`.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; default: its name.")
    ] = None,
) -> int:
    """Turn a file of `blocks` into a workflow file, and say what became of each block.

    Blocks of a type that is not known are kept as they are, and named: nothing is lost.
    """
    from treadle.authoring.blocks import import_blocks
    from treadle.authoring.check import check
    from treadle.authoring.saving import dump_workflow
    from treadle.service.project import installed_registry

    registry = installed_registry(invocation.settings())
    imported = import_blocks(read_text(file), registry, name=Path(file).stem)
    workflow, screen = imported.workflow, invocation.screen
    issues = list(imported.result.issues)
    if workflow is None:
        screen.print_issues(issues, source=file)
        return WRONG
    known = {(issue.code, issue.node) for issue in issues}
    issues += [issue for issue in check(workflow, registry).issues if (issue.code, issue.node) not in known]
    target = Path(output or f"{workflow.name}.yaml")
    if target.exists():
        raise Conflict(f"`{target}` is there already.", code="file_exists", remedy="Name another with `--output`.")
    target.write_text(dump_workflow(workflow))
    if invocation.json:
        shown = [issue.to_dict() for issue in issues]
        screen.print_json({"workflow": workflow.name, "file": str(target), "notes": imported.notes, "issues": shown})
    else:
        screen.say(f"wrote    {target}  {len(workflow.nodes)} nodes")
        for note in imported.notes:
            screen.say(f"  {note}")
        screen.print_issues(issues, source=str(target))
    return COMPLETED if all(issue.severity != "error" for issue in issues) else WRONG
