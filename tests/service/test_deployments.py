"""Deployments: what starts their runs, and how many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from treadle.authoring.check.file import check_file
from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

REGISTRY = Registry.installed()
TICKING = """\
name: ticking
nodes: [{id: every, type: trigger.interval, config: {seconds: 60}}]
outputs: "{{ nodes.every.tick }}"
"""
WAITING = """\
name: waiting
inputs: {who: string}
nodes: [{id: pause, type: flow.wait, config: {duration: 1h}}]
"""


@pytest.fixture
async def deployments(tmp_path: Path) -> AsyncIterator[Deployments]:
    async with Application(Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))) as application:
        yield Deployments(application)


def workflow(text: str) -> Workflow:
    (found,) = check_file(text, REGISTRY).workflows
    return found


async def test_each_run_knows_how_often_the_trigger_fired_before(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))

    ids = []
    for _ in range(3):
        run_id = await deployments.fire(deployed)
        assert run_id is not None
        ids.append(run_id)
        await deployments.application.wait(run_id)

    outputs = [(await deployments.application.get_result(run_id)).output for run_id in ids]
    assert outputs == [0, 1, 2]


async def test_a_fire_time_has_at_most_one_run(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))
    due = deployments.application.world.clock.now()
    first = await deployments.fire(deployed, due)
    assert first is not None
    await deployments.application.wait(first)

    with pytest.raises(Conflict):
        await deployments.fire(deployed, due)

    assert (await deployments.application.store.get_run(first)).created_at == due


async def test_a_run_made_up_for_late_counts_from_when_it_starts(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))
    due = deployments.application.world.clock.now() - timedelta(days=1)

    run_id = await deployments.fire(deployed, due)

    assert run_id is not None
    created_at = (await deployments.application.store.get_run(run_id)).created_at
    assert created_at is not None
    assert created_at - due > timedelta(hours=23)


async def test_no_run_starts_while_the_one_before_is_unfinished(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"})
    first = await deployments.fire(deployed)

    assert first is not None
    assert await deployments.fire(deployed) is None


async def test_the_input_given_is_that_of_every_run(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(WAITING), every=5, input={"who": "Ada"})

    run_id = await deployments.fire(deployed)

    assert run_id is not None
    assert (await deployments.application.store.get_run(run_id)).input == {"who": "Ada"}


async def test_what_has_no_time_to_run_is_refused(deployments: Deployments) -> None:
    with pytest.raises(InvalidWorkflow, match="Nothing says when") as caught:
        await deployments.deploy(workflow(WAITING), input={"who": "Ada"})

    assert caught.value.code == "no_schedule"
    assert await deployments.list() == []


async def test_an_interval_given_stands_in_for_the_workflows_own(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING), every=5)

    assert (deployed.trigger["config"], deployed.trigger["node"]) == ({"seconds": 5}, "every")


async def test_a_deployment_started_again_makes_up_for_nothing(deployments: Deployments) -> None:
    await deployments.deploy(workflow(TICKING))
    await deployments.stop("ticking")

    before = deployments.application.world.clock.now()
    started = await deployments.start("ticking")

    assert started.last_fired_at is not None
    assert started.last_fired_at >= before
