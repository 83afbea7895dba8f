"""What the nodes of an exact step keep: orders, and the deployment's own values, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import JsonValue

from treadle.engine.attempt import Attempt
from treadle.engine.journal import StateChange
from treadle.engine.recorder import Recorder
from treadle.engine.state import owner_of
from treadle.engine.tokens import idempotency_key
from treadle.model.record import Turn
from treadle.model.run import RunRecord
from treadle.node import Permissions
from treadle.node.context import Level, Resource, StateScope
from treadle.node.exchange import Records
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.venue.venues import Venues
from treadle.service.backtests.program.refusing import not_compiled
from treadle.service.backtests.program.venue import NO_PERMISSIONS, StepVenue, StepVenues
from treadle.simulation.market import orders as o

R = TypeVar("R", bound=Resource)


class Kept:
    """What outlives a step: `state` is the deployment's, `records` are by kind and key, without those of orders, which
    are made anew from the account, and `sent` when orders were last sent (ms)."""

    def __init__(self, deployment: str = "backtest") -> None:
        self.deployment = deployment
        self.state: dict[str, Any] = {}
        self.shared: dict[str, Any] = {}
        """What is of the workflow, whoever deploys it."""
        self.records: dict[str, dict[str, dict[str, Any]]] = {}
        self.sent: list[int] = []


class StepRecords:
    """Implements `Records` for one step. `paths` are those of the nodes, by index."""

    def __init__(self, kept: Kept, venue: StepVenue, account: str, now: datetime, paths: Sequence[str]) -> None:
        self._kept, self._venue, self._account, self._now = kept, venue, account, now
        self._paths = paths
        self._orders: dict[str, dict[str, Any]] = {}
        self._open: set[str] = set()
        self._find_orders()

    async def put(
        self,
        kind: str,
        key: str,
        value: Mapping[str, JsonValue],
        *,
        group: str = "",
        is_open: bool = False,
        later: Callable[[], object] | None = None,
        turn: Turn | None = None,
    ) -> None:
        if kind == "order":
            if key not in self._orders:
                self._kept.sent.append(round(self._now.timestamp() * 1000))
            self._orders[key] = dict(value)
            (self._open.add if is_open else self._open.discard)(key)
        elif kind not in ("fill", "equity"):
            self._kept.records.setdefault(kind, {})[key] = dict(value)

    async def write(self) -> None:
        return None

    async def get(self, kind: str, key: str) -> dict[str, Any] | None:
        return self._orders.get(key) if kind == "order" else self._kept.records.get(kind, {}).get(key)

    async def list(
        self,
        kind: str,
        *,
        group: str | None = None,
        mine: bool = True,
        open_only: bool = False,
        after: str | None = None,
        since: datetime | None = None,
        newest: int | None = None,
    ) -> list[dict[str, Any]]:
        if kind == "fill":
            return []
        if kind != "order":
            raise not_compiled(f"A node reads records of the kind `{kind}`.")
        if open_only:
            return [value for key, value in self._orders.items() if key in self._open]
        if since is None or newest is None:
            raise not_compiled("A node reads the orders of before.")
        return self._recent(since, newest)

    def _recent(self, since: datetime, newest: int) -> list[dict[str, Any]]:
        first = round(since.timestamp() * 1000)
        times = [at for at in self._kept.sent if at >= first][-newest:]
        return [self._written(f"t-{number}", {}, at) for number, at in enumerate(times)]

    def _find_orders(self) -> None:
        """The records of what stands in the account: of open orders, and of those that are guarded there."""
        scale, rows = self._venue.scale, self._venue.desk.orders
        parents = {row[o.PARENT] for row in rows if row[o.PARENT]}
        for row in rows:
            name = self._venue.name_of(row)
            if not row[o.PARENT]:
                is_guarded = bool(row[o.STOP_LOSS] or row[o.TAKE_PROFIT])
                told: dict[str, Any] = {
                    "side": "buy" if row[o.SIDE] == o.BUY else "sell",
                    "kind": _KINDS[row[o.KIND]],
                    "quantity": scale.quantity(row[o.QUANTITY]),
                    "price": scale.price(row[o.PRICE]) if row[o.PRICE] else None,
                    "stop_price": scale.price(row[o.STOP]) if row[o.STOP] else None,
                    "stop_loss": scale.price(row[o.STOP_LOSS]) if row[o.STOP_LOSS] else None,
                    "take_profit": scale.price(row[o.TAKE_PROFIT]) if row[o.TAKE_PROFIT] else None,
                    "reduce_only": bool(row[o.REDUCE_ONLY]),
                    "filled": scale.quantity(row[o.FILLED]),
                    "status": "partly_filled" if row[o.FILLED] else "open",
                    "guarded": "venue" if is_guarded else "",
                }
                if (placer := self._venue.placers.get(row[o.NUMBER])) is not None:
                    told["path"] = self._paths[placer]
                self._keep(name, told, row[o.SINCE])
                parents.discard(row[o.NUMBER])
        for number in parents:
            name = self._venue.names.setdefault(number, f"t-{number}")
            self._venue.numbers[name] = number
            told = {"side": "buy", "kind": "market", "quantity": scale.quantity(1), "filled": scale.quantity(1),
                    "status": "filled", "guarded": "venue"}  # fmt: skip
            self._keep(name, told, 0)

    def _keep(self, name: str, told: Mapping[str, Any], at: int) -> None:
        self._orders[name] = self._written(name, told, at)
        self._open.add(name)

    def _written(self, name: str, told: Mapping[str, Any], at: int) -> dict[str, Any]:
        given: dict[str, Any] = {"side": "buy", "kind": "market", "quantity": Decimal(1), **told}
        record = OrderRecord(
            name, "paper", self._account, self._venue.stored.symbol, created_at=at, updated_at=at, sent_at=at,
            deployment=DEPLOYMENT, **given,
        )  # fmt: skip
        return record.value()


DEPLOYMENT = "backtest"
_KINDS = {
    o.MARKET: "market", o.LIMIT: "limit", o.STOP_MARKET: "stop", o.STOP_LIMIT: "stop_limit",
    o.TAKE_MARKET: "take_profit", o.TAKE_LIMIT: "take_profit_limit",
}  # fmt: skip


class StepState:
    """Implements `State` for one effect of a step."""

    def __init__(self, kept: Kept, run: RunRecord, recorder: Recorder) -> None:
        self._kept, self._run, self._recorder = kept, run, recorder
        self.changes: list[StateChange] = []

    async def get(self, key: str, *, scope: StateScope = "deployment", default: JsonValue = None) -> JsonValue:
        owner = owner_of(self._run, scope)
        known = {"deployment": self._kept.state, "workflow": self._kept.shared}.get(scope, {})
        value: Any = known.get(key)
        for change in (*self._recorder.state_changes(), *self.changes):
            if (change.owner, change.key) == (owner, key):
                value = change.value if change.increment is None else (value or 0) + change.increment
        return default if value is None else value

    async def set(self, key: str, value: JsonValue, *, scope: StateScope = "deployment") -> None:
        self.changes.append(StateChange(owner_of(self._run, scope), key, value))

    async def increment(self, key: str, by: float = 1, *, scope: StateScope = "deployment") -> float:
        current = await self.get(key, scope=scope, default=0)
        self.changes.append(StateChange(owner_of(self._run, scope), key, None, by))
        return (current if isinstance(current, int | float) else 0) + by

    async def claim(self, key: str, *, window: float | None, scope: StateScope = "deployment") -> bool:
        raise not_compiled("A node claims a key.")


class StepContext:
    """Implements `treadle.node.Context` for one effect of a step."""

    attempt = 1
    mode = "paper"

    def __init__(
        self, attempt: Attempt, run: RunRecord, recorder: Recorder, kept: Kept, records: Records,
        resources: dict[type[Any], Any], now: datetime,
    ) -> None:  # fmt: skip
        self._attempt, self._run, self._now, self._resources = attempt, run, now, resources
        self.run_id, self.workflow, self.deployment = run.id, run.workflow, kept.deployment
        self.node_id, self.path = attempt.node.id, attempt.path
        self.started_at = attempt.started_at
        self.idempotency_key = idempotency_key(run.id, *attempt.place)
        self.permissions: Permissions = NO_PERMISSIONS
        self.state = StepState(kept, run, recorder)
        self.records = records

    def __getattr__(self, name: str) -> Any:
        raise not_compiled(
            f"`{self._attempt.node.id}` asks for more than the market (`{name}`).", self._attempt.node.id
        )

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        return {}

    def now(self) -> datetime:
        return self._now

    async def sleep_until(self, at: datetime) -> None:
        if at > self._now:
            raise not_compiled(f"`{self.node_id}` waits.", self.node_id)

    def resource(self, kind: type[R]) -> R:
        if kind not in self._resources:
            self._resources[kind] = kind(NO_PERMISSIONS)
        return self._resources[kind]

    def count(self, name: str, by: float = 1) -> None:
        return None

    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None:
        return None

    def progress(self, share: float | None = None, message: str = "") -> None:
        return None

    def trace_headers(self) -> Mapping[str, str]:
        return {}

    def redact(self, text: str) -> str:
        return text


def resources_of(venue: StepVenue) -> dict[type[Any], Any]:
    return {Venues: StepVenues(venue)}
