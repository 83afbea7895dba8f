"""A deployment fed tick by tick, across restarts, comes to what a calculation over the whole column comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import talib

from treadle.authoring.check.file import check_file
from treadle.model.columns import owners_of_series
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

REGISTRY = Registry.installed()
BOT = """\
name: rsi-bot
nodes:
  - {id: tick, type: trigger.event, config: {topic: prices}}
  - {id: price, type: market.price_feed, config: {price: "{{ nodes.tick.event.payload }}"}}
  - {id: rsi, type: indicator.rsi, config: {period: 5}}
  - {id: smooth, type: indicator.ma, config: {kind: ema, period: 4}}
  - {id: cheap, type: flow.threshold, config: {operator: "<", threshold: 50}}
connections:
  - {from: price.current, to: rsi.series}
  - {from: rsi.value, to: smooth.series}
  - {from: smooth.value, to: cheap.value}
outputs: {rsi: "{{ nodes.rsi.value }}", smooth: "{{ nodes.smooth.value }}", buy: "{{ nodes.cheap.true }}"}
"""
CANDLES = """\
name: atr-bot
nodes:
  - {id: tick, type: trigger.event, config: {topic: bars}}
  - id: atr
    type: indicator.atr
    config: {period: 3, candles: "{{ nodes.tick.event.payload }}"}
    on_error: continue
outputs: "{{ nodes.atr.value }}"
"""


def prices(count: int) -> list[float]:
    steps = numpy.random.default_rng(3).normal(0, 1, count)
    return numpy.round(100 * numpy.exp(numpy.cumsum(steps) / 100), 2).tolist()


class Shop:
    """A deployment in a folder, opened as often as it is asked."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        (self.workflow,) = check_file(text, REGISTRY).workflows

    def open(self) -> Application:
        return Application(Settings(db=str(self.folder / "s.db"), workspace=str(self.folder)))

    async def feed(self, *payloads: Any) -> list[Any]:
        """In one process: deploy, and fire once for each payload."""
        async with self.open() as application:
            deployments = Deployments(application)
            await deployments.deploy(self.workflow)
            deployment = await deployments.get(self.workflow.name)
            (trigger,) = await deployments.triggers(self.workflow.name)
            outputs: list[Any] = []
            for payload in payloads:
                run_id = await deployments.fire(deployment, trigger, payload={"payload": payload})
                assert run_id is not None
                result = await application.wait(run_id)
                assert result.status == "completed", result.error
                outputs.append(result.output)
            return outputs


def clean(column: Any) -> list[float | None]:
    return [None if value != value else value for value in column.tolist()]


async def test_tick_by_tick_and_across_restarts_it_is_talib_bit_by_bit(tmp_path: Path) -> None:
    shop, ticks = Shop(tmp_path, BOT), prices(40)

    outputs = [
        one for start in (0, 7, 8, 25) for one in await shop.feed(*ticks[start : {0: 7, 7: 8, 8: 25, 25: 40}[start]])
    ]

    rsi = talib.RSI(numpy.array(ticks), 5)
    smooth = talib.EMA(rsi, 4)
    assert [one["rsi"] for one in outputs] == clean(rsi)
    assert [one["smooth"] for one in outputs] == clean(smooth)
    assert [one["buy"] for one in outputs] == [
        value if value is not None and value < 50 else None for value in clean(smooth)
    ]


def bar(at: int, close: float, **more: Any) -> dict[str, Any]:
    return {"time": 1_714_521_600_000 + at * 60_000, "open": 10, "high": 20, "low": 5, "close": close, **more}


async def test_a_bar_that_still_changes_is_looked_at_and_one_that_comes_twice_refused(tmp_path: Path) -> None:
    closes = [10.0, 12.0, 11.0, 14.0, 12.0]
    payloads = [bar(at, close) for at, close in enumerate(closes)]
    forming = [bar(4, 19.0, closed=False), bar(4, 18.0, closed=False)]

    outputs = await Shop(tmp_path, CANDLES).feed(*payloads[:4], payloads[3], *forming, payloads[4])

    high, low = numpy.full(5, 20.0), numpy.full(5, 5.0)
    whole = clean(talib.ATR(high, low, numpy.array(closes), 3))
    assert outputs == [*whole[:4], None, whole[4], whole[4], whole[4]]


async def test_cleared_state_begins_the_columns_anew(tmp_path: Path) -> None:
    shop, ticks = Shop(tmp_path, BOT), prices(20)
    await shop.feed(*ticks)
    async with shop.open() as application:
        await Deployments(application).clear_state("rsi-bot")

    outputs = await shop.feed(*ticks[:7])

    assert [one["rsi"] for one in outputs] == clean(talib.RSI(numpy.array(ticks[:7]), 5))


async def test_a_deployment_that_is_removed_leaves_no_columns(tmp_path: Path) -> None:
    shop = Shop(tmp_path, BOT)
    await shop.feed(*prices(150))
    async with shop.open() as application:
        deployments = Deployments(application)
        deployment = await deployments.get("rsi-bot")
        held = [await application.store.list_state(owner) for owner in owners_of_series(deployment.id)]
        assert all(held)
        await deployments.stop("rsi-bot")

        await deployments.delete("rsi-bot")

        assert [await application.store.list_state(owner) for owner in owners_of_series(deployment.id)] == [{}, {}]
