"""`treadle openapi`: the API's document, for programs that are made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def openapi(
    invocation: Invocation,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there instead of printing it.")
    ] = None,
) -> None:
    """Print the OpenAPI document of the HTTP API; no server is needed."""
    import json

    from treadle.server.api import create_document

    text = json.dumps(create_document(), indent=2, ensure_ascii=False)
    if output is None:
        print(text)
        return
    Path(output).write_text(text + "\n", encoding="utf-8")
    if invocation.json:
        invocation.screen.print_json({"written": output})
    else:
        invocation.screen.say(f"Wrote the API's document to [bold]{output}[/].")
