"""`trigger.indicator`: a run when what is measured on closed candles begins to meet a condition."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime
from typing import Any

import numpy
import pytest
import talib

from tests.packs.trading.trigger.conftest import Bench
from tests.packs.trading.trigger.pushed_venue import BEGIN, MINUTE, gone
from tests.service.pushing import until
from treadle.authoring.check.file import check_file
from treadle.node import Registry
from treadle.service.execution import ExecutionRequest

pytestmark = pytest.mark.timeout(60)
FALLING = [100 + (at % 3) - at for at in range(12)]
RISING = [FALLING[-1] + 2 * at - (at % 2) for at in range(1, 12)]
CROSSES: dict[str, Any] = {
    "timeframe": "1m", "indicator": "rsi", "settings": {"period": 5}, "operator": "crosses_above", "threshold": 50,
}  # fmt: skip


def crossings(closes: list[float], *, period: int = 5, level: float = 50) -> list[float]:
    """The RSI wherever it comes above the level, calculated over the whole column."""
    values = talib.RSI(numpy.array(closes, dtype=float), period)
    pairs = itertools.pairwise(values)
    return [float(now) for then, now in pairs if not math.isnan(then) and then <= level < now]


async def test_it_fires_where_the_whole_column_crosses(bench: Bench) -> None:
    await bench.deploy("trigger.indicator", **CROSSES)
    async with bench.listening():
        bench.venue.close(*FALLING, *RISING, *FALLING, *RISING)
        found = await bench.fired(2)

    assert [one["value"] for one in found] == crossings(bench.venue.closes)
    assert found[0]["signal"] is True
    assert found[0]["indicator"]["value"] == found[0]["value"]


async def test_history_is_what_it_is_warm_from(bench: Bench) -> None:
    bench.venue.close(*FALLING)
    await bench.deploy("trigger.indicator", **CROSSES)
    async with bench.listening():
        bench.venue.close(*RISING)
        (found,) = await bench.fired(1)

    wanted = crossings(bench.venue.closes)
    assert [found["value"]] == wanted
    opened = found["candle"]["time"]
    assert found["at"] == datetime.fromtimestamp((opened + MINUTE) / 1000, UTC)
    assert float(found["price"]) == found["candle"]["close"]


async def test_what_crossed_while_nobody_listened_is_seen_and_fires_once(bench: Bench) -> None:
    await bench.deploy("trigger.indicator", **CROSSES)
    async with bench.listening():
        bench.venue.close(*FALLING)
    bench.venue.close(*RISING)
    async with bench.listening():
        assert len(await bench.fired(1)) == 1
    async with bench.listening():
        bench.venue.close(RISING[-1] + 5)

    assert len(await bench.fired(1)) == 1


async def test_a_break_in_the_stream_leaves_no_hole_in_the_candles(bench: Bench) -> None:
    await bench.deploy("trigger.indicator", **CROSSES)
    async with bench.listening():
        bench.venue.close(*FALLING[:8])
        await until(lambda: bench.venue.is_heard)
        bench.venue.closes += FALLING[8:]  # told to nobody
        bench.venue.close(*RISING)
        (found,) = await bench.fired(1)
        bench.venue.push(gone())
        await until(lambda: bench.venue.opened == 2 and bench.venue.listening == 1)

    assert [found["value"]] == crossings(bench.venue.closes)


async def test_a_condition_may_be_an_expression_that_says_what_to_do(bench: Bench) -> None:
    condition = "value < 30 ? 'buy' : value > 70 ? 'sell' : null"
    given = {**CROSSES, "operator": None, "threshold": None, "condition": condition}
    await bench.deploy("trigger.indicator", **given)
    async with bench.listening():
        bench.venue.close(*FALLING, *RISING, *FALLING)
        found = await bench.fired(3)

    assert [one["signal"] for one in found] == ["buy", "sell", "buy"]


async def test_a_condition_sees_all_outputs_and_the_candle_before(bench: Bench) -> None:
    given = {
        "timeframe": "1m", "indicator": "macd", "settings": {"fast": 3, "slow": 6, "signal": 3}, "output": "histogram",
        "condition": "indicator.crossover == 1 && before.histogram < 0 && candle.close > 0",
    }  # fmt: skip
    await bench.deploy("trigger.indicator", **given)
    async with bench.listening():
        bench.venue.close(*FALLING, *RISING)
        (found,) = await bench.fired(1)

    assert found["value"] == found["indicator"]["histogram"] > 0


async def test_a_candle_that_still_changes_is_not_measured(bench: Bench) -> None:
    bench.venue.close(*FALLING)
    await bench.deploy("trigger.indicator", **CROSSES)
    async with bench.listening():
        bench.venue.closes.append(500.0)
        open_one = bench.venue.candle(len(bench.venue.closes) - 1, closed=False)
        bench.venue.push({"id": "open", "at": BEGIN, **open_one})
        await until(lambda: bench.venue.is_heard)
        bench.venue.closes.pop()
        bench.venue.close(*FALLING[-3:])

    assert await bench.fired(0) == []


async def test_a_run_by_hand_gets_the_value_of_the_last_candle(bench: Bench) -> None:
    bench.venue.close(*FALLING)

    await bench.deployments.application.execute(ExecutionRequest(bench.workflow("trigger.indicator", **CROSSES)))

    assert (await bench.fired(1))[0]["value"] == talib.RSI(numpy.array(FALLING, dtype=float), 5)[-1]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("indicator: rsy, operator: '>', threshold: 1", "There is no indicator `rsy`."),
        ("indicator: correlation, operator: '>', threshold: 1", "is not measured on the candles of one market."),
        ("indicator: obv, operator: '>', threshold: 1", "`indicator.obv` sums up all there ever was."),
        ("indicator: rsi, settings: {period: 1}, operator: '>', threshold: 1", "`settings.period`"),
        ("indicator: rsi, settings: {length: 14}, operator: '>', threshold: 1", "has no field `length`."),
        ("indicator: rsi, output: signal, operator: '>', threshold: 1", "has no output `signal`."),
        ("indicator: rsi", "There is no condition."),
        ("indicator: rsi, operator: '>'", "There is no condition."),
        ("indicator: rsi, operator: '>', threshold: 1, condition: value > 3", "`condition` stands instead of"),
        ("indicator: rsi, condition: valeu > 3", "valeu"),
    ],
)
def test_what_cannot_be_measured_is_not_published(config: str, said: str) -> None:
    given = f"{{provider: paper, symbol: A/B, timeframe: 1m, {config}}}"
    text = f"name: bot\nnodes: [{{id: at, type: trigger.indicator, config: {given}}}]\n"

    issues = check_file(text, Registry.installed()).result.issues

    assert [issue.message for issue in issues if said in issue.message], issues
