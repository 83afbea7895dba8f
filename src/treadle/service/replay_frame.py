"""A replay in the frame of all reports: what a version would have made of runs that were recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any, cast

from treadle.engine.replay_report import Ending, ReplayReport, RunReplay
from treadle.engine.replaying import plain_path
from treadle.model.counted import counted
from treadle.service.replay_text import describe_run
from treadle.service.reporting.finding import Finding
from treadle.service.reporting.frame import (
    Chart,
    Columns,
    Figure,
    Fold,
    Folds,
    Line,
    Report,
    Section,
)

BEFORE_AFTER = ("before", "after")
_FEW = 30
_MOST_RUNS = 500
"""Runs whose differences a page holds; JSON has them all."""
_MOST_OUTCOMES, _MOST_CURVES, _MOST_DAYS = 8, 4, 366
_WORDS = {"failed": "could not be replayed"}


def frame_of(report: ReplayReport) -> Report:
    """The figures of before stand beside those of after; they are of the runs that could be replayed to their end."""
    begins, ends = period_of(report)
    told = counted(len(report.runs), "run")
    if begins is not None and ends is not None:
        told += f", {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"
    verdicts = ", ".join(f"{number} {_WORDS.get(name, name)}" for name, number in report.verdicts.items() if number)
    return Report(
        kind="replay",
        title=report.workflow,
        about=" · ".join(part for part in (f"Version {report.version}", told, verdicts) if part),
        columns=BEFORE_AFTER,
        figures=tuple(_figures(report)),
        findings=tuple(_findings(report)),
        sections=tuple(_sections(report)),
    )


def describe_report(report: ReplayReport, frame: Report) -> dict[str, Any]:
    """The object that `treadle replay --json` prints and the API answers with."""
    begins, ends = (None if at is None else at.isoformat() for at in period_of(report))
    return {**report.to_dict(), "begins": begins, "ends": ends, **frame.to_dict()}


def period_of(report: ReplayReport) -> tuple[datetime | None, datetime | None]:
    """When the first of the runs began, and when the last did."""
    began = [run.began_at for run in report.runs if run.began_at is not None]
    return (min(began), max(began)) if began else (None, None)


# Figures


def _figures(report: ReplayReport) -> Iterator[Figure]:
    yield from _side_by_side("runs", "Runs", report.statuses, lambda name: f"Runs that {name}")
    yield from _errors(report)
    yield from _outcomes(report)
    yield from _side_by_side("effects", "Effects made", report.made, lambda path: path)
    yield from _side_by_side("counters", "Counted", report.counters, lambda name: name, kind="number")
    seconds = [
        (run.ended_at - run.began_at).total_seconds()
        for run in report.runs
        if run.began_at is not None and run.ended_at is not None
    ]
    if seconds:
        yield Figure("seconds.mean", "Mean time from begin to end", (fmean(seconds), None), "seconds", group="Recorded")
        yield Figure("seconds.median", "Median", (median(seconds), None), "seconds", group="Recorded")
        yield Figure("seconds.longest", "Longest", (max(seconds), None), "seconds", group="Recorded")


def _side_by_side(
    name: str,
    group: str,
    sides: tuple[Mapping[str, float], Mapping[str, float]],
    title: Callable[[str], str],
    *,
    kind: Any = "count",
) -> Iterator[Figure]:
    before, after = sides
    for key in sorted({*before, *after}):
        yield Figure(f"{name}.{key}", title(key), (before.get(key, 0), after.get(key, 0)), kind, group=group)


def _errors(report: ReplayReport) -> Iterator[Figure]:
    def failures(endings: Iterable[Ending | None]) -> dict[str, int]:
        return Counter(one.error.type for one in endings if one is not None and one.error is not None)

    sides = failures(run.before for run in report.whole()), failures(run.after for run in report.whole())
    yield from _side_by_side("errors", "Runs", sides, lambda code: f"… with {code}")


def _outcomes(report: ReplayReport) -> Iterator[Figure]:
    """What the outputs are: how often each of a few values, of numbers their mean and sum."""
    sides = [_outputs(run.before for run in report.whole()), _outputs(run.after for run in report.whole())]
    for path in sorted({*sides[0], *sides[1]}):
        values = [side.get(path, []) for side in sides]
        every = [*values[0], *values[1]]
        if all(isinstance(one, int | float) and not isinstance(one, bool) for one in every):
            yield Figure(f"{path}.mean", f"{path}, mean", (_mean(values[0]), _mean(values[1])), group="Outcomes")
            yield Figure(f"{path}.sum", f"{path}, sum", (sum(values[0]), sum(values[1])), group="Outcomes")
            continue
        counts = [Counter(_word(one) for one in side) for side in values]
        words = sorted({*counts[0], *counts[1]}, key=lambda word: (-counts[0][word] - counts[1][word], word))
        if len(words) > max(2, min(_MOST_OUTCOMES, len(every) // 3)):
            continue  # nearly every run has its own: there is nothing to be counted
        for word in words:
            title = f"{path} is {word}"
            yield Figure(f"{path}={word}", title, (counts[0][word], counts[1][word]), "count", group="Outcomes")


def _outputs(endings: Iterable[Ending | None]) -> dict[str, list[Any]]:
    """Plain values of the outputs by where they are; what is a list or deeper is not told of."""
    found: dict[str, list[Any]] = {}
    for ending in endings:
        if ending is None or ending.output is None:
            continue
        output: Any = ending.output
        named = cast("Mapping[str, Any]", output if isinstance(output, Mapping) else {"": output})
        for name, value in named.items():
            if isinstance(value, str | int | float | bool):
                found.setdefault(f"output.{name}" if name else "output", []).append(value)
    return found


def _word(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


# What to know before believing it


def _findings(report: ReplayReport) -> Iterator[Finding]:
    verdicts, many = report.verdicts, len(report.runs)
    if unclear := verdicts["undetermined"]:
        paths = Counter(plain_path(path) for run in report.runs for path in run.unknown)
        named = ", ".join(f"`{path}` ({counted(number, 'time')})" for path, number in paths.most_common(3))
        first = next(iter(paths), "NODE")
        yield Finding(
            "undetermined",
            f"What {counted(unclear, 'run')} of {many} would have come to cannot be told: {named} was never made in "
            f"them. Say what it comes to: --stub '{first}=…'. They are in no figure.",
        )
    stubbed = Counter(plain_path(one.path) for run in report.runs for one in run.effects if one.stubbed)
    for path, number in stubbed.most_common():
        yield Finding("stubbed", f"What `{path}` comes to is a stub, {counted(number, 'time')}: nobody was asked.")
    if asked := sum(any(one.change == "other_arguments" for one in run.effects) for run in report.runs):
        yield Finding(
            "other_arguments",
            f"In {counted(asked, 'run')} an effect would be asked something else; what it came to then stands in for "
            "the answer all the same.",
        )
    reasons = Counter(run.reason or "" for run in report.runs if run.verdict == "failed")
    for reason, number in reasons.most_common(5):
        yield Finding("not_replayed", f"{counted(number, 'run')} could not be replayed: {reason}", "error")
    if many < _FEW:
        yield Finding("few_runs", f"{counted(many, 'run')} say little of what is to come.")
    yield Finding(
        "not_timed", "How long it would take, and what the outside would answer now, no replay can tell.", "info"
    )


# Sections


def _sections(report: ReplayReport) -> Iterator[Section]:
    yield Columns(
        "How the runs came out",
        [(_WORDS.get(name, name), number) for name, number in report.verdicts.items()],
        kind="count",
        whole=float(sum(report.verdicts.values())),
    )
    yield from _by_day(report)
    yield from _curves(report)
    told = [run for run in report.runs if run.verdict != "same"]
    left = len(told) - _MOST_RUNS
    yield Folds(
        "Runs that differ",
        [Fold(_named(run), _WORDS.get(run.verdict, run.verdict), describe_run(run)) for run in told[:_MOST_RUNS]],
        empty="All runs come to the same.",
        caption=f"… and {left} more; --json has them all." if left > 0 else "",
    )


def _by_day(report: ReplayReport) -> Iterator[Chart]:
    begins, ends = period_of(report)
    if begins is None or ends is None or ends - begins < timedelta(days=2):
        return
    days = min(_MOST_DAYS, (ends.date() - begins.date()).days + 1)
    length = (ends - begins) / days
    every, other = [0.0] * days, [0.0] * days
    for run in report.runs:
        if run.began_at is not None:
            day = min(days - 1, int((run.began_at - begins) / length))
            every[day] += 1
            other[day] += run.verdict != "same"
    yield Chart(
        "Runs a day", (Line("all runs", every, "quiet"), Line("those that differ", other, "own")),
        begins=f"{begins:%Y-%m-%d}", ends=f"{ends:%Y-%m-%d}", kind="count", height=140,
    )  # fmt: skip


def _curves(report: ReplayReport) -> Iterator[Chart]:
    """What was counted, summed up from run to run."""
    whole = list(report.whole())
    if len(whole) < 3:
        return
    for name in list({**report.counters[0], **report.counters[1]})[:_MOST_CURVES]:
        before, after = _summed(name, (run.before for run in whole)), _summed(name, (run.after for run in whole))
        yield Chart(
            name, (Line("before", before, "other"), Line("after", after, "own")),
            begins="first run", ends="last run", height=160,
        )  # fmt: skip


def _summed(name: str, endings: Iterable[Ending | None]) -> list[float]:
    total, found = 0.0, [0.0]
    for ending in endings:
        total += ending.counters.get(name, 0.0) if ending is not None else 0.0
        found.append(total)
    return found


def _named(run: RunReplay) -> str:
    return run.run_id if run.began_at is None else f"{run.run_id} · {run.began_at:%Y-%m-%d %H:%M}"
