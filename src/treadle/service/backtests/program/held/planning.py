"""The plan of a test whose accounts are held in memory: any number of markets and accounts, on margin too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from treadle.engine.lookout import config_of
from treadle.engine.plan import Plan
from treadle.errors import TreadleError
from treadle.node.registry import Registry
from treadle.packs.trading.paper.settings import read_settings
from treadle.packs.trading.venue.provider import read_provider
from treadle.service.arming import find_triggers
from treadle.service.backtests.binding import Bound
from treadle.service.backtests.history import History
from treadle.service.backtests.program.held.venues import Markets
from treadle.service.backtests.program.moments import Moments, find_looks, find_moments, milliseconds_of
from treadle.service.backtests.program.planning import EFFECTS, POINTS, find_reasons, read_workflow
from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.refusing import NotCompiled, Reason, not_compiled
from treadle.service.backtests.request import BacktestRequest
from treadle.store.triggers import Trigger

HELD_EFFECTS = EFFECTS | {"market.funding"} | {
    f"order.{name}" for name in ("cancel", "close", "ladder", "limit", "market", "modify", "oco", "rebalance", "stop")
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class HeldProgram:
    """`prices` are those that its trigger tells of, else of any market. `given` is the run's input with its
    defaults."""

    bound: Bound
    plan: Plan
    history: History
    since: datetime
    until: datetime
    markets: Markets
    prices: Prices
    moments: Moments
    given: Mapping[str, Any]


def plan_held(
    request: BacktestRequest, history: History, registry: Registry, since: datetime, until: datetime
) -> HeldProgram:
    """Raises `NotCompiled` with everything that keeps it from being held in memory."""
    bound, plan, given = read_workflow(request, history, registry)
    workflow = bound.workflow
    reasons = [*find_reasons(plan, HELD_EFFECTS, has_clock=True), *_find_more(request, bound)]
    try:
        triggers = find_triggers(workflow, registry, deployment=workflow.name, now=since)
    except TreadleError as error:
        raise not_compiled(error.message) from None
    if len(triggers) != 1:
        reasons.append(Reason(None, "Several triggers start it."))
    if reasons:
        raise NotCompiled(reasons)
    markets = Markets(history)
    prices, symbol = _told_of(triggers[0], bound, markets, registry)
    moments = find_moments(triggers[0], prices, registry, since, until, symbol, POINTS)
    if len(history.bars) > 1:
        # It is looked at whenever a bar of any market is over.
        begin, end = milliseconds_of(since), milliseconds_of(until)
        moments = replace(moments, looks=find_looks(history.closes(), begin, end, POINTS))
    return HeldProgram(bound, plan, history, since, until, markets, prices, moments, given)


def _find_more(request: BacktestRequest, bound: Bound) -> Iterator[Reason]:
    if not bound.providers:
        yield Reason(None, "It has no account.")
    if request.stubs:
        yield Reason(None, "Some of its nodes are stubs.")


def _told_of(trigger: Trigger, bound: Bound, markets: Markets, registry: Registry) -> tuple[Prices, str]:
    """The prices and the symbol that a trigger is told of; of one that is told of none, any."""
    provider, symbol = read_provider(bound.providers[0]), None
    if trigger.type == "trigger.stream":
        config = config_of(registry.get(trigger.type), trigger.config, {}, trigger=trigger.id)
        provider = read_provider(config["provider"])
        symbol = config.get("symbol") or provider.symbol
        if provider.venue != "paper" or symbol is None:
            raise not_compiled("What it is told of is not written down.", trigger.node)
    feed = markets.feed(read_settings(provider.settings))
    found = next(iter(feed.prices.values())) if symbol is None else feed.prices_of(symbol)
    if found is None:
        raise not_compiled(f"There are no bars of {symbol}.", trigger.node)
    return found, symbol or ""
