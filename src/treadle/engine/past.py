"""Past: a version gone through once more over what the journal holds, to see what each node was asked to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from treadle.engine.attempt import Attempt
from treadle.engine.body import ContainerRun
from treadle.engine.drive import roots_of
from treadle.engine.execution import Execution
from treadle.engine.history import History, Place, Tape
from treadle.engine.journal import Entry
from treadle.engine.plan import NodePlan, Plan
from treadle.engine.recorder import Recorder
from treadle.engine.scope import Ports, Scope
from treadle.engine.series import NOTHING_SEEN, SeenSeries
from treadle.engine.settle import gather
from treadle.engine.snapshot import Snapshot
from treadle.engine.world import World
from treadle.model.run import Failure, RunRecord
from treadle.node.container import BodyCalls
from treadle.node.stop import StopRun

E = TypeVar("E", bound=Execution)


class WholeHistory(History):
    """All that a run has done, the earlier iterations of its loops included."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        super().__init__(entries)
        self.open = {}

    def checkpoint(self, place: Place) -> tuple[Any, list[Entry]]:
        _, parts, _ = self._tape(place)
        return None, Tape(parts)


class Looking(Execution):
    """The old version once more, to see what each node that has begun was asked to do. Nothing is run."""

    def look(self) -> None:
        self.begun: dict[Place, tuple[Scope, NodePlan]] = {}
        self._inside: deque[tuple[Scope, NodePlan]] = deque()
        while True:
            while self.advance():
                pass
            if not self._inside:
                return
            self._look_inside(*self._inside.popleft())

    def snapshots(self) -> dict[Place, Snapshot]:
        found: dict[Place, Snapshot] = {}
        for place, (scope, node) in self.begun.items():
            live = self._choose_live(scope, node) if node.first_sources else None
            if node.first_sources and live is None:
                continue
            found[place] = self.snapshot(scope, node, live)
        return found

    def _recall(self, scope: Scope, node: NodePlan) -> bool:
        if self._has_begun(scope, node):
            self.begun[scope.path, node.id] = scope, node
        recalled = super()._recall(scope, node)
        if recalled and node.kind == "container":
            self._inside.append((scope, node))
        return recalled

    def _look_inside(self, scope: Scope, node: NodePlan) -> None:
        """Go through the bodies of a container that has settled."""
        result = self.history.result((scope.path, node.id))
        if result is None or result["status"] == "skipped" or (node.node.has_pin and self.run.mode == "test"):
            return
        live = self._choose_live(scope, node) if node.first_sources else None
        started_at = self.history.started_at((scope.path, node.id)) or self.now
        attempt = Attempt(scope, node, 1, started_at, begun=True, live=live)
        draws = self._draws_of(attempt.place)
        try:
            roots = self._roots(scope, node, draws)
            arguments = gather(node, scope.outputs, roots, draws, only=live)
            if arguments is None:
                return
            if node.uses_input:
                roots = self._with_input(roots, node, arguments, draws)
            attempt.arguments, attempt.config = arguments, self.configure(node, roots, draws)
        except Exception:
            return  # it failed before it entered them
        _LookInside(self, attempt).step(None)

    def container_done(self, container: ContainerRun, ports: Ports, ms: float) -> None:
        if not isinstance(container, _LookInside):
            super().container_done(container, ports, ms)

    def container_failed(self, container: ContainerRun, failure: Failure, ms: float) -> None:
        if not isinstance(container, _LookInside):
            super().container_failed(container, failure, ms)

    def container_stopped(self, container: ContainerRun, stop: StopRun) -> None:
        if not isinstance(container, _LookInside):
            super().container_stopped(container, stop)


class _LookInside(ContainerRun):
    """A container that has settled, gone through once more: every body that was entered, whichever ended it."""

    def _serve(self, asked: Any) -> Any:
        return super()._serve(BodyCalls(asked.calls, fail_fast=False) if isinstance(asked, BodyCalls) else asked)


def execution_of(
    kind: type[E],
    plan: Plan,
    run: RunRecord,
    history: History,
    world: World,
    state: Mapping[str, Any],
    series: SeenSeries = NOTHING_SEEN,
) -> E:
    """A run as a driver would have it, but that it is driven by nobody."""
    bound = world.secrets_for(run)
    secrets = {name: bound.get(name, f"\0secret:{name}") for name in plan.secrets}
    recorder = Recorder(run.id, history, saves_all=plan.workflow.settings.save == "all", watch=None)
    recorder.seen_state.update(state)
    execution = kind(
        plan,
        run,
        history=history,
        recorder=recorder,
        clock=world.clock,
        redactor=world.redactor_for(run.origin, secrets.values()),
        secrets=secrets,
        roots={**roots_of(plan, run, world.permissions.environment), "state": recorder.seen_state},
    )
    execution.series = series
    return execution
