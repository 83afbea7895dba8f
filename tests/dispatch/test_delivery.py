"""Delivery: every event to every deployment that listens, once, whoever crashes and however many deliver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from treadle.dispatch.delivery import NO_HANDLER, Delivery
from treadle.errors import Conflict, InvalidWorkflow, NotFound, StoreError
from treadle.model.published import RUN_FAILED, Published
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.clock import START, VirtualClock


class Firing:
    """Notes who was fired for what; refuses a second time, as an admission does."""

    def __init__(self) -> None:
        self.fired: list[tuple[str, Any]] = []
        self.handled: list[str] = []
        self.missing: set[str] = set()
        self.errors: dict[str, Exception] = {}
        self._seeds: set[tuple[str, str]] = set()

    async def fire(self, deployment: Deployment, trigger: Trigger, *, payload: Any, seed: str, at: datetime) -> None:
        if deployment.id in self.errors:
            raise self.errors[deployment.id]
        if (deployment.id, seed) in self._seeds:
            raise Conflict("again", code="already_fired")
        self._seeds.add((deployment.id, seed))
        self.fired.append((deployment.id, payload["payload"]))

    async def handle(self, event: Published) -> None:
        if event.payload["run"] in self.missing:
            raise NotFound("not stored", code=NO_HANDLER)
        self.handled.append(event.payload["run"])


class Post:
    """A store, who listens to it, and who delivers."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.clock = VirtualClock()
        self.firing = Firing()

    def delivery(self, store: SqliteStore | None = None) -> Delivery:
        return Delivery(store or self.store, clock=self.clock, fire=self.firing.fire, handle=self.firing.handle)

    async def listen(self, name: str, *, status: Any = "active", kind: str = "trigger.event", **config: Any) -> None:
        topic = RUN_FAILED if kind == "trigger.failure" else str(config["topic"])
        deployment = Deployment(name, name, "w", status=status, params={"limit": 10})
        trigger = Trigger(name, "on", "on", kind, config, topic, armed_at=START)
        await self.store.save_deployment(deployment)
        await self.store.save_triggers(name, [trigger])

    async def publish(self, topic: str, payload: Any = None, *, after: float = 1) -> None:
        at = START + timedelta(seconds=after)
        await self.store.publish_event(f"e{topic}{after}", topic, payload, now=at)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as store:
        yield Post(store)


async def test_an_event_starts_whoever_listens(post: Post) -> None:
    await post.listen("a", topic="orders.paid")
    await post.listen("b", topic="orders.*")
    await post.listen("c", topic=["x", "orders.paid"])
    await post.listen("d", topic="other")
    await post.publish("orders.paid", 7)

    delivered = await post.delivery().deliver()

    assert (delivered, post.firing.fired) == (1, [("a", 7), ("b", 7), ("c", 7)])


async def test_an_event_is_delivered_once(post: Post) -> None:
    await post.listen("a", topic="orders")
    await post.publish("orders")
    delivery = post.delivery()
    await delivery.deliver()

    assert await delivery.deliver() == 0
    assert len(post.firing.fired) == 1


async def test_events_are_delivered_in_the_order_they_were_published(post: Post) -> None:
    await post.listen("a", topic="orders")
    for number in (3, 1, 2):
        await post.publish("orders", number, after=number)

    await post.delivery().deliver()

    assert [payload for _, payload in post.firing.fired] == [1, 2, 3]


async def test_a_crash_before_an_event_is_marked_starts_nobody_twice(post: Post) -> None:
    """It is delivered again, and whoever has had it says so."""
    await post.listen("a", topic="orders")
    await post.listen("b", topic="orders")
    await post.publish("orders")
    post.firing.errors["b"] = StoreError("gone", code="io_error")
    with pytest.raises(StoreError):
        await post.delivery().deliver()
    post.firing.errors.clear()

    await post.delivery().deliver()

    assert [name for name, _ in post.firing.fired] == ["a", "b"]


async def test_two_processes_start_nobody_twice(post: Post, tmp_path: Path) -> None:
    """Both find the same events, and both deliver them."""
    await post.listen("a", topic="orders")
    for number in range(50):
        await post.publish("orders", number, after=number + 1)

    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as other:
        await asyncio.gather(post.delivery().deliver(), post.delivery(other).deliver())

    assert sorted(payload for _, payload in post.firing.fired) == list(range(50))


