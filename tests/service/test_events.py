"""Events and failures over applications: published, delivered, handled once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.policy import Settings as WorkflowSettings
from treadle.model.published import MOST_HOPS
from treadle.model.run import RunRecord
from treadle.model.workflow import Node, Workflow
from treadle.node import Registry
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.failures import Failures, Selection, group_letters
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import node

HEARD = Node(id="heard", type="trigger.event", config={"topic": "orders.*"})


class Desk:
    """An application, what it does with events, and an effect `step` that can be told to fail."""

    def __init__(self, application: Application, step: FakeEffect, fails: list[BaseException]) -> None:
        self.application = application
        self.step = step
        self.fails = fails
        self.events = Events(application)
        self.deployments = Deployments(application)

    async def deliver(self) -> int:
        return await self.events.delivery().deliver()

    async def runs(self, workflow: str) -> list[RunRecord]:
        """Those of a workflow, once they have finished, oldest first."""
        found = await self.application.store.list_runs(workflow=workflow)
        for run in found:
            await asyncio.wait_for(self.application.wait(run.id), 20)
        return list(reversed(await self.application.store.list_runs(workflow=workflow)))

    async def settle(self) -> None:
        """Deliver and run until no event is left."""
        for _ in range(3 * MOST_HOPS):
            delivered = await self.deliver()
            for run in await self.application.store.list_runs(limit=200):
                await asyncio.wait_for(self.application.wait(run.id), 20)
            if not delivered:
                return
        raise AssertionError("events follow each other for ever")

    def failing(self, name: str = "breaks", **settings: Any) -> Workflow:
        return Workflow(name=name, nodes=(node(self.step, id="step"),), settings=WorkflowSettings(**settings))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    fails: list[BaseException] = []
    step = FakeEffect("step")
    step._fails = fails
    registry = Registry.installed().with_definitions(step.definition)
    async with Application(Settings(db=str(tmp_path / "treadle.db"), synchronous="OFF"), registry=registry) as app:
        yield Desk(app, step, fails)


async def test_an_event_starts_a_run_with_it(desk: Desk) -> None:
    listener = Workflow(name="listener", nodes=(HEARD,), outputs="{{ nodes.heard.output }}")
    await desk.deployments.deploy(listener)

    event_id = await desk.events.publish("orders.paid", {"total": 7})
    await desk.deliver()

    (run,) = await desk.runs("listener")
    assert (run.status, run.deployment) == ("completed", "listener")
    assert run.output["id"] == event_id
    assert (run.output["topic"], run.output["payload"]) == ("orders.paid", {"total": 7})


async def test_each_event_starts_one_run(desk: Desk) -> None:
    """However often it is delivered, and though its runs are not kept."""
    listener = Workflow(
        name="listener", nodes=(HEARD, node(desk.step, id="step")), settings=WorkflowSettings(save="none")
    )
    await desk.deployments.deploy(listener)
    await desk.events.publish("orders.paid")
    (event,) = await desk.application.store.list_undelivered()
    (trigger,) = await desk.application.store.list_triggers(deployment="listener")
    delivery = desk.events.delivery()
    await delivery._find_listeners()

    for _ in range(3):
        await delivery._deliver(event)
        async with asyncio.timeout(20):
            while not desk.step.calls or desk.application.dispatcher.active:
                await asyncio.sleep(0.01)

    assert (trigger.topic, desk.step.calls) == ("orders.*", 1)


async def test_events_wait_their_turn_in_a_serial_deployment(desk: Desk) -> None:
    """None is left out, and they come in their order."""
    listener = Workflow(
        name="listener",
        nodes=(HEARD, node(desk.step, id="step", config={"value": "{{ nodes.heard.output.payload }}"})),
    )
    await desk.deployments.deploy(listener)
    for number in range(5):
        await desk.events.publish("orders.paid", number)

    await desk.settle()

    assert desk.step.values == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("topic", ["", "orders.*", "run.failed", "a b"])
async def test_a_topic_that_is_none_is_refused(desk: Desk, topic: str) -> None:
    with pytest.raises(InvalidWorkflow):
        await desk.events.publish(topic)

    assert await desk.application.store.list_events() == []


async def test_a_workflow_that_hears_itself_comes_to_an_end(desk: Desk) -> None:
    """32 events may follow from each other; then the node that publishes the next fails."""
    again = Node(id="again", type="flow.emit", config={"topic": "orders.again"}, after=("heard",))
    await desk.deployments.deploy(Workflow(name="echo", nodes=(HEARD, again)))
    await desk.events.publish("orders.first")

    await desk.settle()

    runs = await desk.runs("echo")
    assert [run.status for run in runs] == ["completed"] * MOST_HOPS + ["failed"]
    assert runs[-1].error is not None
    assert runs[-1].error.type == "too_many_hops"


async def test_a_failed_run_starts_its_handler(desk: Desk) -> None:
    """With what failed and of what; in its mode."""
    handler = Workflow(
        name="handler",
        inputs={"run": {"type": "string"}, "error": {"type": "object"}},
        outputs="{{ workflow.input.error.message }}",
    )
    await desk.application.publish(handler)
    desk.fails.append(ValueError("no ink"))
    failed = await desk.application.execute(ExecutionRequest(desk.failing(on_failure="handler"), mode="paper"))

    await desk.deliver()

    (run,) = await desk.runs("handler")
    assert (run.status, run.output, run.mode, run.parent) == ("completed", "no ink", "paper", failed.run_id)
    assert run.input == {"run": failed.run_id, "error": failed.error and failed.error.to_dict()}


async def test_a_handler_is_started_once_for_each_failure(desk: Desk) -> None:
    """A failure that is delivered again after a crash starts it no second time; one after a retry does."""
    await desk.application.publish(Workflow(name="handler", nodes=(node(desk.step, id="step"),)))
    desk.fails.append(ValueError("no ink"))
    failed = await desk.application.execute(ExecutionRequest(desk.failing(on_failure="handler")))
    (event,) = await desk.application.store.list_undelivered()
    delivery = desk.events.delivery()
    for _ in range(2):
        await delivery._deliver(event)
    assert len(await desk.runs("handler")) == 1
    await desk.deliver()
    desk.fails.append(ValueError("no ink"))

    await RunControl(desk.application).retry(failed.run_id)
    await desk.deliver()

    assert len(await desk.runs("handler")) == 2


async def test_a_handler_that_fails_starts_no_other(desk: Desk) -> None:
    """Not even itself, nor through a child of it, nor whoever handles all failures."""
    child = desk.failing("child")
    call = Node(id="call", type="flow.workflow", config={"workflow": "child"})
    handler = Workflow(name="handler", nodes=(call,), settings=WorkflowSettings(on_failure="handler"))
    await desk.application.publish(child)
    await desk.application.publish(handler)
    everything = Node(id="failed", type="trigger.failure")
    await desk.deployments.deploy(Workflow(name="watcher", nodes=(everything, node(desk.step, id="step"))))
    desk.fails.extend([ValueError("no ink")] * 9)
    await desk.application.execute(ExecutionRequest(desk.failing(on_failure="handler")))

    await desk.settle()

    assert [len(await desk.runs(name)) for name in ("handler", "child", "watcher")] == [1, 1, 1]


async def test_a_failure_starts_whoever_listens_for_it(desk: Desk) -> None:
    """`trigger.failure` gives the run and the error."""
    watching = Node(id="failed", type="trigger.failure", config={"workflows": ["breaks"]})
    shown = "{{ nodes.failed.run.workflow + ': ' + nodes.failed.error.message }}"
    await desk.deployments.deploy(Workflow(name="watcher", nodes=(watching,), outputs=shown))
    desk.fails.extend([ValueError("no ink")] * 2)
    await desk.application.execute(ExecutionRequest(desk.failing()))
    await desk.application.execute(ExecutionRequest(desk.failing("others")))

    await desk.settle()

    assert [run.output for run in await desk.runs("watcher")] == ["breaks: no ink"]


async def test_a_handler_that_is_not_there_is_no_reason_to_stop_delivering(desk: Desk) -> None:
    """The failure stays a dead letter, and the events behind it are delivered."""
    await desk.deployments.deploy(Workflow(name="listener", nodes=(HEARD,)))
    desk.fails.append(ValueError("no ink"))
    await desk.application.execute(ExecutionRequest(desk.failing(on_failure="nobody")))
    await desk.events.publish("orders.paid")

    await desk.deliver()

    assert len(await desk.runs("listener")) == 1


async def test_a_handler_that_is_published_later_is_started_for_the_failures_that_wait_for_it(desk: Desk) -> None:
    desk.fails.append(ValueError("no ink"))
    await desk.application.execute(ExecutionRequest(desk.failing(on_failure="handler")))
    await desk.deliver()
    await desk.application.publish(Workflow(name="handler", nodes=(node(desk.step, id="step"),)))

    await desk.deliver()

    assert [run.status for run in await desk.runs("handler")] == ["completed"]
    assert await desk.application.store.list_undelivered() == []


async def test_a_failure_is_handled_though_its_input_is_damaged(desk: Desk) -> None:
    """The input was too large for the event; and the events behind it are delivered."""
    handler = Workflow(name="handler", nodes=(node(desk.step, id="step"),))
    await desk.application.publish(handler)
    await desk.deployments.deploy(Workflow(name="listener", nodes=(HEARD,)))
    desk.fails.append(ValueError("no ink"))
    large = random.Random(1).randbytes(60_000).hex()
    await desk.application.execute(ExecutionRequest(desk.failing(on_failure="handler"), input={"text": large}))
    await desk.application.store.write(lambda c: c.execute("UPDATE payloads SET bytes = x'00'") and None)
    await desk.events.publish("orders.paid")

    await desk.deliver()

    assert await desk.application.store.list_undelivered() == []
    assert [run.status for run in await desk.runs("handler")] == ["completed"]
    assert len(await desk.runs("listener")) == 1


async def test_what_starts_a_workflow_that_is_not_stored_is_not_deployed(desk: Desk) -> None:
    """All that are missing are named, and nothing is changed."""
    call = Node(id="call", type="flow.workflow", config={"workflow": "child"})
    wrong = Workflow(name="wrong", nodes=(HEARD, call), settings=WorkflowSettings(on_failure="nobody"))

    with pytest.raises(NotFound) as refused:
        await desk.deployments.deploy(wrong)

    assert "`nobody`" in refused.value.message
    assert "`child`" in refused.value.message
    assert await desk.deployments.list() == []


async def test_dead_letters_are_tried_again_in_bulk(desk: Desk) -> None:
    """One that fails again, or cannot be tried again, stops none of the others."""
    desk.fails.extend([ValueError("no ink"), ValueError("no ink"), ValueError("no ink")])
    ids = [(await desk.application.execute(ExecutionRequest(desk.failing()))).run_id for _ in range(3)]
    failures = Failures(desk.application)
    letters = await failures.find()
    await desk.application.store.reopen(ids[0])
    desk.fails.append(ValueError("no paper"))

    retried = await failures.retry(letters)

    outcomes = {one.run_id: one.outcome for one in retried}
    assert outcomes[ids[0]] == "refused"
    assert sorted((outcomes[ids[1]], outcomes[ids[2]])) == ["completed", "failed"]


async def test_dead_letters_of_the_same_error_are_one_group(desk: Desk) -> None:
    """Numbers and ids in their messages aside."""
    desk.fails.extend([ValueError("order 17 is gone"), ValueError("order 4711 is gone"), ValueError("no ink")])
    for _ in range(3):
        await desk.application.execute(ExecutionRequest(desk.failing()))

    groups = group_letters(await Failures(desk.application).find())

    assert [(group.message, len(group.letters)) for group in groups] == [("order 4711 is gone", 2), ("no ink", 1)]


async def test_dead_letters_are_narrowed_down_by_error(desk: Desk) -> None:
    """By its type, or a part of its message."""
    desk.fails.extend([ValueError("no ink"), KeyError("paper")])
    for _ in range(2):
        await desk.application.execute(ExecutionRequest(desk.failing()))
    failures = Failures(desk.application)

    found = [await failures.find(Selection(error=text)) for text in ("ValueError", "PAPER", "nothing")]

    assert [len(letters) for letters in found] == [1, 1, 0]


async def test_a_run_that_is_no_dead_letter_cannot_be_meant(desk: Desk) -> None:
    done = await desk.application.execute(ExecutionRequest(desk.failing()))

    with pytest.raises(NotFound):
        await Failures(desk.application).find(Selection(run_ids=[done.run_id]))
