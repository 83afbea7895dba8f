"""`treadle user`: who may sign in, and with which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command

if TYPE_CHECKING:
    from treadle.store.identities import User

app = typer.Typer(help="Users: who may sign in, and with which role.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="viewer, operator, editor, or admin.")]


@app.command("add")
@command
def add(
    invocation: Invocation,
    name: Name,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, operator, editor, or admin.")] = "viewer",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password; else they sign in by link.")
    ] = False,
) -> None:
    """Make a user."""
    from treadle.cli.session import wait_for

    wait_for(_add(invocation, name, role, _ask_password() if password else None))


@app.command("list")
@command
def list_(invocation: Invocation) -> None:
    """List users with their roles."""
    from treadle.cli.session import wait_for

    wait_for(_list(invocation))


@app.command("role")
@command
def role(invocation: Invocation, name: Name, role: Role) -> None:
    """Give a user another role."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "change", {"role": role}))


@app.command("password")
@command
def password(invocation: Invocation, name: Name) -> None:
    """Set a user's password: asked for, or read from a pipe. All their sessions end."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "set_password", _ask_password()))


@app.command("disable")
@command
def disable(
    invocation: Invocation,
    name: Name,
    transfer: Annotated[
        str | None, typer.Option("--transfer-to", metavar="NAME", help="Give their workflows to this user first.")
    ] = None,
) -> None:
    """Let a user in no more: sessions end, keys count no more. What is theirs stays."""
    from treadle.cli.session import wait_for

    wait_for(_disable(invocation, name, transfer))


@app.command("enable")
@command
def enable(invocation: Invocation, name: Name) -> None:
    """Let a user in again."""
    from treadle.cli.session import wait_for

    wait_for(_change(invocation, name, "enable"))


@app.command("link")
@command
def link(
    invocation: Invocation,
    name: Name,
    lasts: Annotated[str, typer.Option("--for", metavar="TIME", help="How long it counts, at most 7d.")] = "10m",
) -> None:
    """Print a link that signs a user in once. Whoever has it is them."""
    from treadle.cli.period import read_lasting
    from treadle.cli.session import wait_for

    wait_for(_link(invocation, name, read_lasting(lasts, example="`10m` or `2d`")))


def _ask_password() -> str:
    """Typed twice on a terminal, or the first line of a pipe: never an argument, which others can see."""
    import sys

    from treadle.errors import InvalidWorkflow

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    first = getpass("Password: ")
    if getpass("Again: ") != first:
        raise InvalidWorkflow("The two are not the same.", code="invalid_argument", remedy="Type it again.")
    return first


async def _add(invocation: Invocation, name: str, role: str, password: str | None) -> None:
    from treadle.cli.reaching import note_other_server
    from treadle.cli.session import reading
    from treadle.service.access.users import Users

    async with reading(invocation) as application:
        made = await Users(application).create(name, role=role, password=password)
        settings = application.settings
    _show(invocation, made)
    note_other_server(invocation, settings)
    if password is None:
        invocation.screen.say(f"[dim]`treadle user link {made.name}` lets them in.[/]")


async def _list(invocation: Invocation) -> None:
    from treadle.cli.mark import show_time
    from treadle.cli.screen import new_table
    from treadle.cli.session import reading
    from treadle.service.access.users import Users

    async with reading(invocation) as application:
        found = await Users(application).list()
    screen = invocation.screen
    if screen.json:
        screen.print_json([describe_user(user) for user in found])
        return
    if not found:
        screen.say("[dim]No users yet. `treadle up` makes the first, `treadle user add NAME` another.[/]")
        return
    table = new_table("user", "role", "signs in by", "since", "state")
    for user in found:
        state = "disabled" if user.disabled_at else "active"
        table.add_row(user.name, user.role, "password" if user.password else "link", show_time(user.created_at), state)
    screen.print_table(table)


async def _change(invocation: Invocation, name: str, what: str, *values: Any) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.users import Users

    async with reading(invocation) as application:
        changed: User = await getattr(Users(application), what)(name, *values)
    _show(invocation, changed)


async def _disable(invocation: Invocation, name: str, transfer: str | None) -> None:
    from treadle.cli.session import reading
    from treadle.service.access.sharing import Sharing
    from treadle.service.access.users import Users

    async with reading(invocation) as application:
        if transfer is not None:
            names = await Sharing(application).transfer_all(name, to=transfer)
            invocation.screen.say(f"[dim]{len(names)} of their workflows are {transfer}'s now.[/]")
        changed = await Users(application).disable(name)
    _show(invocation, changed)


async def _link(invocation: Invocation, name: str, seconds: float) -> None:
    from treadle.cli.reaching import link_base, note_no_server
    from treadle.cli.session import reading
    from treadle.service.access.users import Users

    async with reading(invocation) as application:
        token = await Users(application).make_link(name, seconds=seconds)
        note_no_server(invocation, application.settings)
        url = f"{link_base(application.settings)}/sign-in/{token}"
    if invocation.json:
        invocation.screen.print_json({"user": name, "url": url, "seconds": seconds})
    else:
        invocation.screen.print_value(url)


def _show(invocation: Invocation, user: User) -> None:
    if invocation.json:
        invocation.screen.print_json(describe_user(user))
    else:
        disabled = ", disabled" if user.disabled_at else ""
        invocation.screen.say(f"[bold]{user.name}[/]  {user.role}{disabled}")


def describe_user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "has_password": user.password is not None,
        "quotas": user.quotas,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
    }
