"""The page of a backtest: whatever it has is on it, and nothing is fetched."""

from __future__ import annotations

from typing import Any

from treadle.service.backtests.report import report_of, write_kept
from treadle.service.reporting.frame import Chart, Marks, Prose, Table

BEGIN, DAY = 1_704_067_200_000, 86_400_000
SPAN = {"begins": "2024-01-01T00:00:00+00:00", "ends": "2024-02-01T00:00:00+00:00"}
WHOLE: dict[str, Any] = {
    "title": "Bot <b>",
    "kind": "sweep",
    **SPAN,
    "bars": 1000,
    "timeframe": "1h",
    "symbols": ["BTC/USDT"],
    "currency": "USDT",
    "figures": {"total_return": 0.1, "sharpe": 1.5, "trades": 1, "profit_factor": None},
    "fills": 2,
    "all_fills": [
        {"symbol": "BTC/USDT", "side": "buy", "at": "2024-01-01T12:00:00Z", "price": "9.5", "quantity": "1"},
        {"symbol": "BTC/USDT", "side": "sell", "at": "2024-01-02T12:00:00Z", "price": "12.5", "quantity": "1"},
        {"symbol": "ETH/USDT", "side": "sell", "at": "2024-01-02T12:00:00Z", "price": "99", "quantity": "1"},
    ],
    "account": {"fees": 0.001},
    "request": {
        "data": [{"symbol": "BTC/USDT", "source": "btc.csv"}],
        "since": "2024-01-01T00:00:00+00:00",
        "set": {"a.x": 2},
        "input": {"size": "big"},
        "paper": {"balance": {"USDT": 500}},
    },
    "warnings": [
        {"code": "few_trades", "message": "1 trade.", "severity": "info"},
        {"code": "look_ahead", "message": "`cheat` looks ahead.", "severity": "error"},
    ],
    "equity": {
        "at": [BEGIN, BEGIN + DAY, BEGIN + 2 * DAY],
        "equity": [100.0, 90.0, 110.0],
        "drawdown": [0.0, 0.1, 0.0],
        "price": [10.0, None, 12.0],
        "exposure": [0.0, 0.5, None],
    },
    "trades": [
        {
            "number": 1, "symbol": "BTC/USDT", "side": "long", "opened_at": "2024-01-01T00:00:00Z",
            "closed_at": "2024-01-02T00:00:00Z", "quantity": "1", "entry": "10", "exit": "12", "profit": "2",
            "share": 0.2, "mae_share": -0.05, "mfe_share": 0.25, "bar_in": BEGIN, "bar_out": BEGIN + DAY,
        }
    ],
    "costs": {"gross": 12.0, "fees": 1.0, "slippage": None, "net": 10.0, "turnover": 22.0},
    "honesty": {
        "look_ahead": {"checked": True, "found": ["cheat"], "nodes": [{"node": "cheat", "looks_ahead": True}]},
        "warm_up": {"runs": 9, "ends": None, "nodes": []},
        "open_trades": [{"symbol": "BTC/USDT", "quantity": "1"}],
        "no_volume": 3,
        "variants": {"here": 4, "before": 8},
    },
    "sweep": {
        "parameters": [{"name": "a.x", "values": [1, 2]}, {"name": "b.y", "values": [3, 4]}],
        "metric": "sharpe",
        "rows": [
            {"values": {"a.x": one, "b.y": other}, "figures": {"sharpe": one * other / 10}}
            for one in (1, 2)
            for other in (3, 4)
        ],
        "best": 3,
        "deflated_sharpe": 0.4,
    },
    "walk_forward": {
        "windows": [
            {"train": SPAN, "test": SPAN, "chosen": None, "train_figures": {}, "test_figures": {"total_return": 0.1}}
        ],
        "stitched": {"at": [BEGIN, BEGIN + DAY], "equity": [100.0, 101.0]},
    },
    "monte_carlo": {
        "count": 50, "method": "trades", "ruin": 0.02,
        "fan": {"at": [BEGIN, BEGIN + DAY], **{f"p{band}": [100.0, 100.0 + band] for band in (5, 25, 50, 75, 95)}},
    },
}  # fmt: skip
CANDLES = {
    "symbol": "BTC/USDT",
    "timeframe": "1d",
    "every": 1,
    "time": [BEGIN, BEGIN + DAY, BEGIN + 2 * DAY],
    "close": [10.0, 11.0, 12.0],
}


