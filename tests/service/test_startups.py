"""Startup: before a deployment goes on in a process, packs ask the outside whether everything is as it was left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.service.test_deployments import workflow
from treadle.errors import Conflict, NodeError
from treadle.model.ids import RunId
from treadle.node import Context, Registry, effect
from treadle.node.startup import Starting, at_start, forget_start_check
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.run_control import RunControl
from treadle.service.settings import Settings
from treadle.service.standing import Standings
from treadle.service.startups import Startups
from treadle.store.audit import AuditFilter

PATIENCE = 10
DEALING = """\
name: dealing
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: deal, type: dealer.deal}
  - {id: pause, type: flow.wait, config: {duration: 1h}}
"""
IDLE = """\
name: idle
nodes: [{id: every, type: trigger.interval, config: {seconds: 3600}}]
"""
CALLING = """\
name: calling
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: call, type: flow.workflow, config: {workflow: dealing}}
"""


@dataclass
class Outside:
    """What the check of the namespace `dealer` finds, one answer a call; the last again and again."""

    answers: list[Any] = field(default_factory=lambda: [[]])
    asked: list[Starting] = field(default_factory=list[Starting])
    dealt: list[str] = field(default_factory=list[str])

    async def check(self, starting: Starting) -> Sequence[str]:
        self.asked.append(starting)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def outside() -> Iterator[Outside]:
    found = Outside()
    at_start("dealer")(found.check)
    yield found
    forget_start_check(found.check)


@asynccontextmanager
async def process(folder: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Deployments]:
    """A process that serves the store, and asks again at once where it got no answer."""

    @effect("dealer.deal", in_doubt="repeat")
    async def deal(ctx: Context) -> str:
        """Deal."""
        outside.dealt.append(ctx.run_id)
        return "dealt"

    monkeypatch.setattr("treadle.service.startups._FIRST_PAUSE", 0.01)
    registry = Registry.installed().with_definitions(deal)
    settings = Settings(db=str(folder / "s.db"), workspace=str(folder))
    async with Application(settings, registry=registry) as application:
        yield Deployments(application)


@pytest.fixture
def serve(tmp_path: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda: process(tmp_path, outside, monkeypatch)


async def wait_until(find: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await find():
            await asyncio.sleep(0.005)


async def deploy(deployments: Deployments, text: str = DEALING, **given: Any) -> Any:
    return await deployments.deploy(workflow(text, deployments.application.registry), **given)


async def test_a_deployment_is_checked_once_before_its_first_run(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        deployed = await deploy(deployments)

        for _ in range(2):
            await deployments.fire(deployed, in_turn=False)

        (asked,) = outside.asked
        assert (asked.deployment, asked.workflow, asked.mode) == ("dealing", "dealing", "live")
        assert [node.id for node in asked.definition.nodes] == ["every", "deal", "pause"]


async def test_one_without_such_nodes_is_not_checked(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        await deployments.fire(await deploy(deployments, IDLE))

    assert outside.asked == []


async def test_one_that_is_only_a_test_is_not_checked(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        await deployments.fire(await deploy(deployments, mode="test"))

    assert outside.asked == []


async def test_what_a_called_workflow_does_is_checked_too(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        await deployments.application.publish(workflow(DEALING, deployments.application.registry))
        await deployments.fire(await deploy(deployments, CALLING))

    assert [[one.name for one in asked.called] for asked in outside.asked] == [["dealing"]]


async def test_the_next_process_checks_as_it_begins(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        await deploy(deployments)
        await deploy(deployments, IDLE)

    async with serve():
        await wait_until(_async(lambda: len(outside.asked) == 1))

    assert [one.deployment for one in outside.asked] == ["dealing"]


async def test_a_difference_stops_the_deployment_and_says_why(serve: Any, outside: Outside) -> None:
    outside.answers = [["The order `t-1` is filled, and was open."]]
    async with serve() as deployments:
        deployed = await deploy(deployments)

        with pytest.raises(Conflict) as caught:
            await deployments.fire(deployed)

        standing = await Standings(deployments.application).get("dealing")
        (entry, *_) = await deployments.application.store.list_audit(AuditFilter(), limit=10)
    assert caught.value.code == "differs"
    assert standing.deployment.status == "stopped"
    assert standing.reason is not None
    assert standing.reason.differences == ("The order `t-1` is filled, and was open.",)
    assert "as it was left. The order `t-1` is filled" in standing.reason.message
    assert (entry.name, entry.action, entry.subject) == ("startup check", "deployments.control", "dealing")
    assert outside.dealt == []


async def test_a_deployment_that_differed_is_checked_again_when_a_person_starts_it(
    serve: Any, outside: Outside
) -> None:
    outside.answers = [["Something is otherwise."], []]
    async with serve() as deployments:
        deployed = await deploy(deployments)
        with pytest.raises(Conflict):
            await deployments.fire(deployed)

        await deployments.start("dealing")
        run_id = await deployments.fire(deployed)
        await wait_until(_async(lambda: outside.dealt == [run_id]))

        standing = await Standings(deployments.application).get("dealing")
        assert (standing.deployment.status, standing.reason, len(outside.asked)) == ("active", None, 2)


async def test_a_run_that_was_under_way_waits_for_the_check(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        run_id = await deployments.fire(await deploy(deployments))
        await wait_until(_async(lambda: outside.dealt == [run_id]))
        await suspended(deployments, run_id)
        await deployments.application.store.write(lambda c: c.execute("UPDATE runs SET wake_at = 1"))
    outside.answers = [["Something is otherwise."]]

    async with serve() as deployments:
        store = deployments.application.store
        await wait_until(_async(lambda: len(outside.asked) == 2))
        await wait_until(lambda: is_stopped(deployments))
        assert (await store.get_run(run_id)).status != "completed"

        outside.answers = [[]]
        await deployments.start("dealing")
        await wait_until(lambda: is_free(deployments))
        await deployments.application.dispatcher.take(run_id)
        assert len(outside.asked) == 3


async def test_a_run_that_stands_because_of_a_difference_can_be_cancelled(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        run_id = await deployments.fire(await deploy(deployments))
        await suspended(deployments, run_id)
    outside.answers = [["Something is otherwise."]]

    async with serve() as deployments:
        await wait_until(lambda: is_stopped(deployments))
        await RunControl(deployments.application).cancel(run_id)

        assert (await deployments.application.wait(run_id)).status == "cancelled"


async def test_who_cannot_be_asked_is_asked_again_and_then_it_goes_on(serve: Any, outside: Outside) -> None:
    gone = NodeError("No connection to the venue.", code="venue_unreachable")
    outside.answers = [gone, gone, gone, []]
    async with serve() as deployments:
        deployed = await deploy(deployments)
        with pytest.raises(Conflict) as caught:
            await deployments.fire(deployed)
        waiting = await Standings(deployments.application).get("dealing")

        await wait_until(_async(lambda: len(outside.asked) == 4))
        await wait_until(lambda: is_free(deployments))
        run_id = await deployments.fire(deployed)
        await wait_until(_async(lambda: outside.dealt == [run_id]))

    assert caught.value.code == "not_reconciled"
    assert waiting.deployment.status == "active"
    assert waiting.reason is not None
    assert "No connection to the venue." in waiting.reason.message


async def test_others_go_on_while_one_cannot_be_asked_about(serve: Any, outside: Outside) -> None:
    outside.answers = [NodeError("No connection.", code="venue_unreachable")]
    async with serve() as deployments:
        await deploy(deployments)
        run_id = await deployments.fire(await deploy(deployments, IDLE))

        assert (await deployments.application.wait(run_id)).status == "completed"


async def test_a_fault_in_a_check_holds_the_deployment_as_no_answer_does(serve: Any, outside: Outside) -> None:
    outside.answers = [ValueError("a defect")]
    async with serve() as deployments:
        deployed = await deploy(deployments)

        with pytest.raises(Conflict, match="a defect"):
            await deployments.fire(deployed)


async def test_a_check_reads_and_writes_the_records_of_the_deployment(serve: Any, outside: Outside) -> None:
    async with serve() as deployments:
        deployed = await deploy(deployments)
        await deployments.fire(deployed)
        (starting,) = outside.asked

        await starting.records.put("order", "t-1", {"status": "filled"}, group="paper/dealing")

        record = await deployments.application.store.find_record("order", "t-1")
        assert record is not None
        assert (record.owner, record.value) == ("deployment:dealing", {"status": "filled"})
        assert starting.profile(None, provider="paper") == {}


async def is_stopped(deployments: Deployments) -> bool:
    return (await deployments.get("dealing")).status == "stopped"


async def is_free(deployments: Deployments) -> bool:
    startups: Startups = deployments.application.startups
    try:
        await startups.require("dealing")
    except Conflict:
        return False
    return True


async def suspended(deployments: Deployments, run_id: RunId) -> None:
    async def found() -> bool:
        return (await deployments.application.store.get_run(run_id)).status == "suspended"

    await wait_until(found)


def _async(find: Any) -> Any:
    async def found() -> bool:
        return find()

    return found
