"""The API does what its document says: schemathesis sends what fits the document and what does not, to every route."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server.live_server import serving
from treadle.server.api import create_document
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

pytestmark = pytest.mark.slow

EXAMPLES = 6
"""Requests of each kind (fitting, not fitting) to each operation."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LOUD = frozenset({"text/event-stream"})
"""What never ends by itself is tested where it is made."""
ALONE = frozenset({"signOut"})
"""Operations that would end the session of the test, or take long on purpose."""
SEEDS = ("desk", "other-desk")


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[tuple[str, str]]:
    """(address, API key of an administrator) of a server in a thread of its own."""
    loop = asyncio.new_event_loop()
    found: list[tuple[str, str]] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        chosen = replace(
            Settings(),
            db=str(folder / "treadle.db"),
            workspace=str(folder),
            synchronous="OFF",
            backup_folder=str(folder / "backups"),
        )
        async with Application(chosen) as application:
            identities = Identities(application)
            services = Services(application, Deployments(application), identities)
            admin = await identities.create_user("admin", role="admin")
            key = (await identities.make_key(admin, "test")).text
            async with serving(services) as address:
                found.append((address, key))
                ready.set()
                await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run, name="server", daemon=True)
    thread.start()
    ready.wait(30)
    try:
        assert found, "the server did not start"
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)


def _seed(address: str, key: str) -> dict[str, Any]:
    """Something of each kind, called as the parameter of its address is filled in: path parameter to value."""
    with httpx.Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {key}"}) as client:
        for name in SEEDS:
            nodes = [{"id": "a", "type": "data.transform", "config": {"transform": "workflow.input.x"}}]
            body = {"definition": {"name": name, "inputs": {"x": "number"}, "nodes": nodes}, "publish": True}
            client.post("/workflows", json=body).raise_for_status()
            client.put(f"/workflows/{name}", json={"text": f"name: {name}\nnodes: []\n"}, headers={"If-Match": "*"})
        run = client.post("/workflows/desk/execute", json={"input": {"x": 1}}).raise_for_status().json()
        nodes = [{"id": "ask", "type": "flow.approval", "config": {"title": "Well?"}}]
        client.post("/workflows", json={"definition": {"name": "ask", "nodes": nodes}, "publish": True})
        client.post("/workflows/ask/execute", json={"wait": "async"})
        client.post("/deployments", json={"workflow": "desk", "name": "desk", "every": 3600, "input": {"x": 1}})
        client.post("/users", json={"name": "desk", "role": "viewer"})
        client.post("/teams", json={"name": "desk"})
        tasks = client.get("/tasks").json()["items"]
    return {
        "name": "desk",
        "version": "1",
        "type": "data.transform",
        "run_id": run["run_id"],
        "path": "a",
        **({"task_id": tasks[0]["id"]} if tasks else {}),
    }


def _is_tested(document: dict[str, Any], operation: Any) -> bool:
    raw = document["paths"][operation.path][operation.method]
    kinds = {kind for response in raw["responses"].values() for kind in response.get("content", {})}
    return raw["operationId"] not in ALONE and not (kinds & LOUD and "application/json" not in kinds)


class _Sender:
    """Sends what schemathesis thinks of, and remembers the first answer of each operation that the document denies."""

    def __init__(self, key: str, mode: GenerationMode, there: dict[str, Any]) -> None:
        self.failures: dict[str, str] = {}
        self.requests = 0
        self._key = key
        self._mode = mode
        self._there = there
        self._session = requests.Session()

    def exercise(self, operation: Any) -> None:
        label = f"{operation.method.upper()} {operation.path}"

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=self._mode))
        def send(case: Any) -> None:
            self._send(label, case)

        try:
            send()
        except (Exception, BaseExceptionGroup) as error:
            self.failures.setdefault(label, f"{type(error).__name__}: {error}")

    def _send(self, label: str, case: Any) -> None:
        self.requests += 1
        if self._mode is GenerationMode.POSITIVE and self.requests % 2:  # half of them are about what is there
            given = case.path_parameters or {}
            case.path_parameters = {name: self._there.get(name, value) for name, value in given.items()}
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {self._key}"}
        response = case.call(session=self._session, timeout=20)
        try:
            case.validate_response(response, checks=CHECKS)
        except (Exception, BaseExceptionGroup) as error:
            self.failures.setdefault(label, f"{error} {getattr(error, 'exceptions', '')}")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_route_answers_as_the_document_says(tmp_path: Path, mode: GenerationMode) -> None:
    document = create_document()
    with _server(tmp_path) as (address, key):
        there = _seed(address, key)
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=f"{address}/api/v1")
        sender = _Sender(key, mode, there)
        operations = [
            one for one in (result.ok() for result in schema.get_all_operations()) if _is_tested(document, one)
        ]
        for operation in operations:
            sender.exercise(operation)

    assert len(operations) > 20
    assert not sender.failures, "\n\n".join(f"== {label}\n{text[:1500]}" for label, text in sender.failures.items())
