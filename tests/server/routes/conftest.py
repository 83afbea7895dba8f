"""A client, and workflows to run with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.authoring.check.file import check_file
from treadle.server.services import Services

Publish = Callable[[str], Awaitable[str]]

PRICES = """\
name: prices
inputs: {net: number}
nodes:
  - {id: gross, type: data.transform, config: {transform: "workflow.input.net * 1.5"}}
  - {id: label, type: data.template, config: {template: "{{ nodes.gross.output }} EUR"}}
outputs: "{{ nodes.label.output }}"
"""
PAID = """\
name: paid
inputs: {order: string}
nodes:
  - {id: paid, type: flow.signal, config: {name: paid, key: "{{ workflow.input.order }}", timeout: 48h}}
  - {id: thanks, type: data.template, config: {template: "Thank you"}, after: [paid]}
outputs: "{{ nodes.thanks.output }}"
"""
SHIP = """\
name: ship
nodes:
  - id: ship
    type: flow.approval
    config:
      title: Ship it?
      who: ada
      form: {type: object, properties: {boxes: {type: integer, minimum: 1}}, required: [boxes]}
outputs: "{{ nodes.ship.output }}"
"""
FAILING = """\
name: failing
nodes:
  - {id: fine, type: data.template, config: {template: "fine"}}
  - {id: bad, type: file.read, config: {path: missing.txt}, after: [fine]}
outputs: "{{ nodes.bad.output }}"
"""
TICKING = """\
name: ticking
inputs: {size: {type: number, default: 1}}
nodes:
  - {id: every, type: trigger.interval, config: {seconds: 3600}}
  - {id: seen, type: data.variable, config: {action: increment, name: seen}, after: [every]}
outputs: "{{ nodes.seen.output }}"
"""


@pytest.fixture
def publish(services: Services) -> Publish:
    """Publish the workflow of a text; its version."""

    async def make(text: str) -> str:
        (workflow,) = check_file(text, services.application.registry).workflows
        return await services.application.publish(workflow, source=text)

    return make


@pytest.fixture
async def client(client_as: ClientAs) -> httpx.AsyncClient:
    """An editor's."""
    return await client_as("editor")


async def execute(client: httpx.AsyncClient, workflow: str, **body: Any) -> dict[str, Any]:
    """Start a run; what is answered."""
    answer = await client.post(f"/api/v1/workflows/{workflow}/execute", json=body)
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    """What is at an address of the API."""
    answer = await client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(client: httpx.AsyncClient, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = await client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def wait_until_it_rests(client: httpx.AsyncClient, run_id: str) -> dict[str, Any]:
    """The run, once nothing of it is under way."""
    for _ in range(500):
        run = await get(client, f"/runs/{run_id}")
        if run["status"] not in ("running", "queued"):
            return run
        await asyncio.sleep(0.01)
    raise AssertionError(f"Run {run_id} does not come to rest.")
