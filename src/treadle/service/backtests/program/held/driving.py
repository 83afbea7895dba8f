"""Driving a test whose accounts are held in memory: each run exactly, by the order path and the paper venue themselves.

What the engine does beside (a store, a lease, a commit each) is left out, and nothing else: the accounts are looked at
when the engine looks at them, and reconciled in the end as it does.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast

from pydantic import JsonValue

from treadle.errors import NodeError
from treadle.model.run import NodeResult
from treadle.node.context import Level, Resource
from treadle.node.startup import Starting
from treadle.packs.trading.bars import COLUMNS
from treadle.packs.trading.orders.reconcile import reconcile
from treadle.packs.trading.venue.protocol import Venue
from treadle.packs.trading.venue.provider import read_provider
from treadle.packs.trading.venue.venues import Venues, account_of
from treadle.service.backtests.program.held.passing import Passing
from treadle.service.backtests.program.held.planning import HeldProgram
from treadle.service.backtests.program.held.records import HeldRecords
from treadle.service.backtests.program.held.stepper import HeldStepper
from treadle.service.backtests.program.held.venues import HeldVenues
from treadle.service.backtests.program.moments import milliseconds_of
from treadle.service.backtests.program.stepper import COMPLETED
from treadle.service.backtests.program.venue import NO_PERMISSIONS
from treadle.service.backtests.request import ANY_SYMBOL
from treadle.service.backtests.result import EquityPoint

R = TypeVar("R", bound=Resource)
Progress = Callable[[int, int], None]


class Take(Protocol):
    def __call__(self, time: int, nodes: Mapping[str, NodeResult], *, is_decision: bool) -> None: ...


_TELL_AFTER = 128
"""Runs after which it is told how far it is, and others have their turn."""


class HeldDrive:
    """`counts` are the runs by what became of them, `told` what differed in the end, `stepped` how many runs were
    taken. With `takes_all` none is passed by."""

    def __init__(self, program: HeldProgram, *, takes_all: bool = False) -> None:
        self.program = program
        self.records, self.venues = HeldRecords(), HeldVenues(program.markets)
        self.resources: dict[type[Any], Any] = {Venues: self.venues}
        self.stepper = HeldStepper(program.plan, self.records, self.venues, self.resources, program.given)
        self.counts = Counter[str]()
        self.messages: dict[str, str] = {}
        self.equity: list[EquityPoint] = []
        self.currency = ""
        self.told: list[str] = []
        self.stepped = 0
        self.takes: Take = lambda time, nodes, *, is_decision: None
        """Told what stood on the wires of each run that was taken."""
        self.passing = None if takes_all else Passing.of(program, self.stepper, self.venues)
        self._accounts: list[Venue] = []
        self._looks: list[int] = program.moments.looks.tolist()
        self._looked = 0

    async def run(self, progress: Progress = lambda done, all: None) -> None:
        program, at = self.program, 0
        times: list[int] = program.moments.times.tolist()
        self._accounts = await self._open()
        await self._look(milliseconds_of(program.since))
        while at < len(times):
            await self._look_until(times[at])
            if self.passing is not None and self.passing.is_worth_asking(at):
                self._put(times[at])
                found = await self.passing.next(at)
                self.counts[COMPLETED] += found.at - at
                at = found.at
                if not found.acts:
                    progress(at, len(times))
                    await asyncio.sleep(0)
                    continue
                await self._look_until(times[at])
            await self._step(at, times[at])
            if self.stepped % _TELL_AFTER == 0:
                progress(at, len(times))
                await asyncio.sleep(0)
            at += 1
        end = milliseconds_of(program.until)
        await self._look_until(end)
        await self._look(end)
        if not self.counts[COMPLETED]:
            del self.counts[COMPLETED]
        # What was filled since a run last looked.
        self.told = list(await reconcile(cast("Starting", _Closing(self))))

    async def _open(self) -> list[Venue]:
        providers, asking = [read_provider(one) for one in self.program.bound.providers], self.stepper.asking
        # Several providers may name one account, with other symbols or limits: it is worth what it is once.
        accounts = {account_of(asking, provider): provider for provider in reversed(providers)}
        opened = [await self.venues.of(asking, provider) for provider in reversed(accounts.values())]
        return [cast("Venue", one) for one in opened]

    async def _step(self, at: int, time: int) -> None:
        ordered = self.records.count("order")
        self.stepped += 1
        step = await self.stepper.step(time, self.program.moments.trigger.node or "", self._fired(at, time))
        self.counts[step.code] += 1
        if step.code != COMPLETED:
            self.messages.setdefault(step.code, step.message)
        self.takes(time, step.nodes, is_decision=self.records.count("order") > ordered)

    def _fired(self, at: int, time: int) -> Any:
        moments, prices = self.program.moments, self.program.prices
        if not moments.is_told:
            return at
        bar = int(moments.known[at]) - 1
        item = {name: prices.told[name][bar].item() for name in COLUMNS}
        return {"item": {**item, "closed": True}, "at": time, **moments.provider}

    # What it is worth

    async def _look_until(self, time: int) -> None:
        while self._looked < len(self._looks) and self._looks[self._looked] <= time:
            await self._look(self._looks[self._looked])
            self._looked += 1

    def _put(self, time: int) -> datetime:
        at = self.venues.now = self.records.now = datetime.fromtimestamp(time / 1000, UTC)
        return at

    async def _look(self, time: int) -> None:
        at = self._put(time)
        accounts = [await venue.account() for venue in self._accounts]
        self.currency = accounts[0].currency if accounts else ""
        equity = sum((account.equity for account in accounts), Decimal(0))
        self.equity.append(EquityPoint(at, equity, await self._price()))

    async def _price(self) -> Decimal | None:
        bound, history = self.program.bound, self.program.history
        symbol = next((str(one["symbol"]) for one in bound.providers if one.get("symbol")), None)
        if symbol is None:
            symbol = next((name for name in history.files if name != ANY_SYMBOL), None)
        if symbol is None:
            return None
        try:
            return (await self._accounts[0].quote(symbol)).last
        except NodeError:
            return None


class _Closing:
    """Who looks through the accounts at the end. Implements what `reconcile` asks of `Starting`."""

    run_id, workflow, mode = "", "", "paper"
    permissions = NO_PERMISSIONS

    def __init__(self, drive: HeldDrive) -> None:
        self._drive, self.records, self.deployment = drive, drive.records, drive.stepper.asking.deployment

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        return {}

    def now(self) -> datetime:
        return self._drive.venues.now

    def resource(self, kind: type[R]) -> R:
        resources = self._drive.resources
        if kind not in resources:
            resources[kind] = kind(NO_PERMISSIONS)
        return resources[kind]

    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None:
        return None
