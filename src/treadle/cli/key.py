"""`treadle key`: API keys, by which programs act for a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.store.identities import ApiKey

app = typer.Typer(help="API keys, by which programs act for a user.", no_args_is_help=True)


@app.command("make")
@command
def make(
    invocation: Invocation,
    user: Annotated[str, typer.Argument(metavar="USER", help="The user that the key acts for.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.")],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="SCOPE", help="Such as `runs:read`; without, all of them.")
    ] = None,
    lasts: Annotated[str | None, typer.Option("--for", metavar="TIME", help="How long it counts, such as 90d.")] = None,
) -> None:
    """Make an API key and print it, once."""
    from treadle.cli.period import read_lasting
    from treadle.cli.session import wait_for

    seconds = None if lasts is None else read_lasting(lasts, example="`90d`")
    wait_for(_make(invocation, user, name, scope or ["*"], seconds))


@app.command("list")
@command
def list_(
    invocation: Invocation,
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="Only those of this user.")] = None,
) -> None:
    """List API keys, newest first; their texts are nowhere."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation, user))


@app.command("revoke")
@command
def revoke(
    invocation: Invocation,
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as `treadle key list` shows it.")],
) -> None:
    """Let an API key count no more, at once."""
    from treadle.cli.session import wait_for

    wait_for(_revoke(invocation, key_id))


async def _make(invocation: Invocation, user: str, name: str, scopes: list[str], seconds: float | None) -> None:
    from datetime import timedelta

    from treadle.cli.reaching import note_other_server
    from treadle.cli.session import reading
    from treadle.service.access.keys import Keys

    async with reading(invocation) as application:
        note_other_server(invocation, application.settings)
        expires_at = None if seconds is None else application.world.clock.now() + timedelta(seconds=seconds)
        made = await Keys(application).make(name, user=user, scopes=scopes, expires_at=expires_at)
    if invocation.json:
        invocation.screen.print_json({**describe_key(made.key), "text": made.text})
        return
    invocation.screen.print_value(made.text)
    invocation.screen.note("[dim]Keep it now: it is not shown again.[/]")


async def _list(invocation: Invocation, user: str | None) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import cut, new_table
    from treadle.cli.session import reading
    from treadle.service.access.keys import Keys
    from treadle.service.access.users import Users

    async with reading(invocation) as application:
        found = await Keys(application).list_of(user)
        names = {one.id: one.name for one in await Users(application).list()}
        now = application.world.clock.now()
    screen = invocation.screen
    if screen.json:
        screen.print_json([{**describe_key(key), "user": names.get(key.user_id)} for key in found])
        return
    if not found:
        screen.say("[dim]No keys yet. `treadle key make USER NAME` makes one.[/]")
        return
    table = new_table("key", "user", "name", "scopes", "made", "last used", "state")
    for key in found:
        state = "revoked" if key.revoked_at else "expired" if key.expires_at and key.expires_at <= now else "active"
        used = show_time(key.used_at) if key.used_at else "never"
        user_name = names.get(key.user_id, key.user_id)
        table.add_row(key.id, user_name, cut(key.name), " ".join(key.scopes), show_time(key.created_at), used, state)
    screen.print_table(table)


async def _revoke(invocation: Invocation, key_id: str) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.keys import Keys

    async with reading(invocation) as application:
        await Keys(application).revoke(key_id)
    if invocation.json:
        invocation.screen.print_json({"id": key_id, "revoked": True})
    else:
        invocation.screen.say(f"{key_id} counts no more.")


def describe_key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "user_id": key.user_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "used_at": key.used_at,
        "revoked_at": key.revoked_at,
    }
