"""Triggers that are pushed: each item starts one run, whoever listens, and however slow the runs are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.service.pushing import (
    PUSHED,
    SLOW,
    feed_of,
    gone,
    opened,
    outputs,
    registry,
    until,
    until_outputs,
    workflow,
)
from treadle.authoring.check.file import check_file
from treadle.dispatch.listening import Listening
from treadle.errors import Conflict, InvalidWorkflow
from treadle.model.ids import RunId
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.schedules import Schedules
from treadle.service.signals import Signals
from treadle.service.standing import Standings
from treadle.store.deployments import DeploymentLimits
from treadle.store.watches import WatchedItem

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def deployments(tmp_path: Path) -> AsyncIterator[Deployments]:
    async with opened(tmp_path) as application:
        yield Deployments(application)


def listening(deployments: Deployments, *, first_pause: float = 0.01) -> Listening:
    app = deployments.application
    found = Listening(
        app.store,
        registry=app.registry,
        world=app.world,
        fire=deployments.fire,
        outcome=app.dispatcher.next_outcome,
        first_pause=first_pause,
    )
    app.on_deployments_changed.append(found.look)
    return found


async def pushing(deployments: Deployments, text: str = PUSHED, *, listeners: int = 1, **more: Any) -> None:
    """Deploy it, and wait until it listens."""
    await deployments.deploy(workflow(text), **more)
    await until(lambda: feed_of(deployments).listening == listeners)


async def test_each_item_starts_one_run_that_carries_it(deployments: Deployments) -> None:
    async with listening(deployments):
        await pushing(deployments)

        for number in range(5):
            feed_of(deployments).push(number)

        await until_outputs(deployments, "pushed", [0, 1, 2, 3, 4])


async def test_an_item_that_is_told_twice_starts_one_run(deployments: Deployments) -> None:
    async with listening(deployments):
        await pushing(deployments)

        for number in (1, 1, 2, 1, 3):
            feed_of(deployments).push(number)

        await until_outputs(deployments, "pushed", [1, 2, 3])


async def test_what_has_had_its_run_is_known_to_who_listens_next(deployments: Deployments) -> None:
    feed = feed_of(deployments)
    async with listening(deployments):
        await pushing(deployments)
        for number in (1, 2):
            feed.push(number)
        await until_outputs(deployments, "pushed", [1, 2])

    async with listening(deployments):
        await until(lambda: feed.listening == 1)
        for number in (1, 2, 3):
            feed.push(number)
        await until_outputs(deployments, "pushed", [1, 2, 3])


async def test_of_two_processes_one_listens_and_the_other_takes_over(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        one = Deployments(await stack.enter_async_context(opened(tmp_path)))
        other = Deployments(await stack.enter_async_context(opened(tmp_path)))
        first, second = listening(one), listening(other)
        await first.__aenter__()
        await pushing(one)
        await stack.enter_async_context(second)
        feed_of(one).push(1)
        await until_outputs(one, "pushed", [1])
        assert list(second.listening) == []

        await first.__aexit__(None, None, None)
        await until(lambda: feed_of(other).listening == 1)
        for number in (1, 2):
            feed_of(other).push(number)

        await until_outputs(other, "pushed", [1, 2])


async def test_who_does_not_listen_any_more_starts_nothing(deployments: Deployments) -> None:
    """A process that stood still, and wakes up after another has taken over, is refused by the store."""
    deployment = await deployments.deploy(workflow(PUSHED))
    (trigger,) = await deployments.triggers("pushed")
    store = deployments.application.store
    key = ("pushed", "push")
    at = deployments.application.world.clock.now()
    first = await store.take_watch(key, about="", armed_at=at)
    assert first is not None
    await store.take_watch(key, about="", armed_at=at)

    with pytest.raises(Conflict) as caught:
        await deployments.fire(
            deployment, trigger, payload={"number": 1}, item=WatchedItem("i1", at, first[0].epoch), most_queued=0
        )

    assert caught.value.code == "not_listening"
    assert await outputs(deployments, "pushed") == []


async def test_a_stream_that_breaks_is_opened_again_and_told_of(deployments: Deployments) -> None:
    feed = feed_of(deployments)
    async with listening(deployments):
        await pushing(deployments)
        feed.push(1)
        feed.fail(gone())
        await until(lambda: feed.opened == 2 and feed.listening == 1)
        for number in (1, 2):
            feed.push(number)
        await until_outputs(deployments, "pushed", [1, 2])

    standing = await Standings(deployments.application).get("pushed")
    assert standing.metrics.refused == 1
    assert standing.last_refusal is not None
    assert (standing.last_refusal.code, standing.last_refusal.message) == ("gone", "The connection is gone.")


async def test_how_it_listens_is_there_to_be_seen(deployments: Deployments) -> None:
    feed, schedules = feed_of(deployments), Schedules(deployments.application)

    async def shown() -> Any:
        (found,) = await schedules.list()
        return found

    async def fails() -> bool:
        found = await shown()
        return found.listening is not None and found.listening.error == "The connection is gone."

    async def listens() -> bool:
        found = await shown()
        return found.listening is not None and found.listening.since is not None

    feed.failing = gone()
    async with listening(deployments, first_pause=0.2):
        await deployments.deploy(workflow(PUSHED))
        await until(fails)
        feed.failing = None
        await until(listens)

    assert (await shown()).listening.since is None
    assert (await shown()).status == "active"


async def test_of_what_comes_while_there_is_no_room_only_the_newest_waits(deployments: Deployments) -> None:
    """Three runs of nine items: the one under way, and twice the newest of those that came meanwhile."""
    feed = feed_of(deployments)
    async with listening(deployments):
        await pushing(deployments, SLOW.replace("test.pushed", "test.newest"))
        feed.push(1)
        await let_go(deployments, [2, 3, 4, 5], [1])
        await let_go(deployments, [6, 7, 8, 9], [1, 5])
        await let_go(deployments, [], [1, 5, 9])

    assert (await deployments.metrics("slow")).skipped == 6


async def let_go(deployments: Deployments, then: list[int], wanted: list[int]) -> None:
    """Once a run waits, push more; then let it finish."""
    app = deployments.application
    waits: list[RunId] = []

    async def found() -> bool:
        waits[:] = [run.id for run in await app.list_runs(workflow="slow", status="suspended")]
        return bool(waits)

    await until(found)
    for number in then:
        feed_of(deployments).push(number)
    await Signals(app).send("go", run_id=waits[0])
    await until_outputs(deployments, "slow", wanted)


async def test_what_waits_in_order_waits_in_the_store(deployments: Deployments) -> None:
    feed, store = feed_of(deployments), deployments.application.store

    async def queued(number: int) -> bool:
        return (await store.count_runs()).get("queued", 0) == number

    async with listening(deployments):
        await pushing(deployments, SLOW)
        for number in range(4):
            feed.push(number)
        await until(lambda: queued(3))
        for at in range(4):
            await let_go(deployments, [], list(range(at + 1)))

    assert (await deployments.metrics("slow")).skipped == 0


async def test_the_queue_is_bounded_and_the_oldest_give_way(
    deployments: Deployments, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One under way, two in the store, one that asks for room, two behind it: of ten items, those in between go."""
    monkeypatch.setattr("treadle.dispatch.listener.MOST_QUEUED", 2)
    feed = feed_of(deployments)

    async def dropped() -> bool:
        return (await deployments.metrics("slow")).skipped == 4

    async with listening(deployments) as one:
        await pushing(deployments, SLOW)
        for number in range(4):
            feed.push(number)
            await until(lambda taken=number: _has_taken(one, taken))
        for number in range(4, 10):
            feed.push(number)
        await until(lambda: _waits(one) == 2)
    await until(dropped)

    runs = await deployments.application.store.list_runs(workflow="slow")
    assert sorted(run.fired["number"] for run in runs) == [0, 1, 2]


