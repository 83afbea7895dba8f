"""Children over an application: started, driven, cancelled and told of, by real processes and stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from treadle.model.ids import RunId
from treadle.model.policy import Settings as WorkflowSettings
from treadle.model.run import FINISHED
from treadle.model.workflow import Node, Workflow
from treadle.node import Registry
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, workflow


class Desk:
    """Applications on one store."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(db=str(folder / "treadle.db"), synchronous="OFF")
        self.stack = AsyncExitStack()

    async def application(self, *known: FakeEffect, **more: Any) -> Application:
        registry = Registry.installed().with_definitions(*(one.definition for one in known))
        return await self.stack.enter_async_context(Application(self.settings, registry=registry, **more))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    async with desk.stack:
        yield desk


def caller(child: str = "child", **config: Any) -> Workflow:
    return Workflow(name="parent", nodes=(Node(id="call", type="flow.workflow", config={"workflow": child, **config}),))


def waiting(seconds: float, **more: Any) -> Workflow:
    node = Node(id="wait", type="flow.wait", config={"duration": seconds, "value": "waited"})
    return Workflow(name="child", nodes=(node,), **more)


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.02)


async def test_a_run_is_not_at_rest_while_its_child_is_under_way(desk: Desk) -> None:
    """Whoever runs a workflow is given what it comes to, not that it waits for a moment."""
    step = FakeEffect("step", returns="done")
    application = await desk.application(step)
    await application.publish(chain(step, name="child"))

    result = await application.execute(ExecutionRequest(caller()))

    assert (result.status, result.output) == ("completed", "done")


async def test_a_run_whose_child_waits_for_long_is_suspended(desk: Desk) -> None:
    application = await desk.application()
    await application.publish(waiting(3600))

    async with asyncio.timeout(10):
        result = await application.execute(ExecutionRequest(caller()))

    assert result.status == "suspended"


async def test_a_stream_tells_of_the_run_beyond_its_child(desk: Desk) -> None:
    """Its result comes last, and is the end."""
    step = FakeEffect("step", returns="done")
    application = await desk.application(step)
    await application.publish(chain(step, name="child"))

    events = [event async for event in application.stream(ExecutionRequest(caller()))]

    assert events[-1].status == "completed"  # type: ignore[union-attr]


async def test_input_that_the_childs_trigger_refuses_starts_none(desk: Desk) -> None:
    """Before anything happens; all that is wrong at once."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}, "to": {"type": "string"}}, "required": ["to"]}
    application = await desk.application()
    called = Node(id="called", type="trigger.workflow", config={"schema": schema})
    await application.publish(Workflow(name="child", nodes=(called,)))

    result = await application.execute(ExecutionRequest(caller(input={"n": "x"})))

    assert result.error is not None
    assert result.error.type == "invalid_input"
    assert len(result.error.details["problems"]) == 2
    assert await application.store.list_children(result.run_id) == []


async def test_a_child_is_given_the_defaults_of_its_trigger(desk: Desk) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "default": 3}}}
    application = await desk.application()
    called = Node(id="called", type="trigger.workflow", config={"schema": schema})
    other = Node(id="other", type="trigger.manual")
    await application.publish(
        Workflow(name="child", nodes=(other, called), outputs="{{ nodes.called.output.input }}")  # type: ignore[arg-type]
    )

    result = await application.execute(ExecutionRequest(caller()))

    assert (result.status, result.output) == ("completed", {"n": 3})


async def test_a_version_may_be_named(desk: Desk) -> None:
    """And calling an old one makes it no newer."""
    application = await desk.application()
    old = await application.publish(Workflow(name="child", outputs="{{ 1 + 0 }}"))
    new = await application.publish(Workflow(name="child", outputs="{{ 1 + 1 }}"))

    result = await application.execute(ExecutionRequest(caller(version=old)))

    assert result.output == 1
    assert (await application.get_workflow("child")).version == new


async def test_a_child_whose_workflow_is_not_stored_fails_its_parents_node(desk: Desk) -> None:
    application = await desk.application()

    result = await application.execute(ExecutionRequest(caller("nobody")))

    assert result.error is not None
    assert (result.status, result.error.node, result.error.attempt) == ("failed", "call", 1)
    assert "nobody" in result.error.message


async def test_cancelling_a_waiting_parent_cancels_its_child_and_grandchild(desk: Desk) -> None:
    application = await desk.application()
    await application.publish(waiting(3600))
    middle = caller().model_copy(update={"name": "middle"})
    await application.publish(middle)
    result = await application.execute(ExecutionRequest(caller("middle")))
    (child,) = await application.store.list_children(result.run_id)
    (grandchild,) = await application.store.list_children(child.id)

    await RunControl(application).cancel(result.run_id)

    for run_id in (result.run_id, child.id, grandchild.id):
        assert (await asyncio.wait_for(application.wait(run_id), 20)).status == "cancelled"


async def test_a_cancelled_parent_that_is_tried_again_goes_on_with_its_child(desk: Desk) -> None:
    """What the child has done is kept, as in any run that is tried again."""
    first = FakeEffect("first")
    application = await desk.application(first)
    await application.publish(
        workflow(first, Node(id="wait", type="flow.wait", config={"duration": 4}, after=("first",)), name="child")
    )
    result = await application.execute(ExecutionRequest(caller()))
    await RunControl(application).cancel(result.run_id)
    await application.wait(result.run_id)
    (child,) = await application.store.list_children(result.run_id)
    await application.wait(child.id)

    await RunControl(application).retry(result.run_id)
    final = await asyncio.wait_for(application.wait(result.run_id), 20)

    assert (final.status, first.calls, len(await application.store.list_children(result.run_id))) == ("completed", 1, 1)


@pytest.mark.parametrize("save", ["all", "none"])
async def test_a_parent_driven_on_by_another_process_reads_its_child(desk: Desk, save: Any) -> None:
    """The child finished while nobody drove the parent."""
    application = await desk.application()
    await application.publish(waiting(4, settings=WorkflowSettings(save=save)))
    result = await application.execute(ExecutionRequest(caller()))
    await desk.stack.aclose()

    async with Application(desk.settings) as other:
        final = await asyncio.wait_for(other.wait(result.run_id), 20)

    assert (final.status, final.output) == ("completed", "waited")


async def test_a_detached_child_is_driven_too(desk: Desk) -> None:
    step = FakeEffect("step")
    application = await desk.application(step)
    await application.publish(chain(step, name="child"))

    result = await application.execute(ExecutionRequest(caller(wait=False)))

    child = await asyncio.wait_for(application.wait(RunId(result.output)), 20)
    assert (result.status, child.status, step.calls) == ("completed", "completed", 1)


async def test_a_parent_hears_of_a_child_that_another_process_ends(desk: Desk) -> None:
    """Over the store alone."""
    application = await desk.application()
    await application.publish(waiting(3600))
    result = await application.execute(ExecutionRequest(caller(), mode="paper"))
    (child,) = await application.store.list_children(result.run_id)
    assert child.mode == "paper"

    async with SqliteStore(desk.settings.db) as other:
        await other.request_cancel(child.id)

    final = await asyncio.wait_for(application.wait(result.run_id), 20)
    assert final.error is not None
    assert final.error.type == "child_cancelled"
    assert (await application.store.get_run(child.id)).status in FINISHED
