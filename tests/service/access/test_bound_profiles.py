"""A deployment that runs with somebody's credentials is changed and started by whoever has the use of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import Forbidden, NotFound, TreadleError
from treadle.model.workflow import Workflow
from treadle.service.access.actor import Actor
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.forks import Forks
from treadle.service.moves import Moves
from treadle.service.schedules import Schedules
from treadle.service.settings import Settings
from treadle.service.vault.credentials import Credentials
from treadle.service.versions import Versions

TEXT = """
name: orders
nodes:
  - {id: a, type: data.template, config: {template: first}}
  - {id: wait, type: flow.wait, config: {duration: 1h}}
  - {id: b, type: data.template, config: {template: said}}
connections: [{from: a.output, to: wait.value}, {from: wait.value, to: b.value}]
"""


def orders(said: str = "first") -> Workflow:
    (found,) = load_workflow(TEXT.replace("said", said)).workflows
    return found


class Desk:
    """`orders` is bob's, and ann may edit it; bob's deployment of it has the profile `shop`, which is his alone."""

    def __init__(self, application: Application, ann: Application, bob: Application) -> None:
        self.local = application
        self.ann = ann
        self.bob = bob


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as application:
        views: list[Application] = []
        for name in ("ann", "bob"):
            user = await Users(application).create(name, role="editor")
            views.append(application.acting_as(Actor(name, "editor", "session", user_id=user.id)))
        ann, bob = views
        await Credentials(bob).create_profile("shop", fields={"token": "token-of-the-shop"})
        await application.publish(orders())
        await Sharing(application).transfer("orders", to="bob")
        await Sharing(application).share("orders", kind="user", name="ann", level="edit")
        await Deployments(bob).create("orders", every=3600, profiles=["shop"])
        yield Desk(application, ann, bob)


Change = Callable[[Application], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "update its input": lambda view: Deployments(view).update("orders", params={"to": "me"}),
    "have it run another version": lambda view: Deployments(view).update("orders", version="1"),
    "deploy over it": lambda view: Deployments(view).deploy(orders("mine"), every=60),
    "clone it": lambda view: Deployments(view).clone("orders", "copy"),
    "deploy with it": lambda view: Deployments(view).create("orders", "mine", every=60, profiles=["shop"]),
    "run with it": lambda view: view.execute(ExecutionRequest("orders", profiles=("shop",))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_who_may_not_use_the_profile_changes_nothing(desk: Desk, change: Change) -> None:
    before = await desk.local.store.list_deployments()

    with pytest.raises(NotFound) as refused:
        await change(desk.ann)

    assert refused.value.code == "unknown_profile"
    assert await desk.local.store.list_deployments() == before
    assert [one.version.number for one in await Versions(desk.local).list("orders")] == [1]


async def test_who_may_not_use_the_profile_stops_it_and_starts_it_no_more(desk: Desk) -> None:
    deployments = Deployments(desk.ann)
    await deployments.pause("orders")

    with pytest.raises(NotFound) as refused:
        await deployments.start("orders")
    stopped = await deployments.stop("orders")

    assert (refused.value.code, stopped.status) == ("unknown_profile", "stopped")
    assert (await Deployments(desk.bob).start("orders")).status == "active"


async def test_who_may_not_use_the_profile_has_its_schedule_rest_and_go_on_no_more(desk: Desk) -> None:
    await Schedules(desk.ann).pause("orders")

    with pytest.raises(NotFound) as refused:
        await Schedules(desk.ann).resume("orders")

    assert refused.value.code == "unknown_profile"
    assert [one.status for one in await Schedules(desk.ann).get("orders")] == ["paused"]
    assert [one.status for one in await Schedules(desk.bob).resume("orders")] == ["active"]


async def test_with_profiles_of_ones_own_it_may_be_changed(desk: Desk) -> None:
    await Credentials(desk.ann).create_profile("mine", fields={"token": "token-of-ann"})

    changed = await Deployments(desk.ann).update("orders", profiles=["mine"])

    assert changed.profiles == ("mine",)


async def test_what_follows_the_latest_is_given_no_other_version_either(desk: Desk) -> None:
    """To publish one is to have it run with what the deployment is bound to."""
    with pytest.raises(Forbidden) as refused:
        await Versions(desk.ann).publish(orders("mine"))

    assert refused.value.code == "profile_of_another"
    assert "`orders`" in str(refused.value)
    await Versions(desk.bob).publish(orders("second"))
    with pytest.raises(Forbidden):
        await Versions(desk.ann).roll_back("orders", "1")


async def test_what_stays_with_a_version_keeps_nobody_from_publishing(desk: Desk) -> None:
    await Deployments(desk.bob).update("orders", version="1")

    published = await Versions(desk.ann).publish(orders("mine"))

    assert published.version.number == 2


async def test_a_run_with_the_profile_is_neither_moved_nor_forked_to_something_else(desk: Desk) -> None:
    result = await desk.bob.execute(ExecutionRequest("orders", profiles=("shop",)))
    await Versions(desk.bob).publish(orders("second"))
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: Moves(desk.ann).move(result.run_id, "2"),
        lambda: Forks(desk.ann).fork(result.run_id, at="wait", version="2"),
        lambda: Forks(desk.ann).fork(result.run_id, at="wait", outputs={"a": "mine"}),
    ]

    codes: list[str] = []
    for one in tries:
        with pytest.raises(TreadleError) as refused:
            await one()
        codes.append(refused.value.code)

    assert codes == ["unknown_profile"] * 3
    assert await Forks(desk.ann).fork(result.run_id, at="wait")
