"""State as expressions see it: `state.x`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from treadle.engine.history import History, Place
from treadle.engine.journal import EntryKind, Journal, StateChange
from treadle.model.run import RunRecord
from treadle.node.context import StateScope

STATE_PLACE: Place = ("", "@state")
"""Where a run remembers what the state was when it started. `@` begins no node's id."""


def owner_of(run: RunRecord, scope: StateScope) -> str:
    """Whose state `scope` means in this run; without a deployment, `deployment` is the workflow."""
    if scope == "run":
        return f"run:{run.id}"
    if scope == "deployment" and run.deployment:
        return f"deployment:{run.deployment}"
    return f"workflow:{run.workflow}"


async def read_state(journal: Journal, run: RunRecord) -> dict[str, Any]:
    """What is committed for the run's workflow and, over it, for its deployment."""
    state: dict[str, Any] = {}
    for owner in dict.fromkeys((owner_of(run, "workflow"), owner_of(run, "deployment"))):
        state.update(await journal.list_state(owner))
    return state


def remembered_state(history: History) -> dict[str, Any] | None:
    """The state the run started with, if it has read any."""
    last = history.last(STATE_PLACE)
    return dict(last.body["value"]) if last is not None and last.kind is EntryKind.CHECKPOINT else None


def changed_by(state: Mapping[str, Any], changes: Iterable[tuple[datetime, StateChange]]) -> dict[str, Any]:
    """`state` after `changes`, in the order of their times."""
    changed = dict(state)
    for _, change in sorted(changes, key=lambda made: made[0]):
        before = changed.get(change.key) or 0
        changed[change.key] = change.value if change.increment is None else before + change.increment
    return changed
