"""What is sent, heard or started in somebody's name reaches no further than they do."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import NotFound
from treadle.model.ids import RunId
from treadle.model.workflow import Workflow
from treadle.service.access.actor import Actor, Role
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.signals import Signals

FAILING = """
name: failing
settings: {on_failure: handler}
inputs: {given: {type: string, default: private}}
nodes:
  - {id: a, type: flow.stop, config: {status: failed}}
"""
HANDLER = "name: handler\nnodes:\n  - {id: a, type: data.set, config: {fields: {}}}\n"
HEARS = "name: hears\nnodes:\n  - {id: heard, type: %s}\n"
EMITS = """
name: emits
settings: {save: none}
nodes:
  - {id: value, type: data.template, config: {template: private}}
  - {id: said, type: flow.emit, config: {topic: paid}}
connections:
  - {from: value, to: said}
"""
WAITS = """
name: %s
nodes:
  - {id: paid, type: flow.signal, config: {name: paid, key: order-7}}
"""


def load(text: str) -> Workflow:
    (found,) = load_workflow(text).workflows
    return found


class House:
    """Three users, and what belongs to whom."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def give(self, text: str, owner: str | None) -> str:
        """Publish a workflow that belongs to `owner`; its name."""
        workflow = load(text)
        await self.application.publish(workflow)
        await Sharing(self.application).transfer(workflow.name, to=owner)
        return workflow.name

    async def view(self, name: str, role: Role = "operator") -> Application:
        user = await Users(self.application).get(name)
        return self.application.acting_as(Actor(name, role, "session", user_id=user.id))

    async def share(self, workflow: str, name: str, level: str) -> None:
        await Sharing(self.application).share(workflow, kind="user", name=name, level=level)

    async def deliver(self) -> None:
        await Events(self.application).delivery().deliver()

    async def runs(self, workflow: str) -> int:
        return len(await self.application.store.list_runs(workflow=workflow))

    async def wait_for_a_signal(self, workflow: str) -> RunId:
        return (await self.application.execute(ExecutionRequest(workflow))).run_id


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as application:
        for name in ("ann", "bob"):
            await Users(application).create(name, role="editor")
        yield House(application)


# Handlers


