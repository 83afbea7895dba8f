"""`treadle profile`: named credentials that deployments are bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Db, Debug, Invocation, Json, command, take_common
from treadle.cli.secret import FromEnv, Value, describe_field, read_value, warn_if_short

if TYPE_CHECKING:
    from treadle.service.vault.credentials import ProfileFacts

ProfileName = Annotated[str, typer.Argument(metavar="PROFILE", help="Its name, as deployments are bound to it.")]

app = typer.Typer(help="Keep named credentials in the store, sealed, for deployments to be bound to.")


@command
def _list(invocation: Invocation) -> None:
    from treadle.cli.session import wait_for

    wait_for(_list_profiles(invocation))


@app.callback(invoke_without_command=True)
def profile(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List the profiles there are, or set, delete or test one. Values are never shown."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        _list(ctx=ctx, db=None, json=False, debug=False)


app.command("list", help="List profiles and the names of their fields; values are never shown.")(_list)


@app.command("set")
@command
def set_(
    invocation: Invocation,
    profile: ProfileName,
    field: Annotated[str | None, typer.Argument(metavar="FIELD", help="The field to set, as `api_key`.")] = None,
    value: Value = None,
    from_env: FromEnv = None,
    provider: Annotated[str | None, typer.Option(metavar="NAME", help="What the fields are for, as `http`.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the field.")] = False,
) -> None:
    """Set a field of a profile, which is made where there is none. The value is read as `treadle secret set` does."""
    from treadle.cli.session import wait_for

    secret = field is None or not is_open(field)
    given = None if field is None or remove else read_value(invocation, field, value, from_env, secret=secret)
    wait_for(_set(invocation, profile, {} if field is None else {field: given}, provider))


@app.command("delete")
@command
def delete(
    invocation: Invocation,
    profile: ProfileName,
    force: Annotated[bool, typer.Option("--force", help="Also where deployments are bound to it.")] = False,
) -> None:
    """Delete a profile and its fields."""
    from treadle.cli.session import wait_for

    wait_for(_delete(invocation, profile, force=force))


@app.command("test")
@command
def test(invocation: Invocation, profile: ProfileName) -> int:
    """Ask the provider with the credentials of a profile whether they are good."""
    from treadle.cli.session import wait_for

    return wait_for(_test(invocation, profile))


async def _list_profiles(invocation: Invocation) -> None:
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.vault.credentials import Credentials

    async with reading(invocation) as application:
        found = await Credentials(application).list_profiles()
    screen = invocation.screen
    if invocation.json:
        screen.print_json([_describe(one) for one in found])
        return
    if not found:
        screen.say("[dim]No profiles. `treadle profile set PROFILE FIELD` makes one.[/]")
        return
    table = new_table("profile", "provider", "fields", "from")
    for one in found:
        fields = ", ".join(field.name if field.opens else f"[red]{field.name}[/]" for field in one.fields)
        table.add_row(one.name, one.provider or "", fields, one.source)
    screen.print_table(table)


async def _set(invocation: Invocation, name: str, fields: dict[str, str | None], provider: str | None) -> None:
    from treadle.cli.session import changing
    from treadle.errors import NotFound
    from treadle.service.vault.credentials import Credentials

    values = {field: value for field, value in fields.items() if value is not None}
    async with changing(invocation) as application:
        credentials = Credentials(application)
        stored = {one.name for one in await credentials.list_profiles() if one.source == "vault"}
        if name in stored:
            facts = await credentials.change_profile(name, fields, provider=provider)
        elif len(values) < len(fields):
            raise NotFound(f"There is no profile `{name}` in the store.", code="unknown_profile", profile=name)
        else:
            facts = await credentials.create_profile(name, provider=provider, fields=values)
    if invocation.json:
        invocation.screen.print_json(_describe(facts))
        return
    what = ", ".join(field.name for field in facts.fields) or "no fields"
    invocation.screen.say(f"Profile [bold]{name}[/]: {what}.")
    for field, value in values.items():
        if not is_open(field):
            warn_if_short(invocation, field, value)


async def _delete(invocation: Invocation, name: str, *, force: bool) -> None:
    from treadle.cli.session import reading
    from treadle.service.vault.credentials import Credentials

    async with reading(invocation) as application:
        users = await Credentials(application).delete_profile(name, force=force)
    if invocation.json:
        invocation.screen.print_json({"name": name, "deleted": True, "deployments": list(users)})
        return
    bound = f" {', '.join(users)} lack{'s' if len(users) == 1 else ''} it now." if users else ""
    invocation.screen.say(f"The profile [bold]{name}[/] is gone.{bound}")


async def _test(invocation: Invocation, name: str) -> int:
    from rich.markup import escape

    from treadle.cli.command import COMPLETED, FAILED
    from treadle.cli.session import reading
    from treadle.service.vault.credentials import Credentials

    async with reading(invocation) as application:
        try:
            found = await Credentials(application).test_profile(name)
        finally:
            await application.world.resources.aclose()
    if invocation.json:
        invocation.screen.print_json(
            {"ok": found.ok, "message": found.message, "remedy": found.remedy, "code": found.code}
        )
    else:
        color = "green" if found.ok else "red"
        remedy = f" {escape(found.remedy)}" if found.remedy else ""
        invocation.screen.say(f"[{color}]{escape(found.message)}[/]{remedy}")
    return COMPLETED if found.ok else FAILED


def is_open(field: str) -> bool:
    """Whether a field is no secret by its name, as `url`."""
    from treadle.engine.redaction import OPEN_FIELDS

    return field.lower() in OPEN_FIELDS


def _describe(facts: ProfileFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "source": facts.source,
        "provider": facts.provider,
        "owner": facts.owner,
        "created_at": facts.created_at,
        "fields": [describe_field(field) for field in facts.fields],
    }
