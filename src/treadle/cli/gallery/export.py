"""`treadle templates export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.gallery.opening import TemplateName
from treadle.errors import Conflict


@command
def export(
    invocation: Invocation,
    template: TemplateName,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; else it is printed.")
    ] = None,
) -> None:
    """Write a template as one file, which `treadle templates import` takes at another installation."""
    from treadle.cli.session import wait_for

    wait_for(_export(invocation, template, output))


async def _export(invocation: Invocation, name: str, output: str | None) -> None:
    from treadle.cli.gallery.opening import looking
    from treadle.service.templates.templates import Templates

    async with looking(invocation) as application:
        text = await Templates(application).export(name)
    if output is not None:
        _write(Path(output), text)
    if invocation.json:
        invocation.screen.print_json({"name": name, "file": output, **({"text": text} if output is None else {})})
    elif output is None:
        invocation.screen.print_value(text)
    else:
        invocation.screen.say(f"Wrote [bold]{output}[/].")


def _write(target: Path, text: str) -> None:
    if target.exists():
        raise Conflict(f"`{target}` is there already.", code="file_exists", remedy="Name another file.")
    target.write_text(text, encoding="utf-8")
