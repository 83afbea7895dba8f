"""A backtest: the workflow itself, run by run, by the engine, the order path and the paper venue that live runs go
through; only the clock, the bars and the store are its own.

At each time something may happen (a bar is over, a trigger is due, a run that waits goes on) the clock is put there,
so that nothing later than it can be seen by anybody, and what is to start then is run to its end.
"""

from __future__ import annotations

import asyncio
import heapq
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from treadle.dispatch.timetable import Timetable
from treadle.engine.lookout import config_of
from treadle.errors import InvalidWorkflow, NodeError
from treadle.model.ids import new_run_id
from treadle.model.record import RecordQuery
from treadle.model.run import FINISHED, Failure, RunRecord
from treadle.node.registry import Registry
from treadle.packs.trading.orders.reconcile import reconcile
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.provider import read_provider
from treadle.packs.trading.venue.venues import Venues, account_of
from treadle.service.application import Application
from treadle.service.backtests.binding import Bound, bind
from treadle.service.backtests.clock import HistoryClock
from treadle.service.backtests.data.bringing import bring_bars
from treadle.service.backtests.doubts import find_doubts
from treadle.service.backtests.history import History, read_history
from treadle.service.backtests.listening import HistoryLookout, Watch, told_at
from treadle.service.backtests.placing import with_placers
from treadle.service.backtests.program.explaining import explain_engine
from treadle.service.backtests.program.moments import find_looks
from treadle.service.backtests.program.planning import POINTS
from treadle.service.backtests.program.refusing import NotCompiled, Reason, cannot_compile
from treadle.service.backtests.program.running import run_program
from treadle.service.backtests.request import ANY_SYMBOL, BacktestRequest
from treadle.service.backtests.result import BacktestResult, EquityPoint
from treadle.service.backtests.values import RunValues
from treadle.service.bots.bots import Bots
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.firing import request_of
from treadle.service.reporting.finding import Finding
from treadle.service.settings import Settings
from treadle.service.starting import StartingDeployment
from treadle.store.deployments import Deployment
from treadle.store.triggers import Trigger

Progress = Callable[[int, int], None]
"""Told how many of how many milliseconds of history are behind it."""
_WAKE_AT_ONCE = 100


