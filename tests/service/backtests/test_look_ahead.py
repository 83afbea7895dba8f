"""A node that looks ahead is caught, and named."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FREE, FROM_EXCHANGE, PROVIDER, flat, write_bars
from treadle.authoring.check.file import check_file
from treadle.model.workflow import Workflow
from treadle.node import node
from treadle.node.registry import Registry
from treadle.node.series import Series
from treadle.packs.trading.types import Prices
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.honesty import WarmUp, WarmUpNode, examine, tell_warm_up
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings

CLOSES = [100 + 10 * math.sin(at / 3) + at % 5 for at in range(60)]


@node("test.tomorrow", title="Tomorrow")
def tomorrow(series: Prices) -> Series:
    """The price of the bar that comes next."""
    import numpy

    return numpy.append(series[1:], series[-1])


@node("test.of_all", title="Share of the highest")
def of_all(series: Prices) -> Series:
    """The price as a share of the highest there ever is."""
    return series / series.max()


@node("test.honest", title="Change")
def honest(series: Prices) -> Series:
    """The change since the bar before."""
    import numpy

    return numpy.append(math.nan, numpy.diff(series))


def registry() -> Registry:
    return Registry.installed().with_definitions(tomorrow, of_all, honest)


def workflow(*indicators: dict[str, Any]) -> Workflow:
    import json

    text = json.dumps(
        {
            "name": "bot",
            "nodes": [
                {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600, "aligned": True}},
                PROVIDER,
                {"id": "candles", "type": "market.candles", "config": {**FROM_EXCHANGE, "timeframe": "1h", "bars": 30}},
                *indicators,
            ],
            "connections": [
                {"from": "every", "to": "candles.trigger"},
                *({"from": "candles", "to": f"{one['id']}.{_input_of(one['type'])}"} for one in indicators),
            ],
        }
    )
    loaded = check_file(text, registry(), source="bot.json")
    assert loaded.result.valid, loaded.result.issues
    return loaded.workflows[0]


def _input_of(kind: str) -> str:
    return registry().get(kind).type.inputs[0].name


async def examined(folder: Path, *indicators: dict[str, Any]) -> Any:
    request = BacktestRequest(workflow(*indicators), {"*": write_bars(folder, flat(*CLOSES))}, paper=FREE)
    result = await run_backtest(request, Settings(), registry())
    return examine(request, result, registry()), result


@pytest.mark.parametrize("kind", ["tomorrow", "of_all"])
async def test_a_node_that_looks_ahead_is_caught_and_named(tmp_path: Path, kind: str) -> None:
    found, result = await examined(
        tmp_path,
        {"id": "cheat", "type": f"test.{kind}"},
        {"id": "rsi", "type": "indicator.rsi", "config": {"period": 5}},
    )

    assert found.look_ahead.to_dict()["found"] == ["cheat"]
    (finding,) = [one for one in result.warnings if one.code == "look_ahead"]
    assert finding.severity == "error"
    assert "`cheat`" in finding.message


async def test_nodes_that_do_not_are_said_to_have_been_checked(tmp_path: Path) -> None:
    kinds = ("rsi", "ma", "macd", "bollinger", "atr", "donchian", "stochastic", "zscore")

    found, _ = await examined(
        tmp_path,
        {"id": "change", "type": "test.honest"},
        *({"id": kind, "type": f"indicator.{kind}"} for kind in kinds),
    )

    assert [one.node for one in found.look_ahead.nodes] == ["change", *kinds]
    assert found.look_ahead.to_dict()["found"] == []


async def test_how_long_indicators_had_nothing_to_say_is_told(tmp_path: Path) -> None:
    found, result = await examined(tmp_path, {"id": "ma", "type": "indicator.ma", "config": {"period": 10}})

    assert (found.warm_up.runs, [one.node for one in found.warm_up.nodes]) == (8, ["ma"])  # the first run has two bars
    (said,) = [one.message for one in result.warnings if one.code == "warm_up"]
    total = sum(result.runs.values())
    assert said == f"`ma` had too few bars in the first 8 of {total} runs ({8 / total:.0%})."


@pytest.mark.parametrize(
    ("runs", "total", "told"),
    [
        (1, 96, "`ma` had too few bars in the first of 96 runs (1%)."),
        (2, 8_760, "`ma` had too few bars in the first 2 of 8,760 runs."),
        (10, 10, "`ma` never had bars enough, in 10 runs."),
        (1, 1, "`ma` never had bars enough, in 1 run."),
    ],
)
def test_a_warm_up_is_told_in_plain_words_without_shares_of_nothing(runs: int, total: int, told: str) -> None:
    assert tell_warm_up(WarmUp(runs, None, [WarmUpNode("ma", runs)]), total) == told
