"""The page behind a task's link: looking never answers, sending does, and what is over explains itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.hooked import deploy, field_of
from treadle.model.task import Task
from treadle.server.services import Services
from treadle.service.tasks import Tasks

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
APPROVAL = """
name: refund
nodes:
  - {id: hook, type: trigger.webhook, config: {path: refund, respond: at_once}}
  - id: decide
    type: flow.approval
    config:
      title: Refund 40 EUR?
      message: The parcel came late.
      deadline: 2h
      form:
        type: object
        required: [amount]
        properties:
          amount: {type: number, minimum: 1, maximum: 40, default: 40, title: Amount}
          reason: {type: string, title: Reason}
  - {id: paid, type: data.transform, config: {transform: "nodes.decide.approved"}}
connections:
  - {from: hook.body, to: decide.value}
"""


@pytest.fixture
async def client(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as(None)


async def ask(services: Services, client: httpx.AsyncClient, value: object = None) -> tuple[Task, str]:
    """An open task and the path of its link."""
    await deploy(services, APPROVAL)
    await client.post("/hooks/refund", json={"order": "A17"} if value is None else value)
    tasks = Tasks(services.application)
    for _ in range(200):
        if found := await tasks.list():
            return found[0], next(iter(tasks.links(found[0]).values()))
        await services.application.world.clock.sleep_until(
            services.application.world.clock.now() + timedelta(milliseconds=10)
        )
    raise AssertionError("There is no task.")


async def status_of(services: Services, task: Task) -> str:
    return (await services.application.store.get_task(task.id)).status


async def test_looking_at_a_task_does_not_answer_it(services: Services, client: httpx.AsyncClient) -> None:
    """Mail programs open links before people do."""
    task, path = await ask(services, client)

    for method in ("GET", "HEAD"):
        assert (await client.request(method, path)).status_code == 200
    page = await client.get(path)

    assert "Refund 40 EUR?" in page.text
    assert "A17" in page.text
    assert await status_of(services, task) == "open"


async def test_sending_the_page_answers(services: Services, client: httpx.AsyncClient) -> None:
    """With what was filled in; the run goes on, and the page says what was said."""
    task, path = await ask(services, client)
    page = await client.get(path)
    data = {"token": field_of(page, "token"), "f-amount": "12.5", "note": "ok", "answer": "approve"}

    sent = await client.post(path, data=data)

    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert "It was approved" in (await client.get(path)).text
    answered = (await services.application.store.get_task(task.id)).answer
    assert answered is not None
    assert (answered.outcome, answered.values, answered.note) == ("approved", {"amount": 12.5}, "ok")
    assert (await services.application.wait(task.run_id)).status == "completed"


async def test_saying_no_takes_no_values(services: Services, client: httpx.AsyncClient) -> None:
    task, path = await ask(services, client)
    page = await client.get(path)

    sent = await client.post(path, data={"token": field_of(page, "token"), "f-amount": "", "answer": "reject"})

    assert sent.status_code == 303
    assert "It was rejected" in (await client.get(path)).text
    assert await status_of(services, task) == "done"


async def test_an_answer_that_does_not_fit_is_said_beside_its_field(
    services: Services, client: httpx.AsyncClient
) -> None:
    task, path = await ask(services, client)
    page = await client.get(path)

    sent = await client.post(
        path, data={"token": field_of(page, "token"), "f-amount": "99", "note": "keep me", "answer": "approve"}
    )

    assert sent.status_code == 422
    assert 'id="f-amount-error"' in sent.text
    assert "keep me</textarea>" in sent.text
    assert await status_of(services, task) == "open"


async def test_a_second_answer_hears_of_the_first(services: Services, client: httpx.AsyncClient) -> None:
    _, path = await ask(services, client)
    data = {"token": field_of(await client.get(path), "token"), "f-amount": "1"}
    await client.post(path, data={**data, "answer": "approve"})

    again = await client.post(path, data={**data, "answer": "reject"})

    assert "It was approved" in again.text


@pytest.mark.parametrize("cut", [0, 5, 60])
async def test_a_link_that_was_changed_explains_itself(services: Services, client: httpx.AsyncClient, cut: int) -> None:
    task, path = await ask(services, client)
    token = path.removeprefix("/t/")

    answered = await client.get(f"/t/{token[:cut]}x{token[cut:-1]}")
    others = [await client.get(f"/t/{text}") for text in (task.id, task.id[:4], "last")]

    assert [one.status_code for one in (answered, *others)] == [404] * 4
    assert "This link is not complete" in answered.text
    assert await status_of(services, task) == "open"


async def test_an_expired_link_explains_itself(services: Services, client: httpx.AsyncClient) -> None:
    task, _ = await ask(services, client)
    tasks = Tasks(services.application)
    past = services.application.world.clock.now() - timedelta(minutes=1)
    (path,) = tasks.links(replace(task, deadline_at=past)).values()

    answered = await client.get(path)

    assert (answered.status_code, "This link has expired" in answered.text) == (410, True)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
async def test_a_page_of_another_site_cannot_answer(
    services: Services, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    task, path = await ask(services, client)
    data = {"token": field_of(await client.get(path), "token"), "f-amount": "1", "answer": "approve"}

    refused = await client.post(path, data=data, headers=headers)
    without = await client.post(path, data={**data, "token": ""})

    assert (refused.status_code, without.status_code) == (403, 403)
    assert await status_of(services, task) == "open"


@pytest.mark.parametrize(
    "value",
    [XSS, {XSS: XSS}, {"deep": [{XSS: [XSS]}]}, ["javascript:alert(1)", XSS], {"a": "</pre><script>alert(1)</script>"}],
)
async def test_what_a_run_shows_is_text(services: Services, client: httpx.AsyncClient, value: object) -> None:
    _, path = await ask(services, client, value)

    page = await client.get(path)

    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "alert(1)" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
