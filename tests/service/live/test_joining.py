"""Broken off anywhere and taken up again, a stream is the whole one: each kept event once, in its order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.live.streams import (
    TALK,
    Follower,
    application,
    fake,
    follow,
    kept,
    pure,
    read_whole,
    types,
    workflow,
)
from treadle.model.ids import RunId
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.live import channel, hub
from treadle.service.live.event import LiveEvent, Place, read_place
from treadle.service.live.live import Events, Live
from treadle.testing.fake_effect import FakeEffect

KINDS = ("pure", "talk", "many", "fails", "unkept", "failures")


def make(kind: str) -> ExecutionRequest:
    match kind:
        case "pure":
            return ExecutionRequest(workflow("pure", pure("a"), pure("b")))
        case "talk":
            return ExecutionRequest(workflow("talk", pure("a"), TALK, pure("b")))
        case "many":
            return ExecutionRequest(workflow("many", *(pure(f"n{number}") for number in range(40))))
        case "fails":
            return ExecutionRequest(workflow("fails", pure("a"), pure("b", "nodes.a.output.missing")))
        case "unkept":
            return ExecutionRequest(workflow("unkept", pure("a"), TALK, save="none"))
        case _:
            return ExecutionRequest(workflow("failures", TALK, pure("b", "nodes.talk.output.x.y"), save="failures"))


async def read_in_pieces(app: Application, sizes: Sequence[int], *, until: str) -> list[LiveEvent]:
    """Everything, by a reader that loses the connection after each of `sizes` events."""
    joined: list[LiveEvent] = []
    last: str | None = "0.0"
    pieces = iter(sizes)
    while True:
        most = next(pieces, 10_000)
        follower = await follow(Live(app).follow_everything(after=read_place(last)))
        await follower.until(lambda events, most=most: len(events) >= most or _has_ended(events, until))
        await follower.stop()
        # Of what was given at once, only so much had arrived.
        arrived = follower.events[:most]
        joined += arrived
        if arrived:
            last = arrived[-1].id
        if _has_ended(arrived, until):
            return joined
        await asyncio.sleep(0)


def _has_ended(events: Sequence[LiveEvent], run_id: str) -> bool:
    return any(event.type == "run.finished" and event.run_id == run_id for event in events)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=6),
    st.lists(st.integers(1, 30), max_size=12),
    st.integers(1, 40),
)
def test_joined_pieces_are_the_whole(kinds: list[str], sizes: list[int], held: int) -> None:
    asyncio.run(_join(kinds, sizes, held))


async def _join(kinds: list[str], sizes: list[int], held: int) -> None:
    # A channel that holds little: who is behind has to go back to the store.
    before = channel.MOST_EVENTS
    channel.MOST_EVENTS = held
    try:
        with TemporaryDirectory() as folder:
            async with application(Path(folder)) as app:
                whole = await follow(Live(app).follow_everything())
                last = RunId("r-last")
                reading = asyncio.create_task(read_in_pieces(app, sizes, until=last))
                for kind in kinds:
                    await app.execute(make(kind))
                request = make("pure")
                await app.execute(ExecutionRequest(request.workflow, run_id=last))
                pieces = await reading
                await whole.until(lambda events: _has_ended(events, last))
                watched = await whole.stop()
                stored = await _stored(app)
    finally:
        channel.MOST_EVENTS = before

    all_stored = [event for events in stored.values() for event in events]
    late = [event for event in all_stored if _is_told_before(event)]
    expected = [event for event in all_stored if not _is_told_before(event)]
    for events in (pieces, watched):
        places = [event.place for event in events]
        assert places == sorted(set(places))  # in order, and none twice
        of_kept = [event.id for event in kept(events) if not _is_told_before(event) and event.run_id in stored]
        assert of_kept == [event.id for event in sorted(expected, key=lambda one: one.place)]
        # What was told as it happened is not told again because it is kept in the end.
        told = {(event.run_id, event.path, event.type) for event in events}
        assert all((event.run_id, event.path, event.type) in told for event in late)


def _is_told_before(event: LiveEvent) -> bool:
    """It is kept some time after it happened: whoever watched then was told of it then."""
    return event.workflow == "failures" or event.type == "log"


async def _stored(app: Application) -> dict[str | None, list[LiveEvent]]:
    runs = await app.list_runs(limit=100)
    return {run.id: await read_whole(Live(app).follow_run(run.id)) for run in runs}


async def test_breaking_off_within_a_large_commit(tmp_path: Path) -> None:
    async with application(tmp_path) as app:
        live = Live(app)
        await app.execute(make("many"))
        follower = await follow(live.follow_everything(after=Place(0, 0)))
        whole = [event.id for event in await follower.until_type("run.finished")]
        await follower.stop()

        for had in random.Random(7).sample(range(len(whole) - 1), 8):
            rest = await follow(live.follow_everything(after=read_place(whole[had])))
            events = await rest.until_type("run.finished")
            assert [event.id for event in events] == whole[had + 1 :]
            await rest.stop()


async def test_who_joins_in_the_middle_of_a_commit_has_it_once(tmp_path: Path) -> None:
    async with application(tmp_path) as app:
        live = Live(app)
        first = await follow(live.follow_everything())
        joining: list[asyncio.Task[Follower]] = []
        driving = asyncio.create_task(app.execute(make("many")))
        while len(joining) < 100:
            joining.append(asyncio.create_task(follow(live.follow_everything(after=Place(0, 0)))))
            await asyncio.sleep(0)

        expected = [event.id for event in kept(await first.until_type("run.finished"))]
        await driving
        for task in joining:
            follower = await task
            assert [event.id for event in kept(await follower.until_type("run.finished"))] == expected
            await follower.stop()
        await first.stop()


class TestTwoApplications:
    """Two processes on one store, as far as one process can be two."""

    async def test_what_the_other_drives_arrives(self, tmp_path: Path) -> None:
        hold = FakeEffect("hold", returns=1, held=True)
        async with application(tmp_path, hold) as driving, application(tmp_path, drives=False) as watching:
            everything = await follow(Live(watching).follow_everything())
            run_id = await driving.start(ExecutionRequest(workflow("held", pure("a"), fake("hold"), TALK)))
            await hold.wait_until_entered()
            one = await follow(Live(watching).follow_run(run_id))
            await one.until_type("node.started")
            hold.release()

            events = await one.until_end()
            seen = await everything.until_type("run.finished")

            stored = await read_whole(Live(driving).follow_run(run_id))
            assert [event.id for event in events] == [event.id for event in stored]
            assert [event.id for event in seen] == [event.id for event in stored]
            await everything.stop()

    async def test_what_both_drive_at_once_is_in_one_order(self, tmp_path: Path) -> None:
        async with application(tmp_path) as one, application(tmp_path) as other:
            followers = [await follow(Live(app).follow_everything()) for app in (one, other)]

            await asyncio.gather(*(app.execute(make("many")) for app in (one, other) for _ in range(10)))

            seen = [kept(await follower.until_type("run.finished", 20)) for follower in followers]
            assert [event.id for event in seen[0]] == [event.id for event in seen[1]]
            assert len(seen[0]) == 20 * 42
            for follower in followers:
                await follower.stop()


class TestSlowReaders:
    async def test_one_that_does_not_read_holds_up_nobody_and_gets_everything(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(channel, "MOST_EVENTS", 50)
        async with application(tmp_path) as app:
            slow = Live(app).follow_everything()
            assert await anext(slow) == ()
            quick = await follow(Live(app).follow_everything())

            for _ in range(30):
                assert (await app.execute(make("many"))).status == "completed"
            expected = [event.id for event in await quick.until_type("run.finished", 30)]
            (held,) = app.live._channels.values()
            assert len(held) <= 50

            read: list[LiveEvent] = []
            async for events in slow:
                read += events
                if types(read).count("run.finished") == 30:
                    break
            await slow.aclose()
            await quick.stop()

        assert [event.id for event in read] == expected
        assert len(expected) == 30 * 42

    async def test_all_channels_together_hold_so_much_and_no_more(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hub, "MOST_BYTES", 300_000)
        monkeypatch.setattr(hub, "_LOOK_AFTER", 50_000)
        async with application(tmp_path) as app:
            text = workflow("text", *(pure(f"n{number}", repr("y" * 9000)) for number in range(6)))
            slow: list[AsyncGenerator[Events]] = []
            for _ in range(10):
                run_id = await app.start(ExecutionRequest(text))
                stream = Live(app).follow_run(run_id)
                await anext(stream)
                slow.append(stream)
            everything = await follow(Live(app).follow_everything())
            for _ in range(20):
                await app.execute(ExecutionRequest(text))
            await everything.until_type("run.finished", 20)

            held = sum(one.bytes for one in app.live._channels.values())
            for stream in slow:
                await stream.aclose()
            await everything.stop()

        assert held <= 300_000 + 50_000 + 70_000