async def run_backtest(
    request: BacktestRequest, settings: Settings, registry: Registry, *, progress: Progress = lambda done, all: None
) -> BacktestResult:
    """Raises `InvalidWorkflow` with everything that is wrong with the bars, the period, or the workflow."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="treadle-backtest-") as name:
        folder = Path(name)
        await bring_bars(request, settings)
        history = await asyncio.to_thread(read_history, request, settings)
        since, until = find_period(request, history)
        reasons: Sequence[Reason] = ()
        if request.way != "engine":
            try:
                result = await run_program(request, history, registry, since, until, progress)
                result.seconds = time.perf_counter() - began
                return result
            except NotCompiled as refused:
                reasons = refused.reasons
                if request.way == "compiled":
                    raise cannot_compile(request.workflow.name, reasons) from None
        history.put_files(folder)
        bound = bind(request, history, registry)
        own = replace(settings, db=str(folder / "treadle.db"), workspace=name, synchronous="OFF", profiles={})
        clock = HistoryClock(since)
        async with Application(own, registry=registry, recovers=False, clock=clock) as application:
            application.world.pinned_in = frozenset({"paper"})  # stubs are pinned, and nothing else is
            test = _Backtest(application, clock, request, bound, history, (since, until), progress)
            result = await test.run()
    result.explain = explain_engine(bound.workflow, reasons)
    result.seconds = time.perf_counter() - began
    return result


def find_period(request: BacktestRequest, history: History) -> tuple[datetime, datetime]:
    """It begins when a bar is over. Raises `InvalidWorkflow` (`invalid_period`) where nothing is left of it."""
    since, until = request.since or history.begins, request.until or history.ends
    begins, ends = history.next_end(max(since, history.begins)), min(until, history.ends)
    if not begins < ends:
        raise InvalidWorkflow(
            f"From {since.isoformat()} to {until.isoformat()} there is nothing to test: the bars go from "
            f"{history.begins.isoformat()} to {history.ends.isoformat()}.",
            code="invalid_period",
            remedy="Give a period of the bars, or none for all of them.",
        )
    return begins, ends


class _Backtest:
    def __init__(
        self,
        application: Application,
        clock: HistoryClock,
        request: BacktestRequest,
        bound: Bound,
        history: History,
        period: tuple[datetime, datetime],
        progress: Progress,
    ) -> None:
        self._application, self._clock, self._bound, self._history = application, clock, bound, history
        self._request, self._progress = request, progress
        self._since, self._until = period
        self._watches: dict[str, Watch] = {}
        self._counts = Counter[str]()
        self._messages: dict[str, str] = {}
        self._values = RunValues()
        self._venues: list[Venue] = []
        workflow = bound.workflow
        bars = history.count_within(*period)
        self._result = BacktestResult(
            workflow.name, workflow.version, *period, bars=bars, timeframe=_told(history.length)
        )

    async def run(self) -> BacktestResult:
        application, workflow = self._application, self._bound.workflow
        deployments = Deployments(application)
        deployment = await deployments.deploy(workflow, mode="paper", input=dict(self._request.input))
        triggers = await deployments.triggers(deployment.id)
        lookout = self._lookout(deployment)
        venues = lookout.resource(Venues)
        providers = [read_provider(one) for one in self._bound.providers]
        # Several providers may name one account, with other symbols or limits: it is worth what it is once.
        accounts = {account_of(lookout, provider): provider for provider in reversed(providers)}
        self._venues = [await venues.of(lookout, provider) for provider in reversed(accounts.values())]
        await self._look()
        try:
            await self._listen(deployment, triggers)
            await self._go_through(deployment, triggers)
        finally:
            for watch in self._watches.values():
                await watch.close()
        await self._wake_until(self._until)
        self._clock.put(self._until)
        await self._look()
        # What was filled since a run last looked.
        starting = StartingDeployment(application.world, deployment, workflow, ())
        self._result.warnings += [Finding("reconciled", text) for text in await reconcile(starting)]
        return await self._sum_up(deployment)

    # Time

    async def _go_through(self, deployment: Deployment, triggers: Sequence[Trigger]) -> None:
        armed = {trigger.id: trigger for trigger in triggers}
        begin, end = _ms(self._since), _ms(self._until)
        looks = find_looks(self._history.closes(), begin, end, POINTS).tolist()
        seen = frozenset[int](looks)
        ticks = Counter[str]()
        for at, due in self._moments(triggers, looks):
            await self._wake_until(_time(at))
            self._clock.put(_time(at))
            if at in seen:
                await self._look()
                self._progress(at - begin, end - begin)
            for trigger in due:
                await self._fire(deployment, armed[trigger], ticks[trigger])
                ticks[trigger] += 1
            for name, watch in self._watches.items():
                await self._tell(deployment, armed[name], watch, at)

    def _moments(self, triggers: Sequence[Trigger], looks: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """When something may happen or the account is looked at, in ms, and the triggers that are due then."""
        begin, end = _ms(self._since), _ms(self._until)
        sources: list[Iterator[tuple[int, str]]] = [
            times for trigger in triggers if (times := self._times(trigger)) is not None
        ]
        sources.append((at, "") for at in (self._history.closes().tolist() if self._watches else looks))
        now, due = None, list[str]()
        for at, trigger in heapq.merge(*sources):
            if at < begin:
                continue
            if at > end:
                break
            if at != now:
                if now is not None:
                    yield now, due
                now, due = at, []
            if trigger:
                due.append(trigger)
        if now is not None:
            yield now, due

    def _times(self, trigger: Trigger) -> Iterator[tuple[int, str]] | None:
        table = Timetable.of(trigger, self._application.registry)
        if table is None:
            return None

        def times() -> Iterator[tuple[int, str]]:
            at = table.next_due(self._since)
            while at is not None:
                yield _ms(at), trigger.id
                at = table.next_due(at)

        return times()

    # Runs

    async def _fire(self, deployment: Deployment, trigger: Trigger, fired: Any) -> None:
        request = request_of(deployment, self._bound.workflow, trigger, fired=fired)
        await self._execute(replace(request, at=self._clock.now()))

    async def _execute(self, request: ExecutionRequest) -> None:
        result = await self._application.execute(request)
        self._values.take(_ms(self._clock.now()), result.nodes)
        if result.status != "suspended":
            self._count(result.status, result.error)

    def _count(self, status: str, error: Failure | None) -> None:
        code = status if status == "completed" or error is None else error.type
        self._counts[code] += 1
        if error is not None:
            self._messages.setdefault(code, error.message)

    async def _wake_until(self, at: datetime) -> None:
        """Let the runs that wait go on, each at its time."""
        store, dispatcher = self._application.store, self._application.dispatcher
        while (wake := await store.next_wake()) is not None and wake <= at:
            self._clock.put(wake)
            for run_id in await store.find_due(self._clock.now(), _WAKE_AT_ONCE):
                await dispatcher.take(run_id)
                run = await store.get_run(run_id)
                self._values.take(_ms(self._clock.now()), await store.find_results(run_id))
                if run.status in FINISHED:
                    self._count(run.status, run.error)

    # Watching

    def _lookout(self, deployment: Deployment, **more: Any) -> HistoryLookout:
        like = RunRecord(
            id=new_run_id(),
            workflow=self._bound.workflow.name,
            version=self._bound.workflow.version,
            mode="paper",
            deployment=deployment.id,
            created_at=self._clock.now(),
        )
        return HistoryLookout(self._application.world, like, **more)

    async def _listen(self, deployment: Deployment, triggers: Sequence[Trigger]) -> None:
        for trigger in triggers:
            definition = self._application.registry.get(trigger.type)
            if definition.watching is None:
                continue
            lookout = self._lookout(deployment)
            config = config_of(definition, trigger.config, deployment.params, trigger=trigger.id)
            watch = Watch(lookout, definition.watching.watch(lookout, **config))
            self._watches[trigger.id] = watch
            try:
                await watch.begin()
            except NodeError as error:
                raise InvalidWorkflow(
                    f"The trigger `{trigger.id}` cannot be tested over bars: {error.message}",
                    code="cannot_simulate",
                    remedy=error.remedy,
                ) from None

    async def _tell(self, deployment: Deployment, trigger: Trigger, watch: Watch, at: int) -> None:
        wants = watch.lookout.wants
        venue = watch.lookout.venue
        assert wants is not None
        assert venue is not None
        item = await told_at(at, wants, venue)
        for found in await watch.hear(item) if item is not None else ():
            watch.lookout.remembered = found.remembers if found.remembers is not None else watch.lookout.remembered
            await self._fire(deployment, trigger, found.payload)

    # What came of it

    async def _look(self) -> None:
        accounts = [await venue.account() for venue in self._venues]
        self._result.currency = accounts[0].currency if accounts else ""
        equity = sum((account.equity for account in accounts), Decimal(0))
        self._result.equity.append(EquityPoint(self._clock.now(), equity, await self._price()))

    async def _price(self) -> Decimal | None:
        symbol = next((str(one["symbol"]) for one in self._bound.providers if one.get("symbol")), None)
        if symbol is None:
            symbol = next((name for name in self._history.files if name != ANY_SYMBOL), None)
        if symbol is None or not self._venues:
            return None
        try:
            return (await self._venues[0].quote(symbol)).last
        except NodeError:
            return None

    async def _sum_up(self, deployment: Deployment) -> BacktestResult:
        bots, result = Bots(self._application), self._result
        result.runs = dict(self._counts)
        result.trades = await bots.all_trades(deployment.name)
        result.open = [one for one in await bots.positions(deployment.name) if one.quantity]
        store, owner = self._application.store, f"deployment:{deployment.id}"
        fills = await store.list_records(RecordQuery("fill", owner=owner))
        result.orders = [one.value for one in await store.list_records(RecordQuery("order", owner=owner))]
        # As they happened, not as a run came to hear of them.
        result.fills = with_placers(sorted((one.value for one in fills), key=_happened), result.orders)
        result.fees = sum((Decimal(str(one.value["fee"])) for one in fills), Decimal(0))
        result.messages, result.values = self._messages, self._values
        result.history, result.providers = self._history, self._bound.providers
        result.nodes = {one.id: (one.type, one.title or one.id) for one in self._bound.workflow.nodes}
        result.warnings += self._bound.warnings
        result.warnings += find_doubts(result)
        return result


def _told(length: int) -> str:
    for unit, size in (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        if length % size == 0:
            return f"{length // size}{unit}"
    return f"{length / 1000:g}s"


def _happened(fill: Mapping[str, Any]) -> tuple[str, str, int]:
    return fill["at"], fill.get("group", ""), int(fill.get("sequence", 0))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
