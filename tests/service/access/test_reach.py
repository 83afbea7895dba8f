"""What belongs to somebody else is not reached by a workflow of one's own either."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import NotFound, TreadleError
from treadle.model.ids import RunId
from treadle.model.workflow import Workflow
from treadle.service.access.actor import Actor
from treadle.service.access.identities import Identities
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.preparation import prepare
from treadle.service.runs import Runs
from treadle.service.settings import Settings

CALLED = """
name: called
nodes:
  - {id: a, type: data.template, config: {template: private}}
outputs: "{{ nodes.a.output }}"
"""
CALLS = """
name: calls
nodes:
  - {id: a, type: flow.workflow, config: {workflow: called}}
outputs: "{{ nodes.a.output }}"
"""


def workflow(text: str) -> Workflow:
    (found,) = load_workflow(text).workflows
    return found


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    """With two editors, and a workflow `calls` of ann's that calls bob's `called`."""
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as opened:
        for name in ("ann", "bob"):
            await Users(opened).create(name, role="editor")
        await opened.publish(workflow(CALLED))
        await opened.publish(workflow(CALLS))
        await Sharing(opened).transfer("called", to="bob")
        await Sharing(opened).transfer("calls", to="ann")
        yield opened


async def as_user(application: Application, name: str) -> Application:
    user = await Users(application).get(name)
    return application.acting_as(Actor(name, "editor", "session", user_id=user.id))


async def test_a_workflow_calls_what_its_owner_may_run(application: Application) -> None:
    before = await application.execute(ExecutionRequest("calls"))
    await Sharing(application).share("called", kind="user", name="ann", level="operate")

    after = await application.execute(ExecutionRequest("calls"))

    assert (before.status, after.status) == ("failed", "completed")
    assert "private" not in str(before.to_dict())


async def test_seeing_is_not_running(application: Application) -> None:
    await Sharing(application).share("called", kind="user", name="ann", level="view")

    assert (await application.execute(ExecutionRequest("calls"))).status == "failed"


async def test_what_is_everybodys_reaches_nothing_of_anybodys(application: Application) -> None:
    await Sharing(application).transfer("calls", to=None)

    assert (await application.execute(ExecutionRequest("calls"))).status == "failed"


async def test_nobody_runs_a_definition_under_somebody_elses_name(application: Application) -> None:
    ann = await as_user(application, "ann")

    with pytest.raises(NotFound):
        await prepare(ann, ExecutionRequest(workflow(CALLED.replace("private", "mine"))))
    with pytest.raises(TreadleError):
        await ann.execute(ExecutionRequest("called"))


async def test_a_run_of_another_workflow_is_as_unknown_as_one_that_is_not_there(application: Application) -> None:
    ann = await as_user(application, "ann")
    (mine,) = load_workflow(CALLED.replace("name: called", "name: mine")).workflows
    run_id = (await ann.execute(ExecutionRequest(mine))).run_id
    said: list[str] = []

    for asked in (run_id, RunId("r-nowhere")):
        with pytest.raises(NotFound) as refused:
            await Runs(ann).execute_from(asked, workflow="calls", node="a")
        said.append(str(refused.value).replace(asked, "it"))

    assert said[0] == said[1]


async def test_the_first_administrator_is_made_once(tmp_path: Path) -> None:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as application:
        identities = Identities(application)

        first, again = await identities.ensure_first_admin(), await identities.ensure_first_admin()

        assert first == again
        assert len(await Users(application).list()) == 1


async def test_an_administrator_is_made_where_all_others_are_none(application: Application) -> None:
    found = await Identities(application).ensure_first_admin()

    assert found.role == "admin"
    assert found.name not in ("ann", "bob")
