"""Queries of a run: where it stands, what it waits for, what its nodes gave and how it sees the state.

Everything is read from the store, so a run can be asked while another process drives it; what is not durable yet is
not seen.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from treadle.engine.journal import Entry, EntryKind, StateChange
from treadle.engine.recorder import COUNTER
from treadle.engine.state import read_state
from treadle.model.breakpoints import Breakpoints
from treadle.model.ids import RunId, node_path
from treadle.model.run import FINISHED, ExecutionResult, RunRecord
from treadle.service.debugging import find_breakpoints, find_stops

if TYPE_CHECKING:
    from treadle.service.application import Application

WaitKind = Literal["time", "retry", "signal", "task", "answered", "run", "answer", "breakpoint"]


@dataclass(frozen=True, slots=True)
class NodeWait:
    """What one node waits for: a time, its next attempt, a signal of one of `names` with `key`, an answer to the task
    `id` (`answered`: it has come, and the node is due), the child run `id`, (`answer`) somebody who says what became of
    an effect in doubt, or (`breakpoint`) somebody who lets it begin: it would get `inputs`, and its expressions come to
    `config`. It goes on by itself at `until`."""

    node: str
    kind: WaitKind
    until: datetime | None = None
    id: str | None = None
    names: tuple[str, ...] = ()
    key: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def to_dict(self) -> dict[str, Any]:
        """Only what there is to say."""
        shown: dict[str, Any] = {"node": self.node, "kind": self.kind, "until": self.until}
        match self.kind:
            case "signal":
                return {**shown, "names": list(self.names), "key": self.key}
            case "task" | "answered" | "run":
                return {**shown, "id": self.id}
            case "breakpoint":
                return {**shown, "inputs": self.inputs, "config": self.config}
            case _:
                return shown


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it stands, of the `number`th version. Of one that has finished, `waits` and `state` are empty: its
    result says it all. With `breakpoints` it can be debugged."""

    run: RunRecord
    result: ExecutionResult
    waits: Sequence[NodeWait] = ()
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    number: int | None = None
    breakpoints: Breakpoints | None = None


async def query_run(application: Application, run_id: RunId) -> RunView:
    """How a run stands now, wherever it is driven. Raises `NotFound`, `StoreError`."""
    store = application.store
    run = await store.get_run(run_id)
    result = await application.get_result(run_id)
    number = await store.find_number(run.workflow, run.version)
    if run.status in FINISHED:
        return RunView(run, result, number=number, breakpoints=run.origin.breakpoints if run.origin else None)
    entries = await store.load(run_id)
    names: dict[str, list[str]] = {}
    keys: dict[str, str] = {}
    for wait in await store.find_waits(run_id):
        names.setdefault(wait.token, []).append(wait.name)
        keys[wait.token] = wait.key
    open_tasks = {task.id for task in await store.list_tasks(run_id=run_id, status="open")}
    waits = [_described(entry, names, keys, open_tasks) for entry in _last_entries(entries)]
    waits += [NodeWait(stop.path, "breakpoint", inputs=stop.inputs, config=stop.config) for stop in find_stops(entries)]
    state = _overlaid(await read_state(store, run), entries)
    known = [wait for wait in waits if wait is not None]
    return RunView(run, result, known, state, number, find_breakpoints(run, entries))


def _last_entries(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The last of each node; entries come in key order."""
    last = {(entry.scope, entry.node): entry for entry in entries if not entry.node.startswith("@")}
    return last.values()


def _described(
    entry: Entry, names: Mapping[str, Sequence[str]], keys: Mapping[str, str], open_tasks: Container[str]
) -> NodeWait | None:
    node, body = node_path(entry.scope, entry.node), entry.body
    if entry.kind is EntryKind.FAILURE:
        return NodeWait(node, "retry", body.get("retry_at"))
    if entry.kind is not EntryKind.SUSPENSION:
        return None
    until: datetime | None = body.get("until")
    if body.get("in_doubt"):
        return NodeWait(node, "answer")
    kind, _, name = (body.get("signal") or "").partition(":")
    match kind:
        case "signal":
            if name not in names:
                return None  # it has come: the run is due
            return NodeWait(node, "signal", until, names=tuple(names[name]), key=keys[name])
        case "task":
            return NodeWait(node, "task" if name in open_tasks else "answered", until, id=name)
        case "run":
            return NodeWait(node, "run", until, id=name)
        case _:
            return NodeWait(node, "time", until)


def _overlaid(state: dict[str, Any], entries: Iterable[Entry]) -> dict[str, Any]:
    """The committed state, and over it what the run has changed and will commit when it completes."""
    changed = [entry for entry in entries if entry.kind is EntryKind.RESULT and entry.body.get("state")]
    for entry in sorted(changed, key=lambda entry: entry.at):
        for change in (StateChange(*told) for told in entry.body["state"]):
            if change.owner == COUNTER:
                continue
            before = state.get(change.key) or 0
            state[change.key] = change.value if change.increment is None else before + change.increment
    return state
