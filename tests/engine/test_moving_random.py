"""5.2: random graphs, moved midway to edits of themselves, end as if what was kept had been the new version's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.engine.reference import ATTEMPTS, Spec, interpret, number, sent
from tests.engine.test_random_graphs import build, came_to, specs
from treadle.engine.outcome import Suspended
from treadle.model.workflow import Workflow
from treadle.node import NOT_DONE, Context, JsonValue, NodeDefinition, effect
from treadle.testing.crash import CRASH_POINTS, Crash, Point
from treadle.testing.harness import Harness, Movable, TestRun

Work = tuple[int, int, int]


@dataclass
class Outside:
    """The world the effects touch. What it answers changes with every version: nothing is the same by chance."""

    version: int = 0
    done: dict[str, int] = field(default_factory=dict[str, int])
    calls: dict[str, list[tuple[Work, int]]] = field(default_factory=dict[str, list[tuple[Work, int]]])

    def answer(self, value: Any, extra: Any) -> int:
        return (sent(value, extra) + 2 * self.version) % 1000

    def send(self) -> NodeDefinition:
        @effect("g.send", in_doubt="reconcile")
        async def send(ctx: Context, value: JsonValue = 100, *, extra: Any = 0, fails: int = 0) -> JsonValue:
            """Does something."""
            if ctx.attempt <= fails:
                raise OSError("busy")
            result = self.done[ctx.idempotency_key] = self.answer(value, extra)
            work = (number(value), number(extra), fails)
            self.calls.setdefault(ctx.path, []).append((work, result))
            ctx.count("sent")
            return result

        @send.reconcile
        async def find(ctx: Context, value: JsonValue = 100, *, extra: Any = 0, fails: int = 0) -> JsonValue:
            return self.done.get(ctx.idempotency_key, NOT_DONE)

        return send


@st.composite
def waiting_specs(draw: DrawFn) -> list[Spec]:
    """A graph in which some nodes wait. No `error` port is read: what an error says is not in the reference."""
    made = [
        replace(spec, on_error="continue", fails=spec.fails % ATTEMPTS) if spec.kind == "send" else spec
        for spec in draw(specs(may_fail=False))
    ]
    made = [_without_errors(spec) for spec in made]
    # Something has happened in any case, and some of what follows reads it.
    made = [
        replace(spec, sources=(("s", "output"),)) if spec.kind in ("maybe", "send") and draw(st.booleans()) else spec
        for spec in made
    ]
    made.insert(0, Spec("s", "send"))
    waits = [Spec(f"w{at}", "wait", after=("w0",) if at else ()) for at in range(2)]
    after = [
        replace(spec, after=(*spec.after, waits[0].id)) if at > len(made) // 2 and draw(st.booleans()) else spec
        for at, spec in enumerate(made)
    ]
    return _ordered([*after, *waits])


def _without_errors(spec: Spec) -> Spec:
    kept = tuple(end for end in spec.sources if end[1] != "error")
    kind = spec.kind if kept or spec.kind not in ("calc", "gather") else "maybe"
    kind = "maybe" if kind == "gather" and len(kept) < 2 else kind
    return replace(spec, kind=kind, sources=kept, triggers=tuple(end for end in spec.triggers if end[1] != "error"))


def _ends(made: Sequence[Spec]) -> list[tuple[str, str]]:
    ports = {"fork": ["yes", "no"], "each": ["results"], "wait": ["value"]}
    return [(spec.id, port) for spec in made for port in ports.get(spec.kind, ["output"])]


def _reads(spec: Spec) -> set[str]:
    return {
        *(node for node, _ in (*spec.sources, *spec.triggers)),
        *spec.after,
        *(name for name in (spec.when, spec.extra) if name),
    }


def _ordered(made: Sequence[Spec]) -> list[Spec]:
    """In an order in which everything comes after what it reads; what would close a circle loses its `after`."""
    todo, known, done = list(made), {spec.id for spec in made}, list[Spec]()
    while todo:
        placed = {spec.id for spec in done}
        ready = next((spec for spec in todo if _reads(spec) & known <= placed), None)
        if ready is None:
            todo[0] = replace(todo[0], after=(), triggers=())
            ready = (
                next(spec for spec in todo if _reads(spec) & known <= placed)
                if _is_free(todo, placed, known)
                else todo[0]
            )
            if ready is todo[0] and not _reads(ready) & known <= placed:
                ready = todo[0] = replace(ready, sources=(), when=None, extra=None, kind=_open(ready.kind))
        todo.remove(ready)
        done.append(ready)
    return done


def _is_free(todo: Sequence[Spec], placed: set[str], known: set[str]) -> bool:
    return any(_reads(spec) & known <= placed for spec in todo)


def _open(kind: str) -> str:
    return "maybe" if kind in ("calc", "gather") else kind


_EDITS = [
    "config",
    "config",
    "config",
    "config",
    "extra",
    "extra",
    "connect",
    "connect",
    "type",
    "remove",
    "add",
    "when",
    "disable",
    "trigger",
]


@st.composite
def edited(draw: DrawFn, made: list[Spec]) -> list[Spec]:
    """`made` with one to four changes."""
    edited = list(made)
    if draw(st.booleans()):
        edited = [replace(spec, fails=1 - spec.fails) if spec.id == "s" else spec for spec in made]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(edited) - 1))
        effects = [place for place, one in enumerate(edited) if one.kind in ("send", "each")]
        if effects and draw(st.booleans()):
            at = draw(st.sampled_from(effects))
        spec, before = edited[at], edited[:at]
        numbers = [one.id for one in before if one.kind not in ("fork", "each", "wait")]
        ends = _ends(before)
        match draw(st.sampled_from(_EDITS)):
            case "config" if spec.kind == "send":
                edited[at] = replace(spec, fails=draw(st.sampled_from([0, 1, 1, ATTEMPTS])))
            case "extra" if spec.kind in ("send", "calc", "maybe", "each") and numbers:
                edited[at] = replace(spec, extra=draw(st.none() | st.sampled_from(numbers)))
            case "type" if spec.kind in ("calc", "maybe"):
                # `maybe` computes the same as `calc`: what follows sees no difference.
                edited[at] = replace(spec, kind=draw(st.sampled_from(["maybe", "send"])))
            case "type" if spec.kind == "send":
                edited[at] = replace(spec, kind="maybe", fails=0)
            case "remove" if len(edited) > 2:
                del edited[at]
                edited = [_without(one, spec.id) for one in edited]
            case "add":
                source = tuple(draw(st.lists(st.sampled_from(ends), max_size=1))) if ends else ()
                added = Spec(f"x{len(edited)}", draw(st.sampled_from(["send", "maybe"])), sources=source)
                if added.id not in {one.id for one in edited}:
                    edited.insert(at, added)
                    reader = draw(st.integers(at + 1, len(edited) - 1))
                    if edited[reader].kind in ("send", "maybe", "calc"):
                        edited[reader] = replace(edited[reader], sources=((added.id, "output"),))
            case "connect" if spec.kind in ("send", "calc", "maybe", "fork") and ends:
                edited[at] = replace(spec, sources=(draw(st.sampled_from(ends)),))
            case "when" if numbers:
                edited[at] = replace(spec, when=draw(st.none() | st.sampled_from(numbers)))
            case "disable":
                edited[at] = replace(spec, disabled=not spec.disabled)
            case "trigger" if ends:
                edited[at] = replace(spec, triggers=(draw(st.sampled_from(ends)),))
            case _:
                pass
    return edited


def _without(spec: Spec, gone: str) -> Spec:
    sources = tuple(end for end in spec.sources if end[0] != gone)
    kind = _open(spec.kind) if not sources or (spec.kind == "gather" and len(sources) < 2) else spec.kind
    return replace(
        spec,
        kind=kind,
        sources=sources,
        triggers=tuple(end for end in spec.triggers if end[0] != gone),
        after=tuple(name for name in spec.after if name != gone),
        when=None if spec.when == gone else spec.when,
        extra=None if spec.extra == gone else spec.extra,
    )


@st.composite
def cases(draw: DrawFn, moves: int = 1) -> list[list[Spec]]:
    versions = [draw(waiting_specs())]
    for _ in range(moves):
        versions.append(draw(edited(versions[-1])))
    return versions


quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@given(
    cases(),
    st.sampled_from([0, 60]),
    st.integers(0, 1),
    st.sampled_from(["all", "failures"]),
    st.randoms(use_true_random=False),
    st.none() | st.sampled_from(CRASH_POINTS),
)
@quick
def test_a_moved_run_ends_as_if_what_was_kept_had_been_the_new_versions(
    versions: list[list[Spec]], delay: float, wakes: int, save: str, random: Any, point: Point | None
) -> None:
    """Node by node; an effect whose work is unchanged was done once, one whose work changed once more; also when the
    moved run crashes."""
    asyncio.run(_moved(versions, delay, wakes, save, random, point))


async def _moved(
    versions: list[list[Spec]], delay: float, wakes: int, save: str, random: Any, point: Point | None
) -> None:
    old, new = versions
    harness, outside = Harness(), Outside()
    send = outside.send()
    run = await harness.start(_flow(old, send, delay, save, random))
    for _ in range(wakes):
        await _wake(harness, run)
    if run.status != "suspended":
        event("ended before it could be moved")
        return
    before = {path: calls[-1] for path, calls in outside.calls.items()}
    counts = {path: len(calls) for path, calls in outside.calls.items()}
    outside.version = 1

    move = await harness.move(run, _flow(new, send, delay, save, random))

    assert not move.problems, move.problems
    again: list[str] = []

    def act(path: str, value: Any, extra: Any, fails: int) -> int:
        work = (number(value), number(extra), fails)
        if path in before and before[path][0] == work:
            return before[path][1]
        again.append(path)
        return outside.answer(value, extra)

    expected = interpret(new, act)
    crash = Crash(point, random.choice(again)) if point is not None and again else None
    await harness.drive(run, crash=crash)
    await harness.finish(run, crash=crash)
    if run.crashed:
        await harness.recover(run)
    assert run.status == "completed"
    assert came_to(run, new) == expected.nodes
    for path in {*counts, *again}:
        assert len(outside.calls[path]) == counts.get(path, 0) + (path in again), f"{path}: {outside.calls[path]}"
    await check_counted(harness, run, new, outside, crash)
    event(f"kept {min(len(counts.keys() - set(again)), 3)}, again {min(len(counts.keys() & set(again)), 3)}")
    event(f"crashed: {crash is not None and crash.fired}")


@given(
    cases(moves=2),
    st.sampled_from(["all", "failures"]),
    st.booleans(),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
@quick
def test_a_run_that_is_moved_twice_comes_to_what_its_last_version_says(
    versions: list[list[Spec]], save: str, back: bool, goes_on: int, random: Any
) -> None:
    """Whatever it has done as which version, and whether it went on in between; moved there and back without that, it
    repeats nothing."""
    asyncio.run(_moved_twice(versions, save, back, goes_on, random))


async def _moved_twice(versions: list[list[Spec]], save: str, back: bool, goes_on: int, random: Any) -> None:
    last = versions[0] if back else versions[2]
    harness, outside = Harness(), Outside()
    send = outside.send()
    run = await harness.start(_flow(versions[0], send, 60, save, random))
    if run.status != "suspended":
        return
    counts = {path: len(calls) for path, calls in outside.calls.items()}
    if back and goes_on > 1:
        for between in (versions[2], versions[0]):
            await harness.move(run, _flow(between, send, 60, save, random))
    await harness.move(run, _flow(versions[1], send, 60, save, random))
    if goes_on == 1:
        await harness.drive(run)
        if run.status != "suspended":
            return

    await harness.move(run, _flow(last, send, 60, save, random))
    await harness.finish(run)

    assert run.status == "completed"
    assert came_to(run, last) == interpret(last).nodes
    if back and goes_on != 1:
        assert {path: len(outside.calls[path]) for path in counts} == counts
    await check_counted(harness, run, last, outside)


async def check_counted(
    harness: Harness, run: TestRun, made: list[Spec], outside: Outside, crash: Crash | None = None
) -> None:
    """What was counted is what stands in the run's results, each once; an effect that a crash had left in doubt was
    found again outside, where nothing is counted."""
    if run.plan.workflow.settings.save != "all" or (crash is not None and crash.fired):
        return
    sends = {spec.id for spec in made if spec.kind == "send"}
    done = [
        path
        for path, status in run.statuses().items()
        if status == "completed" and path in outside.calls and ("/" in path or path in sends)
    ]
    record = await cast(Movable, harness.journal).get_run(run.id)
    assert record.counters.get("sent", 0) == len(done)


async def _wake(harness: Harness, run: TestRun) -> None:
    if isinstance(run.outcome, Suspended) and run.outcome.until is not None:
        harness.clock.set(max(run.outcome.until, harness.clock.now()))
        await harness.drive(run)


def _flow(made: Sequence[Spec], send: NodeDefinition, delay: float, save: str, random: Any) -> Workflow:
    order = list(range(len(made)))
    random.shuffle(order)
    flow = build(made, order, send, delay)
    changes: Mapping[str, Any] = {"settings": flow.settings.model_copy(update={"save": save})}
    return flow.model_copy(update=changes)
