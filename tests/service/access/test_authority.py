"""What runs with somebody's authority was brought by somebody who has it: nothing is pushed on to others to be run as
theirs, and nobody changes what is theirs to reach more than they do themself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import Forbidden, InvalidWorkflow, NotFound, TreadleError
from treadle.model.workflow import Workflow
from treadle.service.access.actor import Actor, Role
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.versions import Versions
from treadle.service.workflows import Workflows

PRIVATE = """
name: private
nodes:
  - {id: a, type: data.template, config: {template: payroll}}
outputs: "{{ nodes.a.output }}"
"""
CALLS = """
name: calls
inputs: {which: {type: string, default: private}}
nodes:
  - {id: a, type: flow.workflow, config: {workflow: private}}
outputs: "{{ nodes.a.output }}"
"""
HARMLESS = "name: calls\nnodes:\n  - {id: a, type: data.set, config: {fields: {}}}\n"
HANDLED = f"{HARMLESS}settings: {{on_failure: private}}\n"
LISTENS = """
name: calls
nodes:
  - {id: heard, type: trigger.event, config: {topic: orders.paid}}
"""
HOOK = """
name: {name}
nodes:
  - {{id: hook, type: trigger.webhook, config: {{path: "{path}"}}}}
"""
COMPUTED = CALLS.replace("workflow: private", 'workflow: "{{ workflow.input.which }}"')


def workflow(text: str) -> Workflow:
    (found,) = load_workflow(text).workflows
    return found


class House:
    """`private` is bob's, and `calls` too, which ann may edit."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def view(self, name: str, role: Role = "editor", scopes: frozenset[str] | None = None) -> Application:
        user = await Users(self.application).get(name)
        via = "session" if scopes is None else "key"
        return self.application.acting_as(Actor(name, role, via, user_id=user.id, scopes=scopes))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as application:
        for name, role in (("ann", "editor"), ("bob", "editor"), ("root", "admin")):
            await Users(application).create(name, role=role)
        for text in (PRIVATE, HARMLESS):
            await application.publish(workflow(text))
        for name in ("private", "calls"):
            await Sharing(application).transfer(name, to="bob")
        await Sharing(application).share("calls", kind="user", name="ann", level="edit")
        yield House(application)


# Transfers


@pytest.mark.parametrize("to", ["ann", "root", None])
async def test_an_owner_pushes_nothing_on_to_somebody_else(house: House, to: str | None) -> None:
    """Whoever got it would reach for it what they reach, and everybody's is counted for nobody."""
    bob = Sharing(await house.view("bob"))

    with pytest.raises(Forbidden) as refused:
        await bob.transfer("calls", to=to)

    assert refused.value.code == "role_too_low"
    assert (await bob.get("calls")).owner == "bob"


async def test_an_administrator_gives_it_to_whom_they_like(house: House) -> None:
    root = Sharing(await house.view("root", "admin"))

    assert (await root.transfer("calls", to="ann")).owner == "ann"
    assert (await root.transfer("calls", to="root")).owner == "root"


async def test_who_had_a_share_has_none_once_it_is_somebody_elses(house: House) -> None:
    shared = await Sharing(house.application).transfer("calls", to="root")

    assert shared.shares == ()
    with pytest.raises(NotFound):
        await (await house.view("ann")).get_workflow("calls")


async def test_what_runs_by_itself_rests_once_it_is_somebody_elses(house: House) -> None:
    deployments = Deployments(await house.view("bob"))
    for name in ("first", "second"):
        await deployments.create("calls", name, every=3600)
    await deployments.stop("second")
    looked: list[str] = []
    house.application.on_deployments_changed.append(lambda: looked.append("again"))

    await Sharing(house.application).transfer("calls", to="root")

    found = {one.name: one.status for one in await house.application.store.list_deployments()}
    assert found == {"first": "paused", "second": "stopped"}
    assert looked


async def test_what_rests_since_a_transfer_takes_no_address_that_is_in_part_somebody_elses(house: House) -> None:
    """Of one owner, what is written out may stand beside what may be anything."""
    for name, path in (("shops", "orders/{shop}"), ("paid", "orders/paid")):
        await house.application.publish(workflow(HOOK.format(name=name, path=path)))
        await Sharing(house.application).transfer(name, to="bob")
        await Deployments(await house.view("bob")).create(name)

    await Sharing(house.application).transfer("paid", to="ann")

    assert (await house.application.store.get_deployment("paid")).status == "paused"
    with pytest.raises(InvalidWorkflow) as refused:
        await Deployments(await house.view("ann")).start("paid")
    assert refused.value.code == "address_taken"


async def test_given_to_whom_it_belongs_it_stays_as_it_is(house: House) -> None:
    await Deployments(await house.view("bob")).create("calls", every=3600)

    shared = await Sharing(house.application).transfer("calls", to="bob")

    assert [(one.subject, one.level) for one in shared.shares] == [("ann", "edit")]
    assert (await house.application.store.get_deployment("calls")).status == "active"


