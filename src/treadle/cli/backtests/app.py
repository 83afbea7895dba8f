"""`treadle backtests`: the group of its commands."""

from __future__ import annotations

import typer

from treadle.cli.backtests.compare import compare
from treadle.cli.backtests.delete import delete
from treadle.cli.backtests.export import export
from treadle.cli.backtests.list_ import list_
from treadle.cli.backtests.show import show
from treadle.cli.command import Db, Debug, Json, take_common

app = typer.Typer(help="Backtests that are kept: list, show, compare, export and delete them.")


@app.callback(invoke_without_command=True)
def backtests(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List the backtests that are kept, or look at them one by one."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        list_(ctx=ctx, workflow=None, number=20, db=None, json=False, debug=False)


app.command("list")(list_)
app.command("show")(show)
app.command("compare")(compare)
app.command("export")(export)
app.command("delete")(delete)
