"""The part of `treadle backtest` that searches: its options, and how what was found is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from rich.table import Table

    from treadle.cli.cancelling import Cancelling
    from treadle.cli.command import Invocation
    from treadle.cli.screen import Screen
    from treadle.service.backtests.request import BacktestRequest
    from treadle.service.backtests.search.dispatching import Spread as SpreadOver
    from treadle.service.backtests.search.request import Search
    from treadle.service.backtests.search.result import MonteCarloResult, SweepResult, WalkForwardResult
    from treadle.service.backtests.search.searching import Found
    from treadle.service.backtests.search.sensitivity import HeatMap

_PANEL = "Search"
_SHADES = " ░▒▓█"
ROWS = 10
"""Variants that are shown of a sweep."""
_WIDEST = 24
"""Columns of a heat map in a terminal; rows too."""
_PARTS = frozenset({"total_return", "cagr", "max_drawdown", "volatility", "win_rate"})
_BESIDE = ("total_return", "sharpe", "max_drawdown", "trades")

Sweeps = Annotated[
    list[str] | None,
    typer.Option(
        "--sweep",
        metavar="NODE.FIELD=LOW:HIGH:STEP",
        help="Try these values; also `=1,2,5`, and `input.name`.",
        rich_help_panel=_PANEL,
    ),
]
MethodOf = Annotated[
    str, typer.Option("--method", metavar="grid|random|bayesian", help="All, or drawn.", rich_help_panel=_PANEL)
]
Count = Annotated[
    int | None, typer.Option("--count", min=1, help="How many variants are tried.", rich_help_panel=_PANEL)
]
Metric = Annotated[str | None, typer.Option("--metric", help="The figure to go by.", rich_help_panel=_PANEL)]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same.", rich_help_panel=_PANEL)]
Walk = Annotated[
    str | None,
    typer.Option(
        "--walk-forward",
        metavar="TRAIN/TEST",
        help="Choose over 90 days, test over the next 30: `90d/30d`.",
        rich_help_panel=_PANEL,
    ),
]
Anchored = Annotated[
    bool, typer.Option("--anchored", help="Choose over all there was until then.", rich_help_panel=_PANEL)
]
Paths = Annotated[
    int | None,
    typer.Option("--monte-carlo", metavar="N", min=1, help="Draw the result N times anew.", rich_help_panel=_PANEL),
]
PathsOf = Annotated[
    str | None,
    typer.Option("--monte-carlo-method", metavar="trades|paths", help="What to draw from.", rich_help_panel=_PANEL),
]

Spread = Annotated[
    bool,
    typer.Option(
        "--spread",
        help="Have every `treadle up` and `treadle server` of the store try variants, too.",
        rich_help_panel=_PANEL,
    ),
]


def read_options(
    sweeps: Sequence[str] | None,
    method: str,
    count: int | None,
    metric: str | None,
    seed: int,
    walk: str | None,
    anchored: bool,
    paths: int | None,
    paths_of: str | None,
    spread: bool = False,
) -> Search | None:
    """None where nothing is to be searched. Raises `InvalidWorkflow` with everything that is wrong with the options."""
    alone = {"--count": count, "--metric": metric, "--walk-forward": walk, "--spread": spread or None}
    if not sweeps and (wanting := [name for name, value in alone.items() if value is not None]):
        raise InvalidWorkflow(
            f"`{wanting[0]}` needs something to try.",
            code="invalid_argument",
            remedy="Name it: `--sweep node.field=low:high:step`.",
        )
    given = {
        "--anchored": (anchored, "--walk-forward", walk),
        "--monte-carlo-method": (paths_of, "--monte-carlo", paths),
    }
    for option, (value, other, beside) in given.items():
        if value and beside is None:
            raise InvalidWorkflow(
                f"`{option}` means something only with `{other}`.", code="invalid_argument", remedy=f"Add `{other}`."
            )
    if not sweeps and paths is None:
        return None
    from treadle.service.backtests.search.reading import read_search

    sweep = (
        {"parameters": list(sweeps), "method": method, "count": count, "metric": metric, "seed": seed}
        if sweeps
        else None
    )
    monte_carlo = None if paths is None else {"count": paths, "method": paths_of, "seed": seed}
    body: dict[str, Any] = {"sweep": sweep, "monte_carlo": monte_carlo}
    if walk is not None:
        train, mark, test = walk.partition("/")
        if not mark:
            raise InvalidWorkflow(
                f"`--walk-forward {walk}` names no two durations.",
                code="invalid_duration",
                remedy="Write how long to choose and how long to test: `--walk-forward 90d/30d`.",
            )
        body["walk_forward"] = {"train": train, "test": test, "anchored": anchored}
    return read_search(body)


def search(
    invocation: Invocation,
    request: BacktestRequest,
    wanted: Search | None,
    cancelling: Cancelling,
    *,
    spread: bool = False,
) -> Found:
    """The test, and whatever is asked for beside it. With `spread`, raises `NotFound` (`no_store`)."""
    from treadle.cli.progress import progress_bar
    from treadle.service.backtests.search.request import Search
    from treadle.service.backtests.search.searching import search
    from treadle.service.project import installed_registry

    settings, asked = invocation.settings(), wanted or Search()
    with progress_bar(invocation.screen, "Testing" if wanted is None else "Searching") as progress:

        def tell(share: float) -> None:
            progress(round(share * 1000), 1000)

        if not spread:
            return cancelling.wait_for(search(request, asked, settings, installed_registry(settings), progress=tell))
        found, told = cancelling.wait_for(_search_with_others(invocation, request, asked, tell))
    _say_who(invocation.screen, told)
    return found


async def _search_with_others(
    invocation: Invocation, request: BacktestRequest, wanted: Search, tell: Callable[[float], None]
) -> tuple[Found, SpreadOver]:
    from treadle.cli.session import driving
    from treadle.service.backtests.looking_back import looking_back
    from treadle.service.backtests.search.dispatching import spreading
    from treadle.service.backtests.search.searching import search

    request = looking_back(request, wanted)
    async with driving(invocation) as application, spreading(application, request) as evaluator:
        settings, registry = application.settings, application.registry
        found = await search(request, wanted, settings, registry, progress=tell, evaluator=evaluator)
    return found, evaluator.spread


def _say_who(screen: Screen, told: SpreadOver) -> None:
    from treadle.cli.mark import count

    elsewhere = told.runs - told.here
    if elsewhere:
        screen.note(f"[dim]{count(told.runs, 'run')} of variants, {elsewhere} of them in other processes[/]")
    else:
        screen.note(
            "[yellow]No other process took up variants; all were tried here.[/] Start some on this store: "
            "`treadle server`"
        )


def print_heading(screen: Screen, found: Found) -> None:
    """What the test is of that is shown next."""
    best = None if found.sweep is None else found.sweep.best_row()
    if best is not None:
        told = ", ".join(f"{name} = {_value(value)}" for name, value in best.values.items())
        screen.say(f"[dim]The best variant:[/] {told}")
    elif found.walk_forward is not None:
        screen.say("[dim]Out of sample, window after window:[/]")


def print_found(screen: Screen, found: Found, id: str | None) -> None:
    """What the search came to, as JSON or for people, who are shown the test itself before; `id` is what it is kept
    as."""
    if screen.json:
        screen.print_json(found.to_dict())
        return
    tested = found.tested
    days = None if tested is None else (tested.ends - tested.begins).total_seconds() / 86_400
    for part in (found.sweep, found.walk_forward, found.monte_carlo):
        if part is not None:
            print_part(screen, part, id, days=days)


def print_part(
    screen: Screen,
    part: SweepResult | WalkForwardResult | MonteCarloResult,
    id: str | None,
    *,
    days: float | None,
    rows: int = ROWS,
) -> None:
    """One of the things that a search over so many days can come to; of a sweep, the best `rows` variants."""
    from treadle.service.backtests.search.result import SweepResult, WalkForwardResult

    if isinstance(part, SweepResult):
        _print_sweep(screen, part, id, days, rows)
    elif isinstance(part, WalkForwardResult):
        _print_walk(screen, part)
    else:
        _print_monte_carlo(screen, part)


def _print_sweep(screen: Screen, result: SweepResult, id: str | None, days: float | None, rows: int) -> None:
    from treadle.cli.mark import count
    from treadle.cli.screen import new_table
    from treadle.service.backtests.meaning import FEWEST_DAYS, TOO_LITTLE, YEARLY
    from treadle.service.backtests.search.metric import score

    screen.say(
        f"[bold]{result.workflow}[/]: {count(result.trials, 'variant')}, by {result.metric}, {result.seconds:.1f} s"
    )
    names = [one.name for one in result.parameters]
    # What a year would be like is no figure to choose by where there is too little to tell it of.
    says_little = any(one.code == TOO_LITTLE for one in result.warnings) or (days is not None and days < FEWEST_DAYS)
    beside = [name for name in _BESIDE if not (says_little and name in YEARLY)]
    figures = [result.metric, *(name for name in beside if name != result.metric)]
    table = new_table(*names, *figures, right=[*names, *figures])
    scores = [None if row.error is not None else score(row.figures, result.metric) for row in result.rows]
    order = sorted(range(len(scores)), key=lambda at: (scores[at] is None, -(scores[at] or 0.0)))
    for row in (result.rows[at] for at in order[:rows]):
        table.add_row(*(_value(row.values[name]) for name in names), *(_figure(row.figures, name) for name in figures))
    if result.best is not None:
        screen.print_table(table)
        _say_more(screen, len(result.rows), rows, id)
    numbers = [one for one in result.parameters if len(one.values) > 1]
    if len(numbers) > 1 and result.method == "grid" and result.best is not None:
        from treadle.service.backtests.search.sensitivity import heat_map

        rest = "" if len(numbers) == 2 else ", the best of the rest"
        _print_heat_map(screen, heat_map(result, numbers[1].name, numbers[0].name), rest)
    around, skill = result.neighbours, result.skill
    if around is not None and around.mean is not None:
        screen.say(f"around the best: {_shown(result.metric, around.mean)} ({count(around.count, 'neighbour')})")
    if skill.deflated is not None:
        screen.say(
            f"deflated Sharpe ratio: [bold]{skill.deflated:.2f}[/] (how sure it is that the best is not luck; "
            f"probabilistic {skill.probabilistic or 0:.2f})"
        )


def _say_more(screen: Screen, count: int, rows: int, id: str | None) -> None:
    """How many variants are not shown, and how they would be."""
    if count > rows:
        how = "`--json` has all of them" if id is None else f"`treadle backtests show {id} --rows {count}` shows all"
        screen.say(f"[dim]and {count - rows:,} more: {how}[/]")


def _print_heat_map(screen: Screen, found: HeatMap, rest: str) -> None:
    """The deeper, the better."""
    if len(found.columns) > _WIDEST or len(found.rows) > _WIDEST:
        return
    from treadle.service.backtests.search.metric import LESS_IS_BETTER

    known = [cell for row in found.cells for cell in row if cell is not None]
    if not known:
        return
    low, high = min(known), max(known)
    between = f"{_shown(found.metric, low)} to {_shown(found.metric, high)}"
    screen.say(f"\n{found.down} down, {found.across} across, {between}{rest}")
    table = _grid(found.columns)
    for value, row in zip(found.rows, found.cells, strict=True):
        shades: list[str] = []
        for cell in row:
            share = 0.0 if cell is None or high == low else (cell - low) / (high - low)
            share = 1 - share if found.metric in LESS_IS_BETTER else share
            shades.append("·" if cell is None else _SHADES[min(4, int(share * 5))] * 2)
        table.add_row(_value(value), *shades)
    screen.print_table(table)


def _grid(columns: Sequence[Any]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", show_edge=False)
    table.add_column("", justify="right", style="dim")
    for value in columns:
        table.add_column(_value(value), justify="center", no_wrap=True)
    return table


def _print_walk(screen: Screen, result: WalkForwardResult) -> None:
    from treadle.cli.mark import count
    from treadle.cli.screen import new_table
    from treadle.service.backtests.meaning import worth_telling

    screen.say(
        f"[bold]{result.workflow}[/]: {count(len(result.windows), 'window')}, {count(result.trials, 'variant')}, by "
        f"{result.metric}, {result.seconds:.1f} s"
    )
    names = [one.name for one in result.parameters]
    table = new_table("test from", *names, "in sample", "out of sample", right=[*names, "in sample", "out of sample"])
    for window in result.windows:
        chosen = window.chosen or {}
        inside, outside = (_figure(one, "total_return") for one in (window.train_figures, window.test_figures))
        shown = [_value(chosen[name]) if name in chosen else "–" for name in names]
        table.add_row(f"{window.test.begins:%Y-%m-%d %H:%M}", *shown, inside, outside)
    screen.print_table(table)
    figures = worth_telling(result.figures(), _days_of(result))
    if figures.get("total_return") is not None:
        told = ", ".join(f"{name.replace('_', ' ')} {_figure(figures, name)}" for name in _BESIDE if name in figures)
        screen.say(f"out of sample: {told}")
    if result.efficiency is not None:
        kept = f"{result.efficiency:.0%} of what a day brought in sample" if result.efficiency >= 0 else "none, it lost"
        screen.say(f"efficiency out of sample: [bold]{kept}[/]")


def _days_of(result: WalkForwardResult) -> float | None:
    """Of all tests together."""
    if not result.windows:
        return None
    return (result.windows[-1].test.ends - result.windows[0].test.begins).total_seconds() / 86_400


def _print_monte_carlo(screen: Screen, result: MonteCarloResult) -> None:
    from treadle.cli.mark import count
    from treadle.cli.screen import new_table

    screen.say(f"[bold]Monte Carlo[/]: {count(result.count, 'path')} drawn from {_DRAWN[result.method]}")
    table = new_table("", "5 %", "50 %", "95 %", "as it was", right=["5 %", "50 %", "95 %", "as it was"])
    for name, spread in result.spread.items():
        bands = [_shown(name, spread[f"p{band}"]) for band in (5, 50, 95)]
        table.add_row(name.replace("_", " "), *bands, _shown(name, result.actual[name]))
    screen.print_table(table)
    screen.say(f"lost something: {result.loss:.1%}; fell to {result.ruin_at:.0%} or below: {result.ruin:.1%}")


_DRAWN = {"trades": "its trades", "paths": "the returns of its equity, in blocks"}


def _figure(figures: Mapping[str, Any], name: str) -> str:
    value = figures.get(name)
    return "–" if value is None else _shown(name, value)


def _shown(name: str, value: float) -> str:
    if name in _PARTS:
        return f"{value:+.2%}" if name in ("total_return", "cagr") else f"{value:.2%}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
