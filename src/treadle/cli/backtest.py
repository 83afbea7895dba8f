"""`treadle backtest`: a workflow over bars that have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from treadle.cli import backtest_search as searching
from treadle.cli.command import Invocation, command
from treadle.cli.period import read_time
from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from treadle.cli.screen import Screen
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.result import BacktestResult
    from treadle.service.backtests.search.request import Search

Gaps = Literal["warn", "refuse", "allow"]
Way = Literal["auto", "engine", "compiled"]
_BARS = "▁▂▃▄▅▆▇█"
_GAINS = frozenset({"total_return", "buy_and_hold", "cagr"})
_PARTS = frozenset({"win_rate", "volatility", "max_drawdown", "exposure", "time_in_market"})
_SHOWN = (
    ("total_return", "return"), ("buy_and_hold", "buy and hold"), ("cagr", "a year"), ("max_drawdown", "drawdown"),
    ("longest_drawdown_days", "days below a peak"), ("volatility", "volatility"), ("exposure", "at stake on average"),
    ("time_in_market", "time in the market"), ("sharpe", "Sharpe"), ("sortino", "Sortino"),
    ("calmar", "Calmar"), ("tail_ratio", "tail ratio"), ("trades", "trades"), ("win_rate", "won"),
    ("profit_factor", "profit factor"), ("expectancy", "a trade"),
)  # fmt: skip


@command
def backtest(
    invocation: Invocation,
    file: Annotated[str, typer.Argument(metavar="FILE|NAME", help="A workflow file, or a stored workflow.")],
    data: Annotated[
        list[str],
        typer.Option(
            "--data",
            metavar="[SYMBOL=]SOURCE",
            help="Bars: a CSV or Parquet file (one may stand for all), or a market, `binance:BTC/USDT@1h`.",
        ),
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
    stubs: Annotated[
        list[str] | None,
        typer.Option("--stub", metavar="NODE=JSON", help="What an effect comes to that is not done in a backtest."),
    ] = None,
    gaps: Annotated[
        Gaps, typer.Option(help="Bars that are missing: `warn`, `refuse` to test, or `allow` nodes to look across.")
    ] = "warn",
    funding: Annotated[
        list[str] | None,
        typer.Option("--funding", metavar="[SYMBOL=]FILE", help="What a perpetual paid: CSV or Parquet of time, rate."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a page with the charts and all trades.")
    ] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="Keep nothing of it.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what is calculated as columns, what is stepped, and why.")
    ] = False,
    way: Annotated[
        Way, typer.Option(help="`compiled`, or run by run through the `engine`: the same result; `auto` chooses.")
    ] = "auto",
    workflow: Annotated[str | None, typer.Option(help="Which workflow of a file with several.")] = None,
    sweeps: searching.Sweeps = None,
    method: searching.MethodOf = "grid",
    count: searching.Count = None,
    metric: searching.Metric = None,
    seed: searching.Seed = 0,
    walk: searching.Walk = None,
    anchored: searching.Anchored = False,
    paths: searching.Paths = None,
    paths_of: searching.PathsOf = None,
    spread: searching.Spread = False,
) -> None:
    """Test a workflow over history: the same graph, engine, order path and fills as on paper, at its own times.

    Nothing is sent anywhere. An order that is placed on a bar is filled at the next one's opening or later. What came
    of it is kept: see [bold]treadle backtests[/].
    """
    from treadle.cli.backtests.keeping import keep
    from treadle.cli.backtests.show import print_costs, print_warnings
    from treadle.cli.backtests.workflow import locating, read_workflow
    from treadle.cli.bars.fetching import fetch_bars
    from treadle.cli.cancelling import Cancelling
    from treadle.cli.progress import progress_bar
    from treadle.cli.writing import write_file
    from treadle.service.backtests.data.source import read_data
    from treadle.service.backtests.given import check_given
    from treadle.service.backtests.making import describe
    from treadle.service.backtests.report import write_report
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.wanted import with_settings
    from treadle.service.project import installed_registry

    wanted = searching.read_options(sweeps, method, count, metric, seed, walk, anchored, paths, paths_of, spread)
    settings = invocation.settings()
    registry = installed_registry(settings)
    given, document = read_workflow(invocation, file, registry, name=workflow)
    request = BacktestRequest(
        with_settings(given, _read_pairs("--set", changes or [])),
        bars=read_data(data),
        timeframe=timeframe,
        since=read_time("from", since),
        until=read_time("to", until),
        input=_read_pairs("-i", pairs or []),
        paper=_read_pairs("--paper", paper or []),
        stubs=_read_pairs("--stub", stubs or []),
        gaps=gaps,
        funding=read_data(funding or []),
        way=way,
    )
    check_given(request)
    with Cancelling(invocation.screen, "Cancelled; nothing of it is kept.") as cancelling, locating(document):
        fetch_bars(invocation, request, settings)
        found = searching.search(invocation, request, wanted, cancelling, spread=spread)
        with progress_bar(invocation.screen, "Looking through"):
            content = describe(found, registry)
    id = None if no_save else keep(invocation, given, _body(request, changes or [], wanted), content)
    if report is not None:
        title, body = given.title or given.name, _body(request, changes or [], wanted)
        write_file(report, write_report(content, title=title, asked=body))
    if invocation.json:
        told = found.tested.to_dict() if wanted is None and found.tested is not None else found.to_dict()
        names = ("honesty", "costs", "explain") if explain else ("honesty", "costs")
        beside = {name: content.detail[name] for name in names if name in content.detail}
        invocation.screen.print_json({"id": id, **told, **beside})
        return
    if explain and found.tested is not None:
        _print_explain(invocation.screen, found.tested)
    if found.tested is not None:
        searching.print_heading(invocation.screen, found)
        _print(invocation.screen, found.tested)
        print_costs(invocation.screen, content.detail.get("costs"))
    searching.print_found(invocation.screen, found, id)
    print_warnings(invocation.screen, content.detail.get("warnings") or ())
    if report is not None:
        invocation.screen.say(f"[dim]Written to {report}[/]")
    if id is not None:
        invocation.screen.say(f"[dim]Kept as[/] {id}")


def _body(request: BacktestRequest, changes: Sequence[str], wanted: Search | None) -> dict[str, Any]:
    """As the API would have been asked for it."""
    body: dict[str, Any] = {
        "workflow": request.workflow.name,
        "data": [{"symbol": symbol, "source": str(source)} for symbol, source in request.bars.items()],
        "timeframe": request.timeframe,
        "since": None if request.since is None else request.since.isoformat(),
        "until": None if request.until is None else request.until.isoformat(),
        "input": dict(request.input),
        "set": _read_pairs("--set", changes),
        "paper": dict(request.paper),
        "stubs": dict(request.stubs),
        "gaps": request.gaps,
        "way": request.way,
        "funding": {symbol: str(source) for symbol, source in request.funding.items()},
        **({} if wanted is None else asdict(wanted)),
    }
    return {name: value for name, value in body.items() if value}


def _print_explain(screen: Screen, result: BacktestResult) -> None:
    from treadle.cli.screen import new_table

    screen.say(f"[bold]Worked out the way `{result.way}`[/]")
    table = new_table("node", "part", "bars", "why", right=["bars"])
    for row in result.explain:
        bars = "" if row.get("bars") is None else f"{row['bars']:,}"
        table.add_row(str(row["node"]), str(row["part"]), bars, str(row["why"]))
    screen.print_table(table)


def _print(screen: Screen, result: BacktestResult) -> None:
    from treadle.cli.mark import count

    figures = result.every_figure()
    period = f"{result.begins:%Y-%m-%d %H:%M} to {result.ends:%Y-%m-%d %H:%M} UTC"
    screen.say(f"[bold]{result.workflow}[/] over {count(result.bars, 'bar')} of {result.timeframe}, {period}")
    screen.say(_curve([float(point.equity) for point in result.equity]))
    if figures["began_with"] is not None:
        screen.say(
            f"{figures['began_with']:,.2f} to [bold]{figures['ended_with']:,.2f} {result.currency}[/], "
            f"{count(len(result.fills), 'fill')}, {result.fees:,.2f} in fees"
        )
    print_figures(screen, figures, days=(result.ends - result.begins).total_seconds() / 86_400)


def print_figures(screen: Screen, figures: Mapping[str, Any], *, days: float | None) -> None:
    """Those that mean something over so many days."""
    from treadle.cli.screen import new_table
    from treadle.service.backtests.meaning import FEWEST_DAYS, TOO_SHORT, worth_telling

    table, known = new_table("", "", right=[""]), worth_telling(figures, days)
    for name, word in _SHOWN:
        if known.get(name) is not None:
            table.add_row(word, _shown(name, known[name]))
    screen.print_table(table)
    if figures.get("trades") and days is not None and days < FEWEST_DAYS:
        screen.say(f"[dim]{TOO_SHORT}[/]")


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


def _read_pairs(option: str, pairs: Sequence[str]) -> dict[str, Any]:
    """What begins like JSON is to be JSON, and is not taken for a text."""
    from treadle.cli.source import read_content

    found: dict[str, Any] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name:
            raise InvalidWorkflow(
                f"`{option} {pair}` names no value.", code="invalid_argument", remedy=f"Write `{option} name=value`."
            )
        found[name] = read_content(value, f"`{option} {pair}`")
    return found
