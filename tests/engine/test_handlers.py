"""Handlers: they observe, replace, recover or raise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.nodes import add_one, boom, fork, loop, value
from treadle.engine.handlers import Handlers, Replace, RunStart, Step
from treadle.model.run import ExecutionResult, Failure
from treadle.testing.crash import Crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness


class Diary:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[Any] = []

    def start(self, step: Step) -> None:
        self.lines.append(("start", step.path, dict(step.inputs)))

    async def complete(self, step: Step, output: Any) -> None:
        self.lines.append(("complete", step.path, output))

    def error(self, step: Step, failure: Failure) -> None:
        self.lines.append(("error", step.path, failure.type))

    def run_start(self, start: RunStart) -> None:
        self.lines.append(("run", start.workflow, dict(start.input)))

    async def run_complete(self, result: ExecutionResult) -> None:
        self.lines.append(("done", result.status, result.output))

    def run_error(self, result: ExecutionResult, failure: Failure) -> None:
        self.lines.append(("broken", result.status, failure.node))

    def handlers(self) -> Handlers:
        return Handlers(
            step_start=((None, self.start),),
            step_complete=((None, self.complete),),
            step_error=((None, self.error),),
            workflow_start=(self.run_start,),
            workflow_complete=(self.run_complete,),
            workflow_error=(self.run_error,),
        )


async def test_handlers_observe_containers_too(harness: Harness) -> None:
    """Before the first node of its body and after the last."""
    diary = Diary()
    body = graph(node(value, id="inner", config={"of": 1}))

    await harness.run(workflow(node(loop, config={"items": [1]}, body=body)), handlers=diary.handlers())

    assert [line[:2] for line in diary.lines if line[0] in ("start", "complete")] == [
        ("start", "loop"),
        ("start", "loop[0]/inner"),
        ("complete", "loop[0]/inner"),
        ("complete", "loop"),
    ]


async def test_a_handler_recovers_from_the_failure_of_a_container(harness: Harness) -> None:
    handlers = Handlers(step_error=(("loop", lambda step, failure: Replace(["recovered"])),))

    run = await harness.run(
        workflow(node(loop, config={"items": [1]}, body=graph(boom)), outputs="{{ nodes.loop.output }}"),
        handlers=handlers,
    )

    assert (run.status, run.output) == ("completed", ["recovered"])


async def test_handlers_observe_every_node_and_the_run(harness: Harness) -> None:
    """Plain and async ones, pure nodes and effects, in order."""
    diary = Diary()

    await harness.run(
        chain(node(value, config={"of": 1}), FakeEffect("send", returns=4), add_one),
        input={"a": 1},
        handlers=diary.handlers(),
    )

    assert diary.lines == [
        ("run", "under-test", {"a": 1}),
        ("start", "value", {}),
        ("complete", "value", 1),
        ("start", "send", {"value": 1}),
        ("complete", "send", 4),
        ("start", "add_one", {"number": 4}),
        ("complete", "add_one", 5),
        ("done", "completed", 5),
    ]


async def test_handlers_are_told_of_failures(harness: Harness) -> None:
    """Of the node's, and of the run's."""
    diary = Diary()

    await harness.run(workflow(boom), handlers=diary.handlers())

    assert diary.lines[1:] == [
        ("start", "boom", {"value": None}),
        ("error", "boom", "broken"),
        ("broken", "failed", "boom"),
    ]


async def test_a_handler_of_one_node_is_told_of_that_node(harness: Harness) -> None:
    """By id."""
    seen: list[str] = []

    await harness.run(
        chain(value, node(add_one, id="b"), node(add_one, id="c")),
        handlers=Handlers(step_complete=(("b", lambda step, output: seen.append(step.id)),)),
    )

    assert seen == ["b"]


async def test_a_handler_replaces_an_output(harness: Harness) -> None:
    """What follows sees the replacement."""
    replace = Handlers(step_complete=(("value", lambda step, output: Replace(output + 100)),))

    run = await harness.run(chain(node(value, config={"of": 1}), add_one), handlers=replace)

    assert (run.output, run.outputs()["value"]) == (102, {"output": 101})


async def test_a_replacement_of_a_node_with_several_ports_is_by_port(harness: Harness) -> None:
    """Its branches included."""
    replace = Handlers(step_complete=(("fork", lambda step, output: Replace({"no": 9})),))
    parts = [node(fork, config={"value": 1}), node(add_one, id="yes"), node(add_one, id="no")]

    run = await harness.run(
        workflow(*parts, connections=connect("fork.yes -> yes.number", "fork.no -> no.number")), handlers=replace
    )

    assert run.output["no"] == 10


async def test_a_replacement_that_does_not_fit_fails_the_node(harness: Harness) -> None:
    """Ports that are not there."""
    replace = Handlers(step_complete=(("fork", lambda step, output: Replace({"maybe": 9})),))

    run = await harness.run(workflow(fork), handlers=replace)

    assert (run.status, run.error and run.error.type) == ("failed", "invalid_output")


async def test_a_handler_recovers_from_an_error(harness: Harness) -> None:
    """The node counts as completed."""
    recover = Handlers(step_error=(("boom", lambda step, failure: Replace(failure.type)),))

    run = await harness.run(workflow(boom), handlers=recover)

    assert (run.status, run.output, run.statuses()) == ("completed", "broken", {"boom": "completed"})


@pytest.mark.parametrize("when", ["step_start", "step_complete", "step_error"])
async def test_a_handler_that_raises_fails_the_node(harness: Harness, when: str) -> None:
    """And never the engine."""

    def refuse(step: Step, *more: Any) -> None:
        raise ValueError(f"refused at {when}")

    part = boom if when == "step_error" else value

    run = await harness.run(workflow(part), handlers=Handlers(**{when: ((None, refuse),)}))

    assert (run.status, run.error and run.error.message) == ("failed", f"refused at {when}")


async def test_a_handler_that_refuses_a_result_does_not_repeat_the_effect(harness: Harness) -> None:
    """4.4: it happened; a retry would do it twice."""

    def refuse(step: Step, output: Any) -> None:
        raise ValueError("refused")

    send = FakeEffect("send", in_doubt="repeat")

    run = await harness.run(
        workflow(node(send, retry={"max_attempts": 5, "delay": 0})), handlers=Handlers(step_complete=((None, refuse),))
    )

    assert (run.status, send.calls) == ("failed", 1)


async def test_handlers_are_told_of_every_attempt(harness: Harness) -> None:
    """With its number."""
    seen: list[int] = []
    send = FakeEffect("send", fails=[OSError("a"), OSError("b")])

    await harness.run(
        workflow(node(send, retry={"max_attempts": 3, "delay": 0})),
        handlers=Handlers(step_start=((None, lambda step: seen.append(step.attempt)),)),
    )

    assert seen == [1, 2, 3]


@pytest.mark.parametrize("save", ["all", "none"])
async def test_a_replacement_survives_a_crash(harness: Harness, save: str) -> None:
    """4.4: who recovers the run may have no handlers; it cannot be computed again."""
    replace = Handlers(step_complete=(("value", lambda step, output: Replace("replaced")),))
    first, second = FakeEffect("first"), FakeEffect("second")
    parts = [value, first, second]
    wires = connect("value -> first", "value -> second.value", "first -> second.trigger")
    flow = workflow(*parts, connections=wires, settings={"save": save})  # type: ignore[arg-type]
    run = await harness.start(flow, crash=Crash("before_intent", "second"), handlers=replace)

    await harness.recover(run)

    assert (first.values, second.values) == (["replaced"], ["replaced"])


async def test_the_start_is_told_once(harness: Harness) -> None:
    """4.5: not again after a crash."""
    diary = Diary()
    send = FakeEffect("send", in_doubt="repeat")
    run = await harness.start(workflow(send), crash=Crash("after_intent", "send"), handlers=diary.handlers())

    await harness.recover(run, handlers=diary.handlers())

    assert [line[0] for line in diary.lines] == ["run", "start", "start", "complete", "done"]