async def test_a_key_for_users_alone_gives_nothing_away(house: House) -> None:
    narrow = Sharing(await house.view("root", "admin", frozenset({"users:write"})))

    with pytest.raises(Forbidden) as refused:
        await narrow.transfer_all("bob", to=None)

    assert refused.value.code == "key_too_narrow"
    assert await house.application.store.list_owned((await Users(house.application).get("bob")).id) != []


# What an administrator owns


async def test_a_workflow_of_an_administrator_calls_what_is_shared_with_them_and_no_more(house: House) -> None:
    """It may have been made by somebody else, and be changed and started by others."""
    await house.application.publish(workflow(CALLS))
    await Sharing(house.application).transfer("calls", to="root")

    before = await house.application.execute(ExecutionRequest("calls"))
    await Sharing(house.application).share("private", kind="user", name="root", level="operate")
    after = await house.application.execute(ExecutionRequest("calls"))

    assert (before.status, after.output) == ("failed", "payroll")


# What is brought


Change = Callable[[Application, Workflow], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "publish it": lambda view, found: Versions(view).publish(found),
    "deploy it": lambda view, found: Deployments(view).deploy(found, every=60),
    "try it out": lambda view, found: view.execute(ExecutionRequest(found)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("text", [CALLS, HANDLED], ids=["called", "on failure"])
async def test_nobody_has_started_in_anothers_name_what_they_may_not_start(
    house: House, change: Change, text: str
) -> None:
    """`calls` is bob's and so is `private`: at run time the one may call the other."""
    ann = await house.view("ann")

    with pytest.raises(NotFound) as refused:
        await change(ann, workflow(text))

    assert refused.value.code == "unknown_workflow"
    assert "names `private`" in str(refused.value)
    await Sharing(house.application).share("private", kind="user", name="ann", level="view")
    with pytest.raises(NotFound):
        await change(ann, workflow(text))
    assert [one.version.number for one in await Versions(house.application).list("calls")] == [1]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_who_may_start_it_may_have_it_started(house: House, change: Change) -> None:
    await Sharing(house.application).share("private", kind="user", name="ann", level="operate")

    assert await change(await house.view("ann"), workflow(CALLS))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_in_anothers_workflow_no_name_is_computed(house: House, change: Change) -> None:
    with pytest.raises(Forbidden) as refused:
        await change(await house.view("ann"), workflow(COMPUTED))

    assert "computes which workflow it starts" in str(refused.value)
    assert await change(await house.view("bob"), workflow(COMPUTED))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("listens", ["trigger.event, config: {topic: orders.paid}", "trigger.failure"])
async def test_anothers_workflow_is_made_to_listen_to_nothing(house: House, change: Change, listens: str) -> None:
    """It would hear of every run that its owner may see, and whoever it is shared with would read that."""
    listening = workflow(LISTENS.replace("trigger.event, config: {topic: orders.paid}", listens))

    with pytest.raises(Forbidden) as refused:
        await change(await house.view("ann"), listening)

    assert "listens to events" in str(refused.value)
    assert await change(await house.view("bob"), listening)


async def test_what_listens_as_its_owner_had_it_is_changed_beside_that(house: House) -> None:
    await Versions(await house.view("bob")).publish(workflow(LISTENS))
    ann = await house.view("ann")

    more = LISTENS + "  - {id: a, type: data.set, config: {fields: {}}}\n"

    assert (await Versions(ann).publish(workflow(more))).is_new
    with pytest.raises(Forbidden):
        await Versions(ann).publish(workflow(LISTENS.replace("orders.paid", "orders.refunded")))


async def test_no_older_version_is_brought_back_either(house: House) -> None:
    bob, ann = await house.view("bob"), await house.view("ann")
    await Versions(bob).publish(workflow(CALLS))
    await Versions(bob).publish(workflow(HARMLESS.replace("fields: {}", "fields: {a: 1}")))

    with pytest.raises(TreadleError) as refused:
        await Versions(ann).roll_back("calls", "2")

    assert refused.value.code == "unknown_workflow"
    assert (await Versions(bob).roll_back("calls", "2")).number == 2


async def test_a_published_version_is_deployed_by_who_may_start_what_it_names(house: House) -> None:
    await Versions(await house.view("bob")).publish(workflow(CALLS))

    with pytest.raises(NotFound):
        await Deployments(await house.view("ann")).create("calls", every=60)

    assert await Deployments(await house.view("bob")).create("calls", every=60)


async def test_of_what_cannot_be_published_nothing_is_created(house: House) -> None:
    ann = await house.view("ann")

    with pytest.raises(NotFound):
        await Workflows(ann).create(CALLS.replace("name: calls", "name: mine"), publish=True)

    assert not await house.application.store.has_workflow("mine")
