"""Forks: a new run that goes on from the middle of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from treadle.engine.forking import ForkPlan, plan_fork
from treadle.engine.journal import Entry, EntryKind
from treadle.engine.plan import Plan
from treadle.engine.remains import Remains
from treadle.engine.route import find_route
from treadle.errors import InvalidWorkflow
from treadle.model.breakpoints import Breakpoints
from treadle.model.ids import RunId, new_run_id
from treadle.model.nearest import listed, suggest
from treadle.model.run import Origin, RunRecord
from treadle.service.access.operation import operation
from treadle.service.answer import read_outputs
from treadle.service.application import Application
from treadle.service.debugging import require_nodes, require_test
from treadle.service.preparation import find_account
from treadle.service.profiles import require_credentials
from treadle.service.vault.credentials import Credentials
from treadle.service.versions import Versions


@dataclass(frozen=True, slots=True)
class PreparedFork:
    """A fork that passed every check, and is not made yet."""

    source: RunId
    run: RunRecord
    plan: ForkPlan

    @property
    def run_id(self) -> RunId:
        """The run that it is made of: whoever may fork that may make it."""
        return self.source


class Forks:
    """The operations on forks. Nothing is written before everything has been checked, and the source never changes."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("runs.read", on="run")
    async def prepare(
        self,
        run_id: RunId,
        *,
        at: str,
        outputs: Mapping[str, Any] | None = None,
        version: str | None = None,
        upstream_only: bool = False,
        tests: bool = False,
        breakpoints: Breakpoints | None = None,
    ) -> PreparedFork:
        """What forking the run at the node at path `at` would copy and run anew.

        `outputs` edits what nodes gave: `fetch` (its output) or `fetch.status` (one port) to the value; that of `at`
        itself stands in for running it. `version` (see `Versions.resolve`) has the fork go on with another version.
        One that `tests` runs in test mode, with `breakpoints` if need be, and is no deployment's: what it does to the
        state is its workflow's alone. Raises `NotFound` (`unknown_run`, `unknown_node`, `unknown_version`),
        `InvalidWorkflow` (`unknown_port`, `wrong_output`, `missing_secret`), and what `plan_fork` raises.
        """
        application = self.application
        source = await application.store.get_run(run_id)
        before = await application.plans.get(source.workflow, source.version)
        plan = before
        if version is not None:
            found = await Versions(application).resolve(source.workflow, version, trials=tests)
            plan = await application.plans.get(source.workflow, found.version)
        profiles = source.origin.profiles if source.origin else ()
        if version is not None or outputs:  # else the fork does what the source did with them
            await Credentials(application).require_usable(profiles)
        require_credentials(application.world, source.workflow, plan.secrets, profiles)
        if breakpoints is not None:
            require_test("test" if tests else source.mode, breakpoints)
            require_nodes(plan, breakpoints)
        leaves = tests and source.mode != "test"
        entries = await application.store.load(run_id)
        now = application.world.clock.now()
        forked = plan_fork(
            plan,
            entries,
            at,
            now=now,
            edits=_read_edits(plan, entries, application.world.redactor_for(source.origin).value(outputs or {})),
            changed_from=before if plan is not before else None,
            upstream_only=upstream_only,
        )
        origin = source.origin or Origin()
        run = RunRecord(
            id=new_run_id(),
            workflow=source.workflow,
            version=plan.version,
            # Due at once, for whoever drives the store; in a lane, when it is its turn.
            status="queued",
            mode="test" if tests else source.mode,
            input=source.input,
            trigger=source.trigger,
            fired=source.fired,
            deployment=None if leaves else source.deployment,
            params=source.params,
            created_at=now,
            wake_at=now,
            save=plan.workflow.settings.save if breakpoints is None else "all",
            retention=plan.workflow.settings.retention,
            lane=None if leaves else source.lane,
            due_at=source.due_at,
            origin=replace(
                origin,
                parent_path=None,
                moved_from=None,
                forked_from=run_id,
                forked_at=at,
                # It counts as begun: a deployment that is paused keeps nobody from forking its runs.
                deadline_from=now.isoformat(),
                lane_limit=None if leaves else origin.lane_limit,
                breakpoints=breakpoints,
            ),
        )
        return PreparedFork(run_id, run, forked)

    @operation("runs.fork", on="run", of="prepared")
    async def create(self, prepared: PreparedFork) -> RunId:
        """Make the fork; it is durable when this returns, and driven by whoever drives the store.

        Raises `Conflict` (`source_changed`) when the source has lost what was to be copied, and `LimitExceeded`.
        """
        plan, run = prepared.plan, prepared.run
        compiled = await self.application.plans.get(run.workflow, run.version)
        account = await find_account(self.application, run.workflow)
        most = await self.application.quotas.require_run(compiled.workflow, account, run.id)
        run = replace(run, origin=replace(run.origin or Origin(), most_seconds=most, account=account))
        await self.application.store.create_fork(run, prepared.source, copied=plan.copied, rewritten=plan.rewritten)
        self.application.dispatcher.look()
        return prepared.run.id

    @operation("runs.fork", on="run")
    async def fork(
        self,
        run_id: RunId,
        *,
        at: str,
        outputs: Mapping[str, Any] | None = None,
        version: str | None = None,
        upstream_only: bool = False,
    ) -> RunId:
        """As `prepare` and `create`."""
        return await self.create(
            await self.prepare(run_id, at=at, outputs=outputs, version=version, upstream_only=upstream_only)
        )


def _read_edits(plan: Plan, entries: Sequence[Entry], outputs: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The live ports of each edited node: as it had them, but for those that are edited."""
    standing = Remains(entries).places
    had = {
        place: found[-1].body.get("outputs") for place, found in standing.items() if found[-1].kind is EntryKind.RESULT
    }
    edits: dict[str, dict[str, Any]] = {}
    for written, value in outputs.items():
        scope, slash, last = written.rpartition("/")
        name, _, port = last.partition(".")
        path = f"{scope}{slash}{name}"
        step = find_route(plan, path)[-1]
        if not port:
            edits[path] = read_outputs(step.node, value)
            continue
        ports = (*step.node.out_ports, *(("error",) if step.node.on_error == "branch" else ()))
        if port not in ports:
            raise InvalidWorkflow(
                f"`{path}` has no output port `{port}`.",
                code="unknown_port",
                remedy=suggest(port, ports, f"It has {listed(ports)}." if ports else "It has none."),
                node=path,
            )
        ports_had = edits.get(path) or dict(had.get((step.scope, step.node.id)) or {})
        if port == "error" or "error" in ports_had:
            ports_had = {}  # it either failed or it did not
        edits[path] = {**ports_had, port: value}
    return edits
