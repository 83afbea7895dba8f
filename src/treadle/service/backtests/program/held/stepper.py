"""The exact step over accounts in memory, whichever order effects on several of them come in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from treadle.engine.plan import NodePlan, Plan
from treadle.node.exchange import Records
from treadle.packs.trading.venue.provider import ProviderRef, read_provider
from treadle.packs.trading.venue.venues import Asker, account_of
from treadle.service.backtests.program.held.records import HeldRecords
from treadle.service.backtests.program.held.venues import HeldVenues
from treadle.service.backtests.program.records import Kept
from treadle.service.backtests.program.stepper import LOOKING, Asking, Stepper, may_meet

_PROVIDER = "market.provider"
_ASKED = frozenset({"balance", "positions"})
"""Endpoints of a provider that tell of the account."""
_ONE = re.compile(r"\s*\{\{\s*nodes\.([\w-]+)\.provider\s*\}\}\s*")


def looks_at_account(node: NodePlan) -> bool:
    """Whether it asks what an account has."""
    name = node.definition.name
    if name == _PROVIDER:
        is_open = any(name == "endpoints" for name, *_ in node.dynamic_config)
        return is_open or not _ASKED.isdisjoint(node.static_config.get("endpoints") or ())
    return name in ("market.positions", "market.account")


class HeldStepper(Stepper):
    def __init__(
        self, plan: Plan, records: HeldRecords, venues: HeldVenues, resources: dict[type[Any], Any],
        given: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(plan, Kept(plan.workflow.name), given)
        self.asking = cast("Asker", Asking(plan.workflow.name))
        self._records, self._venues, self._resources = records, venues, resources
        self._accounts = {node.index: self._account_of(node) for node in plan.graph.nodes}
        self._fills_at_once = any(
            dict(node.static_config.get("settings") or {}).get("fill") == "close"
            for node in plan.graph.nodes
            if node.definition.name == _PROVIDER
        )

    def _dealings(self, now: datetime) -> tuple[Records, dict[type[Any], Any]]:
        self._venues.now = self._records.now = now
        return self._records, self._resources

    def _may_meet(self, one: NodePlan, other: NodePlan) -> bool:
        if "data.variable" in (one.definition.name, other.definition.name):
            return may_meet(one, other)
        orders = [node.definition.name.startswith("order.") for node in (one, other)]
        sees = any(self._looks(node) for node in (one, other))
        if not (all(orders) or (any(orders) and sees)):
            return False
        accounts = [self._accounts[node.index] for node in (one, other)]
        return None in accounts or accounts[0] == accounts[1]

    def _looks(self, node: NodePlan) -> bool:
        is_looking = node.definition.name in LOOKING or node.definition.name == _PROVIDER
        return looks_at_account(node) and (is_looking or self._fills_at_once)

    def provider_of(self, node: NodePlan) -> ProviderRef | None:
        """Whom it deals with; None where that is known only when it runs."""
        given: Any = None
        if node.definition.name == _PROVIDER:
            given = None if node.dynamic_config else node.static_config
        else:
            other = self._provider_node(node)
            if other is not None:
                return self.provider_of(other)
            given = node.node.config.get("provider")
        try:
            return read_provider(cast("object", given)) if isinstance(given, Mapping) else None
        except ValueError:
            return None

    def _provider_node(self, node: NodePlan) -> NodePlan | None:
        graph, given = self.plan.graph, node.node.config.get("provider")
        item = next((item for item in node.inputs if item.name == "provider"), None)
        found: NodePlan | None = None
        if item is not None and item.sources:
            ((at, port), *more) = item.sources
            found = None if more or port != "provider" else graph.nodes[at]
        elif isinstance(given, str) and (match := _ONE.fullmatch(given)) is not None:
            found = graph.by_id.get(match.group(1))
        return None if found is None or found.definition.name != _PROVIDER else found

    def _account_of(self, node: NodePlan) -> str | None:
        provider = self.provider_of(node)
        return None if provider is None else account_of(self.asking, provider)
