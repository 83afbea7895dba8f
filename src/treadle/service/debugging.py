"""Debugging: let a test run go on from where it stands, with other values if need be, and say where it stops next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from treadle.engine.debugging import COMMAND, is_debugged
from treadle.engine.journal import BEFORE, DEBUG_PLACE, Entry, EntryKind
from treadle.engine.plan import NodePlan, Plan
from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.breakpoints import Breakpoints
from treadle.model.ids import RunId, new_run_id, node_path
from treadle.model.nearest import listed, suggest
from treadle.model.policy import Mode
from treadle.model.run import FINISHED, NodeResult, RunRecord
from treadle.model.signal import Signal
from treadle.service.access.operation import note_details, operation
from treadle.service.answer import find_node, read_outputs
from treadle.store.results import collect_results

if TYPE_CHECKING:
    from treadle.service.application import Application


@dataclass(frozen=True, slots=True)
class Stop:
    """A node that a run stands before, since `at`: what it would get, and what its expressions come to."""

    path: str
    at: datetime
    inputs: Mapping[str, Any]
    config: Mapping[str, Any]


def find_stops(entries: Iterable[Entry]) -> list[Stop]:
    """Where a run stands, longest first."""
    found: dict[str, Stop] = {}
    for entry in entries:
        if not entry.node.startswith(BEFORE):
            continue
        path = node_path(entry.scope, entry.node.removeprefix(BEFORE))
        found.pop(path, None)
        if entry.kind is EntryKind.SUSPENSION:
            found[path] = Stop(path, entry.at, entry.body.get("inputs") or {}, entry.body.get("config") or {})
    return sorted(found.values(), key=lambda stop: (stop.at, stop.path))


def find_breakpoints(run: RunRecord, entries: Iterable[Entry]) -> Breakpoints | None:
    """Before which nodes a run stops now; None: it cannot be debugged."""
    if run.origin is None or not is_debugged(run):
        return None
    told = [entry.body["breakpoints"] for entry in entries if (entry.scope, entry.node) == DEBUG_PLACE]
    return Breakpoints(tuple(told[-1]["nodes"]), told[-1]["step"]) if told else run.origin.breakpoints


def require_test(mode: Mode, breakpoints: Breakpoints | None) -> None:
    """Nothing, if a run in this mode may have breakpoints. Raises `InvalidWorkflow` (`breakpoints_need_test_mode`)."""
    if breakpoints is not None and mode != "test":
        raise InvalidWorkflow(
            f"The run is to stop at breakpoints, and its mode is {mode}.",
            code="breakpoints_need_test_mode",
            remedy="Say `mode: test`: what runs in earnest is not made to stand still.",
        )


def require_nodes(plan: Plan, breakpoints: Breakpoints) -> None:
    """Raises `NotFound` (`unknown_node`)."""
    for path in breakpoints.nodes:
        find_node(plan, path)


class Debugging:
    """The operations on a run that was started in test mode with breakpoints."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("runs.debug", on="run")
    async def go_on(
        self,
        run_id: RunId,
        *,
        nodes: Sequence[str] = (),
        step: bool = False,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        breakpoints: Sequence[str] | None = None,
    ) -> list[str]:
        """Let the run go on: the nodes it stands before, or only `nodes`, and those given something; with `step` the
        one that has waited longest, to stop again before whatever comes next. The paths of those let go; durable when
        it returns.

        `inputs` are values by input port (`send.to`) of nodes it stands before. `outputs` are what nodes have come to
        (`fetch`, or `fetch.status` for one port), in place of running them: of those it stands before, and of those it
        comes to later. Raises `NotFound` (`unknown_run`, `unknown_node`), `InvalidWorkflow` (`unknown_port`,
        `wrong_output`), `Conflict` (`not_debugged`, `run_finished`, `not_paused`, `already_begun`).
        """
        run, plan, entries = await self._read(run_id)
        redactor = self.application.world.redactor_for(run.origin)
        given_in = _read_inputs(plan, redactor.value(dict(inputs or {})))
        given_out = _read_outputs(plan, redactor.value(dict(outputs or {})))
        for path in breakpoints or ():
            find_node(plan, path)
        stops = [stop.path for stop in find_stops(entries)]
        release = _choose(run_id, stops, nodes, [*given_in, *(path for path in given_out if path in stops)], step=step)
        later = {path: ports for path, ports in given_out.items() if path not in release}
        _require_ahead(run_id, later, collect_results(entries))
        if not (release or later or breakpoints is not None):
            raise _not_paused(run_id, None, stops)
        changed: dict[str, Any] = {"step": step}
        if breakpoints is not None:
            changed["nodes"] = list(breakpoints)
        command = {
            "release": {path: _given(given_in.get(path), given_out.get(path)) for path in release},
            "outputs": later,
            "breakpoints": changed,
        }
        note_details(nodes=release, step=step, inputs=sorted(given_in), outputs=sorted(given_out))
        await self._tell(run, command)
        return release

    @operation("runs.debug", on="run")
    async def set_breakpoints(self, run_id: RunId, nodes: Sequence[str], *, step: bool = False) -> Breakpoints:
        """Stop before these nodes from now on, and with `step` before every node; where the run stands, it goes on
        standing. Raises `NotFound` (`unknown_run`, `unknown_node`), `Conflict` (`not_debugged`, `run_finished`)."""
        run, plan, _ = await self._read(run_id)
        for path in nodes:
            find_node(plan, path)
        note_details(breakpoints=list(nodes), step=step)
        await self._tell(run, {"breakpoints": {"nodes": list(nodes), "step": step}})
        return Breakpoints(tuple(nodes), step)

    async def _read(self, run_id: RunId) -> tuple[RunRecord, Plan, Sequence[Entry]]:
        run = await self._store.get_run(run_id)
        if not is_debugged(run):
            raise Conflict(
                f"Run `{run_id}` was not started to be debugged.",
                code="not_debugged",
                remedy="Start one in test mode with `breakpoints` (an empty list will do), or with `step`.",
                run=run_id,
            )
        if run.status in FINISHED:
            raise Conflict(
                f"Run `{run_id}` is {run.status}: it stands nowhere any more.",
                code="run_finished",
                remedy="Start another, or fork it at the node to look at.",
                run=run_id,
                status=run.status,
            )
        return run, await self.application.plans.get(run.workflow, run.version), await self._store.load(run_id)

    async def _tell(self, run: RunRecord, command: Mapping[str, Any]) -> None:
        application = self.application
        now = application.world.clock.now()
        said = Signal(f"d{new_run_id()[1:]}", COMMAND, payload=command, run_id=run.id, at=now)
        woken = await self._store.send_signal(said, now=now)
        if woken.run_id is not None and application.drives:
            application.dispatcher.nudge(woken.run_id, woken.nudged)


