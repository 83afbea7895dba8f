"""`treadle backtest`: a workflow over bars that have been."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.command import Invocation, command
from treadle.cli.period import read_time
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.model.workflow import Workflow
    from treadle.service.backtests.result import BacktestResult

_BARS = "▁▂▃▄▅▆▇█"
_GAINS = frozenset({"total_return", "buy_and_hold", "cagr"})
_PARTS = frozenset({"win_rate", "volatility", "max_drawdown"})
_SHOWN = (
    ("total_return", "return"), ("buy_and_hold", "buy and hold"), ("cagr", "a year"), ("max_drawdown", "drawdown"),
    ("longest_drawdown_days", "days below a peak"), ("volatility", "volatility"), ("sharpe", "Sharpe"),
    ("sortino", "Sortino"), ("calmar", "Calmar"), ("tail_ratio", "tail ratio"), ("trades", "trades"),
    ("win_rate", "won"), ("profit_factor", "profit factor"), ("expectancy", "a trade"),
)  # fmt: skip


@command
def backtest(
    invocation: Invocation,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A workflow file.")],
    data: Annotated[
        list[str],
        typer.Option("--data", metavar="[SYMBOL=]FILE", help="Bars as CSV or Parquet; one file may stand for all."),
    ],
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Begin there, not at the first bar.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End there, not at the last bar.")] = None,
    timeframe: Annotated[str | None, typer.Option(help="How long a bar is, where its file does not tell.")] = None,
    pairs: Annotated[list[str] | None, typer.Option("-i", metavar="KEY=VALUE", help="One input.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NODE.FIELD=VALUE", help="Another setting of a node.")
    ] = None,
    paper: Annotated[
        list[str] | None,
        typer.Option("--paper", metavar="KEY=VALUE", help='Of the account: fees=0.001, balance={"USDT": 1000} …'),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a page with the charts and all trades.")
    ] = None,
    workflow: Annotated[str | None, typer.Option(help="Which workflow of a file with several.")] = None,
) -> None:
    """Test a workflow over history: the same graph, engine, order path and fills as on paper, at its own times.

    Nothing is sent, asked for or kept. An order that is placed on a bar is filled at the next one's opening or later.
    """
    from treadle.cli.progress import progress_bar
    from treadle.cli.session import wait_for
    from treadle.cli.source import read_one
    from treadle.service.backtests.backtest import run_backtest
    from treadle.service.backtests.report import write_report
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.project import installed_registry

    settings = invocation.settings()
    document = read_one(file, installed_registry(settings), name=workflow)
    if document.workflow is None:
        raise InvalidWorkflow(f"`{file}` cannot be read.")
    request = BacktestRequest(
        _with_changes(document.workflow, changes or []),
        bars=dict(_read_data(text) for text in data),
        timeframe=timeframe,
        since=read_time("from", since),
        until=read_time("to", until),
        input=_read_pairs("-i", pairs or []),
        paper=_read_pairs("--paper", paper or []),
    )
    with progress_bar(invocation.screen, "Testing") as progress:
        result = wait_for(run_backtest(request, settings, installed_registry(settings), progress=progress))
    if report is not None:
        _write(report, write_report(result))
    if invocation.json:
        invocation.screen.print_json(result.to_dict())
        return
    _print(invocation.screen, result)
    if report is not None:
        invocation.screen.say(f"[dim]Written to {report}[/]")


def _write(report: Path, page: str) -> None:
    try:
        report.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InvalidWorkflow(
            f"`{report}` cannot be written: {error.strerror}.",
            code="cannot_write",
            remedy="Name a file in a folder that you may write to.",
        ) from None


def _print(screen: Screen, result: BacktestResult) -> None:
    from treadle.cli.mark import count
    from treadle.cli.screen import new_table

    figures = result.figures()
    period = f"{result.begins:%Y-%m-%d %H:%M} to {result.ends:%Y-%m-%d %H:%M} UTC"
    screen.say(f"[bold]{result.workflow}[/] over {count(result.bars, 'bar')} of {result.timeframe}, {period}")
    screen.say(_curve([float(point.equity) for point in result.equity]))
    if figures["began_with"] is not None:
        screen.say(
            f"{figures['began_with']:,.2f} to [bold]{figures['ended_with']:,.2f} {result.currency}[/], "
            f"{count(len(result.fills), 'fill')}, {result.fees:,.2f} in fees"
        )
    table = new_table("", "", right=[""])
    for name, word in _SHOWN:
        if figures.get(name) is not None:
            table.add_row(word, _shown(name, figures[name]))
    screen.print_table(table)
    for warning in result.warnings:
        screen.say(f"[yellow]![/] {warning}")


def _shown(name: str, value: float) -> str:
    if name in _GAINS:
        return f"{value:+.2%}"
    if name in _PARTS:
        return f"{value:.2%}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _curve(values: Sequence[float], width: int = 60) -> str:
    if len(values) < 2:
        return ""
    picked = [values[round(at * (len(values) - 1) / (width - 1))] for at in range(width)]
    low, high = min(picked), max(picked)
    return "".join(_BARS[round((value - low) / (high - low) * 7)] if high > low else _BARS[3] for value in picked)


def _read_data(text: str) -> tuple[str, Path]:
    from treadle.service.backtests.request import ANY_SYMBOL

    symbol, mark, path = text.partition("=")
    return (symbol, Path(path)) if mark else (ANY_SYMBOL, Path(text))


def _read_pairs(option: str, pairs: Sequence[str]) -> dict[str, Any]:
    from treadle.cli.source import read_value

    found: dict[str, Any] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name:
            raise InvalidWorkflow(
                f"`{option} {pair}` names no value.", code="invalid_argument", remedy=f"Write `{option} name=value`."
            )
        found[name] = read_value(value)
    return found


def _with_changes(workflow: Workflow, changes: Sequence[str]) -> Workflow:
    """Raises `InvalidWorkflow` (`unknown_node`) for what names no node."""
    if not changes:
        return workflow
    from treadle.model.nearest import suggest

    content: dict[str, Any] = workflow.model_dump(by_alias=True, exclude_unset=True)
    nodes = {node["id"]: node for node in content["nodes"]}
    for name, value in _read_pairs("--set", changes).items():
        node, mark, field = name.partition(".")
        if not mark or node not in nodes:
            raise InvalidWorkflow(
                f"`--set {name}` names no setting: there is no node `{node}`.",
                code="unknown_node",
                remedy=suggest(node, list(nodes), "Write `--set node.field=value`."),
            )
        nodes[node]["config"] = {**nodes[node].get("config", {}), field: value}
    return type(workflow).model_validate(content)
