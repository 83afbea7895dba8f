"""Running one test: a real engine over a journal in memory, a clock that skips, and stubs for the world."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from treadle.authoring.inputs import validate_input
from treadle.engine.compile import compile_plan
from treadle.engine.journal import Batch, Entry, EntryKind, StateChange
from treadle.engine.outcome import Suspended
from treadle.engine.plan import NodePlan, Plan
from treadle.engine.replaying import plain_path, walk
from treadle.engine.state import owner_of, read_state
from treadle.errors import InvalidWorkflow, TreadleError
from treadle.model.ids import RunId, new_run_id
from treadle.model.signal import Signal
from treadle.model.task import TaskAnswer
from treadle.model.workflow import Workflow
from treadle.node import Permissions, Registry
from treadle.testing.cases.checking import Came, check_case
from treadle.testing.cases.model import AnswerGiven, Case, Given, SignalGiven
from treadle.testing.cases.outcome import CaseOutcome, Extent, Trace
from treadle.testing.cases.stubs import World, read_value
from treadle.testing.clock import START, VirtualClock
from treadle.testing.harness import Harness, TestRun
from treadle.testing.memory_journal import MemoryJournal

_LONGEST = 120.0
"""Seconds of real time a test may take."""
_DRIVES = 10_000
SECRET = "•secret {name}•"
"""What a secret is that the test does not give."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A workflow under test. `key` tells it from others of its name."""

    key: str
    workflow: Workflow
    registry: Registry


async def run_case(case: Case, subject: Subject, *, file: str, line: int) -> CaseOutcome:
    """Run a test and compare. Never raises for what the test or the workflow has wrong: see the outcome."""
    start = perf_counter()
    try:
        async with asyncio.timeout(_LONGEST):
            came, world, plan = await _run(case, subject)
        mismatches = check_case(case.expect, came, world)
        trace = trace_of(subject.key, plan, came, world)
    except TimeoutError:
        return CaseOutcome(file, line, case.name, error=f"It took more than {_LONGEST:g} s.", seconds=_LONGEST)
    except InvalidWorkflow as error:
        lines = [str(error), *(f"{issue.where}: {issue.message}" for issue in error.issues)]
        return CaseOutcome(file, line, case.name, error="\n".join(lines), seconds=perf_counter() - start)
    except TreadleError as error:
        return CaseOutcome(file, line, case.name, error=str(error), seconds=perf_counter() - start)
    return CaseOutcome(file, line, case.name, tuple(mismatches), None, perf_counter() - start, trace)


async def _run(case: Case, subject: Subject) -> tuple[Came, World, Plan]:
    given, workflow = case.given, subject.workflow
    world = World(given.effects)
    registry = world.registry(workflow, subject.registry)
    plan = compile_plan(workflow, registry)
    require_known(given, plan)
    journal = MemoryJournal()
    harness = _harness(given, plan, registry, journal)
    run = await _open(given, plan, harness)
    await _send(harness, run, [one for one in given.signals if one.after == 0])
    await harness.drive(run)
    await _finish(given, harness, run)
    state = await read_state(journal, run.record)
    record = await journal.get_run(run.id)
    return Came(run.result, record.counters, state), world, plan


def _harness(given: Given, plan: Plan, registry: Registry, journal: MemoryJournal) -> Harness:
    secrets = {name: given.secrets.get(name, SECRET.format(name=name)) for name in plan.secrets}
    clock = VirtualClock(given.time or START)
    permissions = Permissions(environment=dict(given.env))
    harness = Harness(journal=journal, clock=clock, secrets=secrets, permissions=permissions)
    harness.registry = registry
    return harness


async def _open(given: Given, plan: Plan, harness: Harness) -> TestRun:
    """The run as it is before anybody drives it: its row, the state before it, what was drawn beforehand."""
    workflow = plan.workflow
    values, issues = validate_input(workflow, {name: read_value(value) for name, value in given.input.items()})
    if issues:
        raise InvalidWorkflow(f"The test's input does not fit `{workflow.name}`.", code="invalid_input", issues=issues)
    at = given.time or START
    run = harness.prepare(workflow)
    run.plan = plan
    run.record = replace(
        run.record,
        id=RunId(given.run) if given.run else run.record.id,
        input=values,
        trigger=given.trigger,
        fired=read_value(given.fired),
        mode=given.mode,
        params=given.params,
        created_at=at,
        due_at=given.due,
        epoch=-1,  # taken up below, it has the epoch of a run that is driven for the first time
    )
    owner = owner_of(run.record, "deployment")
    state = [StateChange(owner, key, read_value(value)) for key, value in given.state.items()]
    entries = list(_drawn(given, plan))
    await harness.journal.append(Batch(run.id, -1, opens=run.record, entries=entries, state=state))
    run.drives = 1
    return run


def _drawn(given: Given, plan: Plan) -> Iterator[Entry]:
    for path, draw in given.draws.items():
        scope, _, node = path.rpartition("/")
        if node.startswith("@"):
            yield Entry(scope, node, 0, EntryKind.CHECKPOINT, draw.at, {"draw": draw.at})
            continue
        body: dict[str, object] = {"attempt": 1, "now": draw.at}
        if draw.live is not None:
            body["live"] = [list(source) for source in draw.live]
        yield Entry(scope, node, 0, EntryKind.INTENT, draw.at, body)


