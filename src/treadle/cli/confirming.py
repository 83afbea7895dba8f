"""Confirming: what runs live and spends real money is asked for in words, `--confirm` or at the terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from treadle.errors import Conflict

if TYPE_CHECKING:
    from treadle.cli.command import Invocation

T = TypeVar("T")

CONFIRM = "confirmation_required"
Confirm = Annotated[
    str | None,
    typer.Option(metavar="WORDS", help="What it spends from live, and the limits: `main max_order_notional=500`."),
]


async def confirmed(invocation: Invocation, confirm: str | None, do: Callable[[str | None], Awaitable[T]]) -> T:
    """`do` it with what was confirmed; at a terminal, ask for what is wanting. Raises what `do` raises."""
    try:
        return await do(confirm)
    except Conflict as error:
        said = _ask(invocation, error) if error.code == CONFIRM and confirm is None else None
        if said is None:
            raise
    return await do(said)


def _ask(invocation: Invocation, error: Conflict) -> str | None:
    """What somebody types; None where nobody is there."""
    import sys

    from rich.markup import escape

    if invocation.json or not sys.stdin.isatty():
        return None
    wanted: Any = error.attributes["confirm"]
    invocation.screen.note(f"[yellow]{escape(error.message)}[/]\nTo confirm, type [bold]{escape(str(wanted))}[/]")
    return typer.prompt("", prompt_suffix="> ", default="", show_default=False, err=True)
