"""The plan of a compiled backtest: what is tested over which bars, when it runs, and whether that can be compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle.authoring.check.workflow import check
from treadle.authoring.inputs import validate_input
from treadle.engine.compile import compile_plan
from treadle.engine.plan import NodePlan, Plan
from treadle.errors import TreadleError
from treadle.node.registry import Registry
from treadle.packs.trading.paper.market_facts import market_of_bars
from treadle.packs.trading.paper.settings import PaperSettings, read_settings
from treadle.packs.trading.venue.market_data import Market
from treadle.packs.trading.venue.provider import ProviderRef, read_provider
from treadle.service.arming import find_triggers
from treadle.service.backtests.binding import Bound, bind
from treadle.service.backtests.history import History
from treadle.service.backtests.program.moments import Moments, find_moments
from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.records import DEPLOYMENT
from treadle.service.backtests.program.refusing import NotCompiled, Reason, not_compiled
from treadle.service.backtests.program.stepper import QUIET
from treadle.service.backtests.program.venue import ColumnFeed, StepVenue
from treadle.service.backtests.request import BacktestRequest

POINTS = 1_000
"""Of the equity curve, about so many."""
ORDERS = frozenset({"order.market", "order.limit", "order.stop", "order.close", "order.cancel", "order.ladder"})
EFFECTS = QUIET | ORDERS | {"market.account", "data.variable"}
_DRAWS = re.compile(r"\buuid\b")
_ROOTS = frozenset({"nodes", "workflow", "input", "params", "state"})


@dataclass(frozen=True, eq=False)
class Program:
    """`given` is the run's input with its defaults."""

    bound: Bound
    plan: Plan
    history: History
    registry: Registry
    since: datetime
    until: datetime
    symbol: str
    provider: ProviderRef
    settings: PaperSettings
    prices: Prices
    moments: Moments
    given: Mapping[str, Any]

    @property
    def roots(self) -> Mapping[str, Any]:
        """What expressions read that is the same in every run."""
        return {"workflow": {"input": self.given, "name": self.plan.workflow.name, "mode": "paper"}, "params": {}}

    def open_venue(self) -> StepVenue:
        feed = ColumnFeed(
            self.symbol, self.settings, self.prices, allows_gaps=self.history.gaps == "allow", known=self.known
        )
        return StepVenue(self.market, self.settings, feed)

    @property
    def known(self) -> Market | None:
        """What came with the bars."""
        key = self.history.key_of(self.symbol, self.settings.market or None)
        return None if key is None else self.history.markets.get(key)

    @property
    def market(self) -> Market:
        """As its account trades in it."""
        return market_of_bars(self.symbol, self.settings, self.known)


def read_workflow(
    request: BacktestRequest, history: History, registry: Registry
) -> tuple[Bound, Plan, Mapping[str, Any]]:
    """Bound to the bars, with the plan of its graph, and the run's input with its defaults. Raises `NotCompiled` where
    it would not run at all."""
    bound = bind(request, history, registry)
    if not check(bound.workflow, registry).valid:
        raise not_compiled("It has mistakes.")
    given, issues = validate_input(bound.workflow, request.input)
    if issues:
        raise not_compiled("Its input is wrong.")
    return bound, compile_plan(bound.workflow, registry), given


def plan_program(
    request: BacktestRequest, history: History, registry: Registry, since: datetime, until: datetime
) -> Program:
    """Raises `NotCompiled` with everything that keeps it from being compiled."""
    bound, plan, given = read_workflow(request, history, registry)
    workflow = bound.workflow
    reasons = [*find_reasons(plan), *_find_odd_accounts(bound)]
    try:
        triggers = find_triggers(workflow, registry, deployment=DEPLOYMENT, now=since)
    except TreadleError as error:
        raise not_compiled(error.message) from None
    if len(triggers) != 1:
        reasons.append(Reason(None, "Several triggers start it."))
    symbols = sorted(_symbols(plan, bound))
    if len(symbols) != 1:
        told = ", ".join(symbols) or "none that is written down"
        reasons.append(Reason(None, f"It deals in other than one market ({told})."))
    if request.stubs:
        reasons.append(Reason(None, "Some of its nodes are stubs."))
    if history.rates:
        reasons.append(Reason(None, "There is funding."))
    if reasons:
        raise NotCompiled(reasons)
    provider, symbol = read_provider(bound.providers[0]), symbols[0]
    settings = read_settings(provider.settings)
    key = history.key_of(symbol, settings.market or None)
    if key is None or len(history.bars) != 1:
        raise not_compiled("There are bars of other than one market.")
    bars = history.bars[key]
    prices = Prices.of(bars.columns(), settings, bars.length, history.markets.get(key))
    moments = find_moments(triggers[0], prices, registry, since, until, symbol, POINTS)
    program = Program(
        bound, plan, history, registry, since, until, symbol, provider, settings, prices, moments, given
    )  # fmt: skip
    _require_plain_market(program)
    return program


def find_reasons(plan: Plan, effects: frozenset[str] = EFFECTS, *, has_clock: bool = False) -> Iterator[Reason]:
    """What of its nodes keeps a plan from being stepped, where these effects can be. With `has_clock` they may read
    the time."""
    if plan.secrets:
        yield Reason(None, "It reads secrets.")
    if odd := sorted(plan.roots - _ROOTS - {node.publish for node in plan.graph.nodes if node.publish}):
        yield Reason(None, f"Its expressions read {', '.join(f'`{one}`' for one in odd)}.")
    for node in plan.graph.nodes:
        if not node.node.disabled and (text := _why_not(node, effects, has_clock)) is not None:
            yield Reason(node.id, f"`{node.id}` ({node.definition.name}) {text}.")


def _why_not(node: NodePlan, effects: frozenset[str], has_clock: bool) -> str | None:
    name = node.definition.name
    if node.kind == "container" or node.bodies:
        return "has nodes inside"
    if node.kind == "effect" and name not in effects:
        return "does something other than to ask the market, order, or keep a value"
    if node.retry is not None or node.node.cache is not None:
        return "tries again, or remembers its results"
    if node.node.join == "first":
        return "goes by which input comes first"
    if node.node.has_pin:
        return "is pinned"
    if node.is_drawn and not (has_clock and not _DRAWS.search(node.node.model_dump_json())):
        return "draws an id" if has_clock else "reads the clock, or draws"
    if node.publish is not None:
        return "publishes its value under a name"
    return None


def _find_odd_accounts(bound: Bound) -> Iterator[Reason]:
    if len(bound.providers) != 1:
        yield Reason(None, f"It has {len(bound.providers)} accounts." if bound.providers else "It has no account.")
        return
    settings = bound.providers[0]["settings"]
    if settings.get("fill", "next") != "next":
        yield Reason(None, "Its orders are filled at the close of the bar that they are decided on.")


def _symbols(plan: Plan, bound: Bound) -> set[str]:
    named = {str(one["symbol"]) for one in bound.providers if one.get("symbol")}
    for node in plan.graph.nodes:
        symbol = node.node.config.get("symbol")
        if symbol is not None and not node.node.disabled:
            named.add(str(symbol))
    return {one for one in named if "{{" not in one} if not any("{{" in one for one in named) else set()


def _require_plain_market(program: Program) -> None:
    market = program.market
    if market.kind != "spot":
        raise not_compiled(f"{program.symbol} is held on margin.")
    if more := sorted(set(program.settings.balance) - {market.base, market.quote}):
        raise not_compiled(f"Its account has {', '.join(more)}, which this market does not trade.")
    if program.settings.told_in != market.quote:
        raise not_compiled("Its account is told in another currency than it trades in.")
