"""The templates that come with Treadle: each is valid, says what it is for, and really runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.packs.http.service import Received, Service, answer
from treadle.model.ids import RunId
from treadle.model.run import ExecutionResult
from treadle.node.registry import Registry
from treadle.service.application import Application
from treadle.service.definition import check_text
from treadle.service.deployments import Deployments
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.tasks import Tasks
from treadle.service.templates.reading import read_template
from treadle.service.templates.shipped import shipped_texts
from treadle.service.templates.templates import Templates
from treadle.store.templates import TemplateUse

SHIPPED = dict(shipped_texts())
CATEGORIES = {"general", "outreach", "agents", "trading"}


async def run(application: Application, template: str, given: dict[str, Any], parameters: dict[str, Any]) -> Any:
    """A workflow made of the template with these parameters, and what a run of it comes to."""
    await Templates(application).instantiate(template, "made", parameters=parameters, publish=True)
    return await application.execute(ExecutionRequest("made", input=given))


def bodies(service: Service, path: str) -> list[Any]:
    """What was sent to an address, as JSON."""
    return [json.loads(one.body) for one in service.received if one.path == path]


def routes(**answers: Callable[[Received], Any]) -> Callable[[Received], bytes]:
    """A handler that answers by the first part of the path; with nothing to say, 200 and an empty object."""

    def handle(request: Received) -> bytes:
        found = answers.get(request.path.split("/")[1])
        return answer(body={} if found is None else found(request))

    return handle


async def open_task(application: Application) -> str:
    tasks = Tasks(application)
    while not (found := await tasks.list()):
        await asyncio.sleep(0.01)
    return found[0].id


@pytest.mark.parametrize("file", SHIPPED)
async def test_a_shipped_template_is_valid_and_tells_about_itself(file: str) -> None:
    registry = Registry.installed()

    template, result = read_template(await check_text(SHIPPED[file], registry), registry)

    assert result.issues == ()
    assert template is not None
    assert f"{template.name}.yaml" == file
    assert template.category in CATEGORIES
    assert template.duration is not None
    assert len(template.description) > 80
    assert len(template.tags) >= 3
    assert all(one.schema.get("title") and one.schema.get("type") for one in template.parameters)
    assert template.requirements


async def test_a_webhook_request_is_checked_kept_and_told(application: Application, world: Service) -> None:
    result: ExecutionResult = await run(
        application,
        "webhook-store-notify",
        {"name": "Ada", "email": "ada@example.com"},
        {"notify_url": f"{world.url}/notify"},
    )

    kept = result.output["file"]
    assert (result.status, kept) == ("completed", f"requests/{result.run_id}.json")
    assert json.loads((Path(application.settings.workspace) / kept).read_text())["name"] == "Ada"
    assert bodies(world, "/notify") == [{"text": f"A request was kept: {kept}"}]


async def test_a_webhook_request_that_does_not_fit_is_neither_kept_nor_told(
    application: Application, world: Service
) -> None:
    result = await run(application, "webhook-store-notify", {"name": ""}, {"notify_url": f"{world.url}/notify"})

    assert (result.status, result.output["accepted"]) == ("completed", False)
    assert len(result.output["errors"]) == 2
    assert world.received == []


async def test_a_sync_reads_every_page_and_writes_only_what_has_changed(
    application: Application, world: Service
) -> None:
    pages = {"1": [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}], "2": [{"id": 3, "n": "c"}]}
    world.handle = routes(source=lambda request: {"items": pages.get(dict(request.query)["page"], [])})
    parameters = {
        "source_url": f"{world.url}/source",
        "target_url": world.url + "/target/{{ loop.item.id }}",
        "pagination": {"by": "page", "items": "items"},
    }
    first = await run(application, "api-sync", {}, parameters)
    pages["2"] = [{"id": 3, "n": "changed"}, {"id": 4, "n": "d"}]

    second = await application.execute(ExecutionRequest("made"))

    assert (first.output, second.output) == ({"read": 3, "written": 3}, {"read": 4, "written": 2})
    assert bodies(world, "/target/3") == [{"id": 3, "n": "c"}, {"id": 3, "n": "changed"}]
    assert len(bodies(world, "/target/1")) == 1


async def test_a_sync_of_what_has_not_changed_writes_nothing(application: Application, world: Service) -> None:
    world.handle = routes(source=lambda request: [] if dict(request.query)["page"] != "1" else [{"id": 1}])
    parameters = {
        "source_url": f"{world.url}/source",
        "target_url": world.url + "/target/{{ loop.item.id }}",
        "pagination": {"by": "page"},
    }
    await run(application, "api-sync", {}, parameters)

    again = await application.execute(ExecutionRequest("made"))

    assert (again.status, again.output) == ("completed", {"read": 1, "written": 0})


async def test_an_approval_waits_for_a_person_and_sends_the_outcome(application: Application, world: Service) -> None:
    given = {"request": "A desk", "amount": 400}
    waiting = await run(
        application, "approval-with-escalation", given, {"result_url": f"{world.url}/result", "approver": "ada"}
    )
    await Tasks(application).answer(await open_task(application), approve=True, by="ada", note="fine")

    done = await application.wait(waiting.run_id)

    assert (waiting.status, done.status) == ("suspended", "completed")
    assert bodies(world, "/result") == [
        {"request": "A desk", "amount": 400, "outcome": "approved", "by": "ada", "note": "fine"}
    ]


async def test_a_small_amount_is_approved_without_asking(application: Application, world: Service) -> None:
    parameters = {"result_url": f"{world.url}/result", "free_below": 50}

    done = await run(application, "approval-with-escalation", {"request": "Pens", "amount": 20}, parameters)

    assert (done.status, done.output["outcome"], done.output["by"]) == ("completed", "approved", None)


async def test_an_approval_that_nobody_gives_is_for_the_deputy_too_and_times_out(
    application: Application, world: Service
) -> None:
    parameters = {"result_url": f"{world.url}/result", "escalate_after": "1s", "deadline": "2s"}
    await Templates(application).instantiate("approval-with-escalation", "made", parameters=parameters, publish=True)
    run_id = await application.start(ExecutionRequest("made", input={"request": "A desk", "amount": 400}))
    await open_task(application)
    (task,) = await Tasks(application).list()

    done = await asyncio.wait_for(application.wait(run_id), 20)

    assert (tuple(task.assignees), tuple(task.escalate_to)) == (("approver",), ("deputy",))
    assert (done.status, done.output["outcome"]) == ("completed", "timed_out")


async def test_a_failure_is_alerted_once_in_a_while(application: Application, world: Service) -> None:
    deployments = Deployments(application)
    parameters = {"alert_url": f"{world.url}/alert"}
    await Templates(application).instantiate("failure-alert", "made", parameters=parameters, publish=True)
    await deployments.deploy(await application.get_workflow("made"))
    (broken,) = (
        await check_text(
            "name: broken\nnodes: [{id: read, type: file.read, config: {path: gone.txt}}]\n", application.registry
        )
    ).workflows
    for _ in range(2):
        await application.execute(ExecutionRequest(broken))
        await Events(application).delivery().deliver()
        for one in await application.store.list_runs(workflow="made"):
            await asyncio.wait_for(application.wait(one.id), 20)

    alerts = bodies(world, "/alert")

    assert len(alerts) == 1
    assert alerts[0]["text"].startswith("broken failed at read: ")
    counted = [
        (await application.get_result(one.id)).output for one in await application.store.list_runs(workflow="made")
    ]
    assert sorted(one["failures"] for one in counted) == [1, 2]


async def test_contacts_that_are_missing_or_differ_are_written(application: Application, world: Service) -> None:
    source = [
        {"email": "a@x.org", "name": "Ada"},
        {"email": "b@x.org", "name": "Bo"},
        {"email": "c@x.org", "name": "Cy"},
    ]
    there = [{"email": "a@x.org", "name": "Ada", "id": 1}, {"email": "b@x.org", "name": "Bob", "id": 2}]
    world.handle = routes(source=lambda _: source, target=lambda request: there if request.method == "GET" else {})
    urls = {"source_url": f"{world.url}/source", "target_url": f"{world.url}/target"}

    done = await run(application, "data-sync", {}, urls)

    assert (done.status, done.output) == ("completed", {"read": 3, "created": 1, "updated": 1})
    written = {one.path: json.loads(one.body) for one in world.received if one.method == "PUT"}
    assert written == {
        "/target/b%40x.org": {"email": "b@x.org", "name": "Bo", "id": 2},
        "/target/c%40x.org": {"email": "c@x.org", "name": "Cy"},
    }


async def test_a_request_for_help_rings_becomes_a_task_and_is_answered(
    application: Application, world: Service
) -> None:
    parameters = {"alert_url": f"{world.url}/alert", "answer_url": f"{world.url}/mail"}
    await Templates(application).instantiate("support-escalation", "made", parameters=parameters, publish=True)
    values = {"email": "ada@x.org", "subject": "Help", "text": "It is gone", "urgent": True}
    deployment = await Deployments(application).deploy(await application.get_workflow("made"))
    request = ExecutionRequest("made", trigger="asked", fired={"values": values}, deployment=deployment.id)
    waiting = await application.execute(request)
    task = await open_task(application)
    await Tasks(application).answer(task, approve=True, by="support", values={"answer": "Look again"})

    done = await application.wait(RunId(waiting.run_id))

    assert (done.status, done.output) == ("completed", {"outcome": "approved", "by": "support"})
    assert bodies(world, "/alert") == [{"text": "Urgent: Help (ada@x.org)"}]
    assert bodies(world, "/mail") == [{"to": "ada@x.org", "subject": "Re: Help", "text": "Look again"}]


@pytest.mark.parametrize(("long_from", "begins"), [(5, "# tides\n"), (500, "tides: ")])
async def test_research_is_summarised_in_the_form_that_fits(
    application: Application, world: Service, long_from: int, begins: str
) -> None:
    world.handle = routes(
        research=lambda _: {"text": "The moon pulls."},
        summary=lambda _: {"text": "Moon pulls sea."},
        keywords=lambda _: {"keywords": ["moon", "sea"]},
    )
    urls = {f"{name}_url": f"{world.url}/{path}" for name, path in
            {"researcher": "research", "summariser": "summary", "keywords": "keywords"}.items()}  # fmt: skip

    done = await run(application, "research-and-summarise", {"topic": "tides"}, {**urls, "long_from": long_from})

    assert done.status == "completed"
    assert done.output.startswith(begins)
    assert bodies(world, "/summary")[0]["text"] == "The moon pulls."


@pytest.mark.parametrize(("said", "label"), [(" Sales\n", "sales"), ("ignore all that", "rest")])
async def test_a_text_goes_where_its_label_is_dealt_with(
    application: Application, world: Service, monkeypatch: pytest.MonkeyPatch, said: str, label: str
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_MODEL_KEY", "sk-test-0123456789")
    world.handle = routes(model=lambda _: {"choices": [{"message": {"role": "assistant", "content": said}}]})
    parameters = {
        "model_url": f"{world.url}/model",
        "model": "small",
        "routes": {"sales": f"{world.url}/sales", "support": f"{world.url}/support"},
        "rest_url": f"{world.url}/rest",
    }

    done = await run(application, "classify-and-route", {"text": "I want to buy"}, parameters)

    assert (done.status, done.output["label"]) == ("completed", label)
    assert bodies(world, f"/{label}") == [{"label": label, "text": "I want to buy"}]
    assert world.received[0].headers["authorization"] == "Bearer sk-test-0123456789"
    assert "sales, support" in bodies(world, "/model")[0]["messages"][0]["content"]


async def test_runs_of_what_was_made_of_a_template_are_counted(application: Application, world: Service) -> None:
    parameters = {"result_url": f"{world.url}/result"}
    await run(application, "approval-with-escalation", {"request": "Pens", "amount": 20}, parameters)
    world.handle = lambda request: answer(400)
    await application.execute(ExecutionRequest("made", input={"request": "Pens", "amount": 20}))
    await application.execute(ExecutionRequest("made", input={"request": "Pens", "amount": 20}, mode="test"))

    found = await Templates(application).get("approval-with-escalation")
    (use,) = await Templates(application).uses("approval-with-escalation")

    known = found.statistics
    assert (known.uses, known.completed, known.failed, known.success_rate) == (1, 1, 1, 0.5)
    assert use == TemplateUse("approval-with-escalation", "made", use.at, 1, 1)
