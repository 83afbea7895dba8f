"""Firing: one run for each fire time and event, as many at once as there may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.test_deployments import TICKING, WAITING, workflow
from tests.store.disk import Disk
from treadle.errors import Conflict, InvalidWorkflow, StoreError
from treadle.model.ids import RunId
from treadle.service import firing
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings
from treadle.store.deployments import Deployment, DeploymentLimits, Rate

PATIENCE = 10
BRIEF = WAITING.replace("waiting", "brief").replace("1h", "50ms")


@pytest.fixture
async def deployments(tmp_path: Path) -> AsyncIterator[Deployments]:
    async with Application(Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path))) as application:
        yield Deployments(application)


async def waiting(deployments: Deployments, *, text: str = WAITING, **limits: Any) -> Deployment:
    return await deployments.deploy(workflow(text), every=3600, input={"who": "Ada"}, limits=DeploymentLimits(**limits))


async def status_of(deployments: Deployments, run_id: RunId | None) -> str:
    assert run_id is not None
    return (await deployments.application.store.get_run(run_id)).status


async def test_each_run_knows_how_often_the_trigger_fired_before(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))

    outputs: list[Any] = []
    for _ in range(3):
        run_id = await deployments.fire(deployed)
        assert run_id is not None
        outputs.append((await deployments.application.wait(run_id)).output)

    assert outputs == [0, 1, 2]


async def test_a_fire_time_has_at_most_one_run(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))
    (trigger,) = await deployments.triggers("ticking")
    due = deployments.application.world.clock.now()
    first = await deployments.fire(deployed, trigger, due=due)
    assert first is not None
    await deployments.application.wait(first)

    with pytest.raises(Conflict) as caught:
        await deployments.fire(deployed, trigger, due=due)

    assert caught.value.code == "already_fired"
    assert (await deployments.application.store.get_run(first)).due_at == due


async def test_a_run_made_up_for_late_counts_from_when_it_starts(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))
    (trigger,) = await deployments.triggers("ticking")
    due = deployments.application.world.clock.now() - timedelta(days=1)

    run_id = await deployments.fire(deployed, trigger, due=due)

    assert run_id is not None
    run = await deployments.application.store.get_run(run_id)
    assert run.created_at is not None
    assert run.created_at - due > timedelta(hours=23)


async def test_no_run_starts_while_the_one_before_is_unfinished(deployments: Deployments) -> None:
    deployed = await waiting(deployments)
    first = await deployments.fire(deployed)

    assert first is not None
    assert await deployments.fire(deployed) is None
    assert (await deployments.metrics("waiting")).skipped == 1


async def test_what_an_event_starts_waits_its_turn(deployments: Deployments) -> None:
    deployed = await waiting(deployments, text=BRIEF)

    ids = [await deployments.fire(deployed, payload={"n": n}, seed=f"e{n}") for n in range(4)]

    begun: list[Any] = []
    for run_id in ids:
        assert run_id is not None
        result = await asyncio.wait_for(deployments.application.wait(run_id), PATIENCE)
        begun.append((result.status, result.finished_at))
    assert [status for status, _ in begun] == ["completed"] * 4
    assert begun == sorted(begun, key=lambda item: item[1])


async def test_a_deployment_may_let_more_run_at_once(deployments: Deployments) -> None:
    deployed = await waiting(deployments, concurrency=2, overlap="queue")

    ids = [await deployments.fire(deployed) for _ in range(3)]

    assert await status_of(deployments, ids[2]) == "queued"
    assert "queued" not in [await status_of(deployments, run_id) for run_id in ids[:2]]


async def test_runs_are_counted_apart_by_their_key(deployments: Deployments) -> None:
    deployed = await waiting(deployments, concurrency_key="fired.account", overlap="queue")

    ids = [
        await deployments.fire(deployed, payload={"account": account}, seed=f"e{n}")
        for n, account in enumerate(["a", "b", "a"])
    ]

    assert [await status_of(deployments, run_id) == "queued" for run_id in ids] == [False, False, True]


async def test_deployments_may_share_the_lane_of_a_key(deployments: Deployments) -> None:
    limits = DeploymentLimits(concurrency_key="params.account", scope="all", overlap="queue")
    one = await deployments.deploy(
        workflow(WAITING), every=60, input={"who": "Ada"}, params={"account": "a"}, limits=limits
    )
    two = await deployments.clone("waiting", "two")
    three = await deployments.clone("waiting", "three", params={"account": "b"})

    ids = [await deployments.fire(deployment) for deployment in (one, two, three)]

    assert [await status_of(deployments, run_id) == "queued" for run_id in ids] == [False, True, False]


async def test_a_key_without_a_value_is_refused(deployments: Deployments) -> None:
    deployed = await waiting(deployments, concurrency_key="params.account")

    with pytest.raises(InvalidWorkflow, match=r"params\.account") as caught:
        await deployments.fire(deployed)

    assert caught.value.code == "no_key"


async def test_no_more_begin_than_the_rate_allows(deployments: Deployments) -> None:
    deployed = await waiting(deployments, concurrency=9, rate=Rate(2, 60, burst=2), overlap="queue")

    ids = [await deployments.fire(deployed) for _ in range(3)]

    assert [await status_of(deployments, run_id) == "queued" for run_id in ids] == [False, False, True]


async def test_each_key_has_its_own_rate(deployments: Deployments) -> None:
    deployed = await waiting(deployments, concurrency=9, rate=Rate(1, 60, key="fired.lead"), overlap="queue")

    ids = [
        await deployments.fire(deployed, payload={"lead": lead}, seed=f"e{n}") for n, lead in enumerate(["a", "b", "a"])
    ]

    assert [await status_of(deployments, run_id) == "queued" for run_id in ids] == [False, False, True]


async def test_a_run_goes_on_once_its_rate_lets_it(deployments: Deployments) -> None:
    rate = Rate(1, 0.2)
    deployed = await waiting(deployments, text=BRIEF, concurrency=9, rate=rate, overlap="queue")

    first, second = await deployments.fire(deployed), await deployments.fire(deployed)

    assert first is not None
    assert second is not None
    ends = [await asyncio.wait_for(deployments.application.wait(run_id), PATIENCE) for run_id in (first, second)]
    assert [end.status for end in ends] == ["completed", "completed"]
    assert await deployments.application.store.get_run(second)


async def test_an_event_delivered_twice_starts_one_run(deployments: Deployments) -> None:
    deployed = await deployments.deploy(workflow(TICKING))
    (trigger,) = await deployments.triggers("ticking")
    await deployments.fire(deployed, trigger, payload=1, seed="e1")

    with pytest.raises(Conflict) as caught:
        await deployments.fire(deployed, trigger, payload=1, seed="e1")

    assert caught.value.code == "already_fired"
    assert len(await deployments.application.list_runs()) == 1


async def test_a_run_that_had_begun_before_its_admission_failed_is_started_again_once(tmp_path: Path) -> None:
    application = Application(Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path)))
    disk = Disk(application.store)
    async with application:
        deployments = Deployments(application)
        deployed = await deployments.deploy(workflow(TICKING))
        first = await deployments.fire(deployed)
        assert first is not None
        await application.wait(first)
        due = application.world.clock.now()
        (trigger,) = await deployments.triggers("ticking")
        disk.is_full = True

        with pytest.raises(StoreError):
            await deployments.fire(deployed, trigger, due=due)
        again = await deployments.fire(deployed, trigger, due=due)

        assert again is not None
        assert (await application.wait(again)).output == 0  # what was not written was not counted
        assert not application.dispatcher.is_taken(again)
        assert len(await application.store.list_runs(deployment=deployed.id)) == 2


async def _due(deployments: Deployments, count: int, **trigger: Any) -> list[str | None]:
    """What becomes of so many fire times while the first run goes on."""
    deployed = await waiting(deployments, overlap="queue")
    (timed,) = await deployments.triggers("waiting")
    timed = replace(timed, config={**timed.config, **trigger})
    now, outcomes = deployments.application.world.clock.now(), list[str | None]()
    for number in range(count):
        try:
            run_id = await deployments.fire(deployed, timed, due=now + timedelta(seconds=number))
            outcomes.append(None if run_id is None else await status_of(deployments, run_id))
        except Conflict as conflict:
            outcomes.append(conflict.code)
    return outcomes


async def test_so_many_fire_times_wait_their_turn_and_no_more(
    deployments: Deployments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "MOST_QUEUED", 2)

    outcomes = await _due(deployments, 5)

    assert outcomes[1:] == ["queued", "queued", None, None]
    assert (await deployments.metrics("waiting")).skipped == 2


async def test_fire_times_that_are_to_be_made_up_for_are_kept_for_later(
    deployments: Deployments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firing, "MOST_QUEUED", 2)

    outcomes = await _due(deployments, 4, catch_up="all")

    assert outcomes[1:] == ["queued", "queued", "lane_full"]
    assert (await deployments.metrics("waiting")).skipped == 0
