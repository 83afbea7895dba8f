"""Quotas hold wherever a run or a version comes from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import InvalidWorkflow, LimitExceeded
from treadle.model.ids import new_run_id
from treadle.model.workflow import Workflow
from treadle.service.access.actor import Actor
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.node_tests import NodeTests
from treadle.service.settings import Settings
from treadle.service.workflows import Workflows

QUICK = "name: {name}\nnodes:\n  - {{id: a, type: data.set, config: {{fields: {{}}}}}}\n"
WAITING = "name: {name}\nnodes:\n  - {{id: a, type: flow.wait, config: {{duration: 1h}}}}\n"


def workflow(name: str = "orders", text: str = QUICK) -> Workflow:
    (found,) = load_workflow(text.format(name=name)).workflows
    return found


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as opened:
        yield opened


async def own(application: Application, one: Workflow, **quotas: int) -> Users:
    """`bob` has these quotas, and owns the workflow."""
    users = Users(application)
    await users.create("bob", role="editor", quotas=quotas)
    await application.publish(one)
    await Sharing(application).transfer(one.name, to="bob")
    return users


async def test_without_a_quota_anything_goes(application: Application) -> None:
    await application.publish(workflow())

    for _ in range(3):
        await application.execute(ExecutionRequest("orders"))


async def test_runs_of_a_day_are_counted_for_the_owner_whoever_starts_them(application: Application) -> None:
    await own(application, workflow(), runs_per_day=2)
    for _ in range(2):
        await application.execute(ExecutionRequest("orders"))

    with pytest.raises(LimitExceeded) as refused:
        await application.execute(ExecutionRequest("orders"))

    assert refused.value.code == "quota_exceeded"
    assert {"quota": "runs_per_day", "used": 2, "limit": 2}.items() <= dict(refused.value.attributes).items()
    assert 0 < (refused.value.retry_after or 0) <= 86_400


async def test_a_deployment_is_counted_too(application: Application) -> None:
    await own(application, workflow(), runs_per_day=1)
    deployments = Deployments(application)
    await deployments.deploy(workflow(), name="orders", every=3600, paused=True)
    await application.execute(ExecutionRequest("orders"))

    await deployments.start("orders")
    deployment = await deployments.get("orders")

    with pytest.raises(LimitExceeded, match="runs of today"):
        await deployments.fire(deployment)


async def test_another_process_goes_on_counting(application: Application, tmp_path: Path) -> None:
    await own(application, workflow(), runs_per_day=2)
    for _ in range(2):
        await application.execute(ExecutionRequest("orders"))

    async with Application(application.settings, recovers=False) as other:
        with pytest.raises(LimitExceeded):
            await other.execute(ExecutionRequest("orders"))


async def test_runs_at_a_time_hold_however_many_come_at_once(application: Application) -> None:
    slow = workflow("slow", "name: {name}\nnodes:\n  - {{id: a, type: flow.wait, config: {{duration: 300ms}}}}\n")
    await own(application, slow, concurrent_runs=2)

    came = await asyncio.gather(
        *(application.execute(ExecutionRequest("slow")) for _ in range(6)), return_exceptions=True
    )

    refused = [one for one in came if isinstance(one, LimitExceeded)]
    assert len(came) - len(refused) <= 2
    assert all(one.attributes["quota"] == "concurrent_runs" for one in refused)


async def test_nodes_are_counted_before_a_version_is_published(application: Application) -> None:
    await own(application, workflow(), nodes=1)
    larger = workflow(text=QUICK + "  - {{id: b, type: data.set, config: {{fields: {{}}}}}}\n")

    with pytest.raises(LimitExceeded, match="`orders` has 2"):
        await application.publish(larger)


async def test_a_run_that_takes_too_long_for_its_owner_fails(application: Application) -> None:
    await own(application, workflow("long", WAITING), run_seconds=1)

    run_id = await application.start(ExecutionRequest("long"))

    run = await application.store.get_run(run_id)
    assert run.origin is not None
    assert run.origin.most_seconds == 1
    assert (await application.wait(run_id)).status == "failed"


async def test_workflows_are_counted_when_they_are_made(application: Application) -> None:
    users = await own(application, workflow(), workflows=1)
    bob = await users.get("bob")
    view = application.acting_as(Actor("bob", "editor", "session", user_id=bob.id))

    with pytest.raises(LimitExceeded, match="1 workflows"):
        await Sharing(view).own("another")


async def act_as(application: Application, name: str, **quotas: int) -> Application:
    user = await Users(application).create(name, role="editor", quotas=quotas)
    return application.acting_as(Actor(name, "editor", "session", user_id=user.id))


async def test_of_many_workflows_made_at_once_no_more_are_made_than_there_may_be(application: Application) -> None:
    """Each is counted as it is made, not a moment before."""
    ann = await act_as(application, "ann", workflows=2)

    came = await asyncio.gather(
        *(Workflows(ann).create(QUICK.format(name=f"made-{number}")) for number in range(8)),
        *(Sharing(ann).own(f"owned-{number}") for number in range(8)),
        return_exceptions=True,
    )

    assert len([one for one in came if isinstance(one, LimitExceeded)]) == 14
    assert len(await application.store.list_owned(ann.actor.user_id or "")) == 2


async def test_no_more_workflows_are_given_to_somebody_at_once_than_they_may_have(application: Application) -> None:
    ann = await act_as(application, "ann", workflows=2)
    for number in range(5):
        await application.publish(workflow(f"given-{number}"))

    await asyncio.gather(
        *(Sharing(application).transfer(f"given-{number}", to="ann") for number in range(5)), return_exceptions=True
    )

    assert len(await application.store.list_owned(ann.actor.user_id or "")) == 2


async def test_a_workflow_that_is_theirs_already_needs_no_room(application: Application) -> None:
    ann = await act_as(application, "ann", workflows=1)
    await Workflows(ann).create(QUICK.format(name="orders"))

    await Sharing(ann).own("orders")
    await Sharing(application).transfer("orders", to="ann")


async def test_runs_of_what_nobody_owns_are_those_of_whoever_starts_them(application: Application) -> None:
    ann, bob = [await act_as(application, name, runs_per_day=2) for name in ("ann", "bob")]
    await application.publish(workflow())
    for _ in range(2):
        await ann.execute(ExecutionRequest("orders"))

    with pytest.raises(LimitExceeded) as refused:
        await ann.execute(ExecutionRequest("orders"))

    assert refused.value.attributes["quota"] == "runs_per_day"
    await bob.execute(ExecutionRequest("orders"))
    await application.execute(ExecutionRequest("orders"))
    async with Application(application.settings, recovers=False) as other:
        with pytest.raises(LimitExceeded):
            await other.acting_as(ann.actor).execute(ExecutionRequest("orders"))


async def test_runs_at_a_time_of_what_nobody_owns_are_counted_too(application: Application) -> None:
    ann = await act_as(application, "ann", concurrent_runs=1)
    await application.publish(workflow("slow", WAITING.replace("1h", "300ms")))

    came = await asyncio.gather(*(ann.execute(ExecutionRequest("slow")) for _ in range(4)), return_exceptions=True)

    refused = [one for one in came if isinstance(one, LimitExceeded)]
    assert len(came) - len(refused) <= 1
    assert all(one.attributes["quota"] == "concurrent_runs" for one in refused)


async def test_runs_of_a_deployment_that_nobody_owns_are_those_of_whoever_deployed_it(
    application: Application,
) -> None:
    ann = await act_as(application, "ann", runs_per_day=1)
    await application.publish(workflow())
    deployments = Deployments(application)
    deployment = await Deployments(ann).create("orders", every=3600)
    await deployments.fire(deployment)

    with pytest.raises(LimitExceeded):
        await deployments.fire(deployment)
    with pytest.raises(LimitExceeded):
        await ann.execute(ExecutionRequest("orders"))


async def test_an_own_quota_counts_before_the_installations(tmp_path: Path) -> None:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF", quota_runs_per_day=1)
    async with Application(settings) as application:
        await own(application, workflow(), runs_per_day=5)

        for _ in range(2):
            await application.execute(ExecutionRequest("orders"))


async def test_every_wrong_quota_is_named(application: Application) -> None:
    with pytest.raises(InvalidWorkflow, match=r"no quota `runs`.*`nodes` is -1"):
        await Users(application).create("bob", role="editor", quotas={"runs": 1, "nodes": -1})


async def test_trying_a_node_is_a_run_of_whoever_tries_it(application: Application) -> None:
    """An effect does what it does: whoever could try it without end would have no quota."""
    users = await own(application, workflow(), runs_per_day=2)
    bob = await users.get("bob")
    tests = NodeTests(application.acting_as(Actor("bob", "editor", "session", user_id=bob.id)))
    await application.execute(ExecutionRequest("orders"))
    await tests.run("data.set", config={"fields": {}}, inputs={})

    with pytest.raises(LimitExceeded) as refused:
        await tests.run("data.set", config={"fields": {}}, inputs={})

    assert refused.value.attributes["quota"] == "runs_per_day"
    with pytest.raises(LimitExceeded):
        await application.execute(ExecutionRequest("orders"))


async def test_nodes_that_are_tried_count_among_the_runs_at_a_time(application: Application) -> None:
    users = await own(application, workflow(), concurrent_runs=1)
    bob = await users.get("bob")
    tests = NodeTests(application.acting_as(Actor("bob", "editor", "session", user_id=bob.id)))

    async with application.quotas.trying_node(bob.id, new_run_id()):
        with pytest.raises(LimitExceeded) as refused:
            await application.execute(ExecutionRequest("orders"))
        with pytest.raises(LimitExceeded):
            await tests.run("data.set", config={"fields": {}}, inputs={})
    done = await tests.run("data.set", config={"fields": {}}, inputs={})

    assert refused.value.attributes["quota"] == "concurrent_runs"
    assert done.status == "completed"
