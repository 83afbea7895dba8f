"""The accounts of a test between two steps: what is held, and up to which moment that stays so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from treadle.engine.plan import NodePlan
from treadle.packs.trading.exact import divide
from treadle.packs.trading.paper.account import PaperAccount, PaperDesk
from treadle.service.backtests.program.held.feed import MarketFeed
from treadle.service.backtests.program.held.planning import HeldProgram
from treadle.service.backtests.program.held.stepper import HeldStepper, looks_at_account
from treadle.service.backtests.program.held.venues import HeldVenues
from treadle.simulation.market import orders as o

_POSITIONS = "market.positions"
_LOOKED_AT = (16, 128, 1_024, 8_192, 65_536)
"""Bars that are looked through at once for what may become of an order."""


class HeldState:
    """Looks at accounts when a run would, and at no others: when an order was looked at is on record."""

    def __init__(self, program: HeldProgram, stepper: HeldStepper, venues: HeldVenues) -> None:
        self._times: Any = program.moments.times
        self._stepper, self._venues = stepper, venues
        nodes = program.plan.graph.nodes
        self._looking = [node for node in nodes if looks_at_account(node) and not node.node.disabled]
        self._looked: list[tuple[PaperAccount, MarketFeed]] = []

    def kept(self) -> Mapping[str, Any]:
        """The variables of the deployment."""
        return self._stepper.kept.state

    async def held(self) -> Mapping[int, Mapping[str, Any]]:
        """What nodes that look at an account see now; nothing of a node of which that is not known before."""
        self._looked = []
        return {node.index: told for node in self._looking if (told := await self._told(node)) is not None}

    async def _told(self, node: NodePlan) -> Mapping[str, Any] | None:
        provider, given = self._stepper.provider_of(node), node.node.config.get("symbol")
        if provider is None or not (given is None or (isinstance(given, str) and "{{" not in given)):
            return None
        venue = await self._venues.of(self._stepper.asking, provider)
        if (opened := self._venues.opened(venue)) not in self._looked:
            self._looked.append(opened)
        if node.definition.name != _POSITIONS:
            await venue.positions()
            return {}
        symbol: str | None = given
        found, chosen = await venue.positions(symbol), symbol or provider.symbol
        mine = [one for one in found if one.symbol == chosen]
        quantity = sum((one.quantity for one in mine), Decimal(0))
        paid = sum((one.quantity * one.entry for one in mine), Decimal(0))
        return {"held": len(found), "quantity": quantity, "entry": divide(paid, quantity) if quantity else None}

    def until(self, first: int, end: int) -> int:
        """Up to which moment, from `first` on, what was just seen stays so: `end` at most."""
        now = int(self._times[first])
        for account, feed in self._looked:
            for symbol, held in account.desks.items():
                if end > first + 1 and not held.stored.is_settled and account.broker.is_watched(held.desk):
                    at = _changes_at(account, feed, symbol, held, now, int(self._times[end - 1]))
                    end = max(first + 1, min(end, int(self._times.searchsorted(at))))
        return end


def _changes_at(account: PaperAccount, feed: MarketFeed, symbol: str, held: PaperDesk, now: int, last: int) -> int:
    """The first time (ms) from which on something may have become of an order or a position; after `last`: none."""
    prices, desk = feed.prices_of(symbol), held.desk
    if prices is None or any(not row[o.RESTED] for row in desk.orders):
        return now
    at = last + 1
    if account.settings.funding and held.stored.kind == "perpetual":
        at = min(at, feed.next_payment(symbol, now) or at)
    if not account.broker.is_walked(desk):
        return at
    closes: Any = prices.closes
    known, over = (int(closes.searchsorted(time, side="right")) for time in (now, at))
    quiet = known
    for many in _LOOKED_AT:
        to = min(known + many, over)
        if to <= quiet or not desk.is_quiet(int(prices.high[known:to].max()), int(prices.low[known:to].min())):
            break
        quiet = to
    return min(at, int(closes[quiet])) if quiet < len(closes) and quiet < over else at
