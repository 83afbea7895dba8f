"""Backtests over a few months of bars: one, another to compare, a sweep, a walk forward and a Monte Carlo."""

from __future__ import annotations

import asyncio
import math
import random
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from docs.editor import world
from treadle.service.application import Application
from treadle.service.backtests.keeping import Backtests
from treadle.service.backtests.wanted import read_wanted

WORKFLOW = "rsi-mean-reversion"
BARS = "btc.csv"
_BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
_VARIED = [
    {"name": "rsi.period", "values": [6, 10, 14, 18]},
    {"name": "rsi.oversold", "values": [25, 30, 35]},
]
REQUESTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "wider": {"set": {"rsi.oversold": 35}},
    "sweep": {"sweep": {"parameters": _VARIED, "metric": "sharpe"}, "until": "2026-04-01T00:00:00Z"},
    "walk-forward": {
        "walk_forward": {
            "train": "20d",
            "test": "10d",
            "sweep": {"parameters": [{"name": "rsi.period", "values": [8, 14]}], "metric": "total_return"},
        }
    },
    "monte-carlo": {"monte_carlo": {"count": 500, "method": "trades", "seed": 7}},
}
"""What is asked for beside the workflow, its bars and its fees, by a name."""


def write_bars(folder: Path, bars: int = 1440, *, name: str = BARS, swing: float = 6.0) -> str:
    """Hourly bars of a market that swings, the same ones each time; it is back after about six times `swing` bars."""
    chance, price, lines = random.Random(4), 61_000.0, ["time,open,high,low,close,volume"]
    for at in range(bars):
        drift = 0.0024 * math.sin(at / swing) + 0.0004 * math.sin(at / 190)
        opened, price = price, price * (1 + drift + chance.gauss(0, 0.003))
        high = max(opened, price) * (1 + abs(chance.gauss(0, 0.0015)))
        low = min(opened, price) * (1 - abs(chance.gauss(0, 0.0015)))
        when = (_BEGINS + timedelta(hours=at)).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines.append(f"{when},{opened:.2f},{high:.2f},{low:.2f},{price:.2f},{chance.uniform(20, 90):.1f}")
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


async def publish(application: Application) -> None:
    template = files("treadle.templates") / f"{WORKFLOW}.yaml"
    await world.publish(application, template.read_text(encoding="utf-8"))


async def run(application: Application, name: str = "plain", *, bars: str = BARS, **more: Any) -> str:
    """Start one of `REQUESTS` and wait until it is over; its id."""
    wanted = {
        "workflow": WORKFLOW,
        "data": [{"symbol": "*", "source": bars}],
        "paper": {"fees": 0.001, "balance": {"USDT": 10_000}},
        **REQUESTS[name],
        **more,
    }
    backtests = Backtests(application)
    id = await backtests.start(read_wanted(wanted))
    while (await backtests.get(id))["state"] in ("queued", "running"):
        await asyncio.sleep(0.2)
    return id


async def build(application: Application) -> dict[str, str]:
    """All of them; their ids by name."""
    write_bars(Path(application.settings.workspace))
    await publish(application)
    return {name: await run(application, name) for name in REQUESTS}
