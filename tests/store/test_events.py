"""Published events: kept until they are delivered, and the one that every failed run leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from treadle.engine.journal import Batch, RunUpdate
from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.published import RUN_FAILED
from treadle.model.run import Failure, Origin, RunRecord
from treadle.store.refusals import Refusal
from treadle.store.sqlite_journal import SqliteStore

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
BROKEN = Failure("boom", "It broke.", "fetch", 2)


async def fail(store: SqliteStore, *, error: Failure = BROKEN, **fields: Any) -> RunRecord:
    """A run that fails at once."""
    run = RunRecord(RunId("rx"), "shop", "v1", created_at=NOW, **fields)
    update = RunUpdate("failed", finished_at=NOW, error=error)
    await store.append(Batch(run.id, 0, opens=run))
    await store.append(Batch(run.id, 0, update=update, closes=run, forget=run.save == "none"))
    return run


async def test_events_come_back_in_the_order_they_were_published(store: SqliteStore) -> None:
    for number in (2, 1, 3):
        await store.publish_event(f"e{number}", "orders", {"n": number}, now=NOW + timedelta(seconds=number))

    found = await store.list_undelivered()

    assert [(event.id, event.topic, event.payload["n"]) for event in found] == [
        ("e1", "orders", 1),
        ("e2", "orders", 2),
        ("e3", "orders", 3),
    ]


async def test_an_event_is_published_once(store: SqliteStore) -> None:
    """Whoever publishes it again after a crash changes nothing."""
    first = await store.publish_event("e1", "orders", 1, now=NOW)

    second = await store.publish_event("e1", "orders", 2, now=NOW)

    assert (first, second) == (True, False)
    assert [event.payload for event in await store.list_undelivered()] == [1]


async def test_a_delivered_event_is_not_listed_again(store: SqliteStore) -> None:
    await store.publish_event("e1", "orders", 1, now=NOW)
    await store.publish_event("e2", "orders", 2, now=NOW)

    await store.mark_delivered(["e1"], now=NOW)

    assert [event.id for event in await store.list_undelivered()] == ["e2"]
    assert [event.id for event in await store.list_events(topic="orders")] == ["e1", "e2"]


async def test_delivered_events_are_removed_after_a_week(store: SqliteStore) -> None:
    """Those that nobody has delivered stay."""
    await store.publish_event("e1", "orders", 1, now=NOW)
    await store.publish_event("e2", "orders", 2, now=NOW)
    await store.mark_delivered(["e1"], now=NOW)
    assert await store.purge_events(NOW + timedelta(days=6)) == 0

    removed = await store.purge_events(NOW + timedelta(days=8))

    assert (removed, [event.id for event in await store.list_events()]) == (1, ["e2"])


async def test_a_payload_that_cannot_be_kept_is_refused(store: SqliteStore) -> None:
    with pytest.raises(StoreError):
        await store.publish_event("e1", "orders", object(), now=NOW)

    assert await store.list_undelivered() == []


async def test_a_failed_run_leaves_an_event(store: SqliteStore) -> None:
    """In the transaction in which it fails: no crash comes between."""
    run = await fail(store, input={"order": 7}, deployment="shop-1", mode="paper")

    (event,) = await store.list_undelivered()

    assert (event.topic, event.run, event.hops) == (RUN_FAILED, run.id, 1)
    assert event.payload["error"] == BROKEN.to_dict()
    assert event.payload | {"error": None} == {
        "run": run.id,
        "workflow": "shop",
        "version": "v1",
        "deployment": "shop-1",
        "parent": None,
        "mode": "paper",
        "profiles": [],
        "error": None,
        "input": {"order": 7},
    }


async def test_a_run_that_is_not_kept_leaves_one_too(store: SqliteStore) -> None:
    await fail(store, save="none")

    assert [event.topic for event in await store.list_undelivered()] == [RUN_FAILED]


async def test_what_is_large_does_not_stand_in_the_event_twice(store: SqliteStore) -> None:
    """A large error is told whole, a large input is left to the run."""
    error = replace(BROKEN, message="x" * 100_000)

    await fail(store, error=error, input={"text": "y" * 100_000})

    (event,) = await store.list_undelivered()
    assert (len(event.payload["error"]["message"]), event.payload["input"]) == (100_000, None)


@pytest.mark.parametrize(
    "handler",
    [{"origin": Origin(handles=True)}, {"fired": {"id": "f1", "topic": RUN_FAILED, "hops": 1}}],
)
async def test_the_failure_of_a_handler_is_told_to_nobody(store: SqliteStore, handler: dict[str, Any]) -> None:
    """Handlers that fail would start each other for ever."""
    await fail(store, **handler)

    assert await store.list_undelivered() == []


async def test_each_failure_of_a_run_is_an_event_of_its_own(store: SqliteStore) -> None:
    """It was tried again, and failed again."""
    run = await fail(store)
    await store.reopen(run.id)
    claimed = await store.claim(run.id)

    update = RunUpdate("failed", finished_at=NOW, error=BROKEN)
    await store.append(Batch(run.id, claimed.epoch, update=update, closes=claimed))

    assert len({event.id for event in await store.list_undelivered()}) == 2


async def test_a_budget_is_counted_over_every_period(store: SqliteStore) -> None:
    """No more than its number in any period, wherever that begins."""
    taken = [
        await store.try_slot("k", number=2, period=60, token=f"t{second}", now=NOW + timedelta(seconds=second))
        for second in (0, 30, 59, 60, 61, 90)
    ]

    assert taken == [True, True, False, True, False, True]


async def test_asked_again_a_slot_is_the_same(store: SqliteStore) -> None:
    """After a crash it is not taken twice."""
    await store.try_slot("k", number=1, period=60, token="a", now=NOW)

    again = await store.try_slot("k", number=1, period=60, token="a", now=NOW + timedelta(seconds=5))

    assert again
    assert not await store.try_slot("k", number=1, period=60, token="b", now=NOW + timedelta(seconds=5))


async def test_an_event_nested_too_deep_to_be_read_again_is_refused(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="200 deep"):
        await store.publish_event("e1", "orders", nested(900), now=NOW)


@pytest.mark.parametrize("written", ["{", "[" * 5000 + "]" * 5000, '{"payload": 1}'])
async def test_an_event_that_cannot_be_read_is_put_aside(store: SqliteStore, written: str) -> None:
    """However it came there; those behind it are delivered."""
    await store.publish_event("e1", "orders", 1, now=NOW)
    await store.publish_event("e2", "orders", 2, now=NOW + timedelta(seconds=1))
    await store.write(lambda c: c.execute("UPDATE events SET payload = ? WHERE id = 'e1'", (written,)) and None)

    found = await store.list_undelivered(limit=1)

    assert [event.id for event in found] == ["e2"]


async def test_a_failure_with_a_deep_input_is_told_without_it(store: SqliteStore) -> None:
    error = replace(BROKEN, details={"inputs": nested(400)})

    await fail(store, input={"tree": nested(400)}, error=error)

    (event,) = await store.list_undelivered()
    assert (event.payload["input"], event.payload["error"]["details"]) == (None, {})


async def test_a_refusal_is_counted_once_however_often_it_is_noted(store: SqliteStore) -> None:
    refusal = Refusal.of(StoreError("too large", code="unstorable_value"), about="orders e1", at=NOW)

    noted = [await store.note_refusal("shop", "on", "e1", refusal) for _ in range(2)]

    assert noted == [True, False]
    assert (await store.read_metrics("shop")).refused == 1
    assert await store.list_refusals() == {"shop": refusal}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value
