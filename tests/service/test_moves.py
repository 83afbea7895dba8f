"""Moves through the application: one run, many, and what is refused with nothing changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.engine.nodes import pass_on, wait
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.run import ExecutionResult
from treadle.model.task import TaskAnswer
from treadle.model.workflow import Node, Workflow
from treadle.node import JsonValue, Registry, SecretRef
from treadle.node import node as declare
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.moves import Moves
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.store.inbox import write_answer
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import node, workflow

HELD = node(wait, id="hold", config={"duration": "1h"})


@declare("t.sign")
def sign(*, key: SecretRef) -> JsonValue:
    """Needs a secret."""
    return len(key)


class Shop:
    """An application whose effects are fakes."""

    def __init__(self, application: Application, mail: FakeEffect, bill: FakeEffect) -> None:
        self.application, self.mail, self.bill = application, mail, bill
        self.moves = Moves(application)

    def flow(self, mail: int = 1, *more: Any, **fields: Any) -> Workflow:
        hold = fields.pop("hold", HELD)
        return workflow(node(self.mail, config={"value": mail}), hold, *more, **fields)

    async def run(self, flow: Workflow, **more: Any) -> ExecutionResult:
        return await self.application.execute(ExecutionRequest(flow, **more))

    async def publish(self, flow: Workflow) -> str:
        return await self.application.publish(flow)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    mail, bill = FakeEffect("mail", returns="sent"), FakeEffect("bill", returns="paid")
    parts = (mail.definition, bill.definition, pass_on, sign)
    registry = Registry.installed().with_definitions(*parts)
    settings = Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path))
    async with Application(settings, registry=registry) as application:
        yield Shop(application, mail, bill)


async def test_a_moved_run_goes_on_as_the_new_version_by_itself(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())
    soon = node(wait, id="hold", config={"duration": 0.05})
    await shop.publish(shop.flow(1, shop.bill, hold=soon))

    move = await shop.moves.move(waiting.run_id, "latest")
    ended = await shop.application.wait(waiting.run_id)

    assert [one.path for one in move.kept] == ["mail"]
    assert (ended.status, ended.version) == ("completed", move.version)
    assert (shop.mail.calls, shop.bill.calls) == (1, 1)
    record = await shop.application.store.get_run(waiting.run_id)
    assert record.origin is not None
    assert record.origin.moved_from == waiting.version


async def test_what_a_move_left_behind_is_no_result_of_the_run(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())
    await shop.publish(workflow(HELD))

    await shop.moves.move(waiting.run_id, "2")

    assert set((await shop.application.get_result(waiting.run_id)).nodes) == {"hold"}


async def test_an_answer_that_has_come_and_would_be_lost_is_said(shop: Shop) -> None:
    def asking(title: str) -> Workflow:
        return workflow(Node(id="ask", type="flow.approval", config={"title": title}))

    waiting = await shop.run(asking("Pay?"))
    store = shop.application.store
    # Not by `answer_task`, which wakes the run: it would be driven on while its move is planned.
    answer = write_answer(TaskAnswer("approved", by="ada"), datetime.now(UTC))
    await store.write(lambda c: c.execute("UPDATE tasks SET status = 'done', answer = ?", (answer,)) and None)
    await shop.publish(asking("Pay 7?"))

    plan = await shop.moves.plan(waiting.run_id, "latest")

    assert plan.warnings == ("`ask` has been answered by ada (approved), and the answer counts no more.",)


async def test_what_a_child_has_come_to_and_would_be_lost_is_said(shop: Shop) -> None:
    def calling(**config: Any) -> Workflow:
        return workflow(Node(id="call", type="flow.workflow", config={"workflow": "child", **config}), name="parent")

    await shop.publish(workflow(node(shop.mail), HELD, name="child"))
    waiting = await shop.run(calling())
    store = shop.application.store
    (child,) = await store.list_runs(workflow="child")
    await store.write(lambda c: c.execute("UPDATE runs SET status = 'completed' WHERE id = ?", (child.id,)) and None)
    await shop.publish(calling(input={"a": 1}))

    plan = await shop.moves.plan(waiting.run_id, "latest")

    assert "is completed, and what it came to counts no more" in plan.warnings[0]


async def test_planning_changes_nothing(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())
    await shop.publish(shop.flow(2))
    before = await shop.application.store.get_run(waiting.run_id), await shop.application.store.load(waiting.run_id)

    await shop.moves.plan(waiting.run_id, "latest")

    after = await shop.application.store.get_run(waiting.run_id), await shop.application.store.load(waiting.run_id)
    assert after == before


async def test_an_input_that_does_not_fit_is_said_with_all_else_that_is_wrong(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREADLE_SECRET_TOKEN", raising=False)
    waiting = await shop.run(shop.flow(), input={"amount": "seven"})
    inputs = {"amount": {"type": "number"}, "who": {"type": "string"}}
    secret = node(sign, config={"key": "{{ secrets.token }}"}, after=("hold",))
    await shop.publish(shop.flow(1, secret, inputs=inputs))

    plan = await shop.moves.plan(waiting.run_id, "latest")
    with pytest.raises(Conflict) as refused:
        await shop.moves.move(waiting.run_id, "latest", plan)

    told = " ".join(problem.message for problem in plan.problems)
    assert refused.value.code == "cannot_move"
    assert all(word in told for word in ("amount", "who", "token"))
    assert (await shop.application.store.get_run(waiting.run_id)).version == waiting.version


async def test_an_input_that_has_a_default_now_is_filled_in(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())
    inputs = {"who": {"type": "string", "default": "Ada"}}
    await shop.publish(shop.flow(1, hold=node(wait, id="hold", config={"duration": 0}), inputs=inputs,
                                 outputs="{{ workflow.input.who }}"))  # fmt: skip

    await shop.moves.move(waiting.run_id, "latest")

    assert (await shop.application.wait(waiting.run_id)).output == "Ada"


async def test_a_finished_run_is_forked_not_moved(shop: Shop) -> None:
    done = await shop.run(workflow(shop.mail))
    await shop.publish(shop.flow(2))

    with pytest.raises(Conflict) as refused:
        await shop.moves.plan(done.run_id, "latest")

    assert refused.value.code == "run_finished"
    assert "treadle fork" in (refused.value.remedy or "")


async def test_a_run_of_that_version_has_nothing_to_move(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())

    with pytest.raises(Conflict) as refused:
        await shop.moves.plan(waiting.run_id, "latest")

    assert refused.value.code == "same_version"


async def test_a_version_of_another_workflow_is_not_found(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())
    other = await shop.publish(shop.flow(1, name="other"))

    with pytest.raises(NotFound) as refused:
        await shop.moves.plan(waiting.run_id, other)

    assert refused.value.code == "unknown_version"


async def test_a_version_whose_node_types_are_not_installed_cannot_be_moved_to(shop: Shop) -> None:
    waiting = await shop.run(shop.flow())
    strange = workflow(HELD, Node(id="odd", type="no.such"))
    await shop.application.store.save_version(
        strange.name, strange.version, _document(strange), form="nodes", note=None, author=None
    )

    with pytest.raises(InvalidWorkflow):
        await shop.moves.plan(waiting.run_id, strange.version)


async def test_a_run_that_is_under_way_is_not_moved(shop: Shop) -> None:
    held = FakeEffect("mail", held=True)
    shop.application.registry = shop.application.registry.with_definitions(held.definition)
    shop.application.plans = type(shop.application.plans)(shop.application.store, shop.application.registry)
    flow = shop.flow()
    run_id = await shop.application.start(ExecutionRequest(flow))
    await held.wait_until_entered()
    await shop.publish(shop.flow(2))

    with pytest.raises(Conflict) as refused:
        await shop.moves.plan(run_id, "latest")

    held.release()
    assert refused.value.code == "still_running"


async def test_all_waiting_runs_of_a_workflow_are_moved_and_one_that_cannot_stops_no_other(shop: Shop) -> None:
    flow = shop.flow()
    first, second = await shop.run(flow, input={"n": 1}), await shop.run(flow, input={"n": "two"})
    await shop.publish(shop.flow(1, shop.bill, inputs={"n": {"type": "integer"}}))

    candidates = await shop.moves.plan_all("latest", workflow=flow.name)
    moved = await shop.moves.move_all(candidates)

    assert [one.run_id for one in moved] == [first.run_id, second.run_id]
    assert [one.refusal is None for one in moved] == [True, False]
    assert await shop.moves.plan_all("latest", workflow=flow.name, deployment="none") == []


def _document(flow: Workflow) -> str:
    from treadle.dispatch.plans import write_version

    return write_version(flow)


async def test_a_moved_run_that_failed_is_tried_again_as_the_work_it_was_moved_to(shop: Shop) -> None:
    """What it did before the move stays other work: the key it had then is not used again."""
    waiting = await shop.run(shop.flow(1))
    broken = True

    async def fail() -> None:
        if broken:
            raise OSError("busy")

    shop.mail._before = fail  # pyright: ignore[reportPrivateUsage]
    await shop.publish(shop.flow(2, hold=node(wait, id="hold", config={"duration": 0})))
    await shop.moves.move(waiting.run_id, "latest")
    assert (await shop.application.wait(waiting.run_id)).status == "failed"
    broken = False

    ended = await RunControl(shop.application).retry(waiting.run_id)

    assert (ended.status, shop.mail.values) == ("completed", [1, 2])
    assert shop.mail.distinct == 2
