"""A/B: two deployments side by side, on the same triggers where both had them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean
from typing import Any, Literal, cast

from treadle.errors import InvalidWorkflow
from treadle.model.nearest import suggest
from treadle.model.run import RunRecord
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.bots.comparing import compare_trades
from treadle.service.bots.holding import Trade
from treadle.service.intervals import newcombe, paired_mean, paired_newcombe, percentile, welch
from treadle.service.measure import Measure
from treadle.service.replays import ENDED
from treadle.store.counting import took_ms
from treadle.store.deployments import unknown_deployment

Basis = Literal["paired", "unpaired"]
FEW = 10
"""Below so many pairs or runs an interval is right only if the values are about normal, and it is said so."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two deployments compared. `pairs` are the triggers on which both ran; where there are at least two, all measures
    are of those alone (`basis`). `runs` are the finished runs of each, `remarks` what to think of the figures."""

    names: tuple[str, str]
    runs: tuple[int, int]
    pairs: int
    basis: Basis
    measures: tuple[Measure, ...]
    remarks: tuple[str, ...]
    confidence: float = 0.95

    def to_dict(self) -> dict[str, Any]:
        """The object `treadle compare --json` prints."""
        return {
            "deployments": list(self.names),
            "runs": list(self.runs),
            "pairs": self.pairs,
            "basis": self.basis,
            "confidence": self.confidence,
            "measures": [measure.to_dict() for measure in self.measures],
            "remarks": list(self.remarks),
        }


class Comparisons:
    """Compares deployments, for those who may know of both."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("deployments.read", on="deployment", of="first")
    async def compare(self, first: str, second: str, **chosen: Any) -> Comparison:
        """As `compare_deployments`."""
        application = self.application
        await application.access.require(application.actor, "deployments.read", "deployment", second)
        return await compare_deployments(application, (first, second), **chosen)