async def test_a_failure_starts_no_handler_that_its_owner_may_not_run(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.give(HANDLER, "bob")
    await house.give(FAILING, "ann")
    await house.application.execute(ExecutionRequest("failing"))

    with caplog.at_level(logging.ERROR, logger="treadle"):
        await house.deliver()

    assert await house.runs("handler") == 0
    assert "could not start its handler" in caplog.text
    assert "There is no workflow `handler` in the store for `failing`" in caplog.text


@pytest.mark.parametrize(("level", "started"), [("view", 0), ("operate", 1), ("edit", 1)])
async def test_a_handler_that_is_shared_to_be_run_is_started(house: House, level: str, started: int) -> None:
    await house.give(HANDLER, "bob")
    await house.give(FAILING, "ann")
    await house.share("handler", "ann", level)
    await house.application.execute(ExecutionRequest("failing"))

    await house.deliver()

    assert await house.runs("handler") == started


async def test_what_is_everybodys_starts_nobodys_handler(house: House) -> None:
    await house.give(HANDLER, "bob")
    await house.give(FAILING, None)
    await house.application.execute(ExecutionRequest("failing"))

    await house.deliver()

    assert await house.runs("handler") == 0


# Listeners


@pytest.mark.parametrize("trigger", ["trigger.failure", "trigger.event, config: {topic: run.failed}"])
@pytest.mark.parametrize(("shared", "heard"), [(False, 0), (True, 1)])
async def test_of_a_failure_hears_who_may_see_the_workflow(
    house: House, trigger: str, shared: bool, heard: int
) -> None:
    """A failure carries the run's input and its error."""
    await house.give(FAILING.replace("settings: {on_failure: handler}\n", ""), "bob")
    name = await house.give(HEARS % trigger, "ann")
    await Deployments(house.application).create(name)
    if shared:
        await house.share("failing", "ann", "view")
    await house.application.execute(ExecutionRequest("failing"))

    await house.deliver()

    assert await house.runs(name) == heard


@pytest.mark.parametrize(("shared", "heard"), [(False, 0), (True, 1)])
async def test_that_its_owner_is_an_administrator_has_a_deployment_hear_nothing_more(
    house: House, shared: bool, heard: int
) -> None:
    """What is an administrator's may be changed, and was perhaps made, by others."""
    await Users(house.application).create("root", role="admin")
    await house.give(FAILING.replace("settings: {on_failure: handler}\n", ""), "bob")
    name = await house.give(HEARS % "trigger.failure", "root")
    await Deployments(house.application).create(name)
    if shared:
        await house.share("failing", "root", "view")
    await house.application.execute(ExecutionRequest("failing"))

    await house.deliver()

    assert await house.runs(name) == heard


@pytest.mark.parametrize(("owner", "heard"), [("bob", 0), ("ann", 1), (None, 1)])
async def test_of_what_a_run_publishes_hears_who_may_see_its_workflow(
    house: House, owner: str | None, heard: int
) -> None:
    """Whatever the topic, and whether the run is kept or not."""
    await house.give(EMITS, owner)
    name = await house.give(HEARS % 'trigger.event, config: {topic: "*"}', "ann")
    await Deployments(house.application).create(name)
    await house.application.execute(ExecutionRequest("emits"))

    await house.deliver()

    assert await house.runs(name) == heard


async def test_what_comes_from_outside_is_heard_by_everybody(house: House) -> None:
    name = await house.give(HEARS % 'trigger.event, config: {topic: "*"}', "ann")
    await Deployments(house.application).create(name)
    await Events(await house.view("bob")).publish("paid", {"amount": 1})

    await house.deliver()

    assert await house.runs(name) == 1


# Signals


async def test_a_signal_by_key_passes_over_runs_that_its_sender_may_not_operate(house: House) -> None:
    """Whoever waited longer: it goes to the one that it may reach."""
    for name, owner in (("theirs", "bob"), ("mine", "ann")):
        await house.give(WAITS % name, owner)
    theirs, mine = await house.wait_for_a_signal("theirs"), await house.wait_for_a_signal("mine")

    sent = await Signals(await house.view("ann")).send("paid", {"amount": 1}, key="order-7")

    assert sent.woken == mine
    assert (await house.application.get_result(theirs)).status == "suspended"


async def test_a_signal_that_is_kept_is_not_taken_by_a_run_that_its_sender_may_not_operate(house: House) -> None:
    for name, owner in (("theirs", "bob"), ("mine", "ann")):
        await house.give(WAITS % name, owner)
    await Signals(await house.view("ann")).send("paid", key="order-7")

    theirs = await house.application.execute(ExecutionRequest("theirs"))
    mine = await house.application.execute(ExecutionRequest("mine"))

    assert (theirs.status, mine.status) == ("suspended", "completed")


@pytest.mark.parametrize(("level", "status"), [("view", "suspended"), ("operate", "completed")])
async def test_a_signal_reaches_what_is_shared_to_be_operated(house: House, level: str, status: str) -> None:
    await house.give(WAITS % "theirs", "bob")
    await house.share("theirs", "ann", level)
    run_id = await house.wait_for_a_signal("theirs")

    sent = await Signals(await house.view("ann")).send("paid", key="order-7")

    assert (sent.woken == run_id) == (status == "completed")
    if sent.woken:
        assert (await house.application.wait(run_id)).status == status


@pytest.mark.parametrize("role", ["local", "admin"])
async def test_from_this_machine_and_from_administrators_a_signal_reaches_everything(house: House, role: str) -> None:
    await house.give(WAITS % "theirs", "bob")
    run_id = await house.wait_for_a_signal("theirs")
    view = house.application if role == "local" else await house.view("ann", "admin")

    sent = await Signals(view).send("paid", key="order-7")

    assert sent.woken == run_id


async def test_what_others_sent_is_neither_listed_nor_dropped(house: House) -> None:
    sent = await Signals(await house.view("bob")).send("paid", {"secret": 1}, key="order-7")
    ann = Signals(await house.view("ann"))

    listed = await ann.list()
    with pytest.raises(NotFound) as refused:
        await ann.drop(sent.signal.id)

    assert (listed, refused.value.code) == ([], "unknown_signal")
    assert [one.id for one in await Signals(await house.view("bob")).list()] == [sent.signal.id]
    await Signals(await house.view("ann", "admin")).drop(sent.signal.id)