def failure(run: str) -> dict[str, Any]:
    return {"run": run, "workflow": "w"}


async def test_a_failure_waits_for_a_handler_that_is_not_there(post: Post) -> None:
    """And keeps no other event, nor anybody who listens to it, waiting."""
    await post.listen("a", kind="trigger.failure")
    await post.listen("b", topic="orders")
    post.firing.missing = {"r1"}
    await post.publish(RUN_FAILED, failure("r1"), after=1)
    await post.publish(RUN_FAILED, failure("r2"), after=2)
    await post.publish("orders", 3, after=3)
    delivery = post.delivery()

    delivered = await delivery.deliver()

    assert (delivered, post.firing.handled) == (2, ["r2"])
    assert post.firing.fired == [("a", failure("r1")), ("a", failure("r2")), ("b", 3)]
    assert [event.payload["run"] for event in await post.store.list_undelivered()] == ["r1"]


async def test_a_failure_is_handled_once_its_handler_is_there(post: Post) -> None:
    post.firing.missing = {"r1"}
    await post.publish(RUN_FAILED, failure("r1"))
    delivery = post.delivery()
    await delivery.deliver()
    post.firing.missing.clear()

    at_once = await delivery.deliver()
    post.clock.advance(5)
    later = await delivery.deliver()

    assert (at_once, later, post.firing.handled) == (0, 1, ["r1"])
    assert await post.store.list_undelivered() == []


async def test_more_and_more_time_lies_between_the_tries(post: Post) -> None:
    post.firing.missing = {"r1"}
    await post.publish(RUN_FAILED, failure("r1"))
    tries: list[float] = []
    delivery = Delivery(post.store, clock=post.clock, fire=post.firing.fire, handle=_noting(post, tries))

    for _ in range(24 * 60 * 12):
        await delivery.deliver()
        post.clock.advance(5)

    assert tries[:8] == [0, 5, 15, 35, 75, 155, 315, 635]
    assert tries[-1] - tries[-2] == 600


def _noting(post: Post, tries: list[float]) -> Callable[[Published], Awaitable[None]]:
    async def handle(event: Published) -> None:
        tries.append((post.clock.now() - START).total_seconds())
        await post.firing.handle(event)

    return handle


