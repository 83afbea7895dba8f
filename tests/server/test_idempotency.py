"""`Idempotency-Key`: what is sent twice is done once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server import idempotency
from treadle.server.services import Services

PATH = "/api/v1/workflows"
KEY = {"Idempotency-Key": "3f0c"}


def body(name: str = "a") -> dict[str, str]:
    return {"text": f"name: {name}\nnodes: []\n"}


@pytest.fixture
async def editor(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("editor")


async def test_the_same_request_is_answered_as_before_and_not_done_again(editor: httpx.AsyncClient) -> None:
    first = await editor.post(PATH, json=body(), headers=KEY)
    second = await editor.post(PATH, json=body(), headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


async def test_a_key_is_not_for_another_request(editor: httpx.AsyncClient) -> None:
    await editor.post(PATH, json=body(), headers=KEY)

    other = await editor.post(PATH, json=body("b"), headers=KEY)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_of_two_at_once_one_is_done_and_the_other_told_to_wait(editor: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(editor.post(PATH, json=body(), headers=KEY) for _ in range(5)))

    done = [one for one in answers if one.status_code == 201]
    waiting = [one for one in answers if one.status_code == 409]
    assert done
    assert len(done) + len(waiting) == 5
    assert sum("idempotency-replayed" not in one.headers for one in done) == 1
    assert all(one.json()["code"] == "under_way" and one.headers["retry-after"] for one in waiting)


async def test_what_was_refused_may_be_tried_again_with_the_same_key(editor: httpx.AsyncClient) -> None:
    path = f"{PATH}/a/publish"
    refused = await editor.post(path, json={}, headers=KEY)
    valid = "name: a\nnodes:\n  - {id: x, type: data.transform, config: {transform: '1'}}\n"
    await editor.post(PATH, json={"text": valid})

    again = await editor.post(path, json={}, headers=KEY)

    assert (refused.status_code, again.status_code) == (404, 200)


async def test_a_key_belongs_to_who_sent_it(client_as: ClientAs) -> None:
    one, other = await client_as("editor"), await client_as("editor", name="other")
    await one.post(PATH, json=body(), headers=KEY)

    theirs = await other.post(PATH, json=body("b"), headers=KEY)

    assert theirs.status_code == 201


async def test_a_key_counts_for_nothing_once_it_is_revoked(client_as: ClientAs, services: Services) -> None:
    editor = await client_as("editor")
    await editor.post(PATH, json=body(), headers=KEY)
    editor.headers["authorization"] = "Bearer trk_nothing"

    assert (await editor.post(PATH, json=body(), headers=KEY)).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * 201, "with space", "ümlaut"])
async def test_a_key_that_is_none_is_refused(editor: httpx.AsyncClient, key: str) -> None:
    response = await editor.post(PATH, json=body(), headers=[(b"Idempotency-Key", key.encode())])

    assert (response.status_code, response.json()["code"]) == (422, "bad_idempotency_key")


async def test_what_a_process_that_is_gone_had_begun_is_not_done_again_blindly(
    editor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await editor.post(PATH, json=body(), headers=KEY)
    store_actor = await _begin_in_another_process(editor)

    response = await editor.post(PATH, json=body("b"), headers={"Idempotency-Key": "other"})

    assert store_actor
    assert (response.status_code, response.json()["code"]) == (409, "outcome_unknown")


async def _begin_in_another_process(editor: httpx.AsyncClient) -> str:
    """A row as a process leaves it that was killed in the middle."""
    transport: httpx.ASGITransport = editor._transport  # pyright: ignore
    services: Services = transport.app.state.services  # pyright: ignore
    store, now = services.application.store, services.application.world.clock.now()

    def copy(connection):  # pyright: ignore
        actor = connection.execute("SELECT actor FROM idempotency").fetchone()[0]
        scope = {
            "method": "POST",
            "path": PATH,
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        request = httpx.Request("POST", "http://a", json=body("b"))
        digest = idempotency._digest(scope, request.content)  # pyright: ignore
        return actor, digest

    actor, digest = await store.read(copy)
    await store.begin_request(actor, "other", request=digest, by="gone", expires_at=now + timedelta(hours=1))
    return actor


async def test_a_secret_that_is_shown_once_is_not_shown_again_nor_kept(client_as: ClientAs, services: Services) -> None:
    editor = await client_as("editor")
    made = await editor.post("/api/v1/keys", json={"name": "mine"}, headers=KEY)
    again = await editor.post("/api/v1/keys", json={"name": "mine"}, headers=KEY)

    kept = await services.application.store.read(lambda c: c.execute("SELECT status, body FROM idempotency").fetchall())
    assert made.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "response_not_kept")
    assert kept == [(201, None)]


STREAM = {"wait": "stream"}


@pytest.fixture
async def streamer(editor: httpx.AsyncClient) -> httpx.AsyncClient:
    text = "name: a\nnodes:\n  - {id: x, type: data.transform, config: {transform: '1'}}\n"
    await editor.post(PATH, json={"text": text, "publish": True})
    return editor


async def test_a_stream_that_is_asked_for_again_is_that_of_the_same_run(
    streamer: httpx.AsyncClient, services: Services
) -> None:
    first = await streamer.post(f"{PATH}/a/execute", json=STREAM, headers=KEY)
    second = await streamer.post(f"{PATH}/a/execute", json=STREAM, headers=KEY)

    runs = await services.application.list_runs()
    assert first.headers["content-type"].startswith("text/event-stream")
    assert ids(second.text) == ids(first.text)
    assert second.headers["location"] == first.headers["location"] == f"/api/v1/runs/{runs[0].id}"
    assert second.headers["idempotency-replayed"] == "true"
    assert len(runs) == 1


async def test_a_stream_goes_on_where_its_reader_lost_it(streamer: httpx.AsyncClient) -> None:
    told = ids((await streamer.post(f"{PATH}/a/execute", json=STREAM, headers=KEY)).text)

    rest = await streamer.post(f"{PATH}/a/execute", json=STREAM, headers={**KEY, "Last-Event-ID": told[0]})

    assert ids(rest.text) == told[1:]


async def test_a_key_of_a_stream_is_not_for_another_request(streamer: httpx.AsyncClient) -> None:
    await streamer.post(f"{PATH}/a/execute", json=STREAM, headers=KEY)

    other = await streamer.post(f"{PATH}/a/execute", json={**STREAM, "mode": "paper"}, headers=KEY)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def ids(stream: str) -> list[str]:
    return [line.removeprefix("id:").strip() for line in stream.splitlines() if line.startswith("id:")]
