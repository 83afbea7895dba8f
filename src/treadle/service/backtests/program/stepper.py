"""The exact step: one run of the workflow by the engine's own deciding and the nodes' own functions, on an account in
memory. Slow and right: what the generated steps cannot tell is asked here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple, cast

from treadle.engine.attempt import Attempt, Suspend
from treadle.engine.drive import roots_of
from treadle.engine.execution import Execution
from treadle.engine.failure import failure_of
from treadle.engine.history import History
from treadle.engine.plan import NodePlan, Plan
from treadle.engine.recorder import Recorder
from treadle.engine.redaction import Redactor
from treadle.engine.settle import sources_of
from treadle.engine.state import changed_by
from treadle.model.ids import RunId
from treadle.model.run import NodeResult, RunRecord
from treadle.node.context import Context
from treadle.node.exchange import Records
from treadle.packs.trading.venue.provider import read_provider
from treadle.packs.trading.venue.venues import account_of
from treadle.service.backtests.program.beside import Pair, find_meeting, limits_of, may_be_apart
from treadle.service.backtests.program.records import DEPLOYMENT, Kept, StepContext, StepRecords, resources_of
from treadle.service.backtests.program.refusing import NotCompiled, not_compiled
from treadle.service.backtests.program.venue import StepVenue
from treadle.simulation.market import orders as o

QUIET = frozenset(
    {"market.provider", "market.candles", "market.quote", "market.positions", "market.orderbook", "market.hours"}
)
"""Effects that see nothing of what is ordered in the same run: over bars, nothing is filled before the next one."""
LOOKING = frozenset({"market.account"})
"""Those that see what is ordered: it binds some of what is free."""
COMPLETED = "completed"


class Step(NamedTuple):
    """What a run came to: `code` is `completed`, or that of its failure."""

    code: str
    message: str
    nodes: Mapping[str, NodeResult]


class _Clock:
    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(0, UTC)

    def now(self) -> datetime:
        return self.at

    async def sleep_until(self, at: datetime) -> None:
        raise not_compiled("A node waits.")


class Stepper(ABC):
    """`_dealings` is what the effects of a step deal with."""

    def __init__(self, plan: Plan, kept: Kept, given: Mapping[str, Any]) -> None:
        self.plan, self.kept = plan, kept
        self._input = dict(given)
        self._clock = _Clock()
        self._before = _find_before(plan)
        self._redactor = Redactor()

    @abstractmethod
    def _dealings(self, now: datetime) -> tuple[Records, dict[type[Any], Any]]:
        """The records and the resources of a step at this time."""

    def _may_meet(self, one: NodePlan, other: NodePlan) -> bool:
        """Whether which of two effects comes first makes a difference."""
        return may_meet(one, other)

    def _may_be_apart(self, one: NodePlan, other: NodePlan) -> bool:
        """Whether two that may meet may also not; `_require_apart` says so, after they have run."""
        return False

    def _require_apart(self, pairs: Sequence[Pair], results: Mapping[str, NodeResult]) -> None:
        """Raises `NotCompiled` where it hangs on chance what came of two order nodes that happened side by side."""
        raise side_by_side(*pairs[0])

    def _looks(self, node: NodePlan) -> bool:
        """Whether it sees what is ordered."""
        return node.definition.name in LOOKING

    async def step(self, at: int, trigger: str, fired: Any) -> Step:
        """Run it at this time, over the account as the venue has it. Raises `NotCompiled`."""
        now = self._clock.at = datetime.fromtimestamp(at / 1000, UTC)
        records, resources = self._dealings(now)
        plan = self.plan
        run = RunRecord(
            RunId(f"@{at}"), plan.workflow.name, plan.version, mode="paper", input=self._input, trigger=trigger,
            fired=fired, deployment=self.kept.deployment, created_at=now,
        )  # fmt: skip
        recorder = Recorder(run.id, History(), saves_all=False, watch=None)
        recorder.seen_state.update({**self.kept.shared, **self.kept.state})
        execution = Execution(
            plan,
            run,
            history=History(),
            recorder=recorder,
            clock=self._clock,
            redactor=self._redactor,
            secrets={},
            roots={**roots_of(plan, run, {}), "state": recorder.seen_state},
        )
        ran: list[_Ran] = []
        beside: list[Pair] = []
        for wave in count():
            while execution.advance():
                pass
            attempts = execution.take_attempts()
            if not attempts:
                break
            for place, attempt in enumerate(attempts):
                if attempt in execution.running:
                    context = StepContext(attempt, run, recorder, self.kept, records, resources, now)
                    beside += self._require_order(attempt.node, ran, wave)
                    ran.append(_Ran(attempt.node, wave))
                    others = [one.node for one in attempts[place + 1 :]]
                    await self._try(execution, attempt, context, [*(one.node for one in ran), *others])
            execution.cancellations.clear()
        if beside:
            self._require_apart(beside, recorder.results())
        if recorder.collected:
            raise not_compiled("A node collects its values one by one.")
        return self._end(execution, recorder)

    async def _try(
        self, execution: Execution, attempt: Attempt, context: StepContext, others: Sequence[NodePlan]
    ) -> None:
        node = attempt.node
        try:
            if node.kind == "effect":
                returned = await node.function(cast("Context", context), *attempt.arguments, **attempt.config)
            else:
                first = (execution.fire(),) if node.kind == "trigger" else ()
                returned = node.function(*first, *attempt.arguments, **attempt.config)
            ports = node.definition.ports_of(returned)
        except (NotCompiled, Suspend):
            raise
        except Exception as error:
            if node.on_error == "fail":
                # Whatever is under way beside it would be cancelled, sooner or later.
                self._require_alone(node, (one for one in others if one is not node))
            failure = failure_of(error, node=attempt.path, attempt=1, inputs=attempt.given(), redactor=self._redactor)
            execution.failed(attempt, failure, execution.record_failure(attempt, failure))
        else:
            execution.recorder.settled(
                attempt.place, "completed", execution.now, ports=ports, attempts=1,
                state=tuple(context.state.changes), confirmed=True,
            )  # fmt: skip
            execution.completed(attempt, ports)

    def _require_order(self, node: NodePlan, ran: Sequence[_Ran], wave: int) -> list[Pair]:
        """Raises `NotCompiled` where it hangs on chance which of two effects comes first, and that is to be seen. Where
        it may not be, the two are given back."""
        found: list[Pair] = []
        for other, its_wave in ran:
            if self._is_ordered(node, other) or not self._may_meet(node, other):
                continue
            # Who only looks has looked before what was begun later orders anything.
            if self._looks(other) and its_wave < wave:
                continue
            if not self._may_be_apart(node, other):
                raise side_by_side(node, other)
            found.append((other, node))
        return found

    def _require_alone(self, node: NodePlan, others: Iterable[NodePlan]) -> None:
        """Raises `NotCompiled` where the failure of a node may or may not cut off an order beside it."""
        for other in others:
            if other.definition.name.startswith("order.") and not self._is_ordered(node, other):
                raise side_by_side(node, other)

    def _is_ordered(self, one: NodePlan, other: NodePlan) -> bool:
        return other.index in self._before[one.index] or one.index in self._before[other.index]

    def _end(self, execution: Execution, recorder: Recorder) -> Step:
        outcome, stop = execution.outcome, execution.ending
        nodes = recorder.results()
        if stop is not None:
            if stop.status != "completed":
                return Step("stopped" if stop.status == "failed" else stop.status, stop.message, nodes)
        elif outcome is None:
            raise not_compiled("A run of it waits.")
        elif outcome.failure is not None:
            return Step(outcome.failure.type, outcome.failure.message, nodes)
        changes = [(execution.now, change) for change in recorder.state_changes()]
        kept, mine, shared = self.kept, f"deployment:{self.kept.deployment}", f"workflow:{self.plan.workflow.name}"
        kept.state = changed_by(kept.state, [one for one in changes if one[1].owner == mine])
        kept.shared = changed_by(kept.shared, [one for one in changes if one[1].owner == shared])
        return Step(COMPLETED, "", nodes)


class OneMarket(Stepper):
    """Over the one account and market of a `StepVenue`, as it stands."""

    def __init__(
        self, plan: Plan, venue: StepVenue, kept: Kept, provider: Mapping[str, Any], given: Mapping[str, Any]
    ) -> None:
        super().__init__(plan, kept, given)
        self.venue = venue
        self.account = account_of(cast("Any", Asking()), read_provider(provider))
        self._limits = limits_of(plan.graph.nodes)

    def _may_be_apart(self, one: NodePlan, other: NodePlan) -> bool:
        return self._limits is not None and may_be_apart(one, other, self._limits)

    def _require_alone(self, node: NodePlan, others: Iterable[NodePlan]) -> None:
        settings = self.plan.workflow.settings
        if not settings.fail_fast and settings.max_concurrency is None:
            # What has begun beside it goes on.
            others = [one for one in others if not self._may_be_apart(node, one)]
        super()._require_alone(node, others)

    def _require_apart(self, pairs: Sequence[Pair], results: Mapping[str, NodeResult]) -> None:
        assert self._limits is not None
        standing = sum(1 for row in self.venue.desk.orders if not row[o.PARENT])
        met = find_meeting(pairs, results, self._limits, standing)
        if met is not None:
            raise side_by_side(*met)

    async def _try(
        self, execution: Execution, attempt: Attempt, context: StepContext, others: Sequence[NodePlan]
    ) -> None:
        self.venue.placer = attempt.node.index
        await super()._try(execution, attempt, context, others)

    def _dealings(self, now: datetime) -> tuple[Records, dict[type[Any], Any]]:
        self.venue.now = round(now.timestamp() * 1000)
        paths = [node.id for node in self.plan.graph.nodes]
        return StepRecords(self.kept, self.venue, self.account, now, paths), resources_of(self.venue)


class _Ran(NamedTuple):
    node: NodePlan
    wave: int


def may_meet(one: NodePlan, other: NodePlan) -> bool:
    """Whether which of two effects comes first makes a difference, where there is one account."""
    names = one.definition.name, other.definition.name
    if "data.variable" in names:
        return names[0] == names[1] and one.node.config.get("name") == other.node.config.get("name")
    orders = sum(name.startswith("order.") for name in names)
    return orders == 2 or (orders == 1 and not LOOKING.isdisjoint(names))


def side_by_side(node: NodePlan, other: NodePlan) -> NotCompiled:
    return not_compiled(f"`{node.id}` and `{other.id}` happen side by side, in no order.", node.id)


class Asking:
    """Whose accounts the steps deal with."""

    run_id, workflow, mode = "", "", "paper"

    def __init__(self, deployment: str = DEPLOYMENT) -> None:
        self.deployment = deployment


def _find_before(plan: Plan) -> list[set[int]]:
    """Of each node, all that are settled before it is decided."""
    nodes = plan.graph.nodes
    before: list[set[int]] = [set() for _ in nodes]
    direct = [sources_of(node) for node in nodes]
    for node in nodes:
        todo = list(direct[node.index])
        while todo:
            at = todo.pop()
            if at not in before[node.index]:
                before[node.index].add(at)
                todo += direct[at]
    return before
