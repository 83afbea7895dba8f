"""The operations on runs and versions, whatever surface asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from treadle.engine.journal import Batch, Entry, EntryKind, RunUpdate
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.ids import RunId
from treadle.model.workflow import Node, Workflow
from treadle.node import DEAD, Branch, Context, JsonValue, NodeDefinition, Registry, effect
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.preparation import prepare
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain

NOW = datetime.now(UTC)
PATIENCE = 10.0


class Sorted(NamedTuple):
    yes: Branch[JsonValue] = DEAD
    no: Branch[JsonValue] = DEAD


@effect("test.sort", in_doubt="ask")
async def sort(ctx: Context, value: JsonValue = None) -> Sorted:
    """Two ways out."""
    return Sorted(yes=value)


class Desk:
    """Applications on one store."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(db=str(folder / "treadle.db"), workspace=str(folder))
        self.stack = AsyncExitStack()

    async def application(self, *known: FakeEffect | NodeDefinition) -> Application:
        definitions = [one.definition if isinstance(one, FakeEffect) else one for one in known]
        registry = Registry.installed().with_definitions(*definitions)
        return await self.stack.enter_async_context(Application(self.settings, registry=registry))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    async with desk.stack:
        yield desk


async def suspend_in_doubt(application: Application, workflow: Workflow, node: str) -> RunId:
    """A run as a crash in the middle of `node` leaves it."""
    run = (await prepare(application, ExecutionRequest(workflow))).run
    entries = [
        Entry("", node, 0, EntryKind.INTENT, NOW, {"attempt": 1, "now": NOW}),
        Entry("", node, 1, EntryKind.SUSPENSION, NOW, {"in_doubt": True}),
    ]
    await application.store.append(Batch(run.id, run.epoch, opens=run, entries=entries))
    await application.store.append(Batch(run.id, run.epoch, update=RunUpdate("suspended")))
    return run.id


class TestRunsThatAreNotKept:
    """What nobody kept is still an answer to whoever waited for it."""

    async def test_a_retry_that_succeeds_gives_its_result(self, desk: Desk) -> None:
        pay = FakeEffect("pay", fails=[OSError("gone")], returns=7)
        application = await desk.application(pay)
        failed = await application.execute(ExecutionRequest(chain(pay, settings={"save": "failures"})))

        result = await asyncio.wait_for(RunControl(application).retry(failed.run_id), PATIENCE)

        assert (failed.status, result.status, result.output) == ("failed", "completed", 7)
        with pytest.raises(NotFound):
            await application.get_result(failed.run_id)

    async def test_waiting_for_a_run_gives_its_result(self, desk: Desk) -> None:
        pay = FakeEffect("pay", returns=7)
        application = await desk.application(pay)
        run_id = await application.start(ExecutionRequest(chain(pay, settings={"save": "none"})))

        result = await asyncio.wait_for(application.wait(run_id), PATIENCE)

        assert (result.status, result.output) == ("completed", 7)


class TestRetry:
    """What cannot be tried again is left as it was, and nobody waits for it."""

    async def test_a_run_whose_node_type_is_gone_stays_failed(self, desk: Desk) -> None:
        pay = FakeEffect("pay", fails=[OSError("gone")])
        run_id = (await (await desk.application(pay)).execute(ExecutionRequest(chain(pay)))).run_id
        stranger = await desk.application()

        with pytest.raises(NotFound, match=r"fake\.pay"):
            await asyncio.wait_for(RunControl(stranger).retry(run_id), PATIENCE)

        assert (await stranger.store.get_run(run_id)).status == "failed"

    async def test_a_process_about_to_stop_refuses(self, desk: Desk) -> None:
        pay = FakeEffect("pay", fails=[OSError("gone")])
        application = await desk.application(pay)
        run_id = (await application.execute(ExecutionRequest(chain(pay)))).run_id
        await application.dispatcher.drain()

        with pytest.raises(Conflict) as caught:
            await asyncio.wait_for(RunControl(application).retry(run_id), PATIENCE)

        assert caught.value.code == "draining"
        assert (await application.store.get_run(run_id)).status == "failed"


