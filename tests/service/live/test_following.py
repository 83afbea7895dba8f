"""Following a run, a deployment or everything: what is told, in which order, and from where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.live.streams import (
    TALK,
    application,
    fake,
    follow,
    kept,
    pure,
    read_whole,
    types,
    words,
    workflow,
)
from treadle.errors import Conflict, LimitExceeded, NotFound, StoreError
from treadle.model.ids import RunId
from treadle.node import Context, effect
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.live import hub
from treadle.service.live.event import Place, read_place
from treadle.service.live.live import Live
from treadle.store.feed import LAST
from treadle.store.feed_reading import FeedPage
from treadle.testing.fake_effect import FakeEffect


@pytest.fixture
def hold() -> FakeEffect:
    return FakeEffect("hold", returns=7, held=True)


@pytest.fixture
async def app(tmp_path: Path, hold: FakeEffect) -> AsyncIterator[Application]:
    async with application(tmp_path, hold, FakeEffect("large", returns="x" * 150_000)) as opened:
        yield opened


class TestARun:
    async def test_that_is_over_is_told_from_its_beginning(self, app: Application) -> None:
        result = await app.execute(ExecutionRequest(workflow("two", pure("a"), pure("b", "nodes.a.output + 1"))))

        events = await read_whole(Live(app).follow_run(RunId(result.run_id)))

        assert words(events) == ["run.started", "node.completed a", "node.completed b", "run.finished"]
        assert events[0].data["version"] == result.version
        assert events[2].data["outputs"] == {"output": 2}
        assert events[-1].data["status"] == "completed"
        assert {(event.run_id, event.workflow) for event in events} == {(result.run_id, "two")}

    async def test_under_way_is_told_as_it_happens(self, app: Application, hold: FakeEffect) -> None:
        run_id = await app.start(ExecutionRequest(workflow("held", pure("a"), fake("hold"), pure("b"))))
        await hold.wait_until_entered()

        follower = await follow(Live(app).follow_run(run_id))
        before = words(await follower.until_type("node.started"))
        hold.release()
        events = await follower.until_end()

        assert before == ["run.started", "node.completed a", "node.started hold"]
        assert words(events) == [*before, "node.completed hold", "node.completed b", "run.finished"]

    async def test_that_is_driven_now_and_that_is_read_later_are_the_same(
        self, app: Application, hold: FakeEffect
    ) -> None:
        run_id = await app.start(ExecutionRequest(workflow("held", pure("a"), fake("hold"), TALK, pure("b"))))
        follower = await follow(Live(app).follow_run(run_id))
        hold.release()

        live = kept(await follower.until_end())
        later = await read_whole(Live(app).follow_run(run_id))

        assert [event.frame(8192) for event in live] == [event.frame(8192) for event in later if event.type != "log"]

    async def test_with_values_kept_apart_is_told_the_same_live_and_later(self, app: Application) -> None:
        follower = await follow(Live(app).follow_everything())

        result = await app.execute(ExecutionRequest(workflow("large", fake("large"), pure("b"))))
        live = await follower.until_type("run.finished")
        later = await read_whole(Live(app).follow_run(RunId(result.run_id)))

        assert [event.frame(8192) for event in kept(live)] == [event.frame(8192) for event in later]
        assert live[2].data["outputs"]["output"]["bytes"] == 150_002
        await follower.stop()

    async def test_says_what_its_nodes_say(self, app: Application, hold: FakeEffect) -> None:
        run_id = await app.start(ExecutionRequest(workflow("said", fake("hold"), TALK)))
        follower = await follow(Live(app).follow_run(run_id))
        hold.release()

        events = [event for event in await follower.until_end() if event.path == "talk"]

        assert types(events) == ["node.started", "log", "progress", "text", "text", "node.completed"]
        assert events[1].data == {"level": "info", "message": "half way", "data": {"step": 1}}
        assert events[2].data == {"share": 0.5, "message": "half"}
        assert "".join(event.data["text"] for event in events[3:5]) == "token"

    async def test_says_what_they_log_before_they_have_come_to_anything(self, app: Application) -> None:
        """What an effect logs is kept with what it comes to, which may be much later; it is told once all the same."""
        followed, let_go = asyncio.Event(), asyncio.Event()

        @effect("live.slow", in_doubt="ask")
        async def slow(ctx: Context) -> None:
            """Logs, and goes on for long."""
            await followed.wait()
            ctx.log("begun")
            await let_go.wait()

        async with application(Path(app.settings.workspace) / "slow", slow) as known:
            run_id = await known.start(ExecutionRequest(workflow("slow", {"id": "slow", "type": "live.slow"})))
            follower = await follow(Live(known).follow_run(run_id))
            followed.set()
            assert types(await follower.until_type("log"))[-1] == "log"
            let_go.set()
            whole = await follower.until_end()
            later = await read_whole(Live(known).follow_run(run_id))

        assert (types(whole).count("log"), types(later).count("log")) == (1, 1)

    async def test_goes_on_behind_each_of_its_events(self, app: Application) -> None:
        result = await app.execute(ExecutionRequest(workflow("two", pure("a"), TALK, pure("b"))))
        live, run_id = Live(app), RunId(result.run_id)
        whole = await read_whole(live.follow_run(run_id))

        assert len(whole) > 5
        for had, event in enumerate(whole):
            rest = await read_whole(live.follow_run(run_id, after=read_place(event.id)))

            assert [one.id for one in rest] == [one.id for one in whole[had + 1 :]]

    async def test_that_fails_and_is_tried_again(self, app: Application) -> None:
        failing = workflow("failing", pure("a"), pure("x", "nodes.a.output.missing"))
        result = await app.execute(ExecutionRequest(failing))
        await app.store.reopen(RunId(result.run_id))
        await app.dispatcher.take(RunId(result.run_id))

        events = await read_whole(Live(app).follow_run(RunId(result.run_id)))

        assert [one for one in types(events) if one.startswith("run.")] == [
            "run.started",
            "run.finished",
            "run.retried",
            "run.resumed",
            "run.finished",
        ]

    async def test_that_is_cancelled_says_so(self, app: Application, hold: FakeEffect) -> None:
        run_id = await app.start(ExecutionRequest(workflow("held", fake("hold"))))
        follower = await follow(Live(app).follow_run(run_id))
        await hold.wait_until_entered()

        await app.store.request_cancel(run_id)
        app.dispatcher.cancel(run_id)
        events = await follower.until_end()

        assert types(events)[-1] == "run.finished"
        assert events[-1].data["status"] == "cancelled"

    async def test_that_is_unknown_is_refused(self, app: Application) -> None:
        with pytest.raises(NotFound):
            await read_whole(Live(app).follow_run(RunId("r-none")))

    async def test_that_is_removed_ends(self, app: Application, hold: FakeEffect) -> None:
        waiting = workflow("waiting", {"id": "wait", "type": "flow.wait", "config": {"duration": "1h"}})
        result = await app.execute(ExecutionRequest(waiting))
        follower = await follow(Live(app, look_again=0).follow_run(RunId(result.run_id)))
        await follower.until_type("run.suspended")

        await app.store.write(lambda c: c.execute("DELETE FROM runs WHERE id = ?", (result.run_id,)).rowcount)
        await app.execute(ExecutionRequest(workflow("other", pure("a"))))
        await _wake(app)
        events = await follower.until_end()

        assert types(events)[-1] == "run.suspended"

    async def test_whose_feed_was_another_begins_anew(self, app: Application) -> None:
        result = await app.execute(ExecutionRequest(workflow("two", pure("a"))))

        events = await read_whole(Live(app).follow_run(RunId(result.run_id), after=Place(99, 3)))

        assert words(events) == ["stream.reset", "run.started", "node.completed a", "run.finished"]
        assert events[0].id == ""


async def _wake(app: Application) -> None:
    """What a tick does, without waiting for one."""
    for channel in app.live._channels.values():
        for future in channel.take_waiting():
            future.set_result(None)


class TestRunsThatAreNotKept:
    """Whoever watches hears of them all the same."""

    @pytest.mark.parametrize("save", ["none", "failures"])
    async def test_one_that_completes(self, app: Application, hold: FakeEffect, save: str) -> None:
        follower = await follow(Live(app).follow_everything())
        hold.release()

        await app.execute(ExecutionRequest(workflow("unkept", pure("a"), fake("hold"), TALK, pure("b"), save=save)))
        events = await follower.until_type("run.finished")

        assert words(events) == [
            "run.started",
            "node.completed a",
            "node.started hold",
            "node.completed hold",
            "node.started talk",
            "log talk",
            "progress talk",
            "text talk",
            "text talk",
            "node.completed talk",
            "node.completed b",
            "run.finished",
        ]
        await follower.stop()

    @pytest.mark.parametrize("save", ["none", "failures"])
    async def test_one_without_effects(self, app: Application, save: str) -> None:
        follower = await follow(Live(app).follow_everything())

        await app.execute(ExecutionRequest(workflow("unkept", pure("a"), pure("b"), save=save)))
        events = await follower.until_type("run.finished")

        assert words(events) == ["run.started", "node.completed a", "node.completed b", "run.finished"]
        await follower.stop()

    async def test_one_that_fails_and_is_kept_is_told_once(self, app: Application) -> None:
        follower = await follow(Live(app).follow_everything())
        broken = workflow("broken", pure("a"), TALK, pure("b", "nodes.a.output + 'x' * 2"), save="failures")

        result = await app.execute(ExecutionRequest(broken))
        events = await follower.until_type("run.finished")

        assert result.status == "failed"
        told = [word for word in words(events) if not word.startswith(("text", "progress"))]
        assert told == [
            "run.started",
            "node.completed a",
            "node.started talk",
            "log talk",
            "node.completed talk",
            "node.failed b",
            "run.finished",
        ]
        await follower.stop()

    async def test_followed_by_its_id_it_ends_with_its_end(self, app: Application, hold: FakeEffect) -> None:
        driving = asyncio.create_task(
            app.execute(ExecutionRequest(workflow("unkept", fake("hold"), pure("b"), save="none")))
        )
        await hold.wait_until_entered()
        (run_id,) = app.dispatcher._drivers

        follower = await follow(Live(app).follow_run(run_id))
        hold.release()
        events = await follower.until_end()
        await driving

        assert types(events)[-2:] == ["node.completed", "run.finished"]
        with pytest.raises(NotFound):
            await read_whole(Live(app).follow_run(run_id))


class TestDeploymentsAndEverything:
    async def test_a_deployment_is_its_runs_from_now_on(self, app: Application) -> None:
        deployments = Deployments(app)
        await deployments.deploy(workflow("mine", pure("a")), every=3600.0)
        await app.execute(ExecutionRequest("mine", deployment="mine"))

        follower = await follow(Live(app).follow_deployment("mine"))
        await app.execute(ExecutionRequest(workflow("other", pure("a"))))
        result = await app.execute(ExecutionRequest("mine", deployment="mine"))
        events = await follower.until_type("run.finished")

        assert {event.run_id for event in events} == {result.run_id}
        assert {event.deployment for event in events} == {"mine"}
        await follower.stop()

    async def test_an_unknown_deployment_is_refused(self, app: Application) -> None:
        with pytest.raises(NotFound):
            await read_whole(Live(app).follow_deployment("none"))

    async def test_everything_since_a_time_begins_in_the_store(self, app: Application) -> None:
        before = datetime.now(UTC) - timedelta(minutes=1)
        first = await app.execute(ExecutionRequest(workflow("one", pure("a"))))

        follower = await follow(Live(app).follow_everything(since=before))
        second = await app.execute(ExecutionRequest(workflow("one", pure("a"))))
        events = await follower.until_type("run.finished", 2)

        assert [event.run_id for event in events if event.type == "run.started"] == [first.run_id, second.run_id]
        await follower.stop()

    async def test_where_the_feed_was_cut_the_stream_says_so(self, app: Application) -> None:
        for _ in range(3):
            await app.execute(ExecutionRequest(workflow("one", pure("a"))))
        await app.store.write(lambda c: c.execute("DELETE FROM feed WHERE serial < 3").rowcount)

        follower = await follow(Live(app).follow_everything(after=Place(1, LAST)))
        await app.execute(ExecutionRequest(workflow("one", pure("a"))))
        events = await follower.until_type("run.finished")

        assert types(events) == ["stream.reset", "run.started", "node.completed", "run.finished"]
        assert events[0].place < events[1].place
        await follower.stop()

    async def test_numbers_of_another_process_hold_nothing_back(self, app: Application) -> None:
        await app.execute(ExecutionRequest(workflow("one", pure("a"))))

        follower = await follow(Live(app).follow_everything(after=read_place("1+5000")))
        await app.execute(ExecutionRequest(workflow("unkept", pure("a"), save="none")))
        events = await follower.until_type("run.finished")

        assert types(events) == ["run.started", "node.completed", "run.finished"]
        await follower.stop()


class TestFaults:
    async def test_what_a_store_that_cannot_be_read_held_back_comes_later(
        self, app: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hub, "_TRY_AGAIN_AFTER", 0.01)
        follower = await follow(Live(app).follow_everything())
        read, faults = app.store.read_feed, [StoreError("The disk is gone.", code="disk")] * 3

        async def read_or_fail(*given: Any, **more: Any) -> FeedPage:
            if faults:
                raise faults.pop()
            return await read(*given, **more)

        monkeypatch.setattr(app.store, "read_feed", read_or_fail)
        for _ in range(3):  # of what is that large, only the store can tell
            await app.execute(ExecutionRequest(workflow("large", fake("large"))))
        events = await follower.until_type("run.finished", 3)

        assert faults == []
        assert words(events) == ["run.started", "node.started large", "node.completed large", "run.finished"] * 3
        await follower.stop()

    async def test_a_start_that_fails_leaves_nothing_listening(
        self, app: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail() -> tuple[int, int]:
            raise StoreError("The disk is gone.", code="disk")

        with monkeypatch.context() as patched:
            patched.setattr(app.store, "find_ends_of_feed", fail)
            with pytest.raises(StoreError):
                await follow(Live(app).follow_everything())
        watchers = len(app.dispatcher._watchers)

        follower = await follow(Live(app).follow_everything())
        await app.execute(ExecutionRequest(workflow("one", pure("a"))))

        assert watchers == 0
        assert types(await follower.until_type("run.finished")) == ["run.started", "node.completed", "run.finished"]
        await follower.stop()


class TestEnding:
    async def test_streams_end_when_the_application_does(self, tmp_path: Path) -> None:
        async with application(tmp_path) as app:
            followers = [await follow(Live(app).follow_everything()) for _ in range(3)]

        assert [await follower.until_end() for follower in followers] == [[], [], []]

    async def test_a_hub_that_is_closed_takes_nobody(self, app: Application) -> None:
        await app.live.close()

        with pytest.raises(Conflict) as refused:
            await follow(Live(app).follow_everything())

        assert refused.value.code == "draining"

    async def test_who_goes_leaves_nothing(self, app: Application) -> None:
        followers = [await follow(Live(app).follow_everything()) for _ in range(3)]
        assert app.live.followers == 3

        for follower in followers:
            await follower.stop()

        assert app.live.followers == 0

    async def test_there_are_only_so_many(self, app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hub, "MOST_FOLLOWERS", 2)
        followers = [await follow(Live(app).follow_everything()) for _ in range(2)]

        with pytest.raises(LimitExceeded) as refused:
            await follow(Live(app).follow_everything())

        assert refused.value.code == "too_many_streams"
        for follower in followers:
            await follower.stop()

    async def test_what_nobody_follows_is_listened_to_no_more(
        self, app: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hub, "TICK", 0.01)
        monkeypatch.setattr(hub, "_KEPT_FOR", 0.0)
        follower = await follow(Live(app).follow_everything())
        await follower.stop()
        while app.dispatcher._watchers:
            await asyncio.sleep(0.01)

        missed = await app.execute(ExecutionRequest(workflow("one", pure("a"))))
        follower = await follow(Live(app).follow_everything())
        heard = await app.execute(ExecutionRequest(workflow("one", pure("a"))))
        events = await follower.until_type("run.finished")

        assert {event.run_id for event in events} == {heard.run_id} != {missed.run_id}
        await follower.stop()