def _has_taken(one: Listening, number: int) -> bool:
    listener = one._listeners["slow", "push"][1]
    return f"i{number}" in listener._known and not listener._waiting


def _waits(one: Listening) -> int:
    return len(one._listeners["slow", "push"][1]._waiting)


async def test_overlap_skip_leaves_out_what_finds_no_room(deployments: Deployments) -> None:
    feed = feed_of(deployments)

    async def skipped() -> bool:
        return (await deployments.metrics("slow")).skipped == 2

    async with listening(deployments):
        await pushing(deployments, SLOW, limits=DeploymentLimits(overlap="skip"))
        for number in (1, 2, 3):
            feed.push(number)
        await until(skipped)

    assert len(await deployments.application.store.list_runs(workflow="slow")) == 1


async def test_a_paused_deployment_closes_its_stream_and_makes_up_for_nothing(deployments: Deployments) -> None:
    feed = feed_of(deployments)
    async with listening(deployments):
        await pushing(deployments)
        await deployments.pause("pushed")
        await until(lambda: feed.listening == 0)
        feed.push(1)
        await deployments.start("pushed")
        await until(lambda: feed.listening == 1)
        feed.push(2)
        await until_outputs(deployments, "pushed", [2])

    assert [one.is_resumed for one in feed.lookouts] == [False, True]


