"""What a request costs before it is known who asks, and how much of it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.errors import InvalidWorkflow
from treadle.server.app import create_app
from treadle.server.json_body import MOST_BRACKETS, read_json
from treadle.server.services import Services

WORKFLOWS = "/api/v1/workflows"


class Body:
    """What is sent, and how much of it somebody has asked for."""

    def __init__(self, part: bytes = b"[[[[", parts: int = 100) -> None:
        self._part, self._parts = part, parts
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._parts):
            self.read += 1
            yield self._part


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer trk_wrong"}, {"Cookie": "treadle_session=wrong"}])
@pytest.mark.parametrize("path", ["/workflows", "/session/", "/sessions", "/nowhere"])
async def test_a_body_of_nobody_is_not_read(client_as: ClientAs, headers: dict[str, str], path: str) -> None:
    nobody, body = await client_as(None), Body()

    answer = await nobody.post(f"/api/v1{path}", content=body, headers={"Content-Type": "application/json", **headers})

    assert (answer.status_code, answer.json()["code"], body.read) == (401, "unauthenticated", 0)


async def test_who_asks_too_often_is_told_so_before_their_body_is_read(services: Services) -> None:
    application = services.application
    application.settings = replace(application.settings, requests_per_minute=6)
    transport, body = httpx.ASGITransport(create_app(services)), Body()
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
        first = await client.post(WORKFLOWS, json=1)

        second = await client.post(WORKFLOWS, content=body, headers={"Content-Type": "application/json"})
        signing_in = await client.post("/api/v1/session", json={"name": "ada", "password": "x"})

    assert (first.status_code, second.status_code, body.read, signing_in.status_code) == (401, 429, 0, 429)


async def test_of_who_signs_in_a_name_and_a_password_are_read(client_as: ClientAs) -> None:
    nobody, body = await client_as(None), Body(b" " * 1000, 20)

    much = await nobody.post("/api/v1/session", content=body, headers={"Content-Type": "application/json"})
    wrong = await nobody.post("/api/v1/session", json={"name": "ada", "password": "not hers at all"})

    assert (much.status_code, body.read <= 11, wrong.status_code) == (413, True, 401)


async def test_a_body_of_many_lists_is_refused_before_one_is_made(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    answer = await editor.post(
        WORKFLOWS, content=b"[" + b"[]," * MOST_BRACKETS + b"[]]", headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
    assert "lists and objects" in answer.json()["detail"]


@pytest.mark.parametrize("inside", [b"", b"1", b'{"a": 1}'])
def test_what_is_nested_too_deep_is_refused_whatever_is_in_it(inside: bytes) -> None:
    with pytest.raises(InvalidWorkflow, match="deep"):
        read_json(b"[" * 65 + inside + b"]" * 65)


def test_what_may_be_is_read() -> None:
    assert read_json(b"[" * 64 + b"]" * 64) is not None
    assert read_json(b'{"rows": [' + b'{"a": [1]},' * 100 + b"{}]}")["rows"][0] == {"a": [1]}
