"""`treadle secret`: what every run may read by name, sealed in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Db, Debug, Invocation, Json, command, take_common

if TYPE_CHECKING:
    from treadle.service.vault.credentials import FieldFacts

SecretName = Annotated[str, typer.Argument(metavar="NAME", help="As in `{{ secrets.name }}`.")]
Value = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The value itself. Others can see it: better leave this out.")
]
FromEnv = Annotated[
    str | None, typer.Option("--from-env", metavar="VARIABLE", help="Take the value of this environment variable.")
]

app = typer.Typer(help="Keep secrets in the store, sealed, for every run to read by name.")


@command
def _list(invocation: Invocation) -> None:
    from treadle.cli.session import wait_for

    wait_for(_list_secrets(invocation))


@app.callback(invoke_without_command=True)
def secret(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List the secrets there are, or set or delete one. Values are never shown."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        _list(ctx=ctx, db=None, json=False, debug=False)


app.command("list", help="List the names of secrets; values are never shown.")(_list)


@app.command("set")
@command
def set_(invocation: Invocation, name: SecretName, value: Value = None, from_env: FromEnv = None) -> None:
    """Store a secret, over the one there is. Its value is read from standard input, or asked for without showing it."""
    from treadle.cli.session import wait_for

    wait_for(_set(invocation, name, read_value(invocation, name, value, from_env)))


@app.command("delete")
@command
def delete(invocation: Invocation, name: SecretName) -> None:
    """Delete a secret from the store."""
    from treadle.cli.session import wait_for

    wait_for(_delete(invocation, name))


@app.command("rotate")
@command
def rotate(invocation: Invocation) -> None:
    """Change the key that everything is sealed with. Broken off, it is ended by calling it again.

    The key file gets a new key and, once everything is sealed with that, loses the old. With TREADLE_KEY, put the new
    key before the old one, `new,old`, for every process, call this, and then take the old one out.
    """
    from treadle.cli.session import wait_for

    wait_for(_rotate(invocation))


def read_value(
    invocation: Invocation, name: str, value: str | None, from_env: str | None, *, secret: bool = True
) -> str:
    """The value as it was given: on the command line, in the environment, on standard input, or by hand. Raises
    `InvalidWorkflow`."""
    import os
    import sys

    from treadle.errors import InvalidWorkflow

    if value is not None and from_env is not None:
        raise InvalidWorkflow("Two values were given.", code="two_values", remedy="Leave `--value` out.")
    if from_env is not None:
        if from_env not in os.environ:
            remedy = "Export it first; write its name without `$`."
            raise InvalidWorkflow(f"`{from_env}` is not set.", code="unset_variable", remedy=remedy)
        return os.environ[from_env]
    if value is not None:
        if secret:
            invocation.screen.note(
                "[yellow]A value on the command line is in your shell's history, and others see it in the list of "
                "processes.[/]"
            )
        return value
    if sys.stdin.isatty():
        return typer.prompt(f"Value of {name}", hide_input=True, err=True)
    return sys.stdin.read().rstrip("\r\n")


def warn_if_short(invocation: Invocation, name: str, value: str) -> None:
    from treadle.service.vault.credentials import is_short

    if is_short(value):
        invocation.screen.note(
            f"[yellow]`{name}` is too short to be told from other text: it is not blotted out of logs and results.[/]"
        )


def describe_field(field: FieldFacts) -> dict[str, Any]:
    return {
        "name": field.name,
        "source": field.source,
        "updated_at": field.updated_at,
        "updated_by": field.updated_by,
        "opens": field.opens,
    }


async def _list_secrets(invocation: Invocation) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.vault.credentials import Credentials

    async with reading(invocation) as application:
        found = await Credentials(application).list_secrets()
    screen = invocation.screen
    if invocation.json:
        screen.print_json([describe_field(one) for one in found])
        return
    if not found:
        screen.say("[dim]No secrets. `treadle secret set NAME` stores one.[/]")
        return
    table = new_table("secret", "from", "changed", "by")
    for one in found:
        name = one.name if one.opens else f"{one.name}  [red]cannot be opened[/]"
        table.add_row(name, one.source, show_time(one.updated_at) if one.updated_at else "", one.updated_by or "")
    screen.print_table(table)


async def _set(invocation: Invocation, name: str, value: str) -> None:
    from treadle.cli.session import changing
    from treadle.service.vault.credentials import Credentials

    async with changing(invocation) as application:
        stored = await Credentials(application).set_secret(name, value)
    if invocation.json:
        invocation.screen.print_json(describe_field(stored))
        return
    invocation.screen.say(f"Stored [bold]{stored.name}[/].")
    if stored.source == "environment":
        invocation.screen.note(
            f"[yellow]The environment has TREADLE_SECRET_{stored.name.upper()} too, and that counts first.[/]"
        )
    warn_if_short(invocation, stored.name, value)


async def _delete(invocation: Invocation, name: str) -> None:
    from treadle.cli.session import reading
    from treadle.service.vault.credentials import Credentials

    async with reading(invocation) as application:
        await Credentials(application).delete_secret(name)
    if invocation.json:
        invocation.screen.print_json({"name": name, "deleted": True})
    else:
        invocation.screen.say(f"[bold]{name}[/] is gone.")


async def _rotate(invocation: Invocation) -> None:
    from treadle.cli.mark import count
    from treadle.cli.session import reading
    from treadle.service.vault.credentials import Credentials

    async with reading(invocation) as application:
        rotation = await Credentials(application).rotate_key()
    if invocation.json:
        invocation.screen.print_json({"key_id": rotation.key_id, "sealed": rotation.sealed})
    else:
        sealed = count(rotation.sealed, "value")
        invocation.screen.say(f"Sealed {sealed} with the key [bold]{rotation.key_id}[/].")
