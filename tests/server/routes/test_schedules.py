"""Schedules and events over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.server.routes.conftest import TICKING, Publish, get, post

MORNING = """\
name: morning
nodes: [{id: at, type: trigger.schedule, config: {cron: "30 8 * * MON-FRI", timezone: Europe/Berlin}}]
"""


@pytest.fixture
async def scheduled(client: httpx.AsyncClient, publish: Publish) -> None:
    for text, name in ((MORNING, "morning"), (TICKING, "ticking")):
        await publish(text)
        await post(client, "/deployments", {"workflow": name}, status=201)


@pytest.mark.usefixtures("scheduled")
async def test_schedules_are_listed_by_name(client: httpx.AsyncClient) -> None:
    found = (await get(client, "/schedules"))["items"]

    assert [(one["name"], one["timezone"]) for one in found] == [("morning", "Europe/Berlin"), ("ticking", "UTC")]


@pytest.mark.usefixtures("scheduled")
async def test_fire_times_are_those_of_the_zone(client: httpx.AsyncClient) -> None:
    times = (await get(client, "/schedules/morning/next", count=3))["items"]

    assert [time["at"][11:16] for time in times] == ["08:30"] * 3
    assert len((await get(client, "/fire-times", count=4))["items"]) == 4


@pytest.mark.usefixtures("scheduled")
async def test_a_schedule_is_paused_and_resumed(client: httpx.AsyncClient) -> None:
    paused = await post(client, "/schedules/morning/pause")
    resumed = await post(client, "/schedules/morning/resume")

    assert [one["items"][0]["status"] for one in (paused, resumed)] == ["paused", "active"]
    assert paused["items"][0]["next_at"] is None


@pytest.mark.usefixtures("scheduled")
async def test_a_viewer_pauses_nothing(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    assert (await viewer.post("/api/v1/schedules/morning/pause")).status_code == 403
    assert (await get(viewer, "/schedules/morning"))["items"][0]["status"] == "active"


async def test_a_cron_is_previewed(client: httpx.AsyncClient) -> None:
    times = await get(client, "/fire-times/preview", cron="0 9 * * *", timezone="Europe/Berlin", count=2)
    wrong = await client.get("/api/v1/fire-times/preview", params={"cron": "every day"})

    assert [time["at"][11:16] for time in times["items"]] == ["09:00", "09:00"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_schedule")


async def test_an_event_is_published_to_who_listens(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish("name: pack\nnodes: [{id: heard, type: trigger.event, config: {topic: orders.*}}]\n")
    await post(client, "/deployments", {"workflow": "pack"}, status=201)

    published = await post(client, "/events", {"topic": "orders.paid", "payload": {"order": 7}}, status=202)
    wrong = await post(client, "/events", {"topic": "orders..paid"}, status=422)

    assert published["listeners"] == ["pack"]
    assert wrong["code"] == "invalid_topic"
    assert (await get(client, "/events/listeners", topic="other"))["deployments"] == []
