"""Forks through the application: what is edited, what is refused, and where a fork belongs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.nodes import if_, wait
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.ids import RunId
from treadle.model.run import ExecutionResult, Origin
from treadle.model.workflow import Workflow
from treadle.node import Registry
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.forks import Forks
from treadle.service.moves import Moves
from treadle.service.preparation import prepare
from treadle.service.settings import Settings
from treadle.service.versions import Versions
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, node, workflow

first, second = FakeEffect("first", returns="one"), FakeEffect("second", returns=lambda value: f"{value}!")
FLOW = chain(first, second)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    registry = Registry.installed().with_definitions(first.definition, second.definition)
    settings = Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path))
    async with Application(settings, registry=registry) as application:
        yield application


async def run(application: Application, flow: Workflow = FLOW, **more: Any) -> ExecutionResult:
    return await application.execute(ExecutionRequest(flow, **more))


async def fork(application: Application, source: RunId, **more: Any) -> ExecutionResult:
    return await application.go_on(await Forks(application).fork(source, **more))


async def test_a_fork_is_a_run_of_its_own_that_tells_where_it_comes_from(application: Application) -> None:
    source = await run(application)

    forked = await fork(application, source.run_id, at="second")

    record = await application.store.get_run(forked.run_id)
    assert (forked.status, forked.output) == ("completed", "one!")
    assert record.origin is not None
    assert (record.origin.forked_from, record.origin.forked_at) == (source.run_id, "second")
    assert forked.run_id != source.run_id


async def test_an_edited_output_is_the_whole_of_it(application: Application) -> None:
    source = await run(application)

    forked = await fork(application, source.run_id, at="second", outputs={"first": {"any": 1}})

    assert forked.output == "{'any': 1}!"


async def test_one_port_may_be_edited_and_the_others_stay(application: Application) -> None:
    flow = workflow(
        node(if_, config={"a": 1, "condition": "true", "then": "t", "else": "e"}), second,
        connections=connect("if.output -> second"),
    )  # fmt: skip
    source = await run(application, flow)

    forked = await fork(application, source.run_id, at="second", outputs={"if.output": "mine"})

    assert (forked.output, forked.nodes["if"].outputs) == ("mine!", {"true": 1, "output": "mine"})


@pytest.mark.parametrize(
    ("outputs", "code", "said"),
    [
        ({"first.outptu": 1}, "unknown_port", "Did you mean `output`?"),
        ({"frist": 1}, "unknown_node", "Did you mean `first`?"),
    ],
)
async def test_what_cannot_be_edited_is_refused_and_nothing_is_made(
    application: Application, outputs: dict[str, Any], code: str, said: str
) -> None:
    source = await run(application)

    with pytest.raises((InvalidWorkflow, NotFound)) as refused:
        await fork(application, source.run_id, at="second", outputs=outputs)

    assert (refused.value.code, refused.value.remedy) == (code, said)
    assert [one.id for one in await application.list_runs()] == [source.run_id]


async def test_an_output_of_several_ports_has_to_be_an_object_of_them(application: Application) -> None:
    source = await run(
        application, workflow(node(if_, config={"a": 1, "condition": "true"}), node(second, after=("if",)))
    )

    with pytest.raises(InvalidWorkflow) as refused:
        await fork(application, source.run_id, at="second", outputs={"if": {"maybe": 1}})

    assert refused.value.code == "wrong_output"


async def test_an_unknown_run_is_refused(application: Application) -> None:
    with pytest.raises(NotFound) as refused:
        await fork(application, RunId("r0"), at="second")

    assert refused.value.code == "unknown_run"


async def test_a_fork_goes_on_with_the_version_that_is_asked_for(application: Application) -> None:
    source = await run(application)
    await Versions(application).publish(chain(first, node(second, id="other"), node(second, id="again")))

    forked = await fork(application, source.run_id, at="other", version="2")

    assert (forked.output, forked.version) == ("one!!", (await Versions(application).resolve("under-test")).version)
    with pytest.raises(NotFound):
        await fork(application, source.run_id, at="other", version="1")


async def test_a_fork_in_a_lane_waits_for_its_turn(application: Application) -> None:
    """6.3: runs of one deployment are serial."""
    prepared = await prepare(application, ExecutionRequest(FLOW))
    source = replace(prepared.run, lane="bot", origin=Origin(lane_limit=1, profiles=(), depth=2))
    await application.dispatcher.run(prepared.plan, source)

    made = await Forks(application).prepare(source.id, at="second")

    assert (made.run.status, made.run.lane) == ("queued", "bot")
    assert made.run.origin is not None
    assert (made.run.origin.lane_limit, made.run.origin.depth) == (1, 2)
    assert (await application.go_on(await Forks(application).create(made))).status == "completed"


async def test_a_port_that_a_move_has_set_aside_is_not_taken_up_by_an_edit(application: Application) -> None:
    def branching(given: str) -> Workflow:
        return workflow(
            node(if_, config={"a": given, "condition": "true", "then": given}),
            node(wait, id="hold", config={"duration": "1h"}),
            node(second, after=("hold",)),
            connections=connect("if.output -> second"),
        )

    source = await run(application, branching("one"))
    await Versions(application).publish(branching("two"))
    # Not driven on since: what came of `if` belongs to the version before.
    await application.store.move_run((await Moves(application).plan(source.run_id, "latest")).change)

    made = await Forks(application).prepare(source.run_id, at="if", outputs={"if.output": "mine"})

    assert [entry.body["outputs"] for entry in made.plan.rewritten if entry.node == "if"] == [{"output": "mine"}]


async def test_a_prepared_fork_is_only_shown(application: Application) -> None:
    source = await run(application)

    made = await Forks(application).prepare(source.run_id, at="second")

    assert (made.plan.kept, made.plan.anew, made.plan.effects) == (("first",), ("second",), ("second",))
    assert len(await application.list_runs()) == 1


async def test_a_source_that_is_gone_meanwhile_leaves_no_fork(application: Application) -> None:
    source = await run(application)
    made = await Forks(application).prepare(source.run_id, at="second")
    await application.store.write(
        lambda c: c.execute("DELETE FROM journal WHERE run_id = ?", (source.run_id,)) and None
    )

    with pytest.raises(Conflict, match="has changed while"):
        await Forks(application).create(made)

    assert len(await application.list_runs()) == 1
