"""A hundred bots in one process, each told a price a second: quote, RSI, decision, and an order now and then."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks.resident import megabytes
from benchmarks.row import Row
from benchmarks.trading.pushing import PushedPaper, desk, workflow
from treadle.packs.trading.venue.venues import Venues
from treadle.service.deployments import Deployments

BOTS = 100
BOT = """\
name: bot-%d
nodes:
  - {id: feed, type: trigger.stream, config: {provider: paper, symbol: BTC/USDT, channel: ticker}}
  - {id: strength, type: indicator.rsi, config: {period: 5}}
  - {id: low, type: flow.threshold, config: {operator: "<", threshold: 20}}
  - {id: order, type: order.market, config: {symbol: BTC/USDT, side: buy, size: 0.001}}
connections:
  - {from: feed.price, to: strength.series}
  - {from: strength.value, to: low.value}
  - {from: low.true, to: order.trigger}
  - {from: feed.provider, to: order.provider}
"""


def measure(scale: float) -> Iterator[Row]:
    bots, seconds, warm = max(5, min(BOTS, int(BOTS * scale * 4))), max(2, int(20 * scale)), 8 if scale > 0.2 else 1
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.trading.many_bots", str(bots), str(seconds), str(warm)],
        capture_output=True,
        text=True,
        timeout=180,
    )
    if done.returncode != 0:
        raise RuntimeError(f"`benchmarks.trading.many_bots` failed: {done.stderr.strip()}")
    found = json.loads(done.stdout)
    yield Row("cpu_of_100_bots_a_tick_a_second", found["cpu"], "% of a core", "lower", must=50)
    yield Row("memory_of_100_bots", found["mb"], "MB", "lower", must=250)


async def _run(folder: Path, bots: int, seconds: int, warm: int) -> dict[str, float]:
    async with desk(folder) as app:
        deployments = Deployments(app)
        pushed = PushedPaper(app.world.resources.get(Venues))
        async with deployments.listening():
            for number in range(bots):
                await deployments.deploy(workflow(BOT % number, app), mode="paper")
            while pushed.listening < bots:
                await asyncio.sleep(0.05)
            loop = asyncio.get_running_loop()
            price = 60_000.0
            for second in range(warm + seconds):
                if second == warm:
                    cpu, begun = process_time(), loop.time()
                price += 25 if second % 3 else -70
                for number in range(bots):
                    last = Decimal(str(price))
                    pushed.tick(number, bid=last, ask=last + 1, last=last, volume=None)
                    # Each has its own moment within the second, as a hundred markets have.
                    await asyncio.sleep(max(0.0, begin_of(loop, second, number, bots)))
            used, lasted = process_time() - cpu, loop.time() - begun
        counts = await app.store.count_runs()
        if counts.get("completed", 0) < bots * (warm + seconds - 1) or counts.get("failed"):
            raise RuntimeError(f"Not every tick has had its run: {counts}")
        return {"cpu": 100 * used / lasted, "mb": megabytes()}


_begun: list[float] = []


def begin_of(loop: asyncio.AbstractEventLoop, second: int, number: int, bots: int) -> float:
    """Seconds until the next bot's turn."""
    if not _begun:
        _begun.append(loop.time())
    return _begun[0] + second + (number + 1) / bots - loop.time()


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        print(json.dumps(asyncio.run(_run(Path(place), *map(int, sys.argv[1:4])))))
