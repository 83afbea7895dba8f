"""What is kept says which settings were tried: the same again is no other variant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.service.backtests.bars import FREE, buys_low_sells_high, flat, write_bars
from treadle.node.registry import Registry
from treadle.service.backtests.making import make
from treadle.service.backtests.request import BacktestRequest
from treadle.service.settings import Settings
from treadle.store.backtests import SETTINGS

BARS = flat(100, 94, 99, 108, 100)


async def tried(request: BacktestRequest) -> str:
    content, _ = await make(request, None, Settings(), Registry.installed())
    return content.summary[SETTINGS]


async def test_the_way_and_the_period_are_no_settings_and_everything_else_is(tmp_path: Path) -> None:
    request = BacktestRequest(buys_low_sells_high(), {"BTC/USDT": write_bars(tmp_path, BARS)}, paper=FREE)

    once, by_engine = await tried(request), await tried(replace(request, way="engine"))
    larger = await tried(replace(request, workflow=buys_low_sells_high(size=2)))
    dearer = await tried(replace(request, paper={**FREE, "fees": 0.01}))

    assert once == by_engine
    assert len({once, larger, dearer}) == 3
