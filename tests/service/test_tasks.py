"""Who may answer a task: by its id, by a link, and whoever works on the machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from treadle.errors import Conflict, Forbidden, NotFound
from treadle.model.task import Task
from treadle.model.workflow import Node
from treadle.service.access.actor import Actor
from treadle.service.access.identities import Identities
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.tasks import Tasks
from treadle.testing.graphs import workflow


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with Application(Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path))) as application:
        yield application


async def ask(application: Application, *who: str) -> Task:
    """The task of a run that asks `who`."""
    config: dict[str, Any] = {"title": "Ship?", "who": list(who)} if who else {"title": "Ship?"}
    result = await application.execute(ExecutionRequest(workflow(Node(id="ask", type="flow.approval", config=config))))
    (task,) = await application.store.list_tasks(run_id=result.run_id)
    return task


async def status_of(application: Application, task: Task) -> str:
    return (await application.store.get_task(task.id)).status


async def test_a_task_for_somebody_is_not_answered_by_nobody(application: Application) -> None:
    task = await ask(application, "ada")

    with pytest.raises(Conflict) as caught:
        await Tasks(application).answer(task.id, approve=True)

    assert (caught.value.code, await status_of(application, task)) == ("not_assigned", "open")


async def test_a_task_for_anybody_needs_no_name(application: Application) -> None:
    task = await ask(application)

    answered = await Tasks(application).answer(task.id, approve=True)

    assert answered.answer is not None
    assert (answered.status, answered.answer.by) == ("done", None)


async def test_the_operator_answers_for_whom_it_may_concern_under_their_own_name(application: Application) -> None:
    task = await ask(application, "ada")

    answered = await Tasks(application).answer(task.id, approve=True, operator="root")

    assert answered.answer is not None
    assert answered.answer.by == "root"


async def test_the_operator_does_not_lend_their_name_to_somebody_else(application: Application) -> None:
    task = await ask(application, "ada")

    with pytest.raises(Conflict) as caught:
        await Tasks(application).answer(task.id, approve=True, by="eve", operator="root")

    assert (caught.value.code, await status_of(application, task)) == ("not_assigned", "open")


async def test_with_a_link_its_holder_answers_also_where_the_operator_types_it(application: Application) -> None:
    task = await ask(application, "ada")
    links = Tasks(application).links(task)

    answered = await Tasks(application).answer(links["ada"], approve=True, operator="root")

    assert answered.answer is not None
    assert answered.answer.by == "ada"


@pytest.mark.parametrize("by", [None, "ada"])
async def test_a_link_for_anybody_does_not_answer_what_is_asked_of_somebody_now(
    application: Application, by: str | None
) -> None:
    """As where the run was retried with people named meanwhile. Who holds it may say any name."""
    task = await ask(application, "ada")
    unnamed = Task(task.id, task.run_id, task.path, created_at=task.created_at)
    link = Tasks(application).links(unnamed)[None]

    with pytest.raises(Conflict) as caught:
        await Tasks(application).answer(link, approve=True, by=by, operator="root")

    assert (caught.value.code, await status_of(application, task)) == ("not_assigned", "open")


@pytest.mark.parametrize("text", ["last", 1, 8])
async def test_who_is_not_to_know_of_a_task_does_not_reach_it_by_guessing(
    application: Application, text: str | int
) -> None:
    task = await ask(application)
    owner = await Identities(application).create_user("ada", role="editor")
    await application.store.set_owner("under-test", owner.id, now=owner.created_at)
    stranger = Actor("bob", "operator", "session", user_id="u-bob")
    guess = text if isinstance(text, str) else task.id[:text]

    with pytest.raises(NotFound):
        await Tasks(application.acting_as(stranger)).answer(guess, approve=True)

    assert await status_of(application, task) == "open"


async def test_a_link_ends_with_the_account_of_who_it_was_made_for(application: Application) -> None:
    task = await ask(application, "ada")
    await Identities(application).create_user("ada", role="operator")
    await Users(application).disable("ada")

    with pytest.raises(Forbidden, match="may not sign in"):
        await Tasks(application).answer(Tasks(application).links(task)["ada"], approve=True)

    assert await status_of(application, task) == "open"
