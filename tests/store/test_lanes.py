"""Lanes: how many runs may be under way, and who comes next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from treadle.engine.journal import Batch, RunUpdate, StateChange
from treadle.errors import Conflict
from treadle.model.ids import RunId, run_id_for
from treadle.model.run import RunRecord
from treadle.store.admission import Admission, Fired, RateKey
from treadle.store.deployments import Deployment, DeploymentLimits, Rate
from treadle.store.lanes import rate_name
from treadle.store.sqlite_journal import SqliteStore
from treadle.store.triggers import Trigger
from treadle.testing.journal_contract import NOW, make_record

BOT = Deployment("bot", "bot", "orders", created_at=NOW)
TICK = Trigger("bot", "tick", "tick", "trigger.interval", {"seconds": 5}, armed_at=NOW)


def run(number: int, **changes: Any) -> RunRecord:
    """The run of the `number`th second, in the lane of the bot."""
    at = NOW + timedelta(seconds=number)
    given = {"deployment": "bot", "lane": "bot", "created_at": at} | changes
    return make_record(run_id_for(at, str(number)), **given)


async def admit(store: SqliteStore, *records: RunRecord, limit: int = 1, **more: Any) -> list[Admission]:
    return [await store.admit(record, limit=limit, **({"overlap": "queue"} | more)) for record in records]


async def finish(store: SqliteStore, record: RunRecord, status: Any = "completed") -> None:
    record = await store.get_run(record.id)
    update = RunUpdate(status, finished_at=store._now())
    await store.append(Batch(record.id, record.epoch, update=update, closes=record))


async def due(store: SqliteStore) -> list[RunId]:
    return await store.find_due(store._now())


async def status_of(store: SqliteStore, record: RunRecord) -> str:
    return (await store.get_run(record.id)).status


async def test_as_many_begin_as_there_are_places_and_the_rest_wait(store: SqliteStore) -> None:
    admitted = await admit(store, run(1), run(2), run(3), limit=2)

    assert [one.outcome for one in admitted] == ["running", "running", "queued"]


async def test_a_run_that_is_not_to_wait_is_left_out(store: SqliteStore) -> None:
    admitted = await admit(store, run(1), run(2), overlap="skip")

    assert [one.outcome for one in admitted] == ["running", "skipped"]
    assert [record.id for record in await store.list_runs()] == [run(1).id]
    assert (await store.read_metrics("bot")).skipped == 1


async def test_who_was_accepted_first_is_due_first(store: SqliteStore) -> None:
    """Also where the clock was put back, or stood still."""
    waiting = [run(3), run(2), run(4, created_at=NOW), run(5, created_at=NOW)]
    await admit(store, run(1), *waiting)

    order: list[RunId] = []
    for record in (run(1), *waiting):
        await finish(store, record)
        for run_id in await due(store):
            order.append((await store.claim(run_id)).id)

    assert order == [record.id for record in waiting]


async def test_nobody_overtakes_those_who_wait(store: SqliteStore) -> None:
    """A place is free, but it is kept for the run that has waited for it."""
    await admit(store, run(1), run(2))
    await finish(store, run(1))

    (admitted,) = await admit(store, run(3))

    assert admitted.outcome == "queued"
    with pytest.raises(Conflict, match="waits its turn"):
        await store.claim(run(3).id)
    assert (await store.claim(run(2).id)).status == "running"


async def test_a_suspended_run_keeps_its_place(store: SqliteStore) -> None:
    await admit(store, run(1), run(2))

    await store.append(Batch(run(1).id, 1, update=RunUpdate("suspended")))

    assert await due(store) == []
    with pytest.raises(Conflict, match="waits its turn"):
        await store.claim(run(2).id)


async def test_refused_its_turn_a_run_is_not_due_again_at_once(store: SqliteStore) -> None:
    """Or whoever looks for work would find it again and again."""
    await admit(store, run(1), run(2))
    await finish(store, run(1))
    await admit(store, run(0), limit=2, overlap="skip")  # takes the place meanwhile

    with pytest.raises(Conflict):
        await store.claim(run(2).id)

    assert await due(store) == []


async def test_a_place_is_taken_once_by_whoever_claims_at_the_same_time(store: SqliteStore, path: Path) -> None:
    waiting = [run(number) for number in range(2, 8)]
    await admit(store, run(1), *waiting)
    await finish(store, run(1))

    async with SqliteStore(path) as other:
        answers = await asyncio.gather(
            *((store if n % 2 else other).claim(record.id) for n, record in enumerate(waiting)),
            return_exceptions=True,
        )
        claimed = [answer.id for answer in answers if isinstance(answer, RunRecord)]

    assert claimed == [waiting[0].id]


async def test_runs_admitted_by_two_processes_at_once_keep_to_the_limit(store: SqliteStore, path: Path) -> None:
    async with SqliteStore(path) as other:
        admitted = await asyncio.gather(
            *((store if n % 2 else other).admit(run(n), limit=3, overlap="queue", driven=False) for n in range(12))
        )

    assert sum(one.outcome == "running" for one in admitted) == 3


async def test_lanes_do_not_hold_each_other_up(store: SqliteStore) -> None:
    admitted = await admit(store, run(1, lane="a"), run(2, lane="b"), run(3, lane="a"))

    assert [one.outcome for one in admitted] == ["running", "running", "queued"]


async def test_a_cancelled_run_in_the_queue_gives_up_its_turn(store: SqliteStore) -> None:
    await admit(store, run(1), run(2), run(3))
    await store.request_cancel(run(2).id)

    ended = await store.claim(run(2).id)  # whoever takes it up ends it, and needs no place for that
    await finish(store, ended, "cancelled")
    await finish(store, run(1))

    assert await due(store) == [run(3).id]


async def test_the_time_in_the_queue_is_not_the_runs_own(store: SqliteStore) -> None:
    await admit(store, run(1), run(2))
    await finish(store, run(1))

    claimed = await store.claim(run(2).id)

    assert claimed.origin is not None
    assert claimed.origin.deadline_from is not None


async def test_a_run_tried_again_waits_its_turn_like_any_other(store: SqliteStore) -> None:
    await admit(store, run(1))
    await finish(store, run(1), "failed")
    await admit(store, run(2))

    await store.reopen(run(1).id)

    assert await status_of(store, run(1)) == "queued"
    with pytest.raises(Conflict, match="waits its turn"):
        await store.claim(run(1).id)
    await finish(store, run(2))
    assert await due(store) == [run(1).id]


async def test_a_raised_limit_lets_those_in_who_wait(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await admit(store, run(1), run(2), run(3), run(4))

    await store.save_deployment(replace(BOT, limits=replace(BOT.limits, concurrency=3)))

    assert await due(store) == [run(2).id, run(3).id]


async def test_a_fire_time_is_used_up_by_whoever_is_first(store: SqliteStore, path: Path) -> None:
    await store.save_deployment(BOT, triggers=[TICK])
    fired = Fired("bot", "tick", NOW)

    async with SqliteStore(path) as other:
        answers = await asyncio.gather(
            store.admit(run(1), fired=fired, limit=1),
            other.admit(run(2), fired=fired, limit=1, driven=False),
            return_exceptions=True,
        )

    assert sorted(type(answer).__name__ for answer in answers) == ["Admission", "Conflict"]
    assert (await store.get_trigger("bot", "tick")).last_fired_at == NOW
    assert len(await store.list_runs()) == 1


async def test_an_earlier_fire_time_is_over(store: SqliteStore) -> None:
    await store.save_deployment(BOT, triggers=[TICK])
    await admit(store, run(1), fired=Fired("bot", "tick", NOW))

    with pytest.raises(Conflict, match="has fired") as caught:
        await admit(store, run(2), fired=Fired("bot", "tick", NOW - timedelta(seconds=5)))

    assert caught.value.code == "already_fired"


async def test_a_fire_time_that_finds_no_room_is_used_up(store: SqliteStore) -> None:
    await store.save_deployment(BOT, triggers=[TICK])
    await admit(store, run(1))

    await admit(store, run(2), fired=Fired("bot", "tick", NOW), overlap="skip")

    assert (await store.get_trigger("bot", "tick")).last_fired_at == NOW


async def test_an_event_starts_one_run_however_often_it_is_delivered(store: SqliteStore) -> None:
    await store.save_deployment(BOT, triggers=[TICK])
    await admit(store, run(1), fired=Fired("bot", "tick", seed="e1"))

    with pytest.raises(Conflict) as caught:
        await admit(store, run(2), fired=Fired("bot", "tick", seed="e1"))
    (other,) = await admit(store, run(3), fired=Fired("bot", "tick", seed="e2"))

    assert caught.value.code == "already_fired"
    assert other.outcome == "queued"


async def test_nothing_of_a_paused_deployment_begins(store: SqliteStore) -> None:
    await store.save_deployment(replace(BOT, status="paused"), triggers=[TICK])

    with pytest.raises(Conflict) as caught:
        await admit(store, run(1), fired=Fired("bot", "tick", NOW))

    assert caught.value.code == "not_active"
    assert (await store.get_trigger("bot", "tick")).last_fired_at is None
    assert await store.list_runs() == []


async def test_while_its_deployment_is_paused_no_queued_run_begins(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await admit(store, run(1), run(2))
    await store.save_deployment(replace(BOT, status="paused"))
    await finish(store, run(1))

    with pytest.raises(Conflict, match="is paused"):
        await store.claim(run(2).id)
    held = await due(store)
    await store.save_deployment(BOT)

    assert (held, await due(store)) == ([], [run(2).id])


async def test_a_paused_deployment_holds_nobody_up_in_a_lane_it_shares(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await admit(store, run(1, deployment="other"), run(2), run(3, deployment="other"))

    await store.save_deployment(replace(BOT, status="paused"))
    await finish(store, run(1))

    assert await due(store) == [run(3).id]


async def test_a_run_tried_again_begins_although_its_deployment_is_paused(store: SqliteStore) -> None:
    await store.save_deployment(BOT)
    await admit(store, run(1))
    await finish(store, run(1), "failed")
    await store.save_deployment(replace(BOT, status="paused"))

    await store.reopen(run(1).id)

    assert (await store.claim(run(1).id)).status == "running"


async def test_state_changes_with_the_run_and_not_without_it(store: SqliteStore) -> None:
    ticked = [StateChange("trigger:bot", "tick", increment=1)]

    await admit(store, run(1), run(2), overlap="skip", state=ticked)

    assert await store.read_state("trigger:bot", "tick") == 1


async def test_a_rate_makes_runs_wait_for_their_time(store: SqliteStore) -> None:
    rate = RateKey("bot", 1, 60.0)

    first, second = await admit(store, run(1), run(2), limit=9, rate=rate)

    assert (first.outcome, second.outcome) == ("running", "queued")
    assert second.wake_at is not None
    assert timedelta(seconds=55) < second.wake_at - store._now() <= timedelta(seconds=60)
    assert await due(store) == []


async def test_runs_whose_times_have_passed_do_not_all_begin_at_once(store: SqliteStore) -> None:
    """As after a day in which no process was up."""
    rate = Rate(1, 0.05)
    await store.save_deployment(replace(BOT, limits=replace(BOT.limits, concurrency=9, rate=rate)))
    records = [run(number) for number in range(5)]
    await admit(store, *records, limit=9, rate=RateKey(rate_name("bot"), 1, 0.05))
    await asyncio.sleep(0.3)

    refused = list[str]()
    for record in records[1:]:
        try:
            await store.claim(record.id)
        except Conflict as error:
            refused.append(error.code)

    assert 1 <= len(refused) <= 3
    assert set(refused) == {"rate_full"}


async def test_a_run_left_out_for_its_rate_takes_no_slot(store: SqliteStore) -> None:
    rate = RateKey("bot", 1, 60.0)
    await admit(store, run(1), run(2), run(3), limit=9, rate=rate, overlap="skip")

    (queued,) = await admit(store, run(4), limit=9, rate=rate)

    assert queued.wake_at is not None
    assert queued.wake_at - store._now() <= timedelta(seconds=60)


async def test_a_run_that_waits_for_its_rate_holds_nobody_up(store: SqliteStore) -> None:
    await admit(store, run(1), limit=2)
    await admit(store, run(2), run(3), limit=2, rate=RateKey("slow", 1, 3600.0))

    (admitted,) = await admit(store, run(4), limit=3)

    assert admitted.outcome == "running"


async def test_a_refused_admission_changes_nothing(store: SqliteStore) -> None:
    await store.save_deployment(BOT, triggers=[TICK])
    await admit(store, run(1))

    with pytest.raises(Conflict, match="exists already"):
        await admit(store, run(1), limit=5, fired=Fired("bot", "tick", NOW), rate=RateKey("bot", 1, 60.0))

    assert (await store.get_trigger("bot", "tick")).last_fired_at is None
    assert await store.take_slot("bot", number=1, period=60.0, burst=1, token="t", now=NOW) == NOW


async def test_a_large_input_is_admitted_like_any_other(store: SqliteStore) -> None:
    text = "x" * 300_000

    await admit(store, run(1, input={"text": text}))

    assert (await store.get_run(run(1).id)).input == {"text": text}


async def with_rate(store: SqliteStore, rate: Rate | None) -> None:
    await store.save_deployment(replace(BOT, limits=DeploymentLimits(concurrency=9, rate=rate)))


async def admit_rated(store: SqliteStore, *records: RunRecord, period: float) -> list[Admission]:
    """Accepted by a deployment that lets one begin in each period."""
    await with_rate(store, Rate(1, period))
    return await admit(store, *records, limit=9, rate=RateKey(rate_name("bot"), 1, period))


async def begin_all(store: SqliteStore, *records: RunRecord) -> list[str]:
    """What becomes of each when somebody takes it up."""
    answers = list[str]()
    for record in records:
        try:
            answers.append((await store.claim(record.id)).status)
        except Conflict as error:
            answers.append(error.code)
    return answers


async def test_queued_runs_keep_to_their_rate_however_late_they_come(store: SqliteStore) -> None:
    """Their times have passed, and the store has been tidied up, before anybody comes to drive them."""
    records = [run(number) for number in range(5)]
    await admit_rated(store, *records, period=0.2)
    await asyncio.sleep(1.0)

    await store.purge()

    assert await begin_all(store, *records[1:]) == ["running", "rate_full", "rate_full", "rate_full"]


async def test_another_that_begins_late_leaves_those_in_the_queue_their_rate(store: SqliteStore) -> None:
    first, second = run(1), run(2)
    await admit_rated(store, run(0), first, second, period=0.1)
    async with SqliteStore(store.path, now=lambda: store._now() + timedelta(minutes=5)) as later:
        answers = await begin_all(later, first, second)

    assert answers == ["running", "rate_full"]


async def test_a_run_cancelled_in_the_queue_leaves_its_time_to_others(store: SqliteStore) -> None:
    records = [run(number) for number in range(4)]
    await admit_rated(store, *records, period=60.0)
    for record in records[1:]:
        await store.request_cancel(record.id)
        await finish(store, await store.claim(record.id), "cancelled")

    (admitted,) = await admit_rated(store, run(9), period=60.0)

    assert admitted.wake_at is not None
    assert admitted.wake_at - store._now() <= timedelta(seconds=60)


async def test_a_faster_rate_counts_for_those_who_wait_already(store: SqliteStore) -> None:
    records = [run(number) for number in range(4)]
    await admit_rated(store, *records, period=3600.0)

    await with_rate(store, Rate(1, 60.0))

    waits = [(await store.get_run(record.id)).wake_at for record in records[1:]]
    assert [round((wake_at - store._now()) / timedelta(seconds=60)) for wake_at in waits if wake_at] == [1, 2, 3]


async def test_without_a_rate_those_who_waited_for_it_are_due(store: SqliteStore) -> None:
    records = [run(number) for number in range(3)]
    await admit_rated(store, *records, period=3600.0)

    await with_rate(store, None)

    assert await due(store) == [record.id for record in records[1:]]


async def test_a_new_rate_counts_for_those_who_wait_for_a_place(store: SqliteStore) -> None:
    await store.save_deployment(replace(BOT, limits=DeploymentLimits()))
    await admit(store, run(1), run(2), run(3))

    await with_rate(store, Rate(1, 3600.0))

    assert await begin_all(store, run(2), run(3)) == ["running", "rate_full"]


@pytest.mark.parametrize("save", ["all", "failures", "none"])
async def test_a_fire_time_that_comes_round_again_has_had_its_run_whether_it_was_kept_or_not(
    store: SqliteStore, save: Any
) -> None:
    """Also where the clock was put back by an hour."""
    await store.save_deployment(BOT, triggers=[TICK])
    fired = Fired("bot", "tick", NOW + timedelta(seconds=1), None)
    await admit(store, run(1, save=save), fired=fired)
    await finish(store, run(1, save=save))
    await store.put_back_trigger("bot", "tick", to=NOW - timedelta(hours=1))

    with pytest.raises(Conflict) as refused:
        await admit(store, run(1, save=save), fired=fired)

    assert refused.value.code in ("already_fired", "run_exists")
