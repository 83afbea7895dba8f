"""Replaying what a store holds."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from treadle.authoring.document import load_workflow
from treadle.engine.compile import compile_plan
from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.replays import Replays, Selection
from treadle.service.settings import Settings
from treadle.store.deployments import Deployment


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    settings = Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path), synchronous="OFF")
    async with Application(settings) as opened:
        yield opened


def flow(text: str = "{{ workflow.input.name }}", more: str = "", settings: str = "{}") -> Workflow:
    loaded = load_workflow(
        f"name: notes\ninputs: {{name: string{more}}}\nsettings: {settings}\nnodes:\n"
        '  - {id: note, type: file.write, config: {path: "{{ workflow.input.name }}.txt", value: x}}\n'
        f'  - {{id: said, type: data.template, config: {{template: "{text}"}}}}\n'
        'outputs: "{{ nodes.said.output }}"\n'
    )
    assert loaded.result.valid, loaded.result.issues
    return loaded.workflows[0]


async def run(application: Application, workflow: Workflow, name: str, **more: Any) -> str:
    result = await application.execute(ExecutionRequest(workflow, input={"name": name}, **more))
    assert result.status == "completed", result.error
    return result.run_id


async def replay(application: Application, workflow: Workflow, selection: Selection | None = None, **more: Any) -> Any:
    replays = Replays(application)
    selected = await replays.select(selection or Selection(workflow="notes"))
    return await replays.replay(selected, compile_plan(workflow, application.registry), **more)


async def test_nothing_is_written_and_nothing_is_done(application: Application, tmp_path: Path) -> None:
    await run(application, flow(), "a")
    (tmp_path / "a.txt").unlink()
    before = application.store.commits

    report = await replay(application, flow("{{ workflow.input.name }}!"))

    assert (report.verdicts["different"], application.store.commits) == (1, before)
    assert not (tmp_path / "a.txt").exists()


async def test_runs_are_chosen_by_deployment_time_status_and_number(application: Application) -> None:
    ids = [await run(application, flow(), name) for name in "abcd"]
    await application.store.save_deployment(Deployment(id="bot", name="bot", workflow="notes"))
    ids.append(await run(application, flow(), "e", deployment="bot"))
    third = (await application.store.get_run(ids[2])).created_at  # type: ignore[arg-type]
    assert third is not None
    replays = Replays(application)

    async def chosen(selection: Selection) -> list[str]:
        return [one.id for one in (await replays.select(selection)).runs]

    assert await replays.find_selection("bot") == Selection(deployment="bot")
    assert await replays.find_selection("notes") == Selection(workflow="notes")
    assert await replays.find_selection(ids[0]) == Selection(run=ids[0])  # type: ignore[arg-type]
    assert await chosen(Selection(deployment="bot")) == ids[4:]
    assert await chosen(Selection(workflow="notes", limit=2)) == ids[3:]
    assert await chosen(Selection(workflow="notes", since=third)) == ids[2:]
    assert await chosen(Selection(workflow="notes", until=third)) == ids[:2]
    assert await chosen(Selection(workflow="notes", since=third + timedelta(days=1))) == []
    assert await chosen(Selection(workflow="notes", statuses=("failed",))) == []
    with pytest.raises(NotFound) as caught:
        await replays.find_selection("nothing-here")
    assert caught.value.code == "nothing_recorded"


async def test_a_corrupt_run_is_said_and_hides_no_other(application: Application) -> None:
    damaged, hollow, whole = [await run(application, flow(), name) for name in "abc"]
    await application.store.close()
    with sqlite3.connect(application.store.path) as connection:
        connection.execute("UPDATE runs SET input = '{' WHERE id = ?", (damaged,))
        connection.execute("UPDATE journal SET body = '{' WHERE run_id = ?", (hollow,))
    await application.store.open()

    report = await replay(application, flow())

    assert [(one.run_id, one.verdict) for one in report.runs] == [
        (damaged, "failed"),
        (hollow, "failed"),
        (whole, "same"),
    ]
    assert all("damaged" in (one.reason or "") for one in report.runs[:2])


async def test_a_run_whose_input_does_not_fit_is_said(application: Application) -> None:
    await run(application, flow(), "a")

    report = await replay(application, flow(more=", times: integer"))
    with_default = await replay(application, flow(more=", times: {type: integer, default: 1}"))

    assert report.verdicts["failed"] == 1
    assert "times" in (report.runs[0].reason or "")
    assert with_default.verdicts["same"] == 1


async def test_a_run_that_is_not_kept_is_said(application: Application) -> None:
    """Its row may be there while what its nodes came to is not."""
    run_id = await run(application, flow(), "a")
    await application.store.write(lambda c: c.execute("DELETE FROM journal WHERE run_id = ?", (run_id,)))

    report = await replay(application, flow())

    assert report.verdicts["failed"] == 1
    assert "not kept" in (report.runs[0].reason or "")


async def test_a_stub_for_nothing_is_refused(application: Application) -> None:
    await run(application, flow(), "a")

    with pytest.raises(InvalidWorkflow) as caught:
        await replay(application, flow(), stubs={"nope": 1})

    assert caught.value.code == "unknown_stub"
    assert "`note`" in (caught.value.remedy or "")


async def test_a_stub_that_does_not_fit_is_refused(application: Application) -> None:
    await run(application, flow(), "a")

    with pytest.raises(InvalidWorkflow) as caught:
        await replay(application, flow(), stubs={"note": 5})

    assert caught.value.code == "invalid_stub"
    assert "`path`" in caught.value.message


async def test_a_run_of_a_node_type_that_is_gone_is_said(application: Application) -> None:
    """A plan to look at would have no nodes, and every run would be the same."""
    run_id = await run(application, flow(), "a")
    await application.store.write(
        lambda c: c.execute("UPDATE versions SET document = replace(document, 'file.write', 'gone.type')")
    )

    report = await replay(application, flow())

    assert [(one.run_id, one.verdict) for one in report.runs] == [(run_id, "failed")]
    assert "gone.type" in (report.runs[0].reason or "")


async def test_what_is_going_on_is_told(application: Application) -> None:
    for name in "abc":
        await run(application, flow(), name)
    told: list[tuple[int, int]] = []

    await replay(application, flow(), progress=lambda done, total: told.append((done, total)))

    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


async def test_the_report_sums_up(application: Application) -> None:
    for name in "abc":
        await run(application, flow(), name)

    report = (await replay(application, flow("{{ workflow.input.name == 'b' ? 'B' : workflow.input.name }}"))).to_dict()

    assert report["verdicts"] == {"same": 2, "different": 1, "undetermined": 0, "failed": 0}
    assert report["statuses"] == {"before": {"completed": 3}, "after": {"completed": 3}}
    assert report["replays"][1]["differences"] == [{"path": "output", "before": "b", "after": "B"}]