def test_everything_there_is_has_its_section() -> None:
    report = report_of(WHOLE, CANDLES)

    titles = [section.title for section in report.sections]
    assert titles == [
        "What was tested", "Equity", "Drawdown", "Exposure", "BTC/USDT", "sharpe of every variant", "The best variant",
        "Variants", "Luck",
        "Out of sample, one window after another", "Windows", "What might as well have come of it", "Costs",
        "How it was checked", "Trades",
    ]  # fmt: skip
    assert [figure.name for figure in report.figures] == ["total_return", "sharpe", "trades"]
    assert [finding.severity for finding in report.findings] == ["error", "info"]


def test_no_figure_of_a_year_is_told_of_less_than_a_month_nor_of_no_trade() -> None:
    figures = {**WHOLE["figures"], "cagr": 12.5, "volatility": 0.4, "max_drawdown": 0.1}
    days = {**WHOLE, "ends": "2024-01-20T00:00:00+00:00", "figures": figures}
    idle = {**WHOLE, "figures": {**figures, "trades": 0}}

    short, nothing, whole = (report_of(one, None) for one in (days, idle, {**WHOLE, "figures": figures}))

    of_days = ["total_return", "max_drawdown", "trades"]
    assert [one.name for one in short.figures] == [one.name for one in nothing.figures] == of_days
    assert {"cagr", "volatility", "sharpe"} < {one.name for one in whole.figures}
    assert [[one.code for one in report.findings][-1] for report in (short, nothing, whole)] == [
        "too_short", "few_trades", "few_trades",
    ]  # fmt: skip


def test_what_was_asked_for_is_named() -> None:
    report = report_of(WHOLE, CANDLES)

    table = next(one for one in report.sections if isinstance(one, Table))
    assert dict(table.rows) == {
        "Data": "BTC/USDT: btc.csv",
        "Asked for": "2024-01-01 to the last",
        "Balance": "500 USDT",
        "Fees": "0.001",
        "Slippage": "none",
        "Settings changed": "a.x = 2",
        "Inputs": "size = big",
        "Tried": "a.x: 1, 2; b.y: 3, 4 (grid, by sharpe)",
        "Drawn": "50 courses of its trades, seed 0",
    }


def test_the_best_variant_is_told_in_words() -> None:
    report = report_of(WHOLE, CANDLES)

    said = next(one for one in report.sections if one.title == "The best variant")
    assert said == Prose("The best variant", ["a.x = 2, b.y = 4: with `sharpe` 0.8, the most of 4 variants."])


def test_fills_stand_at_their_own_time_and_price_over_the_time_of_the_equity() -> None:
    chart = next(one for one in report_of(WHOLE, CANDLES).sections if one.title == "BTC/USDT")

    assert isinstance(chart, Chart)
    assert chart.marks == (
        Marks("bought", [(BEGIN + DAY / 2, 9.5)], "good"),
        Marks("sold", [(BEGIN + 1.5 * DAY, 12.5)], "bad"),
    )
    assert chart.span == (BEGIN, BEGIN + 2 * DAY)
    assert list(chart.times) == [BEGIN + DAY, BEGIN + 2 * DAY]  # when the bars are over; the last one is after that


def test_the_page_fetches_nothing_and_takes_no_name_for_markup() -> None:
    page = write_kept(WHOLE, CANDLES)

    assert "Bot &lt;b&gt;" in page
    assert "<script" not in page
    assert "://" not in page


def test_one_that_came_to_nothing_has_a_page_too() -> None:
    assert "Backtest" in write_kept({"figures": {}}, None)
