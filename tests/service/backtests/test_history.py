"""The bars of a backtest: several markets, timeframes and sources at once, and what is known of them at each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import (
    BEGIN,
    FREE,
    FROM_EXCHANGE,
    HOUR,
    PROVIDER,
    backtest,
    buys_low_sells_high,
    flat,
    workflow,
    write_bars,
)
from treadle.errors import InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.data.arrays import BarArrays
from treadle.service.backtests.data.converting import LARGE
from treadle.service.backtests.history import History, read_history
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

MINUTE = 60_000
START = datetime.fromtimestamp(BEGIN / 1000, UTC)


def arrays(*closes: float, length: str = "1h", begin: int = BEGIN, step: int = HOUR) -> BarArrays:
    opens = [closes[0], *closes[:-1]]
    high = [max(pair) for pair in zip(opens, closes, strict=True)]
    low = [min(pair) for pair in zip(opens, closes, strict=True)]
    times = [begin + at * step for at in range(len(closes))]
    return BarArrays.of(times, opens, high, low, closes, [10] * len(closes), timeframe=length)


def history(bars: Mapping[str, Any], settings: Settings | None = None, **more: Any) -> History:
    other = {"id": "other", "type": "market.provider", "config": {"venue": "paper", "symbol": "ETH/USDT"}}
    return read_history(BacktestRequest(workflow(PROVIDER, other), dict(bars), **more), settings or Settings())


async def test_bars_in_memory_come_to_what_the_same_bars_in_a_file_do(tmp_path: Path) -> None:
    closes = (100, 93, 97, 106, 99, 92, 94, 108, 101, 90)

    from_file = await backtest(buys_low_sells_high(), write_bars(tmp_path, flat(*closes)))
    from_memory = await backtest(buys_low_sells_high(), {"BTC/USDT": arrays(*closes)})  # type: ignore[dict-item]

    told = ("at", "side", "quantity", "price", "fee", "sequence")
    assert [[one[name] for name in told] for one in from_memory.fills] == [
        [one[name] for name in told] for one in from_file.fills
    ]
    assert [point.equity for point in from_memory.equity] == [point.equity for point in from_file.equity]


def test_arrays_are_not_copied() -> None:
    given = arrays(100, 101, 102)

    assert history({"BTC/USDT": given}).bars["BTC/USDT"].close is given.close


def test_each_market_has_bars_of_its_own_length() -> None:
    found = history({"BTC/USDT": arrays(100, 101, 102, 103, length="1m", step=MINUTE), "ETH/USDT": arrays(50, 51)})

    assert found.length == MINUTE
    assert found.begins == START + timedelta(minutes=1)
    assert found.ends == START + timedelta(hours=2)
    assert list(found.closes()) == [*(BEGIN + at * MINUTE for at in range(1, 5)), BEGIN + HOUR, BEGIN + 2 * HOUR]


def test_a_venue_sees_its_own_bars_before_those_of_no_venue() -> None:
    kraken, other = arrays(100, 101), arrays(200, 201)
    found = history({"kraken:BTC/USDT": kraken, "BTC/USDT": other})

    assert found.of("BTC/USDT", "kraken") is kraken
    assert found.of("BTC/USDT", "binance") is other
    assert found.of("ETH/USDT") is None


async def test_of_a_longer_bar_beside_short_ones_nothing_is_seen_before_it_is_over() -> None:
    """ETH is told in hours, BTC in minutes: at each minute the newest bar of ETH is one that is over."""
    flow = workflow(
        {"id": "every", "type": "trigger.interval", "config": {"seconds": 1800, "aligned": True}},
        PROVIDER,
        {"id": "eth", "type": "market.candles",
         "config": {**FROM_EXCHANGE, "symbol": "ETH/USDT", "timeframe": "1h", "bars": 5}},
        {"id": "price", "type": "data.transform", "config": {"transform": "nodes.eth.candles.close[-1]"}},
        {"id": "buy", "type": "order.market",
         "config": {**FROM_EXCHANGE, "side": "buy", "size": "{{ nodes.price.output / 1000 }}"}},
        connections=("every -> eth.trigger", "price -> buy.trigger"),
    )  # fmt: skip
    minutes = arrays(*[100.0] * 240, length="1m", step=MINUTE)
    hours = arrays(1, 2, 3, 4)

    result = await backtest(flow, {"BTC/USDT": minutes, "ETH/USDT": hours})  # type: ignore[dict-item]

    seen = [(one["at"][11:16], float(one["quantity"]) * 1000) for one in result.fills]
    assert seen == [("01:00", 1), ("01:30", 1), ("02:00", 2), ("02:30", 2), ("03:00", 3), ("03:30", 3)]


async def test_a_strategy_of_hours_is_filled_within_them_by_minutes(tmp_path: Path) -> None:
    """Decided on bars of one hour, matched on those of one minute, of the same file: the stop of the third minute is
    met before the limit of the fortieth, which an hour alone could not say."""
    flow = workflow(
        {"id": "bar", "type": "trigger.stream",
         "config": {"provider": "exchange", "channel": "candles", "timeframe": "1h"}},
        PROVIDER,
        {"id": "low", "type": "flow.threshold", "config": {"operator": "<", "threshold": 95}},
        {"id": "buy", "type": "order.market",
         "config": {**FROM_EXCHANGE, "side": "buy", "size": 1, "stop_loss": "90", "take_profit": "110"}},
        connections=("bar.price -> low.value", "low.true -> buy.trigger"),
    )  # fmt: skip
    first = [100.0] * 59 + [94.0]
    second = [94.0, 93.0, 89.0] + [95.0] * 37 + [112.0] * 20
    result = await backtest(
        flow,
        {"BTC/USDT": arrays(*first, *second, *[112.0] * 60, length="1m", step=MINUTE)},  # type: ignore[dict-item]
    )

    (trade,) = result.trades
    assert (trade.entry, trade.exit) == (Decimal(94), Decimal(90))
    assert (trade.opened_at, trade.closed_at) == (START + timedelta(hours=1), START + timedelta(hours=1, minutes=3))


GAPPED = [0, 1, 2, 5, 6, 7, 8]


def _looks_back() -> Workflow:
    return workflow(
        {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
        PROVIDER,
        {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 2}},
        connections=("every -> candles.trigger",),
    )


def _gapped() -> BarArrays:
    whole = arrays(*range(100, 109))
    return BarArrays.of(*(column[GAPPED] for column in whole.columns().values()), timeframe="1h")


async def test_over_a_gap_the_test_goes_on_and_tells_of_it() -> None:
    result = await backtest(buys_low_sells_high(), {"BTC/USDT": _gapped()})  # type: ignore[dict-item]

    told = [one.message for one in result.warnings if one.code == "gap"]
    assert len(told) == 1
    assert "row 4, `time`: 2 bars are missing before 2024-01-01 05:00:00" in told[0]
    assert result.runs == {"completed": 7}


async def test_who_looks_across_a_gap_fails_as_it_would_live_unless_that_is_allowed() -> None:
    bars: Any = {"BTC/USDT": _gapped()}

    warned = await backtest(_looks_back(), bars)
    allowed = await backtest(_looks_back(), bars, gaps="allow")

    assert warned.runs["gap"] == 1
    assert "gap" not in allowed.runs
    assert not [one for one in allowed.warnings if one.code == "gap"]


async def test_gaps_may_be_refused() -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        await backtest(buys_low_sells_high(), {"BTC/USDT": _gapped()}, gaps="refuse")  # type: ignore[dict-item]

    assert (refused.value.code, refused.value.issues[0].code) == ("invalid_bars", "gap")


def test_arrays_are_checked_as_files_are() -> None:
    bad = arrays(100, 101, 102)
    bad.close[1] = float("nan")
    bad.low[2] = 0

    with pytest.raises(InvalidWorkflow) as refused:
        history({"BTC/USDT": bad, "ETH/USDT": arrays(100).cut(0, 0)})

    assert sorted(issue.code for issue in refused.value.issues) == ["not_a_number", "not_candles", "zero_price"]


@pytest.mark.parametrize("way", ["engine", "compiled"])
async def test_a_test_of_a_part_goes_over_the_bars_of_that_part(tmp_path: Path, way: Any) -> None:
    """What is before is there to look back on, and what is after is not looked at."""
    file = write_bars(tmp_path, flat(*([100, 93, 106, 100] * 6)), volume=0)
    request = BacktestRequest(buys_low_sells_high(), {"BTC/USDT": file}, paper=FREE, way=way)
    part = replace(request, since=START + timedelta(hours=5), until=START + timedelta(hours=15))

    whole, found = [await run_backtest(one, Settings(), Registry.installed()) for one in (request, part)]

    assert (whole.bars, found.bars) == (24, 10)
    assert [next(one.message for one in test.warnings if one.code == "no_volume") for test in (whole, found)] == [
        f"{many} of {many} bars have no volume: what was traded in them would not have been." for many in (24, 10)
    ]


async def test_simulated_bars_are_made_once_and_kept(tmp_path: Path) -> None:
    settings = replace(Settings(), workspace=str(tmp_path))
    request = BacktestRequest(
        buys_low_sells_high(), {"BTC/USDT": "simulated:BTC/USDT@1h"}, since=START, until=START + timedelta(days=3),
        paper=FREE,
    )  # fmt: skip

    result = await run_backtest(request, settings, Registry.installed())
    again = read_history(request, settings)

    assert (result.begins, result.bars) == (START, 72)
    assert again.bars["BTC/USDT"].time.tolist() == [BEGIN + at * HOUR for at in range(-2, 72)]


async def test_a_market_that_is_not_here_is_named_with_all_that_is_wrong(tmp_path: Path) -> None:
    settings = replace(Settings(), workspace=str(tmp_path))

    with pytest.raises(InvalidWorkflow) as refused:
        history({"BTC/USDT": "simulated:BTC/USDT@1h", "ETH/USDT": tmp_path / "none.csv"}, settings)

    assert [issue.code for issue in refused.value.issues] == ["no_bars", "no_file"]
    assert "treadle bars download simulated BTC/USDT 1h" in (refused.value.issues[0].remedy or "")


def test_a_large_file_is_read_once_and_anew_when_it_changes(tmp_path: Path) -> None:
    settings = replace(Settings(), workspace=str(tmp_path))
    file = tmp_path / "large.csv"
    rows = "".join(f"{BEGIN + at * MINUTE},100.0,100.0,100.0,100.0,1.5\n" for at in range(LARGE // 40))
    file.write_text("time,open,high,low,close,volume\n" + rows)

    first = history({"*": file}, settings).bars["*"]
    folders = list((tmp_path / ".treadle" / "read").iterdir())
    second = history({"*": file}, settings).bars["*"]
    file.write_text("time,open,high,low,close,volume\n" + rows.replace("100.0", "200.0"))
    third = history({"*": file}, settings).bars["*"]

    assert len(folders) == 1
    assert first.close.tolist() == second.close.tolist()
    assert third.close[0] == 200
