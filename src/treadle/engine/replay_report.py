"""What replays say: run by run what would have come out differently, and in sum. Plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from treadle.engine.failure import plain
from treadle.engine.history import Place
from treadle.engine.plan import NodePlan, Plan
from treadle.engine.recording import Recording, Seen
from treadle.engine.replaying import Replayed, plain_path
from treadle.engine.sameness import MISSING, Difference, differences, same
from treadle.model.ids import RunId, node_path
from treadle.model.run import Failure, RunRecord, RunStatus
from treadle.node.field import Expression

Verdict = Literal["same", "different", "undetermined", "failed"]
"""`failed`: the run could not be replayed at all."""
EffectChange = Literal["made", "not_made", "other_arguments"]


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run came to. `status` None: nobody can say."""

    status: RunStatus | None
    output: Any = None
    error: Failure | None = None
    counters: Mapping[str, float] = field(default_factory=dict[str, float])

    def to_dict(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "output": self.output,
            "error": self.error.to_dict() if self.error else None,
            "counters": dict(self.counters),
        }


@dataclass(frozen=True, slots=True)
class ChangedNode:
    """A node whose status is another one; None where the run did not come to it."""

    path: str
    before: str | None
    after: str | None

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.path, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class ChangedEffect:
    """An effect that would be made, not be made, or be asked something else. `stubbed`: its outcome was given."""

    path: str
    change: EffectChange
    before: Seen | None = None
    after: Seen | None = None
    stubbed: bool = False

    def differences(self) -> list[Difference]:
        """Where what it is asked differs, when it is made in both."""
        if self.before is None or self.after is None:
            return []
        sides = [{"type": seen.type, **seen.arguments, **seen.config} for seen in (self.before, self.after)]
        return list(differences(*sides, path="with"))

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "change": self.change,
            "before": _asked(self.before),
            "after": _asked(self.after),
            "stubbed": self.stubbed,
        }


