"""Links as the command line prints them: whole, to the server that runs for the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.service.settings import Settings

_DEMO = Path(".treadle") / "demo" / "treadle.db"


def link_base(settings: Settings) -> str:
    """What links begin with: where the server is reached, or will be once it runs."""
    from treadle.service.whereabouts import find_address, likely_address

    return find_address(settings) or likely_address(settings)


def note_no_server(invocation: Invocation, settings: Settings) -> None:
    """Where none runs that would answer a link: that one has to, and where it is expected."""
    from treadle.service.whereabouts import find_address, likely_address

    if find_address(settings) is None:
        invocation.screen.note(
            f"[dim]No server runs for this store now: start `treadle up`. "
            f"{likely_address(settings)} is where it is to be.[/]"
        )


def note_other_server(invocation: Invocation, settings: Settings) -> None:
    """Where the demo's server runs and none for the store that was written to, the two may have been confused."""
    from treadle.service.whereabouts import find_server
    from treadle.store.database import parse_location

    store = parse_location(settings.db)
    if store.resolve() == _DEMO.resolve() or find_server(store) is not None:
        return
    address = find_server(_DEMO)
    if address is not None:
        invocation.screen.note(
            f"[yellow]This is in the store {store}; the server at {address} has another.[/] Its is meant with: "
            f"--db {_DEMO}"
        )
