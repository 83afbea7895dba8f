"""What is told of each kind of entry and event, in the same words whether it is kept or not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from treadle.engine.journal import Entry, EntryKind, LogLine
from treadle.model import event as seen
from treadle.model.ids import RunId
from treadle.model.run import Failure, RunRecord
from treadle.service.live.wording import tell, tell_unkept
from treadle.store.commit import About, Commit, Rest
from treadle.store.feed import LAST
from treadle.testing.journal_contract import make_record

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RUN = RunId("r1")
FAILURE = Failure("broken", "It broke.", "a", 2)


def commit(*lines: Entry | LogLine, words: tuple[str, ...] = (), run: RunRecord | None = None, **more: Any) -> Commit:
    placed = list(enumerate(lines, 1))
    return Commit(5, RUN, NOW, words, placed, About("w", "d"), run, **more)


def told(*lines: Entry | LogLine, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(event.type, dict(event.data)) for event in tell(commit(*lines, **more), About("w", "d"))]


def entry(kind: EntryKind, **body: Any) -> Entry:
    return Entry("", "a", 0, kind, NOW, body)


@pytest.mark.parametrize(
    ("kind", "body", "type", "data"),
    [
        (EntryKind.INTENT, {"attempt": 2, "now": NOW}, "node.started", {"attempt": 2}),
        (
            EntryKind.RESULT,
            {"status": "completed", "outputs": {"output": 1}, "ms": 2.5, "attempts": 3},
            "node.completed",
            {"outputs": {"output": 1}, "duration_ms": 2.5, "attempts": 3},
        ),
        (EntryKind.RESULT, {"status": "skipped"}, "node.skipped", {}),
        (EntryKind.RESULT, {"status": "cancelled"}, "node.cancelled", {}),
        (
            EntryKind.FAILURE,
            {"attempt": 1, "error": FAILURE.to_dict(), "retry_at": NOW},
            "node.retried",
            {"attempt": 1, "error": FAILURE.to_dict(), "retry_at": NOW},
        ),
        (EntryKind.SUSPENSION, {"until": NOW}, "node.waiting", {"until": NOW, "signal": None}),
        (EntryKind.SUSPENSION, {"in_doubt": True}, "node.in_doubt", {"until": None, "signal": None}),
        (EntryKind.RESOLUTION, {"outcome": "done"}, "node.resolved", {"outcome": "done"}),
        (EntryKind.RESET, {"version": "v2"}, "node.reset", {"version": "v2"}),
    ],
)
def test_an_entry(kind: EntryKind, body: dict[str, Any], type: str, data: dict[str, Any]) -> None:
    assert told(entry(kind, **body)) == [(type, data)]


def test_a_failure_says_whether_it_was_dealt_with() -> None:
    ((_, data),) = told(entry(EntryKind.RESULT, status="failed", error=FAILURE.to_dict(), handled=True))

    assert (data["handled"], data["error"]["message"]) == (True, "It broke.")


def test_beginning_lines_and_end_are_in_order() -> None:
    line = LogLine(NOW, "a", "info", "said", {})
    made = commit(
        line,
        entry(EntryKind.RESULT, status="skipped"),
        words=("started", "failed"),
        run=make_record(RUN),
        rest=Rest("failed", None, FAILURE),
    )

    events = list(tell(made, About("w", "d")))

    assert [(event.type, event.id) for event in events] == [
        ("run.started", "5.0"),
        ("log", "5.1"),
        ("node.skipped", "5.2"),
        ("run.finished", f"5.{LAST}"),
    ]
    assert events[-1].data == {"status": "failed", "output": None, "error": FAILURE.to_dict()}
    assert {(event.run_id, event.workflow, event.deployment) for event in events} == {(RUN, "w", "d")}


@pytest.mark.parametrize(
    ("word", "type", "data"),
    [
        ("resumed", "run.resumed", {"recovered": False}),
        ("recovered", "run.resumed", {"recovered": True}),
        ("retried", "run.retried", {}),
        ("cancelling", "run.cancelling", {}),
        ("suspended", "run.suspended", {"until": NOW}),
    ],
)
def test_what_becomes_of_a_run(word: str, type: str, data: dict[str, Any]) -> None:
    assert told(words=(word,), rest=Rest("suspended", wake_at=NOW)) == [(type, data)]


@pytest.mark.parametrize(
    ("event", "kept"),
    [
        (seen.NodeStarted(RUN, NOW, "a", 2), entry(EntryKind.INTENT, attempt=2)),
        (
            seen.NodeCompleted(RUN, NOW, "a", {"output": 1}, 2.5, 1),
            entry(EntryKind.RESULT, status="completed", outputs={"output": 1}, ms=2.5, attempts=1),
        ),
        (
            seen.NodeFailed(RUN, NOW, "a", FAILURE),
            entry(EntryKind.RESULT, status="failed", error=FAILURE.to_dict(), attempts=2),
        ),
        (seen.NodeSkipped(RUN, NOW, "a"), entry(EntryKind.RESULT, status="skipped")),
        (seen.NodeCancelled(RUN, NOW, "a"), entry(EntryKind.RESULT, status="cancelled")),
        (
            seen.NodeRetried(RUN, NOW, "a", FAILURE, NOW),
            entry(EntryKind.FAILURE, attempt=2, error=FAILURE.to_dict(), retry_at=NOW),
        ),
        (seen.NodeWaited(RUN, NOW, "a", NOW, "paid"), entry(EntryKind.SUSPENSION, until=NOW, signal="paid")),
        (seen.NodeWaited(RUN, NOW, "a", in_doubt=True), entry(EntryKind.SUSPENSION, in_doubt=True)),
        (seen.Logged(RUN, NOW, "a", "info", "said", {"n": 1}), LogLine(NOW, "a", "info", "said", {"n": 1})),
    ],
)
def test_what_is_not_kept_is_told_in_the_same_words(event: seen.RunEvent, kept: Entry | LogLine) -> None:
    assert [tell_unkept(event)] == told(kept)


def test_that_a_run_that_is_not_kept_rests_is_left_to_the_store() -> None:
    assert tell_unkept(seen.RunSuspended(RUN, NOW)) is None
    assert tell_unkept(seen.RunResumed(RUN, NOW)) is None