async def _finish(given: Given, harness: Harness, run: TestRun) -> None:
    """Let time pass until the run is done: signals and answers come when they are due, waits are skipped."""
    start = harness.clock.now() if given.time is None else given.time
    signals = sorted((one for one in given.signals if one.after > 0), key=lambda one: one.after)
    answered: set[str] = set()
    for _ in range(_DRIVES):
        if not isinstance(run.outcome, Suspended):
            return
        answers = await _open_answers(given, harness, run, answered)
        times = [start + timedelta(seconds=one.after) for one in [*signals[:1], *answers.values()]]
        if run.outcome.until is not None:
            times.append(run.outcome.until)
        if not times:
            return
        now = max(harness.clock.now(), min(times))
        harness.clock.set(now)
        due = [one for one in signals if start + timedelta(seconds=one.after) <= now]
        signals = signals[len(due) :]
        await _send(harness, run, due)
        for task, answer in answers.items():
            if start + timedelta(seconds=answer.after) <= now:
                answered.add(task)
                await _answer(harness, task, answer, now)
        await harness.drive(run)
    raise InvalidWorkflow(f"The run was still waiting after {_DRIVES} waits.", code="endless_wait")


async def _open_answers(given: Given, harness: Harness, run: TestRun, answered: set[str]) -> Mapping[str, AnswerGiven]:
    """The answers that are given for tasks open now, by task."""
    found: dict[str, AnswerGiven] = {}
    for task in await harness.exchange.list_tasks(status="open", run_id=run.id):
        answer = given.answers.get(task.path) or given.answers.get(plain_path(task.path))
        if answer is not None and task.id not in answered:
            found[task.id] = answer
    return found


async def _answer(harness: Harness, task: str, answer: AnswerGiven, now: datetime) -> None:

    said = TaskAnswer(answer.outcome, dict(answer.values), answer.by, answer.note, now)
    await harness.exchange.answer_task(task, said, now=now)


async def _send(harness: Harness, run: TestRun, signals: list[SignalGiven]) -> None:

    for one in signals:
        now = harness.clock.now()
        sent = Signal(new_run_id(), one.name, one.key, read_value(one.payload), run.id, now)
        await harness.exchange.send_signal(sent, now=now)


def require_known(given: Given, plan: Plan) -> None:
    """Raises `InvalidWorkflow` (`unknown_stub`) for stubs, answers and triggers that name nothing of the workflow."""
    nodes = {path: node for path, node in walk(plan)}
    types = {node.definition.name for node in nodes.values()}
    wrong = [f"the stub `{name}`" for name in given.effects if plain_path(name) not in nodes and name not in types]
    wrong += [f"the answer `{name}`" for name in given.answers if plain_path(name) not in nodes]
    if given.trigger is not None and given.trigger not in nodes:
        wrong.append(f"the trigger `{given.trigger}`")
    if wrong:
        effects = ", ".join(f"`{path}`" for path, node in nodes.items() if node.kind == "effect") or "none"
        raise InvalidWorkflow(
            f"`{plan.workflow.name}` has nothing that {' and '.join(wrong)} could be for.",
            code="unknown_stub",
            remedy=f"Name a node by its path, or a type; its effects are {effects}.",
        )


def load_subject(workflow: Workflow, registry: Registry, *, path: Path | None) -> Subject:
    """A workflow under test, from its file or from the store."""
    key = f"{path.resolve()}#{workflow.name}" if path is not None else f"{workflow.name}@{workflow.version}"
    return Subject(key, workflow, registry)


# Coverage


def extent_of(subject: Subject) -> Extent:
    """All there is to go through: nodes that may run, and the ports of those that choose. Raises `InvalidWorkflow`."""
    plan = compile_plan(subject.workflow, subject.registry)
    nodes = {path: node for path, node in walk(plan) if not node.node.disabled}
    branches = {f"{path}.{port}" for path, node in nodes.items() for port in _branches(node)}
    return Extent(subject.workflow.name, frozenset(nodes), frozenset(branches))


def _branches(node: NodePlan) -> Iterator[str]:
    ports = node.definition.type.outputs_of(node.node.config)
    yield from (port.name for port in ports if port.branch)
    if node.on_error == "branch" and all(port.name != "error" for port in ports):
        yield "error"


def trace_of(key: str, plan: Plan, came: Came, world: World) -> Trace:
    """What of the workflow a run went through."""
    nodes = dict(walk(plan))
    ran: set[str] = set()
    taken: set[str] = set()
    for path, result in came.result.nodes.items():
        plain = plain_path(path)
        node = nodes.get(plain)
        if node is None or result.status not in ("completed", "failed") or path in world.missing:
            continue
        ran.add(plain)
        taken.update(f"{plain}.{port}" for port in _branches(node) if port in result.outputs)
    return Trace(key, frozenset(ran), frozenset(taken))
