"""Tasks and signals over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import PAID, SHIP, Publish, execute, get, post


@pytest.fixture
async def asked(client: httpx.AsyncClient, publish: Publish) -> dict[str, str]:
    """The task of a run that waits for ada."""
    await publish(SHIP)
    await execute(client, "ship")
    (task,) = (await get(client, "/tasks"))["items"]
    return task


async def test_a_task_is_listed_with_its_form_and_for_whom_it_is(
    client_as: ClientAs, client: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    ada = await client_as("operator", name="ada")

    assert (asked["title"], asked["people"], asked["status"]) == ("Ship it?", ["ada"], "open")
    assert len((await get(ada, "/tasks", mine=True))["items"]) == 1
    assert (await get(client, "/tasks", mine=True))["items"] == []


async def test_only_who_may_answer_is_shown_the_link(
    client_as: ClientAs, client: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    ada = await client_as("operator", name="ada")

    assert (await get(ada, f"/tasks/{asked['id']}"))["link"]
    assert (await get(client, f"/tasks/{asked['id']}"))["link"] is None


async def test_who_it_is_for_answers_it_and_the_run_goes_on(
    client_as: ClientAs, client: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    ada = await client_as("operator", name="ada")

    wrong = await post(ada, f"/tasks/{asked['id']}/complete", {"approve": True, "values": {"boxes": 0}}, status=422)
    done = await post(
        ada, f"/tasks/{asked['id']}/complete", {"approve": True, "values": {"boxes": 2}, "note": "mind the cat"}
    )
    again = await post(ada, f"/tasks/{asked['id']}/complete", {"approve": True, "values": {"boxes": 2}}, status=409)

    assert wrong["code"] == "invalid_answer"
    assert (done["answer"]["by"], done["answer"]["values"]) == ("ada", {"boxes": 2})
    assert again["code"] == "task_answered"
    assert (await get(client, f"/runs/{asked['run_id']}/result", timeout=10))["status"] == "completed"
    assert (await get(client, "/tasks"))["items"] == []
    assert len((await get(client, "/tasks", status="all"))["items"]) == 1


@pytest.mark.parametrize("said", [{}, {"approve": "yes"}, {"approve": 1}, {"note": "No, please do not"}])
async def test_nothing_is_approved_that_was_not_said_to_be(
    client_as: ClientAs, client: httpx.AsyncClient, asked: dict[str, str], said: dict[str, object]
) -> None:
    ada = await client_as("operator", name="ada")

    await post(ada, f"/tasks/{asked['id']}/complete", said, status=422)

    assert [task["id"] for task in (await get(client, "/tasks"))["items"]] == [asked["id"]]


async def test_somebody_else_does_not_answer_it(client: httpx.AsyncClient, asked: dict[str, str]) -> None:
    answer = await post(client, f"/tasks/{asked['id']}/complete", {"approve": True, "values": {"boxes": 2}}, status=409)

    assert answer["code"] == "not_assigned"


async def test_a_signal_by_its_key_wakes_who_waits(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PAID)
    run_id = (await execute(client, "paid", input={"order": "o7"}))["run_id"]

    sent = await post(client, "/signals", {"name": "paid", "key": "o7"}, status=202)

    assert sent["woken"] == run_id


async def test_a_signal_that_nobody_takes_is_listed_and_dropped(client: httpx.AsyncClient) -> None:
    sent = await post(client, "/signals", {"name": "paid", "key": "o8", "payload": [1]}, status=202)

    (kept,) = (await get(client, "/signals", key="o8"))["items"]
    dropped = await client.delete(f"/api/v1/signals/{sent['id']}")

    assert (kept["id"], kept["payload"]) == (sent["id"], [1])
    assert dropped.status_code == 204
    assert (await get(client, "/signals"))["items"] == []
    assert (await client.delete(f"/api/v1/signals/{sent['id']}")).status_code == 404


async def test_signals_come_in_pages(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await post(client, "/signals", {"name": "paid", "key": f"o{number}"}, status=202)

    first = await get(client, "/signals", limit=2)
    second = await get(client, "/signals", limit=2, cursor=first["next"])

    assert [signal["key"] for page in (first, second) for signal in page["items"]] == ["o0", "o1", "o2"]
