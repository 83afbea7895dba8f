"""The Python client through a backtest: from a file of bars to what came out."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.service.backtests.bars import buys_low_sells_high, flat, write_bars
from treadle.authoring.saving import workflow_data
from treadle.server.services import Services

CLOSES = (100, 93, 106, 100, 93, 106, 100)


@pytest.mark.slow
async def test_a_backtest_is_started_over_bars_that_were_sent_and_read(
    treadle_client: ModuleType, services: Services, url: str, key: str, tmp_path: Path
) -> None:
    file = write_bars(tmp_path, flat(*CLOSES))
    graph = workflow_data(buys_low_sells_high())

    async with treadle_client.AsyncTreadle(url, key=key) as treadle:
        bars = await treadle.bars.upload(file.read_bytes(), name=file.name)
        started = await treadle.backtests.start(workflow="bot", graph=graph, data=[{"source": bars.name}])
        await services.application.backtests.join(started.id)
        found = await treadle.backtests.get(started.id)
        trades = await treadle.backtests.list_trades(started.id, sort="-profit").collect()
        equity = await treadle.backtests.get_equity(started.id)
        candles = await treadle.backtests.get_candles(started.id, points=10)
        values = await treadle.backtests.get_values(started.id, at="2024-01-01T02:30:00Z")
        report = await treadle.backtests.get_report(started.id)
        files = {
            one: await treadle.backtests.export(started.id, format=one) for one in ("json", "csv", "parquet", "html")
        }
        again = await treadle.backtests.start(workflow="bot", graph=graph, data=[{"source": bars.name}])
        await services.application.backtests.join(again.id)
        compared = await treadle.backtests.compare(a=started.id, b=again.id)
        listed = [one.id async for one in treadle.backtests.list(workflow="bot", limit=1)]
        await treadle.backtests.delete(again.id)
        left = [one.id async for one in treadle.backtests.list()]

    assert (found.state, len(trades)) == ("completed", 2)
    assert len(equity.at) > 2
    assert candles.close == list(map(float, CLOSES))
    assert "low" in values.nodes
    assert "<svg" in report
    assert (files["parquet"][:4], files["csv"].count(b"\n")) == (b"PAR1", 3)
    assert compared.same_fills_until is None
    assert (set(listed), left) == ({started.id, again.id}, [started.id])