async def test_a_failure_that_nobody_handles_for_a_week_is_said_to_be_lost(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.firing.missing = {"r1"}
    await post.publish(RUN_FAILED, failure("r1"))
    delivery = post.delivery()
    await delivery.deliver()

    post.clock.advance(7 * 86_400 + 1)
    await delivery.deliver()

    assert await post.store.list_undelivered() == []
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert "is lost" in caplog.text


async def test_what_another_process_has_delivered_is_tried_no_more(post: Post) -> None:
    post.firing.missing = {"r1"}
    await post.publish(RUN_FAILED, failure("r1"))
    delivery = post.delivery()
    await delivery.deliver()
    await post.store.mark_delivered([f"e{RUN_FAILED}1"], now=START)
    post.firing.missing.clear()

    post.clock.advance(5)
    await delivery.deliver()

    assert post.firing.handled == []
    assert delivery._aside == {}


async def test_one_that_cannot_be_started_keeps_the_event_from_nobody_else(post: Post) -> None:
    await post.listen("a", topic="orders")
    await post.listen("b", topic="orders")
    post.firing.errors["a"] = InvalidWorkflow("wrong input")
    await post.publish("orders")

    await post.delivery().deliver()

    assert [name for name, _ in post.firing.fired] == ["b"]
    assert await post.store.list_undelivered() == []


@pytest.mark.parametrize("code", ["unstorable_value", "corrupt_payload"])
async def test_what_the_store_will_never_take_keeps_no_event_from_being_delivered(post: Post, code: str) -> None:
    await post.listen("a", topic="orders")
    await post.listen("b", topic="*")
    post.firing.errors["a"] = StoreError("too large", code=code)
    await post.publish("orders", 1, after=1)
    await post.publish("other", 2, after=2)

    await post.delivery().deliver()

    assert post.firing.fired == [("b", 1), ("b", 2)]
    assert await post.store.list_undelivered() == []


async def test_an_event_that_starts_no_run_is_counted_once(post: Post) -> None:
    """Also where a crash has it delivered again."""
    await post.listen("a", topic="orders")
    await post.listen("b", topic="orders")
    post.firing.errors = {"a": InvalidWorkflow("wrong input"), "b": StoreError("gone", code="io_error")}
    await post.publish("orders")
    with pytest.raises(StoreError):
        await post.delivery().deliver()
    del post.firing.errors["b"]

    await post.delivery().deliver()

    refusal = (await post.store.list_refusals())["a"]
    assert (await post.store.read_metrics("a")).refused == 1
    assert (refusal.message, refusal.about) == ("wrong input", "orders eorders1")


async def test_a_failure_that_nobody_can_make_sense_of_stops_no_other_event(post: Post) -> None:
    await post.listen("watcher", kind="trigger.failure", workflows=["shop"])
    await post.listen("b", topic="orders")
    await post.publish(RUN_FAILED, {"not": "a failure"}, after=1)
    await post.publish("orders", 2, after=2)

    await post.delivery().deliver()

    assert post.firing.fired == [("b", 2)]


async def test_an_event_from_before_somebody_listened_starts_nothing(post: Post) -> None:
    await post.listen("a", topic="orders")
    await post.publish("orders", after=-1)

    await post.delivery().deliver()

    assert post.firing.fired == []


@pytest.mark.parametrize("status", ["paused", "stopped"])
async def test_who_rests_hears_nothing(post: Post, status: str) -> None:
    await post.listen("a", topic="orders", status=status)
    await post.publish("orders")

    await post.delivery().deliver()

    assert post.firing.fired == []


async def test_who_begins_to_listen_meanwhile_is_heard_of(post: Post) -> None:
    """The triggers are read again once one has changed."""
    delivery = post.delivery()
    await post.publish("orders", 1)
    await delivery.deliver()
    await post.listen("a", topic="orders")
    await post.publish("orders", 2, after=2)

    await delivery.deliver()

    assert post.firing.fired == [("a", 2)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("event.payload.total > 100", [120]),
        ("{{ event.payload.total > 100 }}", [120]),
        ("event.payload.total > params.limit", [20, 120]),
        ("event.topic == 'orders'", [5, 20, 120]),
        ("event.payload.missing > 1", []),
        ("event.payload.total", []),
        (False, []),
    ],
)
async def test_a_filter_lets_through_what_it_is_true_for(post: Post, asked: Any, expected: list[int]) -> None:
    """What it cannot be asked about, it does not let through."""
    await post.listen("a", topic="orders", filter=asked)
    for number, total in enumerate((5, 20, 120)):
        await post.publish("orders", {"total": total}, after=number + 1)

    await post.delivery().deliver()

    assert [payload["total"] for _, payload in post.firing.fired] == expected


async def test_a_failure_is_for_those_who_handle_failures(post: Post) -> None:
    """Of the workflows they name, or of all; and for the workflow's own handler."""
    await post.listen("all", kind="trigger.failure")
    await post.listen("one", kind="trigger.failure", workflows=["shop"])
    await post.listen("other", kind="trigger.failure", workflows=["bank"])
    await post.listen("everything", topic="*")
    await post.publish(RUN_FAILED, {"run": "r1", "workflow": "shop"})

    await post.delivery().deliver()

    assert [name for name, _ in post.firing.fired] == ["all", "one"]
    assert post.firing.handled == ["r1"]


async def test_it_hears_of_an_event_that_another_process_publishes(post: Post, tmp_path: Path) -> None:
    """Within a fraction of a second."""
    await post.listen("a", topic="orders")

    async with post.delivery(), SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as other:
        await asyncio.sleep(0.2)
        await other.publish_event("e1", "orders", 1, now=START + timedelta(seconds=1))
        async with asyncio.timeout(5):
            while not post.firing.fired:
                await asyncio.sleep(0.01)

    assert post.firing.fired == [("a", 1)]
