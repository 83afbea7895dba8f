"""`treadle import`: workflows from the documents of other programs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import COMPLETED, WRONG, Invocation, command
from treadle.cli.source import read_text
from treadle.errors import Conflict, InvalidWorkflow

if TYPE_CHECKING:
    from treadle.authoring.importing.converted import Conversion, Converted
    from treadle.service.migration import Migrated

_ENDINGS = (".yaml", ".yml", ".json")


@command
def import_(
    invocation: Invocation,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="Bots, blocks, exports of n8n, or workflow files with several workflows in them."
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "--output", "-o", metavar="PATH",
            help="The folder to write to, or the file, of one workflow; default: here, each under its name.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of each field.")] = False,
) -> int:  # fmt: skip
    """Turn documents of other programs into workflow files, and say what became of each of their fields.

    Nothing is lost: what has no counterpart is kept in the workflow as a note, and named. Credentials go to profiles in
    the store, sealed. With a problem in any of the files nothing is written.
    """
    from treadle.cli.session import wait_for

    return wait_for(_import(invocation, files, out, dry_run=dry_run))


async def _import(invocation: Invocation, files: list[str], out: str | None, *, dry_run: bool) -> int:
    from treadle.authoring.importing.convert import is_refused
    from treadle.service.migration import convert_text, require_good
    from treadle.service.project import installed_registry

    registry = installed_registry(invocation.settings())
    read: list[tuple[str, Conversion, list[Migrated]]] = []
    for file in files:
        read.append((file, *await convert_text(read_text(file), registry, name=Path(file).stem)))
    refused = [(file, conversion) for file, conversion, _ in read if is_refused(conversion.result)]
    if len(refused) > 1:
        _refuse_all(refused)
    for file, conversion, _ in read:
        require_good(conversion, file)
    migrated = [(file, one) for file, _, found in read for one in found]
    targets = _targets([one.report for _, one in migrated], out)
    profiles: list[str] = []
    if not dry_run:
        profiles = await _keep(invocation, [one.report for _, one in migrated])
        for target, (_, one) in zip(targets, migrated, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(one.report.text, encoding="utf-8")
    _tell(invocation, targets, migrated, profiles, dry_run=dry_run)
    found = [issue for _, conversion, _ in read for issue in conversion.result.issues]
    found += [issue for _, one in migrated for issue in one.problems]
    return COMPLETED if all(issue.severity != "error" for issue in found) else WRONG


async def _keep(invocation: Invocation, reports: list[Converted]) -> list[str]:
    """Profiles of the credentials that were in the documents; only then is there need of a store."""
    if not any(one.profiles for one in reports):
        return []
    from treadle.cli.session import changing
    from treadle.service.migration import Migration

    async with changing(invocation) as application:
        return list(await Migration(application).keep_credentials(reports))


def _refuse_all(refused: list[tuple[str, Conversion]]) -> None:
    """Raises `InvalidWorkflow` with what is wrong with each of several files."""
    raise InvalidWorkflow(
        f"{', '.join(f'`{file}`' for file, _ in refused)} cannot be imported. Nothing has been written.",
        code="cannot_import",
        remedy="Correct the documents, or leave them out.",
        issues=tuple(
            replace(issue, path=(file, *issue.path))
            for file, conversion in refused
            for issue in conversion.result.issues
        ),
    )


def _targets(reports: list[Converted], out: str | None) -> list[Path]:
    """Where each is written. Raises `Conflict` (`file_exists`) that names all that are there."""
    if out is not None and out.endswith(_ENDINGS):
        if len(reports) != 1:
            raise InvalidWorkflow(
                f"`{out}` is one file, and there are {len(reports)} workflows.",
                code="invalid_input",
                remedy="Name a folder with `--out`.",
            )
        targets = [Path(out)]
    else:
        targets = [Path(out or ".") / f"{one.name}.yaml" for one in reports]
    there = [str(target) for target in targets if target.exists()]
    twice = sorted({str(target) for target in targets if targets.count(target) > 1})
    if there or twice:
        named = ", ".join(f"`{one}`" for one in there or twice)
        said = f"{named} is there already." if there else f"Two workflows would be written to {named}."
        raise Conflict(said, code="file_exists", remedy="Name another folder or file with `--out`.")
    return targets


def _tell(
    invocation: Invocation,
    targets: list[Path],
    migrated: list[tuple[str, Migrated]],
    profiles: list[str],
    *,
    dry_run: bool,
) -> None:
    screen = invocation.screen
    if invocation.json:
        items: list[dict[str, Any]] = [
            {"source": file, "file": str(target), **one.to_dict()}
            for target, (file, one) in zip(targets, migrated, strict=True)
        ]
        screen.print_json({"dry_run": dry_run, "workflows": items, "profiles_made": profiles})
        return
    from rich.markup import escape

    for target, (file, one) in zip(targets, migrated, strict=True):
        report = one.report
        made = f"  from the template {report.template}" if report.template else ""
        screen.say(
            f"{'would write' if dry_run else 'wrote'}    [bold]{escape(str(target))}[/]  of {escape(file)}{made}"
        )
        for field in report.to_dict()["fields"]:
            colour = {"mapped": "dim", "kept": "yellow", "credential": "cyan"}[field["fate"]]
            note = f"  {escape(field['note'])}" if field["note"] else ""
            path = escape(field["path"] or "the file")
            screen.say(f"  [{colour}]{field['fate']:<10}[/] {path} → {escape(field['to'])}[dim]{note}[/]")
        for name, value in report.assumed.items():
            screen.say(f"  [dim]assumed    {escape(name)} = {escape(str(value))}, which the document does not say[/]")
        for remark in report.remarks:
            screen.say(f"  [yellow]note[/]       {escape(remark)}")
        for profile in report.profiles:
            screen.say(f"  profile    {escape(profile.name)}: {', '.join(profile.fields)}  [dim](sealed)[/]")
        if report.bound and not dry_run:
            named = " ".join(f"--profile {name}" for name in report.bound)
            screen.say(f"  Deploy it on paper:  treadle deploy {escape(str(target))} --mode paper {escape(named)}")
        screen.print_issues(one.problems, source=str(target))
