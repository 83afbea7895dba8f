"""`treadle db`: where the store is, and its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(help="The store: where it is, and its schema.", no_args_is_help=True)


@app.command("path")
@command
def path(invocation: Invocation) -> None:
    """Print where the store is."""
    found, revision = _find(invocation)
    if invocation.json:
        invocation.screen.print_json({"path": str(found.resolve()), "exists": found.exists(), "schema": revision})
    else:
        invocation.screen.say(str(found.resolve()))


@app.command("upgrade")
@command
def upgrade(
    invocation: Invocation,
    revision: Annotated[str, typer.Argument(help="The schema's revision.")] = "head",
) -> None:
    """Bring the store's schema up to date; makes the store where there is none."""
    from treadle.cli.session import may_make_store
    from treadle.store import schema

    may_make_store(invocation, invocation.settings().db)
    found, before = _find(invocation)
    found.parent.mkdir(parents=True, exist_ok=True)
    if before != _revision(revision):
        schema.upgrade(f"sqlite:///{found}", revision)
    _report(invocation, found, before)


@app.command("downgrade")
@command
def downgrade(
    invocation: Invocation,
    revision: Annotated[str, typer.Argument(help="The schema's revision; `base` removes every table.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: what has no place is to be lost.")] = False,
) -> None:
    """Take the store's schema back, for an older Treadle. What the older schema has no place for is lost."""
    from treadle.cli.session import require_store
    from treadle.store import schema

    require_store(invocation.settings().db)
    found, before = _find(invocation)
    if before != _revision(revision):
        _require_yes(invocation, found, revision, yes=yes)
        schema.downgrade(f"sqlite:///{found}", revision)
    _report(invocation, found, before)


def _require_yes(invocation: Invocation, found: Path, revision: str, *, yes: bool) -> None:
    """Ask on a terminal. Raises `InvalidWorkflow` (`not_confirmed`) where nobody can be asked, or says no."""
    import sys

    from treadle.errors import InvalidWorkflow

    what = "removes every run and workflow" if revision == "base" else "removes what the older schema has no place for"
    asks = sys.stdin.isatty() and not invocation.json
    if yes or (asks and typer.confirm(f"Taking `{found}` back to {revision} {what}. Go on?", err=True)):
        return
    raise InvalidWorkflow(
        f"Taking `{found}` back to {revision} {what}.",
        code="not_confirmed",
        remedy="Copy the store first; then add `--yes`.",
    )


def _revision(text: str) -> str:
    """`head` and `base` by their revision. Raises `NotFound` for one that there is not."""
    from treadle.errors import NotFound
    from treadle.store.schema import HEAD, REVISIONS

    if text == "head":
        return HEAD
    if text not in (*REVISIONS, "base"):
        known = ", ".join(("base", *REVISIONS))
        raise NotFound(f"There is no revision `{text}`.", code="unknown_revision", remedy=f"It is one of {known}.")
    return text


def _report(invocation: Invocation, found: Path, before: str | None) -> None:
    _, after = _find(invocation)
    if invocation.json:
        invocation.screen.print_json({"path": str(found.resolve()), "before": before, "schema": after})
    elif before == after:
        invocation.screen.say(f"The schema is {after} already.")
    else:
        invocation.screen.say(f"The schema was {before or 'none'} and is now {after}.")


def _find(invocation: Invocation) -> tuple[Path, str | None]:
    """The store's file and its schema's revision. Raises `StoreError` for a file that is not ours."""
    import sqlite3

    from treadle.store.database import connect, parse_location
    from treadle.store.fault import translate
    from treadle.store.schema import find_revision

    found = parse_location(invocation.settings().db)
    if not found.exists():
        return found, None
    try:
        connection = connect(found)
        try:
            return found, find_revision(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translate(error) from error
