"""`treadle templates`: the group of its commands."""

from __future__ import annotations

import typer

from treadle.cli.command import Db, Debug, Json, take_common
from treadle.cli.gallery.delete import delete
from treadle.cli.gallery.export import export
from treadle.cli.gallery.import_ import import_
from treadle.cli.gallery.list_ import list_
from treadle.cli.gallery.publish import publish
from treadle.cli.gallery.rate import rate
from treadle.cli.gallery.show import show
from treadle.cli.gallery.use import use

app = typer.Typer(help="Begin with a workflow that is there: list, look at, use, publish and rate templates.")


@app.callback(invoke_without_command=True)
def templates(ctx: typer.Context, db: Db = None, json: Json = False, debug: Debug = False) -> None:
    """List the templates there are, or show, use, publish, export, import or rate one."""
    take_common(ctx, db=db, json=json, debug=debug)
    if ctx.invoked_subcommand is None:
        nothing: str | None = None
        list_(ctx=ctx, search=nothing, category=nothing, tag=nothing, about=nothing, db=None, json=False, debug=False)


app.command("list")(list_)
app.command("show")(show)
app.command("use")(use)
app.command("publish")(publish)
app.command("export")(export)
app.command("import")(import_)
app.command("rate")(rate)
app.command("delete")(delete)
