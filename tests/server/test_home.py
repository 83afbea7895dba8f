"""The page at the root of a server that was installed without the editor."""

from __future__ import annotations

import pytest

from tests.server.conftest import ClientAs
from tests.server.test_health import run
from treadle.authoring.check.file import check_file
from treadle.server.services import Services
from treadle.service.execution import ExecutionRequest

ASKING = """
name: asking
nodes:
  - {id: ask, type: flow.approval, config: {title: "Ship <it>?"}}
"""


@pytest.fixture
async def run_id(services: Services) -> str:
    (workflow,) = check_file(ASKING, services.application.registry).workflows
    return (await services.application.execute(ExecutionRequest(workflow))).run_id


async def test_open_tasks_are_listed_with_the_page_that_answers_them(client_as: ClientAs, run_id: str) -> None:
    page = (await (await client_as("admin")).get("/")).text

    assert "Ship &lt;it&gt;?" in page
    link = page.split('<a href="/t/')[1].split('"')[0]
    assert (await (await client_as(None)).get(f"/t/{link}")).status_code == 200


async def test_who_may_not_answer_is_given_no_link(client_as: ClientAs, run_id: str) -> None:
    page = (await (await client_as("viewer")).get("/")).text

    assert "Ship &lt;it&gt;?" in page
    assert "/t/" not in page


async def test_a_run_leads_to_what_the_api_says_of_it(client_as: ClientAs, run_id: str) -> None:
    client = await client_as("admin")

    page = (await client.get("/")).text

    assert f'href="/api/v1/runs/{run_id}"' in page
    assert (await client.get(f"/api/v1/runs/{run_id}")).json()["id"] == run_id


async def test_the_root_sends_strangers_to_sign_in(client_as: ClientAs) -> None:
    answer = await (await client_as(None)).get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_the_root_shows_what_runs_and_no_script(client_as: ClientAs, services: Services) -> None:
    await run(services)

    page = (await (await client_as("viewer", name="me")).get("/")).text

    assert "greeting" in page
    assert 'me <span class="soft">viewer</span>' in page
    assert "<script" not in page


async def test_other_addresses_are_none(client_as: ClientAs) -> None:
    answer = await (await client_as("viewer")).get("/workflows", headers={"Accept": "text/html"})

    assert answer.status_code == 404
