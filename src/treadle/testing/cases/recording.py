"""From a recorded run to a test: what it was given, what the world answered, what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import yaml

from treadle.authoring.yaml_text import plain_value
from treadle.engine.failure import plain
from treadle.engine.history import Place
from treadle.engine.journal import Entry, StateChange
from treadle.engine.plan import Plan
from treadle.engine.recorder import COUNTER
from treadle.engine.recording import Recorded, Recording
from treadle.engine.redaction import Redactor
from treadle.engine.replay_report import find_node
from treadle.engine.replaying import replay
from treadle.errors import Conflict
from treadle.model.ids import node_path
from treadle.model.run import RunRecord
from treadle.testing.cases.stubs import write_value, written


def record_case(
    plan: Plan,
    run: RunRecord,
    entries: Sequence[Entry],
    *,
    workflow: str | Mapping[str, str],
    name: str,
    redactor: Redactor,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The content of a test file that expects of `workflow` what the run came to. Known secrets are left out.

    Raises `Conflict` (`not_recorded`) for a run that is not over, was cancelled, or was not kept; `StoreError`.
    """
    if run.status not in ("completed", "failed"):
        raise Conflict(
            f"Run `{run.id}` is {run.status}; only one that completed or failed makes a test.",
            code="not_recorded",
            remedy="Wait until it is over, or write the test by hand.",
            run=run.id,
        )
    recording = Recording(run, entries)
    if not recording and plan.graph.nodes:
        raise Conflict(
            f"What the nodes of run `{run.id}` came to is not kept.",
            code="not_recorded",
            remedy="Set `save: all` in the workflow's settings for runs to come.",
            run=run.id,
        )
    came = replay(plan, run, recording, environment=environment)
    document: dict[str, Any] = {
        "workflow": workflow if isinstance(workflow, str) else dict(workflow),
        "name": name,
        "recorded": {"run": run.id, "version": run.version},
        "given": _given(plan, run, recording, list(came.asked), environment or {}),
        "expect": _expect(run, recording),
    }
    document["expect"]["effects"] = [
        _without_nothing({"at": node_path(*place), "with": {**_plain(seen.arguments), **_plain(seen.config)}})
        for place, seen in came.asked.items()
        if _is_made(recording.find(place))
    ]
    return redactor.value(document)


def _is_made(recorded: Recorded | None) -> bool:
    return recorded is not None and recorded.status in ("completed", "failed")


def _given(
    plan: Plan, run: RunRecord, recording: Recording, asked: Sequence[Place], environment: Mapping[str, str]
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "run": run.id,
        "time": _time(run.created_at),
        "due": _time(run.due_at),
        "mode": run.mode if run.mode != "live" else None,
        "trigger": run.trigger,
        "fired": write_value(run.fired),
        "input": write_value(dict(run.input)),
        "params": write_value(dict(run.params)),
        "state": write_value(recording.state or {}),
        "env": dict(environment) if "env" in plan.roots else {},
        "effects": {
            node_path(*place): _stub(recorded)
            for place in asked
            if (recorded := recording.find(place)) is not None and _is_made(recorded)
        },
        "draws": _draws(plan, recording),
    }
    return _without_nothing(given)


def _draws(plan: Plan, recording: Recording) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place in recording.places():
        last = recording.drawn.last(place)
        if last is not None and "draw" in last.body:
            found[node_path(*place)] = {"at": _time(last.body["draw"])}
            continue
        node, at = find_node(plan, place), recording.drawn.started_at(place)
        if node is not None and node.is_drawn and at is not None:
            live = recording.drawn.first_live(place)
            found[node_path(*place)] = _without_nothing({"at": _time(at), "live": live})
    return found


def _stub(recorded: Recorded) -> dict[str, Any]:
    stub: dict[str, Any] = {}
    if recorded.stop is not None:
        stop = recorded.stop
        stub["stop"] = {"status": stop.status, "message": stop.message, "output": write_value(stop.output)}
    elif recorded.failure is not None:
        failure = recorded.failure
        details = {key: value for key, value in failure.details.items() if key != "inputs"}
        stub["error"] = _without_nothing({"type": failure.type, "message": failure.message, "details": plain(details)})
    else:
        stub["outputs"] = write_value(dict(recorded.ports))
    steps = [_state(change) for change in recorded.state if change.owner != COUNTER]
    counts: dict[str, float] = {}
    for change in recorded.state:
        if change.owner == COUNTER and change.increment is not None:
            counts[change.key] = counts.get(change.key, 0.0) + change.increment
    return {**stub, **_without_nothing({"state": steps, "counts": counts})}


def _state(change: StateChange) -> dict[str, Any]:
    scope = change.owner.partition(":")[0]
    step: dict[str, Any] = {"key": change.key, "scope": scope}
    if change.increment is not None:
        return {**step, "by": change.increment}
    return {**step, "value": write_value(change.value)}


def _expect(run: RunRecord, recording: Recording) -> dict[str, Any]:
    statuses = {node_path(*place): status for place, status in recording.statuses().items() if place[1][0] != "@"}
    expect: dict[str, Any] = {"status": run.status}
    if run.error is not None:
        expect["error"] = _without_nothing({"type": run.error.type, "node": run.error.node})
    else:
        expect["output"] = write_value(run.output)
    if run.counters:
        expect["counters"] = dict(run.counters)
    return {**expect, "nodes": dict(sorted(statuses.items()))}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: written(value) for name, value in values.items()}


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, {}, [])}


def write_case(document: Mapping[str, Any]) -> str:
    """The test file's text."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Writes text so that it is read as text: what looks like something else is quoted, by our rules and YAML's."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if plain_value(text) == text and isinstance(plain_value(text), str) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Dumper.add_representer(str, _write_text)  # pyright: ignore[reportUnknownMemberType]