async def compare_deployments(
    application: Application,
    names: tuple[str, str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    confidence: float = 0.95,
) -> Comparison:
    """Compare the finished runs of two deployments. Raises `NotFound`, `InvalidWorkflow` for one and the same."""
    store = application.store
    if names[0] == names[1]:
        raise InvalidWorkflow(
            f"`{names[0]}` is compared with itself.", code="same_deployment", remedy="Name two deployments."
        )
    hidden = await application.access.find_hidden(application.actor)
    there = [one for one in await store.list_deployments() if one.workflow not in hidden]
    known = {one.name: one.id for one in there} | {one.id: one.id for one in there}
    found: list[Sequence[RunRecord]] = []
    dealt: list[Sequence[Trade]] = []
    remarks: list[str] = []
    for name in names:
        if name not in known:
            remedy = suggest(name, list(known), "`treadle deployments` lists those there are.")
            raise unknown_deployment(name, remedy)
        selected = await store.select_runs(
            deployment=known[name], since=since, until=until, statuses=ENDED, limit=limit
        )
        found.append(selected.runs)
        if selected.corrupt:
            remarks.append(f"{len(selected.corrupt)} runs of `{name}` cannot be read and are left out.")
        trades = (await application.books.read(known[name])).book.trades
        dealt.append([one for one in trades if _closed_within(one, since, until)])
    compared = compare(names, found[0], found[1], confidence=confidence, remarks=remarks)
    made = compare_trades(dealt[0], dealt[1], confidence)
    return replace(compared, measures=(*made, *compared.measures))


def compare(
    names: tuple[str, str],
    first: Sequence[RunRecord],
    second: Sequence[RunRecord],
    *,
    confidence: float = 0.95,
    remarks: Sequence[str] = (),
) -> Comparison:
    """Compare finished runs: those of the same trigger (fire time or event) in pairs, if there are two pairs."""
    pairs = _pairs(first, second)
    is_paired = len(pairs) >= 2
    sides = ([one for one, _ in pairs], [other for _, other in pairs]) if is_paired else (first, second)
    measures = [_success(sides, confidence, is_paired=is_paired)]
    # What was cancelled lasted as long as somebody let it: as in `treadle deployments`, it is no duration.
    timed: tuple[Sequence[RunRecord], Sequence[RunRecord]]
    if is_paired:
        both = [pair for pair in pairs if _ran_through(pair[0]) and _ran_through(pair[1])]
        timed = [one for one, _ in both], [other for _, other in both]
    else:
        timed = [run for run in first if _ran_through(run)], [run for run in second if _ran_through(run)]
    measures += _of_values("duration, ms", timed, _took_ms, confidence, is_paired=is_paired)
    for name in sorted({name for side in sides for run in side for name in run.counters}):
        # A run that counted nothing of a kind counted zero of it.
        value = _counter(name)
        measures += _of_values(f"{name} per run", sides, value, confidence, is_paired=is_paired)[:1]
    said = [*remarks, *_remarks(names, first, second, len(pairs))]
    basis: Basis = "paired" if is_paired else "unpaired"
    return Comparison(names, (len(first), len(second)), len(pairs), basis, tuple(measures), tuple(said), confidence)


def _closed_within(trade: Trade, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or trade.closed_at >= since) and (until is None or trade.closed_at < until)


def _success(sides: tuple[Sequence[RunRecord], Sequence[RunRecord]], confidence: float, *, is_paired: bool) -> Measure:
    good = tuple([run.status == "completed" for run in side] for side in sides)
    rates = [fmean(side) if side else None for side in good]
    if is_paired:
        interval = paired_newcombe(list(zip(*good, strict=True)), confidence)
    else:
        interval = newcombe((sum(good[0]), sum(good[1])), (len(good[0]), len(good[1])), confidence)
    return Measure("success rate", rates[0], rates[1], interval)


def _of_values(
    name: str,
    sides: tuple[Sequence[RunRecord], Sequence[RunRecord]],
    value: Callable[[RunRecord], float],
    confidence: float,
    *,
    is_paired: bool,
) -> list[Measure]:
    """The mean with its interval, and the 95th percentile without."""
    values = [[value(run) for run in side] for side in sides]
    if is_paired:
        interval = paired_mean(list(zip(*values, strict=True)), confidence)
    else:
        interval = welch(values[0], values[1], confidence)
    means = [fmean(side) if side else None for side in values]
    p95 = [percentile(side, 0.95) for side in values]
    return [Measure(f"mean {name}", means[0], means[1], interval), Measure(f"p95 {name}", p95[0], p95[1])]


def _counter(name: str) -> Callable[[RunRecord], float]:
    return lambda run: float(run.counters.get(name, 0.0))


def _ran_through(run: RunRecord) -> bool:
    return run.status != "cancelled" and run.finished_at is not None


def _took_ms(run: RunRecord) -> float:
    return took_ms(run, run.finished_at) if run.finished_at is not None else 0.0


def _pairs(first: Sequence[RunRecord], second: Sequence[RunRecord]) -> list[tuple[RunRecord, RunRecord]]:
    """Runs of the same trigger, oldest first; of several for one trigger on a side, the first."""
    known: dict[Any, RunRecord] = {}
    for run in second:
        key = _trigger_of(run)
        if key is not None:
            known.setdefault(key, run)
    pairs: list[tuple[RunRecord, RunRecord]] = []
    for run in first:
        other = known.pop(_trigger_of(run), None)
        if other is not None:
            pairs.append((run, other))
    return pairs


def _trigger_of(run: RunRecord) -> tuple[str, Any] | None:
    """What started the run, where another deployment can have had the same: a fire time, or an event by its id."""
    if run.due_at is not None:
        return "due", run.due_at
    fired: object = run.fired
    if isinstance(fired, Mapping):
        event_id = cast("Mapping[str, Any]", fired).get("id")
        if isinstance(event_id, str):
            return "event", event_id
    return None


def _remarks(names: tuple[str, str], first: Sequence[RunRecord], second: Sequence[RunRecord], pairs: int) -> list[str]:
    empty = [name for name, runs in zip(names, (first, second), strict=True) if not runs]
    if empty:
        return [f"There are no finished runs of {' and '.join(f'`{name}`' for name in empty)} to compare."]
    remarks: list[str] = []
    if pairs < 2:
        remarks.append(
            "They have run on no trigger in common, so all runs of one are compared with all of the other: what else "
            "was different then is in the figures."
            if pairs == 0
            else "They have one trigger in common, too few to compare in pairs: all runs are compared."
        )
    else:
        left = tuple(len(runs) - pairs for runs in (first, second))
        if any(left):
            remarks.append(
                f"Left out, for the other did not run on that trigger: {left[0]} runs of `{names[0]}`, {left[1]} of "
                f"`{names[1]}`."
            )
    if pairs == 0 and all(any(run.due_at is not None for run in runs) for runs in (first, second)):
        remarks.append(
            "Both fire by time, and never at the same: an interval counts from when each was deployed. With "
            "`aligned: true` in `trigger.interval` they fire together."
        )
    smallest = pairs if pairs >= 2 else min(len(first), len(second))
    if smallest < FEW:
        what = "pairs" if pairs >= 2 else "runs on one side"
        remarks.append(f"{smallest} {what} are few: the intervals are wide, and lean on values spread evenly.")
    if min(len(first), len(second)) < 2:
        remarks.append("Of a single run nothing is known about how far runs lie apart: means have no interval.")
    return remarks
