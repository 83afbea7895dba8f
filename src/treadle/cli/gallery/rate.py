"""`treadle templates rate`."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.gallery.opening import TemplateName


@command
def rate(
    invocation: Invocation,
    template: TemplateName,
    rating: Annotated[int, typer.Argument(metavar="1-5", help="1: of no use. 5: just right.")],
    comment: Annotated[str | None, typer.Option("--comment", "-m", metavar="TEXT", help="Why.")] = None,
) -> None:
    """Say what you think of a template, over what you said before."""
    from treadle.cli.session import wait_for

    wait_for(_rate(invocation, template, rating, comment))


async def _rate(invocation: Invocation, name: str, rating: int, comment: str | None) -> None:
    from treadle.cli.gallery.showing import describe_statistics, tell_statistics
    from treadle.cli.session import changing
    from treadle.service.templates.templates import Templates

    async with changing(invocation) as application:
        known = await Templates(application).rate(name, rating, comment=comment)
    if invocation.json:
        invocation.screen.print_json({"name": name, "statistics": describe_statistics(known)})
    else:
        invocation.screen.say(f"[bold]{name}[/]: {tell_statistics(known)}.")
