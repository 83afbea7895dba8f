"""A paper deployment that bars are fed to one by one: what a backtest has to be equal to.

It is deployed, armed and fired as `treadle up` does it, only that the clock is put from one time to the next by hand.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from treadle.dispatch.supervisor import Supervisor
from treadle.engine.lookout import EngineLookout
from treadle.model.ids import RunId, new_run_id
from treadle.model.record import RecordQuery
from treadle.model.run import RunRecord
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.packs.trading.orders.reconcile import reconcile
from treadle.packs.trading.venue.provider import read_provider
from treadle.packs.trading.venue.venues import Venues
from treadle.service.application import Application
from treadle.service.backtests.backtest import run_backtest
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.result import BacktestResult
from treadle.service.deployments import Deployments
from treadle.service.firing import Firing
from treadle.service.settings import Settings
from treadle.service.starting import StartingDeployment
from treadle.store.deployments import Deployment
from treadle.testing import VirtualClock

PROVIDER = "market.provider"
_TOLD = ("at", "symbol", "side", "quantity", "price", "fee", "fee_asset", "profit", "is_maker")
_ORDERED = ("symbol", "side", "kind", "quantity", "price", "stop_price", "filled", "average", "status", "reason")
_TAKEN = _ORDERED[:-1]
GUARD = re.compile(r"-(sl|tp)(-\d+)?$")
"""How the name of a stop-loss or take-profit ends."""


@dataclass
class Came:
    """What came of it. `runs` is how each ended, by when it was due."""

    runs: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    orders: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    taken: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    fills: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    equity: dict[datetime, Decimal] = field(default_factory=dict[datetime, Decimal])


def told(fills: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Fills in the order in which they happened, without what names runs and orders of one application."""
    happened = sorted(fills, key=lambda fill: (fill["at"], fill["group"], fill["sequence"]))
    return [tuple(fill.get(name) for name in _TOLD) for fill in happened]


def ordered(orders: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(order.get(name) for name in _ORDERED) for order in orders]


def taken(orders: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """What the compiled way tells of too: orders that the venue took, without the stop-losses and take-profits that
    have rows of their own there."""
    own = [one for one in orders if one["status"] != "rejected" and not GUARD.search(one["client_id"])]
    return sorted((one["created_at"], *(str(one.get(name)) for name in _TAKEN)) for one in own)


def over_bars(flow: Workflow, files: Mapping[str, str], timeframe: str, paper: Mapping[str, Any]) -> Workflow:
    """The workflow, its providers on paper over the bars of `files`, by `SYMBOL` or `MARKET:SYMBOL`."""
    content: dict[str, Any] = flow.model_dump(by_alias=True, exclude_unset=True)
    for node in content["nodes"]:
        if node["type"] == PROVIDER:
            own = node["config"].get("settings") or {}
            mark = f"{own.get('market')}:"
            feed = {name.removeprefix(mark): file for name, file in files.items() if _is_of(name, mark)}
            node["config"]["settings"] = {**own, **paper, "feed": feed, "timeframe": timeframe}
    return Workflow.model_validate(content)


def _is_of(name: str, mark: str) -> bool:
    return name.startswith(mark) or "/" in name.partition(":")[0]


async def feed_one_by_one(
    folder: Path, flow: Workflow, since: datetime, until: datetime, *, input: Mapping[str, Any] | None = None
) -> Came:
    """Deploy on paper at `since`, and let time pass from one fire time to the next."""
    shutil.rmtree(folder / ".treadle", ignore_errors=True)
    clock, came = VirtualClock(since, skips=False), Came()
    settings = Settings(db=str(folder / ".treadle" / "live.db"), workspace=str(folder), synchronous="OFF")
    async with Application(settings, recovers=False, clock=clock) as application:
        deployment = await Deployments(application).deploy(flow, mode="paper", input=dict(input or {}))
        accounts = _Accounts(application, deployment, flow)
        began: list[tuple[datetime, RunId]] = []

        async def fire(deployment: Deployment, trigger: Any, *, due: datetime) -> RunId | None:
            run_id = await Firing(application).fire(deployment, trigger, due=due)
            if run_id is not None:
                began.append((due, run_id))
            return run_id

        supervisor = Supervisor(application.store, registry=application.registry, clock=clock, fire=fire)
        came.equity[since] = await accounts.worth()
        due = await supervisor.fire_due()
        while due is not None and due <= until:
            clock.set(due)
            came.equity[due] = await accounts.worth()
            following = await supervisor.fire_due()
            for _, run_id in began[len(came.runs) :]:
                result = await application.wait(run_id)
                code = "completed" if result.error is None else result.error.type
                came.runs.append((due, code))
            due = following
        clock.set(until)
        came.equity[until] = await accounts.worth()
        await reconcile(StartingDeployment(application.world, deployment, flow, ()))
        owner = f"deployment:{deployment.id}"
        orders = await application.store.list_records(RecordQuery("order", owner=owner))
        fills = await application.store.list_records(RecordQuery("fill", owner=owner))
        came.orders, came.taken = (tell([one.value for one in orders]) for tell in (ordered, taken))
        came.fills = told([one.value for one in fills])
    return came


def assert_same(result: BacktestResult, live: Came, *, is_ordered: bool = True) -> None:
    """To the last digit. Orders that one run places at two accounts at once are on record in either order."""
    alike = list if is_ordered else sorted
    assert alike(told(result.fills)) == alike(live.fills)
    if result.way == "engine":
        assert alike(ordered(result.orders)) == alike(live.orders)
    else:
        assert taken(result.orders) == live.taken
    # A backtest looks when bars are over, the deployment when it is due.
    equity = {point.at: point.equity for point in result.equity}
    both = equity.keys() & live.equity.keys()
    assert {result.begins, result.ends} <= both
    assert {at: equity[at] for at in both} == {at: live.equity[at] for at in both}
    assert result.runs == Counter(code for _, code in live.runs)


async def each_way(request: BacktestRequest, settings: Settings | None = None) -> AsyncIterator[BacktestResult]:
    """By the engine, and by the compiled way where the workflow can go it."""
    settings = settings or Settings()
    result = await run_backtest(request, settings, Registry.installed())
    yield result
    if result.way != "engine":
        yield await run_backtest(replace(request, way="engine"), settings, Registry.installed())


class _Accounts:
    def __init__(self, application: Application, deployment: Deployment, flow: Workflow) -> None:
        like = RunRecord(
            id=new_run_id(), workflow=flow.name, version=flow.version, mode="paper", deployment=deployment.id,
            created_at=application.world.clock.now(),
        )  # fmt: skip
        self._lookout = EngineLookout(application.world, like)
        self._providers = [read_provider(node.config) for node in flow.nodes if node.type == PROVIDER]

    async def worth(self) -> Decimal:
        """What all its accounts are worth together; each of its providers has one of its own."""
        venues = self._lookout.resource(Venues)
        found = [await (await venues.of(self._lookout, one)).account() for one in self._providers]
        return sum((one.equity for one in found), Decimal(0))
