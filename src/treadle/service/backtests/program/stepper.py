"""The exact step: one run of the workflow by the engine's own deciding and the nodes' own functions, on an account in
memory. Slow and right: what the generated steps cannot tell is asked here."""

from __future__ import annotations

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
from treadle.packs.trading.venue.provider import read_provider
from treadle.packs.trading.venue.venues import account_of
from treadle.service.backtests.program.records import DEPLOYMENT, Kept, StepContext, StepRecords, resources_of
from treadle.service.backtests.program.refusing import NotCompiled, not_compiled
from treadle.service.backtests.program.venue import StepVenue

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


class Stepper:
    def __init__(self, plan: Plan, venue: StepVenue, kept: Kept, provider: Mapping[str, Any], given: Mapping[str, Any]):
        self.plan, self.venue, self.kept = plan, venue, kept
        self._input = dict(given)
        self._clock = _Clock()
        self._before = _find_before(plan)
        self.account = account_of(cast("Any", _Asker()), read_provider(provider))
        self._redactor = Redactor()

    async def step(self, at: int, trigger: str, fired: Any) -> Step:
        """Run it at this time, over the account as the venue has it. Raises `NotCompiled`."""
        now = self._clock.at = datetime.fromtimestamp(at / 1000, UTC)
        self.venue.now = at
        plan = self.plan
        run = RunRecord(
            RunId(f"@{at}"), plan.workflow.name, plan.version, mode="paper", input=self._input, trigger=trigger,
            fired=fired, deployment=DEPLOYMENT, created_at=now,
        )  # fmt: skip
        recorder = Recorder(run.id, History(), saves_all=False, watch=None)
        recorder.seen_state.update(self.kept.state)
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
        records = StepRecords(self.kept, self.venue, self.account, now)
        resources = resources_of(self.venue)
        ran: list[_Ran] = []
        for wave in count():
            while execution.advance():
                pass
            attempts = execution.take_attempts()
            if not attempts:
                break
            for place, attempt in enumerate(attempts):
                if attempt in execution.running:
                    context = StepContext(attempt, run, recorder, self.kept, records, resources, now)
                    self._require_order(attempt.node, ran, wave)
                    ran.append(_Ran(attempt.node, wave))
                    beside = [one.node for one in attempts[place + 1 :]]
                    await self._try(execution, attempt, context, [*(one.node for one in ran), *beside])
            execution.cancellations.clear()
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

    def _require_order(self, node: NodePlan, ran: Sequence[_Ran], wave: int) -> None:
        """Raises `NotCompiled` where it hangs on chance which of two effects comes first, and that is to be seen."""
        for other, its_wave in ran:
            if self._is_ordered(node, other) or not _may_meet(node, other):
                continue
            # Who only looks has looked before what was begun later orders anything.
            if not (other.definition.name in LOOKING and its_wave < wave):
                raise _side_by_side(node, other)

    def _require_alone(self, node: NodePlan, others: Iterable[NodePlan]) -> None:
        """Raises `NotCompiled` where the failure of a node may or may not cut off an order beside it."""
        for other in others:
            if other.definition.name.startswith("order.") and not self._is_ordered(node, other):
                raise _side_by_side(node, other)

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
        changes = [change for change in recorder.state_changes() if change.owner == f"deployment:{DEPLOYMENT}"]
        self.kept.state = changed_by(self.kept.state, [(execution.now, change) for change in changes])
        return Step(COMPLETED, "", nodes)


class _Ran(NamedTuple):
    node: NodePlan
    wave: int


def _may_meet(one: NodePlan, other: NodePlan) -> bool:
    """Whether which of two effects comes first makes a difference."""
    names = one.definition.name, other.definition.name
    if "data.variable" in names:
        return names[0] == names[1] and one.node.config.get("name") == other.node.config.get("name")
    orders = sum(name.startswith("order.") for name in names)
    return orders == 2 or (orders == 1 and not LOOKING.isdisjoint(names))


def _side_by_side(node: NodePlan, other: NodePlan) -> NotCompiled:
    return not_compiled(f"`{node.id}` and `{other.id}` happen side by side, in no order.", node.id)


class _Asker:
    run_id, workflow, deployment, mode = "", "", DEPLOYMENT, "paper"


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
