"""Workflows in the bin: nothing of them begins, and what runs by itself keeps one out of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import Conflict
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.workflows import Workflows
from treadle.store.deployments import Deployment

TICKS = "name: orders\nnodes:\n  - {id: every, type: trigger.interval, config: {seconds: 3600}}\n"
FAILS = """
name: failing
settings: {on_failure: handler}
nodes:
  - {id: a, type: flow.stop, config: {status: failed}}
"""
HANDLER = "name: handler\nnodes:\n  - {id: a, type: data.set, config: {fields: {}}}\n"


def load(text: str) -> Workflow:
    (found,) = load_workflow(text).workflows
    return found


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as opened:
        yield opened


Begin = Callable[[Application], Awaitable[object]]
BEGINNINGS: dict[str, Begin] = {
    "create": lambda application: Deployments(application).create("orders", "another"),
    "create paused": lambda application: Deployments(application).create("orders", "another", paused=True),
    "deploy": lambda application: Deployments(application).deploy(load(TICKS), name="another"),
    "clone": lambda application: Deployments(application).clone("orders", "another"),
    "start": lambda application: Deployments(application).start("orders"),
    "run": lambda application: application.execute(ExecutionRequest("orders")),
}


@pytest.mark.parametrize("begin", BEGINNINGS.values(), ids=BEGINNINGS)
async def test_nothing_of_it_begins(application: Application, begin: Begin) -> None:
    deployments = Deployments(application)
    await deployments.deploy(load(TICKS))
    await deployments.stop("orders")
    await Workflows(application).delete("orders")

    with pytest.raises(Conflict) as refused:
        await begin(application)

    assert (refused.value.code, refused.value.remedy) == ("workflow_deleted", "Restore it first.")
    assert [one.status for one in await deployments.list()] == ["stopped"]
    await Workflows(application).restore("orders")
    assert (await deployments.start("orders")).status == "active"


@pytest.mark.parametrize("paused", [False, True])
async def test_what_is_deployed_is_not_put_into_it(application: Application, paused: bool) -> None:
    deployments = Deployments(application)
    await deployments.deploy(load(TICKS), paused=paused)

    with pytest.raises(Conflict) as refused:
        await Workflows(application).delete("orders")

    assert (refused.value.code, refused.value.attributes["deployments"]) == ("workflow_deployed", ["orders"])
    assert not await application.store.find_deleted("orders")


async def test_of_a_deletion_and_a_deployment_that_come_at_once_one_is_refused(application: Application) -> None:
    """The store looks in the transaction that writes: what was checked before may have changed."""
    await application.publish(load(TICKS))
    await Workflows(application).delete("orders")

    with pytest.raises(Conflict) as refused:
        await application.store.save_deployment(Deployment(id="orders", name="orders", workflow="orders"))

    assert refused.value.code == "workflow_deleted"
    assert await application.store.list_deployments() == []


async def test_a_failure_waits_for_a_handler_in_the_bin(application: Application) -> None:
    """It is not lost: whoever restores the handler has it started."""
    await application.publish(load(HANDLER))
    await application.execute(ExecutionRequest(load(FAILS)))
    await Workflows(application).delete("handler")
    delivery = Events(application).delivery()

    delivered = await delivery.deliver()
    await Workflows(application).restore("handler")
    await Events(application).delivery().deliver()

    assert delivered == 0
    assert [run.workflow for run in await application.store.list_runs(workflow="handler")] == ["handler"]
