"""A bot on paper, its process, and the next one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.service.test_deployments import workflow
from treadle.errors import Conflict
from treadle.model.record import RecordQuery
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

BOT = """\
name: bot
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: quote, type: market.quote}
  - {id: buy, type: order.market, config: {side: buy, size: 0.01}}
  - {id: rest, type: order.limit, config: {side: buy, size: 0.001, price: "{{ nodes.quote.bid * 0.7 }}"}, after: [buy]}
connections:
  - {from: exchange.provider, to: quote.provider}
  - {from: exchange.provider, to: buy.provider}
  - {from: exchange.provider, to: rest.provider}
"""


def process(folder: Path) -> Application:
    return Application(Settings(db=str(folder / "s.db"), workspace=str(folder)))


async def statuses(app: Application) -> list[str]:
    return [one.value["status"] for one in await app.store.list_records(RecordQuery("order"))]


async def trade(deployments: Deployments, name: str = "bot") -> Any:
    deployment = await deployments.get(name)
    result: Any = await deployments.fire(deployment, in_turn=False)
    return result


@pytest.fixture
async def left(tmp_path: Path) -> Path:
    """A folder where a bot has traded."""
    async with process(tmp_path) as app:
        deployments = Deployments(app)
        await deployments.deploy(workflow(BOT, app.registry), mode="paper")
        await trade(deployments)
        async with asyncio.timeout(20):
            while await statuses(app) != ["filled", "open"]:
                await asyncio.sleep(0.01)
    return tmp_path


async def test_the_next_process_goes_on_where_all_is_as_it_was_left(left: Path) -> None:
    async with process(left) as app:
        await trade(Deployments(app))

        async with asyncio.timeout(20):
            while len(await app.store.list_records(RecordQuery("fill"))) < 2:
                await asyncio.sleep(0.01)


async def test_what_the_venue_has_forgotten_stops_the_bot_and_says_why(left: Path) -> None:
    for file in (left / ".treadle").glob("paper.db*"):
        file.unlink()

    async with process(left) as app:
        with pytest.raises(Conflict) as caught:
            await trade(Deployments(app))

    assert caught.value.code == "differs"
    assert "paper has never had it" in caught.value.message
    assert "the fills on record come to 0.01" in caught.value.message
