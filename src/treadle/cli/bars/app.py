"""`treadle bars`: the group of its commands."""

from __future__ import annotations

import typer

from treadle.cli.bars.check import check
from treadle.cli.bars.delete import delete
from treadle.cli.bars.download import download
from treadle.cli.bars.list_ import list_
from treadle.cli.bars.show import show
from treadle.cli.command import Db, Debug, Json, take_common

app = typer.Typer(help="Bars to test over: download them from a venue, look at them, check files.")


@app.callback(invoke_without_command=True)
def bars(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List the bars that are here, or download, show, check or delete some."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        list_(ctx=ctx, db=None, json=False, debug=False)


app.command("download")(download)
app.command("list")(list_)
app.command("show")(show)
app.command("check")(check)
app.command("delete")(delete)