def _choose(
    run_id: RunId, stops: Sequence[str], nodes: Sequence[str], given: Sequence[str], *, step: bool
) -> list[str]:
    """Which of `stops` are let go. Raises `Conflict` (`not_paused`)."""
    for path in (*nodes, *given):
        if path not in stops:
            raise _not_paused(run_id, path, stops)
    named = [path for path in stops if path in nodes or path in given]
    if nodes or (step and named):
        return named
    return list(stops[:1] if step else stops)


def _not_paused(run_id: RunId, path: str | None, stops: Sequence[str]) -> Conflict:
    where = f"It stands before {listed(list(stops))}." if stops else "It stands at no breakpoint at the moment."
    return Conflict(
        f"Run `{run_id}` does not stand before `{path}`." if path else f"Run `{run_id}` stands at no breakpoint.",
        code="not_paused",
        remedy=where if path else "Wait until it does, or set breakpoints before nodes that it comes to.",
        run=run_id,
        node=path,
        paused=list(stops),
    )


def _require_ahead(run_id: RunId, outputs: Mapping[str, Any], results: Mapping[str, NodeResult]) -> None:
    """Raises `Conflict` (`already_begun`) unless the run has yet to come to all of these nodes."""
    for path in outputs:
        if path in results and results[path].status != "paused":
            raise Conflict(
                f"`{path}` has begun in run `{run_id}`: nothing can stand in for it any more.",
                code="already_begun",
                remedy=f"Fork the run at `{path}` with the output it is to have.",
                run=run_id,
                node=path,
            )


def _given(inputs: Mapping[str, Any] | None, outputs: Mapping[str, Any] | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if inputs is not None:
        given["inputs"] = inputs
    if outputs is not None:
        given["outputs"] = outputs
    return given


def _split(written: str) -> tuple[str, str]:
    """`each[2]/send.to` as the node's path and the port."""
    scope, slash, last = written.rpartition("/")
    name, _, port = last.partition(".")
    return f"{scope}{slash}{name}", port


def _read_inputs(plan: Plan, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = {}
    for written, value in given.items():
        path, port = _split(written)
        _require_port(path, port, [item.name for item in find_node(plan, path).inputs], "input")
        read.setdefault(path, {})[port] = value
    return read


def _read_outputs(plan: Plan, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = {}
    for written, value in given.items():
        path, port = _split(written)
        node = find_node(plan, path)
        if not port:
            read[path] = read_outputs(node, value)
            continue
        _require_port(path, port, _ports_of(node), "output")
        read.setdefault(path, {})[port] = value
    return read


def _ports_of(node: NodePlan) -> list[str]:
    return [*node.out_ports, *(("error",) if node.on_error == "branch" else ())]


def _require_port(path: str, port: str, ports: Sequence[str], kind: str) -> None:
    if port in ports:
        return
    what = f"no {kind} port `{port}`" if port else f"no {kind} port of that name: none is named"
    raise InvalidWorkflow(
        f"`{path}` has {what}.",
        code="unknown_port",
        remedy=suggest(port, ports, f"It has {listed(list(ports))}." if ports else "It has none."),
        node=path,
    )
