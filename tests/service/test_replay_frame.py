"""A replay in the frame of all reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from treadle.engine.recording import Seen
from treadle.engine.replay_report import ChangedEffect, Ending, ReplayReport, RunReplay, Verdict
from treadle.model.ids import run_id_for
from treadle.model.run import Failure
from treadle.service.replay_frame import describe_report, frame_of
from treadle.service.reporting.page import write_page

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
ASKED = Seen("mail.send", {"to": "a"}, {})


def replayed(
    number: int,
    before: Any = None,
    after: Any = None,
    *,
    verdict: Verdict = "different",
    counters: tuple[Mapping[str, float], Mapping[str, float]] = ({}, {}),
    **more: Any,
) -> RunReplay:
    """One lead, an hour after the one before; it took two seconds."""
    began = START + timedelta(hours=number)
    ends = Ending("completed", before, counters=counters[0]), Ending("completed", after, counters=counters[1])
    given = {"before": ends[0], "after": ends[1], "began_at": began, "ended_at": began + timedelta(seconds=2), **more}
    return RunReplay(run_id_for(began, str(number)), verdict, **given)


def of(*runs: RunReplay) -> ReplayReport:
    return ReplayReport("leads", "7", runs)


def figures(*runs: RunReplay) -> dict[str, tuple[Any, ...]]:
    return {figure.name: figure.values for figure in frame_of(of(*runs)).figures}


def test_outcomes_stand_side_by_side() -> None:
    runs = [replayed(n, {"route": "sales", "score": n}, {"route": "support", "score": n * 2}) for n in range(1, 4)]

    found = figures(*runs, replayed(4, {"route": "sales", "score": 4}, {"route": "sales", "score": 4}, verdict="same"))

    assert found["output.route=sales"] == (4, 1)
    assert found["output.route=support"] == (0, 3)
    assert found["output.score.mean"] == (2.5, 4.0)
    assert found["output.score.sum"] == (10, 16)


def test_what_nearly_every_run_has_of_its_own_is_not_counted() -> None:
    found = figures(*(replayed(n, {"name": f"Lead {n}"}, {"name": f"Lead {n}!"}) for n in range(30)))

    assert not [name for name in found if name.startswith("output")]


def test_effects_are_counted_by_node_before_and_after() -> None:
    made = ChangedEffect("send", "made", None, ASKED)
    left_out = ChangedEffect("each[2]/note", "not_made", ASKED)

    found = figures(replayed(1, effects=(made,)), replayed(2, effects=(left_out,), made={"each/note": 3, "send": 1}))

    assert found["effects.send"] == (1, 2)
    assert found["effects.each/note"] == (3, 2)


def test_what_runs_count_and_fail_of_stands_side_by_side() -> None:
    failed = Ending("failed", error=Failure("no_stock", "None left."))

    found = figures(
        replayed(1, counters=({"profit": 2.0}, {"profit": 5.0})), replayed(2, counters=({"profit": 1.0}, {})),
        replace(replayed(3), before=failed),
    )  # fmt: skip

    assert found["counters.profit"] == (3.0, 5.0)
    assert found["errors.no_stock"] == (1, 0)
    assert (found["runs.completed"], found["runs.failed"]) == ((2, 3), (1, 0))


def test_times_are_told_of_what_was_recorded_alone() -> None:
    assert figures(replayed(1), replayed(2))["seconds.mean"] == (2.0, None)


def test_runs_that_cannot_be_told_to_their_end_are_in_no_figure_and_named() -> None:
    unclear = replayed(1, verdict="undetermined", unknown=("each[1]/send",), counters=({"leads": 1.0}, {}))

    frame = frame_of(of(unclear, replayed(2, counters=({"leads": 1.0}, {"leads": 1.0}))))

    (finding,) = [one for one in frame.findings if one.code == "undetermined"]
    assert "`each/send` (1 time)" in finding.message
    assert "--stub 'each/send=…'" in finding.message
    assert {figure.name: figure.values for figure in frame.figures}["counters.leads"] == (1.0, 1.0)


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (replayed(1, effects=(ChangedEffect("send", "made", None, ASKED, stubbed=True),)), "stubbed"),
        (replayed(1, effects=(ChangedEffect("send", "other_arguments", ASKED, ASKED),)), "other_arguments"),
        (RunReplay(run_id_for(START, "1"), "failed", reason="It is damaged."), "not_replayed"),
        (replayed(1), "few_runs"),
    ],
)
def test_what_to_know_before_believing_it_is_said(run: RunReplay, code: str) -> None:
    assert code in [finding.code for finding in frame_of(of(run)).findings]


def test_many_runs_are_not_called_few() -> None:
    assert "few_runs" not in [one.code for one in frame_of(of(*(replayed(n) for n in range(40)))).findings]


def test_the_page_lists_what_differs_and_escapes_what_runs_said() -> None:
    runs = [replayed(1, "<b>", "<i>"), replayed(2, "same", "same", verdict="same")]

    page = write_page(frame_of(of(*runs, *(replayed(24 * n, "x", "y") for n in range(2, 9)))))

    assert "output: &#34;&lt;b&gt;&#34; → &#34;&lt;i&gt;&#34;" in page
    assert "8 different" in page
    assert "Runs a day" in page


def test_the_same_figures_are_told_as_data() -> None:
    report = of(replayed(1, counters=({"profit": 2.0}, {"profit": 5.0})))

    told = describe_report(report, frame_of(report))

    assert told["workflow"] == "leads"
    assert told["begins"] == "2026-03-01T10:00:00+00:00"
    assert {"name": "counters.profit", "before": 2.0, "after": 5.0} in told["figures"]
    assert {warning["code"] for warning in told["warnings"]} == {"few_runs", "not_timed"}
