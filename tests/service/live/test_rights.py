"""Nobody is told what they may not see, and nobody who may not any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.live.streams import Follower, application, fake, follow, pure, read_whole, types, workflow
from treadle.errors import NotFound
from treadle.model.ids import RunId
from treadle.service.access.actor import Actor
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.live.event import Place
from treadle.service.live.live import Live
from treadle.testing.fake_effect import FakeEffect


@pytest.fixture
def hold() -> FakeEffect:
    return FakeEffect("hold", held=True)


@pytest.fixture
async def app(tmp_path: Path, hold: FakeEffect) -> AsyncIterator[Application]:
    """With two editors, a workflow of bob's and one of everybody's."""
    async with application(tmp_path, hold) as opened:
        for name in ("ann", "bob"):
            await Users(opened).create(name, role="editor")
        await opened.publish(workflow("bobs", pure("a")))
        await opened.publish(workflow("bobs-unkept", pure("a"), fake("hold"), save="none"))
        await opened.publish(workflow("open", pure("a")))
        await Sharing(opened).transfer("bobs", to="bob")
        await Sharing(opened).transfer("bobs-unkept", to="bob")
        yield opened


async def actor(app: Application, name: str) -> Actor:
    user = await Users(app).get(name)
    return Actor(name, "editor", "session", user_id=user.id)


async def live_of(app: Application, name: str, *, look_again: float = 0) -> Live:
    return Live(app.acting_as(await actor(app, name)), look_again=look_again)


async def run_all(app: Application) -> None:
    for name in ("bobs", "open"):
        await app.execute(ExecutionRequest(name))


def seen(follower: Follower) -> set[str | None]:
    return {event.workflow for event in follower.events}


async def test_hidden_workflows_are_not_told(app: Application) -> None:
    ann = await follow((await live_of(app, "ann")).follow_everything())
    bob = await follow((await live_of(app, "bob")).follow_everything())

    await run_all(app)
    await ann.until_type("run.finished", 1)
    await bob.until_type("run.finished", 2)

    assert (seen(ann), seen(bob)) == ({"open"}, {"open", "bobs"})
    for follower in (ann, bob):
        await follower.stop()


async def test_hidden_workflows_are_not_told_from_the_store_either(app: Application) -> None:
    await run_all(app)

    ann = await follow((await live_of(app, "ann")).follow_everything(after=Place(0, 0)))
    await ann.until_type("run.finished", 1)

    assert seen(ann) == {"open"}
    await ann.stop()


async def test_a_workflow_that_becomes_somebodys_is_told_no_more(app: Application) -> None:
    ann = await follow((await live_of(app, "ann", look_again=3600)).follow_everything())

    await app.publish(workflow("new", pure("a")))
    await Sharing(app).transfer("new", to="bob")
    await app.execute(ExecutionRequest("new"))
    await app.execute(ExecutionRequest("open"))
    await ann.until_type("run.finished", 1)

    assert seen(ann) == {"open"}
    await ann.stop()


async def test_a_workflow_that_is_taken_away_is_told_no_more(app: Application) -> None:
    ann = await follow((await live_of(app, "ann")).follow_everything())
    await app.execute(ExecutionRequest("open"))
    await ann.until_type("run.finished", 1)

    await Sharing(app).transfer("open", to="bob")
    await app.execute(ExecutionRequest("open"))
    await app.publish(workflow("other", pure("a")))
    await app.execute(ExecutionRequest("other"))
    await ann.until_type("run.finished", 2)

    assert [event.workflow for event in ann.events if event.type == "run.finished"] == ["open", "other"]
    await ann.stop()


async def test_a_workflow_that_is_shared_is_told_from_then_on(app: Application) -> None:
    ann = await follow((await live_of(app, "ann")).follow_everything())
    await run_all(app)
    await ann.until_type("run.finished", 1)

    await Sharing(app).share("bobs", kind="user", name="ann", level="view")
    await app.execute(ExecutionRequest("open"))
    await ann.until_type("run.finished", 2)
    result = await app.execute(ExecutionRequest("bobs"))
    await ann.until_type("run.finished", 3)

    assert {event.run_id for event in ann.events if event.workflow == "bobs"} == {result.run_id}
    places = [event.place for event in ann.events]
    assert places == sorted(set(places))
    await ann.stop()


async def test_a_run_of_somebody_elses_is_not_there(app: Application) -> None:
    result = await app.execute(ExecutionRequest("bobs"))

    with pytest.raises(NotFound) as refused:
        await read_whole((await live_of(app, "ann")).follow_run(RunId(result.run_id)))

    assert "bobs" not in str(refused.value)


async def test_nor_is_one_that_is_not_kept(app: Application, hold: FakeEffect) -> None:
    driving = asyncio.create_task(app.execute(ExecutionRequest("bobs-unkept")))
    await hold.wait_until_entered()
    (run_id,) = app.dispatcher._drivers

    with pytest.raises(NotFound) as refused:
        await read_whole((await live_of(app, "ann")).follow_run(run_id))
    with pytest.raises(NotFound) as unknown:
        await read_whole((await live_of(app, "ann")).follow_run(RunId("r-none")))

    hold.release()
    await driving
    assert "bobs" not in str(refused.value)
    assert refused.value.code == unknown.value.code


async def test_sharing_that_is_taken_away_ends_the_stream_of_a_run(app: Application, hold: FakeEffect) -> None:
    await app.publish(workflow("shared", fake("hold"), pure("b")))
    await Sharing(app).transfer("shared", to="bob")
    await Sharing(app).share("shared", kind="user", name="ann", level="view")
    run_id = await app.start(ExecutionRequest("shared"))
    follower = await follow((await live_of(app, "ann")).follow_run(run_id))
    await follower.until_type("node.started")

    await Sharing(app).unshare("shared", kind="user", name="ann")
    hold.release()
    events = await follower.until_end()

    assert types(events) == ["run.started", "node.started", "stream.closed"]
    assert "shared" not in str(events[-1].data)
    assert events[-1].place.serial == events[-2].place.serial  # who may again goes on where it was


async def test_a_session_that_ends_ends_the_stream(app: Application) -> None:
    signed_in: list[Actor | None] = [await actor(app, "ann")]

    async def renew() -> Actor | None:
        return signed_in[-1]

    follower = await follow((await live_of(app, "ann")).follow_everything(renew=renew))
    signed_in.append(None)
    await app.execute(ExecutionRequest("open"))
    events = await follower.until_end()

    assert types(events) == ["stream.closed"]
