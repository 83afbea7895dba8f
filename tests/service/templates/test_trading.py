"""Trading templates: each is used as it comes, and really trades, or alerts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from benchmarks.trading.templates import simulate

from tests.packs.http.service import Service
from tests.service.templates.test_shipped import bodies
from treadle.authoring.check.file import check_file
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.templates.filling import fill
from treadle.service.templates.reading import read_template
from treadle.service.templates.shipped import shipped_texts
from treadle.service.templates.templates import Templates

SHIPPED = {file.removesuffix(".yaml"): text for file, text in shipped_texts()}
REGISTRY = Registry.installed()
START = datetime(2025, 3, 1, tzinfo=UTC)
TRADES: dict[str, tuple[float, dict[str, Any], int]] = {
    "dollar-cost-averaging": (3, {}, 3),
    "grid": (1, {"lower": 44000, "upper": 52000, "levels": 81, "size": 0.001}, 4),
    "market-making": (0.3, {"spread_pct": 0.6, "size": 0.1, "target_inventory": 1, "skew_pct": 0.02}, 4),
    "triangular-arbitrage": (1, {"min_profit_pct": 0}, 3),
    "pairs-trading": (2, {"entry": 1, "exit": 0.5, "period": 24}, 2),
}
"""Template → days, parameters, and how many fills there are at least."""
ALERT = {"price": 65010.5, "at": 1740787200000, "symbol": "BTC/USDT", "provider": {"venue": "paper"}}


@pytest.mark.parametrize("name", [*TRADES, "price-alert"])
def test_a_workflow_made_with_defaults_has_no_issue(name: str) -> None:
    template, result = read_template(check_file(SHIPPED[name], REGISTRY, source="template"), REGISTRY)
    assert template is not None

    made = check_file(fill(template, {}, name="made"), REGISTRY)

    assert (result.issues, made.result.issues, template.category) == ((), (), "trading")


@pytest.mark.slow
@pytest.mark.parametrize("name", TRADES)
async def test_it_trades_on_paper(name: str) -> None:
    days, parameters, least = TRADES[name]

    came = await simulate(SHIPPED[name], parameters=parameters, days=days, start=START)

    assert (came.failed, came.refused) == ({}, {})
    assert came.fills >= least


async def test_a_dip_is_bought_more_of_and_a_spent_budget_ends_it() -> None:
    """Twice the amount where the price is far below the average, nothing once the budget is spent."""
    parameters = {"amount": 100, "dip_pct": 0.01, "dip_factor": 3, "budget": 500, "cron": "0 * * * *"}

    came = await simulate(SHIPPED["dollar-cost-averaging"], parameters=parameters, days=1, start=START)

    assert came.failed == {}
    assert 2 <= came.fills <= 5


async def test_an_alert_is_told_as_an_event_and_to_an_address(application: Application, world: Service) -> None:
    parameters = {"alert_url": f"{world.url}/alert"}
    await Templates(application).instantiate("price-alert", "made", parameters=parameters, publish=True)

    done = await application.execute(ExecutionRequest("made", trigger="reached", fired=ALERT))

    assert (done.status, done.output["text"]) == ("completed", "BTC/USDT is at 65010.5.")
    assert bodies(world, "/alert") == [{"text": "BTC/USDT is at 65010.5."}]


async def test_an_alert_without_an_address_is_an_event_alone(application: Application, world: Service) -> None:
    await Templates(application).instantiate("price-alert", "made", publish=True)

    done = await application.execute(ExecutionRequest("made", trigger="reached", fired=ALERT))

    assert done.error is None, done.error
    assert world.received == []
    assert done.nodes["tell"].outputs["output"].startswith("e")
