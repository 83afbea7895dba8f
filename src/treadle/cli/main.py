"""`treadle`: the command line. One command a file; whatever is heavy is imported by the command that needs it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from treadle.cli import audit, db, dead, deployments, draft, key, new, profile, risk, schedule, secret, team, test, user
from treadle.cli.approve import approve
from treadle.cli.backtest import backtest
from treadle.cli.backtests.app import app as backtests
from treadle.cli.backup import backup
from treadle.cli.bars.app import app as bars
from treadle.cli.cancel import cancel
from treadle.cli.command import DEFECT, INTERRUPTED, WRONG, Db, Debug, Invocation, Json
from treadle.cli.compare import compare
from treadle.cli.continue_ import continue_
from treadle.cli.deploy import deploy
from treadle.cli.diff import diff
from treadle.cli.doctor import doctor
from treadle.cli.emit import emit
from treadle.cli.equity import equity
from treadle.cli.fork import fork
from treadle.cli.gallery import app as gallery
from treadle.cli.import_ import import_
from treadle.cli.list_ import list_
from treadle.cli.logs import logs
from treadle.cli.move import move
from treadle.cli.nodes import nodes
from treadle.cli.openapi import openapi
from treadle.cli.pause import pause
from treadle.cli.publish import publish
from treadle.cli.replay import replay
from treadle.cli.resolve import resolve
from treadle.cli.restore import restore
from treadle.cli.retry import retry
from treadle.cli.rollback import rollback
from treadle.cli.run import run
from treadle.cli.server import server
from treadle.cli.share import share
from treadle.cli.signal import signal
from treadle.cli.start import start
from treadle.cli.status import status
from treadle.cli.stop import stop
from treadle.cli.tasks import tasks
from treadle.cli.trades import trades
from treadle.cli.up import up
from treadle.cli.validate import validate
from treadle.cli.versions import versions

_RUN, _LOOK, _DEPLOY, _MAKE, _PEOPLE, _INSTALLATION = "Run", "Look", "Deploy", "Make", "People", "Installation"

_OTHER_WORDS = {
    "execute": "run",
    "init": "new workflow",
    "keys": "key list",
    "log": "logs",
    "ps": "list",
    "runs": "list",
    "secrets": "secret list",
    "serve": "server",
    "users": "user list",
    "workflows": "list --workflows",
}
"""What people call our commands elsewhere."""


class _Commands(TyperGroup):
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in _OTHER_WORDS:
            ctx.fail(f"There is no command `{args[0]}`. Did you mean `treadle {_OTHER_WORDS[args[0]]}`?")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="treadle",
    cls=_Commands,
    help="Draw or write a workflow once; run it durably, on a schedule, over history, and as a test.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up", rich_help_panel=_RUN)(up)
app.command("server", rich_help_panel=_RUN)(server)
app.command("run", rich_help_panel=_RUN)(run)
app.command("retry", rich_help_panel=_RUN)(retry)
app.command("fork", rich_help_panel=_RUN)(fork)
app.command("move", rich_help_panel=_RUN)(move)
app.command("continue", rich_help_panel=_RUN)(continue_)
app.command("cancel", rich_help_panel=_RUN)(cancel)
app.command("resolve", rich_help_panel=_RUN)(resolve)
app.command("emit", rich_help_panel=_RUN)(emit)
app.add_typer(dead.app, name="dead", rich_help_panel=_RUN)
app.command("signal", rich_help_panel=_RUN)(signal)
app.command("tasks", rich_help_panel=_RUN)(tasks)
app.command("approve", rich_help_panel=_RUN)(approve)
app.command("list", rich_help_panel=_LOOK)(list_)
app.command("status", rich_help_panel=_LOOK)(status)
app.command("logs", rich_help_panel=_LOOK)(logs)
app.command("deploy", rich_help_panel=_DEPLOY)(deploy)
app.add_typer(deployments.app, name="deployments", rich_help_panel=_DEPLOY)
app.command("start", rich_help_panel=_DEPLOY)(start)
app.command("pause", rich_help_panel=_DEPLOY)(pause)
app.command("stop", rich_help_panel=_DEPLOY)(stop)
app.add_typer(schedule.app, name="schedule", rich_help_panel=_DEPLOY)
app.add_typer(risk.app, name="risk", rich_help_panel=_DEPLOY)
app.command("compare", rich_help_panel=_DEPLOY)(compare)
app.command("trades", rich_help_panel=_DEPLOY)(trades)
app.command("equity", rich_help_panel=_DEPLOY)(equity)
app.add_typer(test.app, name="test", rich_help_panel=_MAKE)
app.command("backtest", rich_help_panel=_MAKE)(backtest)
app.add_typer(backtests, name="backtests", rich_help_panel=_MAKE)
app.add_typer(bars, name="bars", rich_help_panel=_MAKE)
app.command("replay", rich_help_panel=_MAKE)(replay)
app.command("validate", rich_help_panel=_MAKE)(validate)
app.command("publish", rich_help_panel=_MAKE)(publish)
app.command("versions", rich_help_panel=_MAKE)(versions)
app.command("diff", rich_help_panel=_MAKE)(diff)
app.command("rollback", rich_help_panel=_MAKE)(rollback)
app.add_typer(draft.app, name="draft", rich_help_panel=_MAKE)
app.command("import", rich_help_panel=_MAKE)(import_)
app.add_typer(new.app, name="new", rich_help_panel=_MAKE)
app.add_typer(gallery.app, name="templates", rich_help_panel=_MAKE)
app.command("nodes", rich_help_panel=_MAKE)(nodes)
app.command("openapi", rich_help_panel=_MAKE)(openapi)
app.add_typer(user.app, name="user", rich_help_panel=_PEOPLE)
app.add_typer(team.app, name="team", rich_help_panel=_PEOPLE)
app.add_typer(key.app, name="key", rich_help_panel=_PEOPLE)
app.command("share", rich_help_panel=_PEOPLE)(share)
app.add_typer(audit.app, name="audit", rich_help_panel=_PEOPLE)
app.add_typer(secret.app, name="secret", rich_help_panel=_INSTALLATION)
app.add_typer(profile.app, name="profile", rich_help_panel=_INSTALLATION)
app.command("doctor", rich_help_panel=_INSTALLATION)(doctor)
app.command("backup", rich_help_panel=_INSTALLATION)(backup)
app.command("restore", rich_help_panel=_INSTALLATION)(restore)
app.add_typer(db.app, name="db", rich_help_panel=_INSTALLATION)


def _print_version(*, as_json: bool) -> None:
    import json
    from importlib.metadata import version

    number = version("treadle")
    print(json.dumps({"version": number}) if as_json else f"treadle {number}")


@app.callback(invoke_without_command=True)
def _common(
    ctx: typer.Context,
    url: Db = None,
    as_json: Json = False,
    debug: Debug = False,
    version: Annotated[bool, typer.Option("--version", metavar="", help="Print the version.")] = False,
) -> None:
    if version:
        _print_version(as_json=as_json)
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
        raise typer.Exit(WRONG)
    ctx.obj = Invocation(url, as_json, debug)


def main() -> None:
    """The entry point. Exit codes: 0 completed or valid, 1 the run failed, 2 the input was wrong, 3 suspended,
    70 a defect in Treadle, 130 interrupted."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception:
        # A command answers for its own errors; what comes this far arose before one was called.
        import traceback

        traceback.print_exc()
        sys.exit(DEFECT)
