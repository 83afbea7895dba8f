"""Bots: what deployments that trade have made, what they hold, and what they have asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from treadle.model.record import Record
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.bots.books import SERIES, Ledger
from treadle.service.bots.figures import BotFigures, figures_of
from treadle.service.bots.holding import Held, Trade
from treadle.service.bots.series import Point, profit_series, thin
from treadle.service.deployments import Deployments

Outcome = Literal["won", "lost"]
KINDS = ("fill", "order")
_PATIENCE = 1.0
"""Seconds that a list waits for books that are counted for the first time."""


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Of trades: those that closed in the period, of a symbol, of a side, or with an outcome."""

    symbol: str | None = None
    side: Literal["long", "short"] | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None

    def lets(self, trade: Trade) -> bool:
        return (
            (self.symbol is None or trade.symbol == self.symbol)
            and (self.side is None or trade.side == self.side)
            and (self.outcome is None or trade.is_won == (self.outcome == "won"))
            and (self.since is None or trade.closed_at >= self.since)
            and (self.until is None or trade.closed_at < self.until)
        )


@dataclass(frozen=True, slots=True)
class EquitySeries:
    """`profit` is what all trades before had made, `account` what the account was worth where runs have read it."""

    currency: str
    profit: Sequence[Point]
    account_currency: str
    account: Sequence[Point]


class Bots:
    """The operations on what deployments have dealt; for those who may know of them."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._deployments = Deployments(application)
        self._books = application.books
        self._store = application.store

    @operation("deployments.read", on="deployment")
    async def figures(self, name: str) -> BotFigures:
        """What it came to. Raises `NotFound`."""
        deployment = await self._deployments.get(name)
        return await self._figures(deployment.id, await self._store.count_open_records("order"))

    @operation("deployments.list")
    async def list_figures(self) -> dict[str, BotFigures]:
        """Of all that have dealt, by name; without those that are being counted for the first time and take long."""
        dealt = await self._store.list_record_owners(KINDS, series=SERIES)
        if not dealt:
            return {}
        known = [one for one in await self._deployments.list() if f"deployment:{one.id}" in dealt]
        newest = {one.id: dealt[f"deployment:{one.id}"] for one in known}
        ledgers = await self._books.read_many(newest, within=_PATIENCE)
        waiting = await self._store.count_open_records("order")
        return {
            one.name: _figures(ledgers[one.id], waiting.get(f"deployment:{one.id}", 0), has_dealt=True)
            for one in known
            if one.id in ledgers
        }

    @operation("deployments.read", on="deployment")
    async def trades(
        self, name: str, wanted: TradeFilter | None = None, *, before: int | None = None, limit: int = 50
    ) -> list[Trade]:
        """The last that closed first; `before` is the number of the last one of the page before. Raises `NotFound`."""
        found: list[Trade] = []
        for trade in await self._find(name, wanted or TradeFilter(), before):
            found.append(trade)
            if len(found) == limit:
                break
        return found

    @operation("deployments.read", on="deployment")
    async def all_trades(self, name: str, wanted: TradeFilter | None = None) -> list[Trade]:
        """The first that closed first. Raises `NotFound`."""
        return list(await self._find(name, wanted or TradeFilter(), None))[::-1]

    @operation("deployments.read", on="deployment")
    async def positions(self, name: str) -> list[Held]:
        """What it holds, as its own fills say; the oldest first. Raises `NotFound`."""
        deployment = await self._deployments.get(name)
        held = (await self._books.read(deployment.id)).book.open
        return sorted(held, key=lambda one: (one.opened_at is None, one.opened_at, one.symbol))

    @operation("deployments.read", on="deployment")
    async def orders(
        self,
        name: str,
        *,
        open_only: bool = False,
        symbol: str | None = None,
        status: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Record]:
        """The newest first; `before` is the serial of the last one of the page before. Raises `NotFound`."""
        owner = f"deployment:{(await self._deployments.get(name)).id}"
        fields = {name: wanted for name, wanted in (("symbol", symbol), ("status", status)) if wanted is not None}
        return await self._store.page_records(
            "order", owner=owner, before=before, limit=limit, open_only=open_only, fields=fields
        )

    @operation("deployments.read", on="deployment")
    async def equity(
        self, name: str, *, since: datetime | None = None, until: datetime | None = None, points: int = 500
    ) -> EquitySeries:
        """Both series, at most so many points each that look like all of them. Raises `NotFound`."""
        deployment = await self._deployments.get(name)
        ledger = await self._books.read(deployment.id)
        currency = ledger.book.main.currency
        account = ledger.account
        worth = [] if account is None else [one for one in account.points if _is_within(one.at, since, until)]
        made = profit_series(ledger.book.trades, currency, since=since, until=until)
        return EquitySeries(currency, thin(made, points), account.currency if account else "", thin(worth, points))

    async def _figures(self, deployment_id: str, waiting: Mapping[str, int]) -> BotFigures:
        ledger = await self._books.read(deployment_id)
        owner = f"deployment:{deployment_id}"
        count = waiting.get(owner, 0)
        has_dealt = bool(ledger.book.fills or count or await self._store.page_records("order", owner=owner, limit=1))
        return _figures(ledger, count, has_dealt=has_dealt)

    async def _find(self, name: str, wanted: TradeFilter, before: int | None) -> Iterator[Trade]:
        deployment = await self._deployments.get(name)
        trades = (await self._books.read(deployment.id)).book.trades
        end = len(trades) if before is None else min(max(before - 1, 0), len(trades))
        return (trades[at] for at in range(end - 1, -1, -1) if wanted.lets(trades[at]))


def _figures(ledger: Ledger, open_orders: int, *, has_dealt: bool) -> BotFigures:
    if ledger.figures is None:
        ledger.figures = figures_of(ledger)
    return replace(ledger.figures, open_orders=open_orders, has_dealt=has_dealt)


def _is_within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)