@dataclass(frozen=True, slots=True)
class RunReplay:
    """One run, before and after. `unknown` are effects that were never made and no stub stands in for, `depends` what
    waits for them; `reason` says why a run could not be replayed. `made` is how many effects it has made, by node, and
    `began_at`, `ended_at` when it was recorded."""

    run_id: RunId
    verdict: Verdict
    before: Ending | None = None
    after: Ending | None = None
    nodes: tuple[ChangedNode, ...] = ()
    effects: tuple[ChangedEffect, ...] = ()
    unknown: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    reason: str | None = None
    made: Mapping[str, int] = field(default_factory=dict[str, int])
    began_at: datetime | None = None
    ended_at: datetime | None = None

    def differences(self) -> list[Difference]:
        """Where what came out differs."""
        if self.before is None or self.after is None or self.after.status is None:
            return []
        pairs = [("status", self.before.status, self.after.status)]
        if not _same_error(self.before.error, self.after.error):
            pairs.append(("error", *(_short(ending.error) for ending in (self.before, self.after))))  # type: ignore[arg-type]
        found = [Difference(name, one, other) for name, one, other in pairs if one != other]
        found += differences(self.before.output, self.after.output)
        return found + list(differences(self.before.counters, self.after.counters, "counters"))

    def to_dict(self) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "verdict": self.verdict,
            "before": self.before.to_dict() if self.before else None,
            "after": self.after.to_dict() if self.after and self.after.status else None,
            "differences": [{"path": one.path, **_sides(one)} for one in self.differences()],
            "nodes": [node.to_dict() for node in self.nodes],
            "effects": [effect.to_dict() for effect in self.effects],
            "unknown": list(self.unknown),
            "depends": list(self.depends),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Runs replayed with one version, oldest first."""

    workflow: str
    version: str
    runs: tuple[RunReplay, ...]

    @property
    def verdicts(self) -> dict[str, int]:
        """How many runs there are of each verdict."""
        found = Counter(run.verdict for run in self.runs)
        return {verdict: found[verdict] for verdict in ("same", "different", "undetermined", "failed")}

    @property
    def statuses(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many of the runs that could be replayed to their end come to each status: before, after."""
        return _count(run.before for run in self.whole()), _count(run.after for run in self.whole())

    @property
    def counters(self) -> tuple[dict[str, float], dict[str, float]]:
        """What those runs count in sum: before, after."""
        return _sum(run.before for run in self.whole()), _sum(run.after for run in self.whole())

    @property
    def effects(self) -> dict[str, dict[str, int]]:
        """How many effects would be made, not made, or asked something else, by node (without its iterations)."""
        found: dict[str, Counter[str]] = {}
        for run in self.runs:
            for effect in run.effects:
                found.setdefault(plain_path(effect.path), Counter())[effect.change] += 1
        return {path: dict(changes) for path, changes in sorted(found.items())}

    def to_dict(self) -> dict[str, Any]:
        """The object `treadle replay --json` prints."""
        statuses, counters = self.statuses, self.counters
        return {
            "workflow": self.workflow,
            "version": self.version,
            "runs": len(self.runs),
            "verdicts": self.verdicts,
            "statuses": {"before": statuses[0], "after": statuses[1]},
            "counters": {"before": counters[0], "after": counters[1]},
            "effects": self.effects,
            "replays": [run.to_dict() for run in self.runs],
        }

    @property
    def made(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many effects those runs make, by node: before, after."""
        before, after = Counter[str](), Counter[str]()
        for run in self.whole():
            before.update(run.made)
            after.update(run.made)
            for effect in run.effects:
                after[plain_path(effect.path)] += {"made": 1, "not_made": -1}.get(effect.change, 0)
        paths = sorted({*before, *after})
        return {path: before[path] for path in paths}, {path: after[path] for path in paths}

    def whole(self) -> Iterable[RunReplay]:
        """Those that could be replayed to their end."""
        return (run for run in self.runs if run.verdict in ("same", "different"))


def judge(
    run: RunRecord,
    recording: Recording,
    *,
    plan: Plan,
    before: Mapping[Place, Seen],
    after: Replayed,
    same_version: bool,
) -> RunReplay:
    """Compare a recorded run of `plan` (`before`: what its effects were asked) with what it comes to now."""
    ending = Ending(run.status, run.output, run.error, run.counters)
    new = Ending(after.status, after.output, after.error, after.counters)
    effects = tuple(_changed_effects(plan, recording, before, after, same_version=same_version))
    is_same = (
        run.status == after.status
        and same(run.output, after.output)
        and _same_error(run.error, after.error)
        and same(run.counters, after.counters)
        and not effects
    )
    verdict: Verdict = "undetermined" if after.status is None else "same" if is_same else "different"
    made = Counter(plain_path(node_path(*place)) for place in _made_effects(plan, recording))
    return RunReplay(
        run.id,
        verdict,
        ending,
        new,
        nodes=tuple(_changed_nodes(recording, after)),
        effects=effects,
        unknown=after.unknown,
        depends=after.depends,
        made=dict(made),
        began_at=run.created_at,
        ended_at=run.finished_at,
    )


def _changed_nodes(recording: Recording, after: Replayed) -> Iterable[ChangedNode]:
    before = {node_path(*place): status for place, status in recording.statuses().items() if place[1][0] != "@"}
    now = {path: result.status for path, result in after.nodes.items()}
    waiting = {*after.unknown, *after.depends}
    for path in sorted({*before, *now}):
        if before.get(path) != now.get(path) and path not in waiting:
            yield ChangedNode(path, before.get(path), now.get(path))


def _changed_effects(
    plan: Plan, recording: Recording, before: Mapping[Place, Seen], after: Replayed, *, same_version: bool
) -> Iterable[ChangedEffect]:
    made = _made_effects(plan, recording)
    waiting = {*after.unknown, *after.depends}
    for place in sorted(made | after.asked.keys()):
        path, then, now = node_path(*place), before.get(place), after.asked.get(place)
        if place not in made and now is not None:
            if not same_version or place not in recording:
                yield ChangedEffect(path, "made", None, now, place in after.stubbed)
        elif now is None:
            if path not in waiting and not any(outer in waiting for outer in _around(path)):
                yield ChangedEffect(path, "not_made", then)
        elif then is not None and not _same_asked(then, now):
            yield ChangedEffect(path, "other_arguments", then, now, place in after.stubbed)


def _made_effects(plan: Plan, recording: Recording) -> set[Place]:
    return {place for place in recording.places() if recording.was_begun(place) and _is_effect(plan, place)}


def _is_effect(plan: Plan, place: Place) -> bool:
    node = find_node(plan, place)
    return node is not None and node.kind == "effect"


def find_node(plan: Plan, place: Place) -> NodePlan | None:
    """The node that stands at a place of the runs of `plan`."""
    graph = plan.graph
    for part in place[0].split("/") if place[0] else ():
        name, _, body = part.partition(".")
        container = graph.by_id.get(name.partition("[")[0])
        inner = container.bodies.get(body.partition("[")[0] or "body") if container is not None else None
        if inner is None:
            return None
        graph = inner
    return graph.by_id.get(place[1])


def _around(path: str) -> Iterable[str]:
    """The containers around a path, as they are named: of `each[2]/send`, `each`."""
    parts = path.split("/")
    for length in range(1, len(parts)):
        yield "/".join([*parts[: length - 1], parts[length - 1].partition("[")[0].partition(".")[0]])


def _same_asked(one: Seen, other: Seen) -> bool:
    return one.type == other.type and same(one.arguments, other.arguments) and same(one.config, other.config)


def _same_error(one: Failure | None, other: Failure | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.type, one.node) == (other.type, other.node)


def _short(error: Failure | None) -> Any:
    return None if error is None else {"type": error.type, "node": error.node, "message": error.message}


def _sides(one: Difference) -> dict[str, Any]:
    sides = {"before": one.before, "after": one.after}
    return {name: value for name, value in sides.items() if value is not MISSING}


def _asked(seen: Seen | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    shown = {name: show(value) for name, value in {**seen.arguments, **seen.config}.items()}
    return {"type": seen.type, "with": plain(shown)}


def show(value: Any) -> Any:
    """`value` as it is written: of an expression that a node evaluates itself, its source."""
    return value.source if isinstance(value, Expression) else value


def _count(endings: Iterable[Ending | None]) -> dict[str, int]:
    return dict(sorted(Counter(str(ending.status) for ending in endings if ending is not None).items()))


def _sum(endings: Iterable[Ending | None]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for ending in endings:
        if ending is not None:
            for name, value in ending.counters.items():
                totals[name] = totals.get(name, 0.0) + value
    return dict(sorted(totals.items()))
