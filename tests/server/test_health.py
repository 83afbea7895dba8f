"""`/healthz`, `/readyz`, `/metrics` and the page at the root."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.server.conftest import ClientAs
from treadle.authoring.check.file import check_file
from treadle.server.app import create_app
from treadle.server.metrics import RunMetrics
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

GREETING = """\
name: greeting
nodes:
  - {id: hello, type: data.template, config: {template: "Hello"}}
  - {id: broken, type: data.template, config: {template: "{{ 1 / 0 }}"}, on_error: continue}
"""


async def run(services: Services, text: str = GREETING) -> None:
    loaded = check_file(text, services.application.registry, source="test")
    await services.application.execute(ExecutionRequest(loaded.workflows[0]))


def numbers(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_living_process_says_so_to_everybody_and_nothing_more(client_as: ClientAs) -> None:
    client = await client_as(None)

    answer = await client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_it_is_ready_until_it_stops(client_as: ClientAs, services: Services) -> None:
    client = await client_as(None)
    before = await client.get("/readyz")

    services.door.shut()
    after = await client.get("/readyz")

    assert (before.status_code, before.json()["ready"]) == (200, True)
    assert (after.status_code, after.json()) == (503, {"ready": False, "why": "stopping"})


async def test_it_is_not_ready_without_its_store(settings: Settings) -> None:
    application = Application(settings)
    services = Services(application, Deployments(application), Identities(application))
    transport = httpx.ASGITransport(create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
        answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["why"]) == (503, "store")


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("viewer", 403), ("editor", 403), ("admin", 200)])
async def test_metrics_are_for_administrators(client_as: ClientAs, role: str | None, status: int) -> None:
    client = await client_as(role)

    assert (await client.get("/metrics")).status_code == status


async def test_a_key_for_metrics_alone_is_enough(client_as: ClientAs) -> None:
    client = await client_as("admin", scopes=("system:read",))

    assert (await client.get("/metrics")).status_code == 200


async def test_metrics_can_be_opened_to_everybody(services: Services, client_as: ClientAs) -> None:
    services.application.settings = replace(services.application.settings, metrics_public=True)
    client = await client_as(None)

    assert (await client.get("/metrics")).status_code == 200


async def test_metrics_tell_what_runs_and_nodes_came_to(services: Services, client_as: ClientAs) -> None:
    client = await client_as("admin")
    async with RunMetrics(services.application) as services.runs:
        await run(services)

        found = numbers((await client.get("/metrics")).text)

    assert found["treadle_runs_started_total", ()] == 1
    assert found["treadle_runs_finished_total", ("completed",)] == 1
    assert found["treadle_nodes_total", ("completed",)] == 1
    assert found["treadle_nodes_total", ("failed",)] == 1
    assert found["treadle_node_seconds_count", ()] == 1
    assert found["treadle_runs_unfinished", ("running",)] == 0
    assert found["treadle_store_commits_total", ()] >= 1
    assert found["treadle_ready", ()] == 1


async def test_no_label_holds_an_id(services: Services, client_as: ClientAs) -> None:
    client = await client_as("admin")
    await client.get("/api/v1/runs/r0000000000000000zzz")

    text = (await client.get("/metrics")).text

    assert "zzz" not in text


async def test_the_root_sends_strangers_to_sign_in(client_as: ClientAs) -> None:
    client = await client_as(None)

    answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_the_root_shows_what_runs_and_no_script(services: Services, client_as: ClientAs) -> None:
    client = await client_as("viewer", name="me")
    await run(services)

    page = (await client.get("/")).text

    assert "greeting" in page
    assert 'me <span class="soft">viewer</span>' in page
    assert "<script" not in page


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("editor", 403), ("admin", 200)])
async def test_an_administrator_is_told_what_doctor_finds(client_as: ClientAs, role: str | None, status: int) -> None:
    client = await client_as(role)

    answer = await client.get("/api/v1/system")

    assert answer.status_code == status
    if status == 200:
        assert "disk" in {finding["subject"] for finding in answer.json()["findings"]}
