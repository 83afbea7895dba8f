"""A backtest as one page: what to know before believing it, figures, curves, costs, and every trade.

The page is that of every report (`treadle.service.reporting`); nothing in it is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from treadle.model.counted import counted
from treadle.packs.trading.bars import milliseconds
from treadle.service.backtests.asked import tell_asked, tell_best
from treadle.service.backtests.content import Content, join_columns, ms_of
from treadle.service.backtests.meaning import FEWEST_DAYS, TOO_SHORT, days_of, worth_telling
from treadle.service.backtests.packing import unpack, unpack_columns
from treadle.service.backtests.search.metric import LESS_IS_BETTER
from treadle.service.reporting.frame import (
    Band,
    Chart,
    Column,
    Figure,
    Finding,
    Heat,
    Line,
    Marks,
    Prose,
    Report,
    Section,
    Table,
)
from treadle.service.reporting.page import write_page
from treadle.service.reporting.shown import Kind

_FIGURES: tuple[tuple[str, str, Kind, str], ...] = (
    ("total_return", "Return", "share", "What came of it"),
    ("buy_and_hold", "Buy and hold", "share", "What came of it"),
    ("cagr", "A year", "share", "What came of it"),
    ("began_with", "Began with", "money", "What came of it"),
    ("ended_with", "Ended with", "money", "What came of it"),
    ("max_drawdown", "Deepest drawdown", "part", "Risk"),
    ("longest_drawdown_days", "Longest time below a peak", "days", "Risk"),
    ("volatility", "Volatility a year", "part", "Risk"),
    ("exposure", "At stake on average", "part", "Risk"),
    ("time_in_market", "Time in the market", "part", "Risk"),
    ("sharpe", "Sharpe", "number", "Risk"),
    ("sortino", "Sortino", "number", "Risk"),
    ("calmar", "Calmar", "number", "Risk"),
    ("tail_ratio", "Tail ratio", "number", "Risk"),
    ("trades", "Trades", "count", "Trades"),
    ("win_rate", "Won", "part", "Trades"),
    ("profit_factor", "Profit factor", "number", "Trades"),
    ("expectancy", "Profit of a trade", "money", "Trades"),
    ("mean_win", "Mean of those won", "money", "Trades"),
    ("mean_loss", "Mean of those lost", "money", "Trades"),
    ("largest_win", "Largest profit", "money", "Trades"),
    ("largest_loss", "Largest loss", "money", "Trades"),
)
_COSTS = (
    ("gross", "Without costs"),
    ("fees", "Fees"),
    ("slippage", "Slippage"),
    ("net", "What was left"),
    ("turnover", "Bought and sold in all"),
)
_WORST_FIRST = ("error", "warning", "info")
_MOST_ROWS = 2_000
_MOST_VARIANTS = 200
_POINTS = 1_000


def write_report(content: Content, *, title: str, asked: Mapping[str, Any] | None = None) -> str:
    """The page of a test that was just done; `asked` is what was asked for, as the API is asked."""
    series = {name: unpack(content.parts[name]) for name in ("trades", "sweep", "walk_forward", "monte_carlo")
              if name in content.parts}  # fmt: skip
    whole = {"title": title, "request": asked, **content.summary, **content.detail, **series}
    if "fills" in content.parts:
        whole["all_fills"] = unpack(content.parts["fills"])
    if "equity" in content.parts:
        whole["equity"] = {name: column.tolist() for name, column in unpack_columns(content.parts["equity"]).items()}
    first = next((name for name in content.parts if name.startswith("candles/")), None)
    candles = None
    if first is not None:
        columns, name = unpack_columns(content.parts[first]), first.removeprefix("candles/")
        market: Mapping[str, Any] = unpack(content.parts["panes"])["markets"][name]
        every = max(1, -(-len(columns["time"]) // _POINTS))
        candles = {name: column.tolist() for name, column in join_columns(columns, every).items()}
        candles |= {"symbol": name, "timeframe": market["timeframe"], "every": every * int(market["every"])}
    return write_kept(whole, candles)


def write_kept(whole: Mapping[str, Any], candles: Mapping[str, Any] | None) -> str:
    """The page of one that is kept, all of it as the export has it."""
    return write_page(report_of(whole, candles))


def report_of(whole: Mapping[str, Any], candles: Mapping[str, Any] | None) -> Report:
    currency = str(whole.get("currency") or "")
    warnings: Sequence[Mapping[str, Any]] = whole.get("warnings") or ()
    days = days_of(whole)
    known: Mapping[str, Any] = whole.get("figures") or {}
    figures = worth_telling(known, days)
    if known.get("trades") and days is not None and days < FEWEST_DAYS:
        warnings = [*warnings, {"code": "too_short", "message": TOO_SHORT, "severity": "info"}]
    return Report(
        kind=str(whole.get("kind") or "backtest"),
        title=str(whole.get("title") or whole.get("workflow") or "Backtest"),
        about=_about(whole),
        figures=tuple(
            Figure(name, title, (figures[name],), kind, currency if kind == "money" else "", group)
            for name, title, kind, group in _FIGURES
            if figures.get(name) is not None
        ),
        findings=tuple(
            Finding(str(one["code"]), str(one["message"]), one.get("severity", "warning"))
            for one in sorted(warnings, key=lambda one: _WORST_FIRST.index(one.get("severity", "warning")))
        ),
        sections=tuple(_sections(whole, candles, currency)),
    )


def _about(whole: Mapping[str, Any]) -> str:
    parts = [f"{_day(whole.get('begins'))} to {_day(whole.get('ends'))}"] if whole.get("begins") else []
    if whole.get("bars"):
        parts.append(f"{counted(whole['bars'], 'bar')} of {whole.get('timeframe')}")
    parts.append(", ".join(whole.get("symbols") or ()))
    if whole.get("version"):
        parts.append(f"version {whole['version']}")
    if whole.get("fills") is not None:
        parts.append(counted(whole["fills"], "fill"))
    return " · ".join(part for part in parts if part)


def _sections(whole: Mapping[str, Any], candles: Mapping[str, Any] | None, currency: str) -> Iterator[Section]:
    if asked := list(tell_asked(whole)):
        yield Table("What was tested", (Column(""), Column("")), asked)
    if whole.get("equity"):
        yield from _curves(whole, currency)
    if candles and candles.get("time"):
        yield _price(whole, candles)
    if whole.get("sweep"):
        yield from _sweep(whole["sweep"])
    if whole.get("walk_forward"):
        yield from _walk(whole["walk_forward"], currency)
    if whole.get("monte_carlo"):
        yield _fan(whole["monte_carlo"], currency)
    if whole.get("costs"):
        yield _costs(whole["costs"], currency)
    if whole.get("honesty"):
        yield _honesty(whole["honesty"])
    if whole.get("trades") is not None:
        yield _trades(whole["trades"])


def _curves(whole: Mapping[str, Any], currency: str) -> Iterator[Section]:
    curve = whole["equity"]
    times: Sequence[int] = curve["at"]
    begins, ends = _ends(times)
    held = _held(curve["equity"], curve["price"])
    lines = (Line("The workflow", curve["equity"]), *((Line("Buy and hold", held, "other"),) if held else ()))
    yield Chart("Equity", lines, begins=begins, ends=ends, kind="money", unit=currency, times=times)
    fall = [-value for value in curve["drawdown"]]
    deepest = f"At most {max(curve['drawdown'], default=0.0):.1%} below the highest so far."
    yield Chart(
        "Drawdown", (Line("Below the highest so far", fall, "fall"),), caption=deepest, begins=begins, ends=ends,
        kind="part", height=100, times=times,
    )  # fmt: skip
    if any(value for value in curve["exposure"]):
        line = Line("Held, as a share of the equity", curve["exposure"], "quiet")
        yield Chart("Exposure", (line,), begins=begins, ends=ends, kind="part", height=100, times=times)


def _price(whole: Mapping[str, Any], candles: Mapping[str, Any]) -> Chart:
    """The price over the time of the equity, and what was bought and sold, when and at the price that it was."""
    over = _over(candles, whole)
    curve: Mapping[str, Sequence[int]] = whole.get("equity") or {}
    known = curve.get("at") or over
    span = (known[0], known[-1])
    if int(candles.get("every") or 1) > 1:
        over[-1] = min(over[-1], max(span[1], over[-2] if len(over) > 1 else 0))  # of fewer bars than the others
    places = [at for at, time in enumerate(over) if span[0] <= time <= span[1]]
    symbol = str(candles.get("symbol") or "*")
    if symbol == "*":
        symbol = str((whole.get("symbols") or ["*"])[0])
    fills = [one for one in whole.get("all_fills") or () if symbol in ("*", str(one["symbol"]))
             or symbol.endswith(f":{one['symbol']}")]  # fmt: skip
    marks = Marks("bought", _points(fills, "buy"), "good"), Marks("sold", _points(fills, "sell"), "bad")
    begins, ends = _ends(known)
    return Chart(
        symbol if symbol != "*" else "Price", (Line("Close", [candles["close"][at] for at in places], "quiet"),),
        marks=marks if fills else (), begins=begins, ends=ends, times=[over[at] for at in places], span=span,
    )  # fmt: skip


def _points(fills: Sequence[Mapping[str, Any]], side: str) -> list[tuple[float, float]]:
    return [(float(ms_of(one["at"])), float(one["price"])) for one in fills if one["side"] == side]


def _over(candles: Mapping[str, Any], whole: Mapping[str, Any]) -> list[int]:
    """When each of the bars is over."""
    opened: Sequence[int] = candles["time"]
    timeframe = candles.get("timeframe") or whole.get("timeframe")
    length = milliseconds(timeframe) * int(candles.get("every") or 1) if timeframe else 0
    return [min(at + length, after) for at, after in zip(opened, [*opened[1:], 1 << 62], strict=True)]


def _sweep(sweep: Mapping[str, Any]) -> Iterator[Section]:
    names = [one["name"] for one in sweep["parameters"]]
    metric = str(sweep["metric"])
    rows: list[tuple[Mapping[str, Any], Any]] = [(one["values"], one["figures"].get(metric)) for one in sweep["rows"]]
    if len(names) == 2:
        down, across = (sweep["parameters"][at]["values"] for at in (0, 1))
        known = {(repr(values.get(names[0])), repr(values.get(names[1]))): value for values, value in rows}
        cells = [[known.get((repr(one), repr(other))) for other in across] for one in down]
        place = None
        if sweep.get("best") is not None:
            best = rows[int(sweep["best"])][0]
            place = (down.index(best[names[0]]), across.index(best[names[1]]))
        yield Heat(
            f"{metric} of every variant", (names[1], [str(one) for one in across]),
            (names[0], [str(one) for one in down]), cells, best=place,
        )  # fmt: skip
    if said := tell_best(sweep):
        yield Prose("The best variant", [said])
    sign = 1 if metric in LESS_IS_BETTER else -1
    ranked = sorted(rows, key=lambda row: (row[1] is None, sign * (row[1] or 0.0)))[:_MOST_VARIANTS]
    columns = (*(Column(name) for name in names), Column(metric, "number"))
    caption = counted(len(rows), "variant") + (f", the best {_MOST_VARIANTS}" if len(rows) > _MOST_VARIANTS else "")
    shown = [[*(str(values.get(name)) for name in names), value] for values, value in ranked]
    yield Table("Variants", columns, shown, caption=caption)
    deflated = sweep.get("deflated_sharpe")
    if deflated is not None:
        said = f"The probability that the best is more than the best of as many by luck: {deflated:.1%}."
        yield Prose("Luck", [said])


def _walk(walk: Mapping[str, Any], currency: str) -> Iterator[Section]:
    stitched = walk["stitched"]
    if stitched["at"]:
        begins, ends = _ends(stitched["at"])
        line = Line("Out of sample", stitched["equity"])
        yield Chart("Out of sample, one window after another", (line,), begins=begins, ends=ends, kind="money",
                    unit=currency, times=stitched["at"])  # fmt: skip
    rows = [
        [
            f"{_day(one['train']['begins'])} to {_day(one['train']['ends'])}",
            f"{_day(one['test']['begins'])} to {_day(one['test']['ends'])}",
            _chosen(one.get("chosen")),
            one["train_figures"].get("total_return"),
            one["test_figures"].get("total_return"),
        ]
        for one in walk["windows"]
    ]
    columns = (Column("Chosen over"), Column("Tested over"), Column("Chosen"), Column("In sample", "share", True),
               Column("Out of sample", "share", True))  # fmt: skip
    yield Table("Windows", columns, rows)


def _chosen(values: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name}={value}" for name, value in (values or {}).items()) or "none"


def _fan(drawn: Mapping[str, Any], currency: str) -> Chart:
    fan = drawn["fan"]
    begins, ends = _ends(fan["at"])
    bands = (Band("5 to 95 of 100", fan["p5"], fan["p95"]), Band("25 to 75 of 100", fan["p25"], fan["p75"]))
    caption = f"{counted(drawn['count'], 'course')}, drawn from its {drawn['method']}."
    if drawn.get("ruin") is not None:
        caption += f" Ruined: {drawn['ruin']:.1%}."
    return Chart(
        "What might as well have come of it", (Line("The median", fan["p50"]),), bands, caption=caption, begins=begins,
        ends=ends, kind="money", unit=currency, times=fan["at"],
    )  # fmt: skip


def _costs(costs: Mapping[str, Any], currency: str) -> Table:
    rows = [[title, costs.get(name)] for name, title in _COSTS]
    return Table("Costs", (Column("", "text"), Column(currency or "Amount", "money")), rows)


def _honesty(honesty: Mapping[str, Any]) -> Prose:
    ahead: Mapping[str, Any] = honesty.get("look_ahead") or {}
    warm: Mapping[str, Any] = honesty.get("warm_up") or {}
    variants: Mapping[str, Any] = honesty.get("variants") or {}
    nodes: Sequence[Any] = ahead.get("nodes") or ()
    open_trades: Sequence[Mapping[str, Any]] = honesty.get("open_trades") or ()
    held = [f"{one['quantity']} {one['symbol']}" for one in open_trades]
    said = [
        f"Look-ahead: {', '.join(f'`{one}`' for one in ahead['found'])} sees what comes later."
        if ahead.get("found")
        else f"Look-ahead: none of {counted(len(nodes), 'node')} says anything else over the first bars than over all."
        if nodes
        else "Look-ahead: runs saw only bars that were over; there was no column to check.",
        f"Warm-up: every indicator had bars enough after {counted(warm.get('runs', 0), 'run')}.",
        f"Still held at the end: {', '.join(held)}." if held else "Nothing was held at the end.",
        f"Bars without volume: {honesty.get('no_volume', 0):,}.",
    ]
    if variants:
        said.append(f"Variants tried: {variants['here']:,} here, {variants['before']:,} before.")
    return Prose("How it was checked", said)


def _trades(trades: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("#", "count"), Column("Symbol"), Column("Side"), Column("Opened (UTC)"), Column("Closed (UTC)"),
        Column("Quantity"), Column("Entry", "money"), Column("Exit", "money"), Column("Profit", "money", True),
        Column("", "share", True), Column("Worst", "share"), Column("Best", "share"),
    )  # fmt: skip
    rows = [
        [
            one["number"], one["symbol"], one["side"], _minute(one["opened_at"]), _minute(one["closed_at"]),
            one["quantity"], float(one["entry"]), float(one["exit"]), float(one["profit"]), one["share"],
            one.get("mae_share"), one.get("mfe_share"),
        ]
        for one in trades[:_MOST_ROWS]
    ]  # fmt: skip
    caption = f"The first {_MOST_ROWS:,} of {len(trades):,}." if len(trades) > _MOST_ROWS else ""
    return Table("Trades", columns, rows, empty="Nothing was closed.", caption=caption)


def _held(equity: Sequence[float], prices: Sequence[float | None]) -> list[float | None]:
    """What the equity would be if the market had been bought at the beginning, without costs."""
    first = next((price for price in prices if price and price == price), None)
    if first is None or not equity:
        return []
    return [None if not price or price != price else equity[0] * price / first for price in prices]


def _ends(times: Sequence[int]) -> tuple[str, str]:
    return tuple(  # pyright: ignore[reportReturnType]
        f"{datetime.fromtimestamp(times[at] / 1000, UTC):%Y-%m-%d %H:%M}" if times else "" for at in (0, -1)
    )


def _day(at: Any) -> str:
    return f"{datetime.fromisoformat(at) if isinstance(at, str) else at:%Y-%m-%d}" if at else ""


def _minute(at: Any) -> str:
    return f"{datetime.fromisoformat(at) if isinstance(at, str) else at:%Y-%m-%d %H:%M}"