class TestResolve:
    """An answer is one of three, and its output is what the node could have given."""

    @pytest.mark.parametrize("answer", ["Done", "", "completed"])
    async def test_another_answer_is_refused(self, desk: Desk, answer: str) -> None:
        pay = FakeEffect("pay")
        application = await desk.application(pay)
        run_id = await suspend_in_doubt(application, chain(pay), "pay")

        with pytest.raises(InvalidWorkflow) as caught:
            await RunControl(application).resolve(run_id, "pay", outcome=answer)

        assert caught.value.code == "unknown_outcome"
        assert pay.calls == 0

    @pytest.mark.parametrize("output", [None, 7, {"maybe": 1}])
    async def test_the_output_of_a_node_with_several_ports_names_them(self, desk: Desk, output: object) -> None:
        application = await desk.application(sort)
        run_id = await suspend_in_doubt(application, chain(sort), "sort")

        with pytest.raises(InvalidWorkflow, match=r"`yes`, `no`") as caught:
            await RunControl(application).resolve(run_id, "sort", outcome="done", output=output)

        assert caught.value.code == "wrong_output"

    async def test_the_named_ports_are_live_and_the_others_dead(self, desk: Desk) -> None:
        application = await desk.application(sort)
        run_id = await suspend_in_doubt(application, chain(sort), "sort")

        await RunControl(application).resolve(run_id, "sort", outcome="done", output={"no": 1})
        result = await asyncio.wait_for(application.wait(run_id), PATIENCE)

        assert (result.status, result.nodes["sort"].outputs) == ("completed", {"no": 1})

    async def test_a_node_that_is_not_there_is_named(self, desk: Desk) -> None:
        pay = FakeEffect("pay")
        application = await desk.application(pay)
        run_id = await suspend_in_doubt(application, chain(pay), "pay")

        with pytest.raises(NotFound, match="`each/pay`"):
            await RunControl(application).resolve(run_id, "each/pay", outcome="done")


def make_version(number: int, **more: Any) -> Workflow:
    return Workflow(name="orders", nodes=(Node(id="a", type="data.set", config={"fields": {"x": number}}),), **more)


class TestPublishing:
    """The latest version is the one published last, whoever ran what meanwhile."""

    async def test_a_version_published_again_is_the_latest(self, desk: Desk) -> None:
        application = await desk.application()
        for number in (1, 2, 1):
            await application.publish(make_version(number))

        assert (await application.get_workflow("orders")).version == make_version(1).version

    async def test_a_file_that_was_put_back_is_the_latest_once_it_ran(self, desk: Desk) -> None:
        application = await desk.application()
        for number in (1, 2, 1):
            await application.execute(ExecutionRequest(make_version(number)))

        assert (await application.get_workflow("orders")).version == make_version(1).version

    async def test_a_deployment_of_an_older_version_does_not_publish_it(self, desk: Desk) -> None:
        application = await desk.application()
        deployments = Deployments(application)
        deployment = await deployments.deploy(make_version(1), every=3600)
        await application.publish(make_version(2))

        run_id = await deployments.fire(deployment)
        assert run_id is not None
        result = await asyncio.wait_for(application.wait(run_id), PATIENCE)

        assert result.version == make_version(1).version
        assert (await application.get_workflow("orders")).version == make_version(2).version


async def test_a_run_whose_secret_is_not_set_is_refused_before_it_starts(tmp_path: Path) -> None:
    """With the name of the variable that is missing; nothing is written."""
    secret = Workflow(
        name="secretive",
        nodes=(
            Node(
                id="call",
                type="http.request",
                config={"url": "https://example.org", "auth": "bearer", "secret": "{{ secrets.shop_key }}"},
            ),
        ),
    )
    async with Application(Settings(db=str(tmp_path / "treadle.db"))) as application:
        with pytest.raises(InvalidWorkflow) as refusal:
            await application.execute(ExecutionRequest(secret))
        runs = await application.list_runs()

    assert refusal.value.code == "missing_secret"
    assert "TREADLE_SECRET_SHOP_KEY" in (refusal.value.remedy or "")
    assert runs == []
