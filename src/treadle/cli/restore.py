"""`treadle restore`: put a copy of the store back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def restore(
    invocation: Invocation,
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The file that `treadle backup` made.")],
    force: Annotated[
        bool, typer.Option("--force", help="Put aside the store that is there; nothing of it is lost.")
    ] = False,
) -> None:
    """Put a copy of the store where the store is to be, once it is found to be whole. Nothing may be using that.

    Unfinished runs of the copy go on at the next `treadle up`; what they did after it was made, they do not know of.
    """
    from rich.markup import escape

    from treadle.cli.mark import count
    from treadle.cli.session import may_make_store
    from treadle.engine.clock import SystemClock
    from treadle.service.backup import paper_accounts
    from treadle.service.backup import restore as put_back
    from treadle.service.vault.keys import key_path
    from treadle.service.vault.looking import look_at_vault
    from treadle.store.database import parse_location

    settings = invocation.settings()
    may_make_store(invocation, settings.db)
    store = parse_location(settings.db)
    paper = paper_accounts(settings.permissions().workspace)
    found, aside = put_back(source, store, now=SystemClock().now(), force=force, key=key_path(store), paper=paper)
    look = look_at_vault(store)
    screen = invocation.screen
    if screen.json:
        screen.print_json(
            {"store": str(store), "from": str(source), "made_at": found.made_at, "runs": found.runs}
            | {"aside": None if aside is None else str(aside), "secrets_closed": list(look.closed)}
        )
        return
    when = f", made {found.made_at}" if found.made_at else ", without a manifest"
    screen.say(f"Restored {count(found.runs, 'run')} to {escape(str(store))} from {escape(str(source))}{when}.")
    if found.paper_sha256:
        screen.say(f"[dim]Its paper accounts are in {escape(str(paper))}.[/]")
    if aside is not None:
        screen.say(f"[dim]The store that was there is {escape(str(aside))} now.[/]")
    if look.closed:
        screen.note(
            f"[yellow]{count(len(look.closed), 'secret')} of {look.sealed} cannot be opened: {look.why}.[/] "
            f"{escape(look.remedy)}"
        )
