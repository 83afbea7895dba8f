"""Variants through the engine: here, and in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.service.backtests.bars import buys_low_sells_high
from tests.service.backtests.search.formulas import REGISTRY, over_bars
from treadle.service.backtests.search.engine import EngineEvaluator
from treadle.service.settings import Settings

CLOSES = [100, 93, 97, 106, 99, 92, 94, 108, 101, 90]


async def test_a_variant_is_the_backtest_with_these_values(tmp_path: Path) -> None:
    request = over_bars(tmp_path, buys_low_sells_high(), CLOSES)
    evaluator = EngineEvaluator(request, Settings(), REGISTRY)

    one, two, wrong = await evaluator.evaluate_many([{}, {"buy.size": 2}, {"buy.size": "many"}])

    assert two.figures["expectancy"] == 2 * one.figures["expectancy"]
    assert one.moments is not None
    assert wrong.error is not None
    assert wrong.error["code"] == "invalid_workflow"


SCRIPT = """
import asyncio, json, os, sys
from pathlib import Path
from tests.service.backtests.bars import FREE, buys_low_sells_high
from tests.service.backtests.search.formulas import REGISTRY
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.pool import Crew, GrowingEvaluator
from treadle.service.settings import Settings

async def main():
    request = BacktestRequest(buys_low_sells_high(), {"BTC/USDT": Path(sys.argv[1])}, paper=FREE)
    crew = Crew(request, Settings(), REGISTRY, processes=2, patience=1e-9)
    found = await GrowingEvaluator(request, crew).evaluate_many([{"low.threshold": low} for low in (92, 94, 96)])
    print(json.dumps({"figures": [one.figures for one in found], "pids": crew.pool.pids}), flush=True)
    os.kill(os.getpid(), 9)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.slow
async def test_processes_come_to_the_same_and_end_with_the_one_that_has_them(tmp_path: Path) -> None:
    """The first variant is carried out here, the others there; killed, it leaves none behind."""
    request = over_bars(tmp_path, buys_low_sells_high(), CLOSES)
    script, root = tmp_path / "searching.py", Path(__file__).parents[4]
    script.write_text(SCRIPT)

    ran = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        str(tmp_path / "bars.csv"),
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=asyncio.subprocess.PIPE,
    )
    told = json.loads((await ran.communicate())[0])

    here = EngineEvaluator(request, Settings(), REGISTRY)
    found = await here.evaluate_many([{"low.threshold": low} for low in (92, 94, 96)])
    assert told["figures"] == [one.figures for one in found]
    assert told["pids"]
    async with asyncio.timeout(20):
        while any(map(_is_there, told["pids"])):
            await asyncio.sleep(0.05)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Over, and not yet taken note of by whoever inherited it.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