async def test_a_paused_trigger_closes_its_stream(deployments: Deployments) -> None:
    feed, schedules = feed_of(deployments), Schedules(deployments.application)
    async with listening(deployments):
        await pushing(deployments)
        (paused,) = await schedules.pause("pushed")
        await until(lambda: feed.listening == 0)
        await schedules.resume("pushed")
        await until(lambda: feed.listening == 1)

    assert paused.status == "paused"


async def test_what_it_remembers_is_kept_with_the_run_and_forgotten_with_the_config(deployments: Deployments) -> None:
    feed = feed_of(deployments)
    async with listening(deployments):
        await pushing(deployments)
        feed.push(1, remembers={"side": "above"})
        await until_outputs(deployments, "pushed", [1])
    async with listening(deployments):
        await until(lambda: len(feed.lookouts) == 2)
        changed = PUSHED.replace("test.pushed", "test.pushed, config: {level: 3}")
        await deployments.deploy(workflow(changed))
        await until(lambda: len(feed.lookouts) == 3)

    assert [one.remembered for one in feed.lookouts] == [None, {"side": "above"}, None]


async def test_a_run_that_cannot_be_started_is_counted_and_told(deployments: Deployments) -> None:
    feed = feed_of(deployments)
    async with listening(deployments):
        await pushing(deployments, limits=DeploymentLimits(concurrency_key="fired.nothing"))
        feed.push(1)

        async def refused() -> bool:
            return (await deployments.metrics("pushed")).refused == 1

        await until(refused)

    standing = await Standings(deployments.application).get("pushed")
    assert standing.last_refusal is not None
    assert standing.last_refusal.code == "no_key"


async def test_parameters_of_the_deployment_fill_in_what_it_listens_to(deployments: Deployments) -> None:
    text = PUSHED.replace("test.pushed", 'test.pushed, config: {level: "{{ params.level }}"}')
    deployment = await deployments.deploy(workflow(text), params={"level": 7})

    run_id = await deployments.fire(deployment)

    assert run_id is not None
    assert (await deployments.application.wait(run_id)).output == 107


async def test_a_run_started_by_hand_gets_what_there_is_now(deployments: Deployments) -> None:
    result = await deployments.application.execute(ExecutionRequest(workflow(PUSHED)))

    assert result.output == 100


async def test_a_neighbour_named_in_the_config_is_resolved_where_it_is_armed(deployments: Deployments) -> None:
    other = "{id: other, type: trigger.manual}"
    pushed = "{id: push, type: test.pushed, config: {name: other}}"
    text = PUSHED.replace("[{id: push, type: test.pushed}]", f"[{other}, {pushed}]")
    await deployments.deploy(workflow(text))

    (trigger,) = await deployments.triggers("pushed")

    assert trigger.config == {"name": "resolved"}


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"name": "wrong"}, "invalid_config"),
        ({"name": "{{ workflow.input.x }}"}, "unknown_before_run"),
        ({"level": "high"}, "invalid_config"),
    ],
)
def test_what_cannot_be_listened_to_is_found_by_check(config: dict[str, Any], code: str) -> None:
    text = PUSHED.replace("test.pushed", f"test.pushed, config: {json.dumps(config)}")

    found = check_file(f"{text}\ninputs: {{x: string}}", registry()).result

    assert code in [issue.code for issue in found.issues]


async def test_a_trigger_that_is_told_things_is_enough_to_be_deployed(deployments: Deployments) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        await deployments.deploy(workflow(PUSHED.replace("{id: push,", "{id: push, disabled: true,")))

    assert caught.value.code == "no_schedule"
    assert (await deployments.deploy(workflow(PUSHED))).status == "active"
