"""Canaries: a secret in every place where one may be put, and then a look at everything that anybody may see."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.following import following
from tests.server.hooked import ECHO
from tests.server.live_server import serving
from treadle.authoring.check.file import check_file
from treadle.engine.redaction import forms_of
from treadle.errors import NodeError
from treadle.model.event import RunEvent
from treadle.model.ids import RunId
from treadle.node import Context, SecretRef, effect, node
from treadle.server.app import create_app
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.live.event import MOST_CAP
from treadle.service.logs import JsonLines, TextLines
from treadle.service.project import installed_registry
from treadle.service.settings import Settings
from treadle.store.payload import Payload, unpack

pytestmark = pytest.mark.slow

CANARIES = {
    "environment": 'canary-env-7f3a9c!"x\\e',
    "environment profile": "canary-envprof-1b2c3d4e",
    "vault": "canary-vault-9a8b7c6d/+=",
    "vault profile": "canary-vaultprof-55aa66bb",
    "address": "canary-address-0f1e2d3c",
}
"""With letters that JSON, URLs and HTML write otherwise."""


@effect("leak.everywhere", in_doubt="repeat")
async def everywhere(
    ctx: Context, value: Any = None, *, key: SecretRef, own: SecretRef | None = None
) -> dict[str, Any]:
    """Puts its secrets wherever an effect can put anything."""
    ctx.log(f"key is {key}", key=key, nested={"own": [own]})
    ctx.progress(0.5, f"with {key}")
    ctx.stream(f"token {own} token")
    await ctx.state.set("token", {"key": key}, scope="workflow")
    await ctx.events.publish("leaks", {"key": key})
    encoded = base64.b64encode(f"user:{key}".encode()).decode()
    return {
        "key": key,
        "text": f"in the middle {key} of it, and {own}",
        "json": json.dumps({"key": key}),
        "base64": encoded,
        "bytes": f"as bytes {own}".encode(),
        key: "as a name",
        "value": value,
    }


@effect("leak.fails", in_doubt="repeat")
async def fails(ctx: Context, value: Any = None, *, key: SecretRef) -> str:
    raise NodeError(f"401: bad key {key}", code="refused", remedy=f"not {key}", retryable=False, sent={"key": key})


@node("leak.pure")
def pure(value: Any = None, *, key: SecretRef) -> str:
    return f"Bearer {key}"


@effect("leak.asks", in_doubt="repeat")
async def asks(ctx: Context, *, key: SecretRef) -> str:
    task = await ctx.tasks.ask(title=f"May {key} pass?", message=key, value={"key": key})
    return task.status


WORKFLOW = """
name: leaky
inputs: {given: {type: string, default: ""}}
nodes:
  - {id: start, type: trigger.manual}
  - {id: echo, type: http.request, config: {url: "ADDRESS/echo", method: POST, auth: bearer,
     secret: "{{ secrets.from_env }}", query: {given: "{{ workflow.input.given }}"}}}
  - {id: profile, type: http.request, config: {url: "ADDRESS/echo", auth: basic, username: ada,
     secret: "{{ secrets.token }}"}}
  - {id: refused, type: http.request, config: {url: "ADDRESS/refuse", auth: header,
     secret: "{{ secrets.from_vault }}"}, on_error: branch}
  - {id: leak, type: leak.everywhere, config: {key: "{{ secrets.from_env }}", own: "{{ secrets.env_token }}"}}
  - {id: vaulted, type: leak.everywhere, config: {key: "{{ secrets.from_vault }}", own: "{{ secrets.database }}"}}
  - {id: computed, type: leak.pure, config: {key: "{{ secrets.token }}"}}
  - {id: wrong, type: leak.fails, config: {key: "{{ secrets.from_env }}"}, on_error: branch}
  - {id: code, type: code.python, config: {source: "[you, raw]"}}
connections:
  - {from: echo.body, to: leak.value}
  - {from: profile.body, to: code.inputs}
outputs: {all: "{{ nodes.leak.output }}", code: "{{ nodes.code.output }}"}
"""
ASKING = """
name: asking
nodes:
  - {id: ask, type: leak.asks, config: {key: "{{ secrets.from_vault }}"}}
"""


@asynccontextmanager
async def echo_server() -> AsyncIterator[str]:
    """Answers with everything it was sent; `/refuse` with 401 and the same in its error."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.splitlines()
        headers = dict(line.split(": ", 1) for line in lines if line)
        body = json.dumps({"you": headers, "raw": head}).encode()
        status = "401 Unauthorized" if "/refuse" in first else "200 OK"
        seen = headers.get("Authorization") or headers.get("authorization") or ""
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Seen: {seen}\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
            + body
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Caught(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [TextLines().format(record), JsonLines().format(record)]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Caught]:
    handler, log = Caught(), logging.getLogger("treadle")
    monkeypatch.setattr(log, "level", logging.DEBUG)
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


def leaks(text: str | bytes) -> list[str]:
    """The canaries that sing in `text`, however they are written."""
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return [place for place, value in CANARIES.items() if any(form in content for form in forms_of(value))]


def rows_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of every table, what is packed unpacked."""
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                if value is not None:
                    yield table, value if isinstance(value, bytes) else str(value).encode()
            if table == "payloads":
                yield table, unpack(Payload(*row), place="test").encode()
    connection.close()


def files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All but that of the keys."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.endswith(".key"):
            yield file.name, file.read_bytes()


def test_the_canaries_would_be_heard() -> None:
    assert all(leaks(f"before {value} after") for value in CANARIES.values())


async def test_no_secret_turns_up_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: Caught) -> None:
    plant(monkeypatch)
    settings = replace(
        Settings(),
        db=str(tmp_path / "treadle.db"),
        workspace=str(tmp_path),
        allow_private_network=True,
        backup_folder=str(tmp_path / "backups"),
    )
    registry = installed_registry(settings).with_definitions(everywhere, fails, pure, asks)
    application = Application(settings, registry=registry)
    heard: list[RunEvent] = []
    found: list[tuple[str, list[str]]] = []
    sent: list[str] = []

    def look(where: str, text: str | bytes) -> None:
        sent.append(where)
        if sung := leaks(text):
            found.append((where, sung))

    async with application, echo_server() as address:
        services = Services(application, Deployments(application), Identities(application))
        admin = await services.identities.create_user("ada", role="admin")
        key = await services.identities.make_key(admin, "test")
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(services)),
            base_url="http://127.0.0.1:8765",
            headers={"Authorization": f"Bearer {key.text}"},
        ) as client:
            await fill_vault(client, look)
            application.dispatcher.watch(heard.append)
            for text in (WORKFLOW, ASKING, ECHO):
                checked = check_file(text.replace("ADDRESS", address), registry)
                assert checked.result.valid, checked.result.errors
                await application.publish(checked.workflows[0])
            run_id = await run_everything(application, client, look)
            await call_webhook(client, look)
            await probe_api(client, run_id, look)
            await take_along(client, look)
            await follow(services, key.text, run_id, look)  # the door is closed behind it
            result = await application.get_result(run_id)
            for line in traced(application):
                logging.getLogger("treadle.test").error("failed", exc_info=line)
    for event in heard:
        look(f"event {type(event).__name__}", repr(event))
    for line in logged.lines:
        look("log", line)
    for table, value in rows_of(tmp_path / "treadle.db"):
        look(f"table {table}", value)
    (copy,) = (tmp_path / "backups").glob("*.db")
    for table, value in rows_of(copy):
        look(f"table {table} of the backup", value)
    for name, content in files_in(tmp_path):
        look(f"file {name}", content)

    assert result.status == "completed"
    assert found == []
    assert {"table journal", "table run_logs", "table audit", "table credentials", "event Streamed"} <= set(sent)
    assert {"stream of a run", "stream of everything", "stream of an execution", "backup", "export"} <= set(sent)
    assert "table journal of the backup" in sent
    shown = repr(result.nodes)
    assert shown.count("•••") > 10  # the secrets did come by


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREADLE_KEY", raising=False)
    monkeypatch.setenv("TREADLE_SECRET_FROM_ENV", CANARIES["environment"])
    monkeypatch.setenv("TREADLE_PROFILE_GIVEN_ENV_TOKEN", CANARIES["environment profile"])


Look = Callable[[str, str | bytes], None]


async def fill_vault(client: httpx.AsyncClient, look: Look) -> None:
    stored = {
        "token": CANARIES["vault profile"],
        "database": f"postgresql://ada:{CANARIES['address']}@db.example/app",
        "username": "ada",
    }
    answers = [
        await client.put("/api/v1/secrets/from_vault", json={"value": CANARIES["vault"]}),
        await client.post("/api/v1/profiles", json={"name": "main", "provider": "http", "fields": stored}),
        await client.patch("/api/v1/profiles/main", json={"fields": {"token": CANARIES["vault profile"]}}),
        await client.post("/api/v1/profiles", json={"name": "main", "fields": stored}),
        await client.post("/api/v1/profiles", json={"name": "bad name", "fields": {"a b": CANARIES["vault"]}}),
        await client.put("/api/v1/secrets/from_vault", json={"value": [CANARIES["vault"]]}),
    ]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 409, 422, 422]
    for answer in answers:
        look("answer of the vault", answer.content)


async def run_everything(application: Application, client: httpx.AsyncClient, look: Look) -> RunId:
    request = ExecutionRequest(
        "leaky",
        input={"given": f"given {CANARIES['environment']!r:.3} {CANARIES['vault profile']}"},
        profiles=("main", "given"),
    )
    result = await application.execute(request)
    asking = await application.execute(ExecutionRequest("asking", profiles=("main", "given")))
    look("output", repr((result, asking)))
    body = {"input": {"given": CANARIES["vault"]}, "profiles": ["main", "given"]}
    for _ in range(2):
        answer = await client.post(
            "/api/v1/workflows/leaky/execute", json=body, headers={"Idempotency-Key": "canary-idempotency-key"}
        )
        assert answer.status_code < 300, answer.text
        look("answer of a run", answer.content)
    assert (result.status, asking.status) == ("completed", "suspended"), (result.error, asking.error)
    for path, value in (
        ("/api/v1/signals", {"name": "s", "payload": {"a": CANARIES["vault"]}}),
        ("/api/v1/events", {"topic": "t", "payload": [CANARIES["environment"]]}),
        (f"/api/v1/runs/{CANARIES['vault profile']}", {"x": CANARIES["vault"]}),
        (f"/api/v1/workflows/{CANARIES['vault profile']}/execute", {"x": CANARIES["vault"]}),
    ):
        look(f"answer of {path[:17]}", (await client.post(path, json=value)).content)
    return result.run_id


async def call_webhook(client: httpx.AsyncClient, look: Look) -> None:
    """What nobody owns is deployed on the account of whoever has the profile: its secrets are looked for there."""
    deployed = await client.post("/api/v1/deployments", json={"workflow": "echo", "name": "echo"})
    assert deployed.status_code == 201, deployed.text
    answer = await client.post(
        "/hooks/echo/berlin",
        params={"key": CANARIES["vault profile"]},
        json={"key": CANARIES["environment"]},
        headers={"X-Key": CANARIES["vault"].encode().hex(), "X-Api-Key": CANARIES["environment profile"]},
    )
    assert answer.status_code == 200, answer.text
    look("answer of the webhook", answer.content + repr(answer.headers).encode())


async def follow(services: Services, key: str, run_id: RunId, look: Look) -> None:
    """Everything that is told live, with the largest values there are."""
    most = {"max_value_bytes": MOST_CAP}
    async with (
        serving(services) as address,
        httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client,
    ):
        async with following(client, f"/runs/{run_id}/events", **most) as stream:
            told = [event async for event in stream.read()]
        assert {"node.completed", "log", "run.finished"} <= {event["type"] for event in told}
        look("stream of a run", json.dumps(told))
        async with following(client, "/events/stream", **most) as stream:
            body = {"input": {"given": CANARIES["vault"]}, "profiles": ["main", "given"], "wait": "stream"}
            answer = await client.post("/api/v1/workflows/leaky/execute", json=body)
            assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
            look("stream of an execution", answer.content)
            told = await stream.read_until("run.finished")
        look("stream of everything", json.dumps(told))
        assert {"node.started", "node.completed", "log"} <= {event["type"] for event in told}


async def take_along(client: httpx.AsyncClient, look: Look) -> None:
    """What is made to be carried elsewhere."""
    for method, path in (("GET", "/workflows/leaky/export"), ("POST", "/workflows/export")):
        answer = await client.request(method, f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        look("export", answer.content)
    made = await client.post("/api/v1/system/backup")
    assert made.status_code == 201, made.text
    for answer in (made, await client.get("/api/v1/audit"), await client.get("/api/v1/system")):
        look("backup", answer.content)


async def probe_api(client: httpx.AsyncClient, run_id: RunId, look: Look) -> None:
    """Every GET of the document, for what there is."""
    document = (await client.get("/api/v1/openapi.json")).json()
    tasks = (await client.get("/api/v1/tasks")).json()["items"]
    known = {
        "run_id": run_id,
        "name": "leaky",
        "version": "1",
        "node": "leak",
        "path": "leak",
        "task_id": tasks[0]["id"],
    }
    names = {"profiles": "main", "deployments": "echo", "secrets": "from_vault"}
    probed = 0
    for path, operations in document["paths"].items():
        if "get" not in operations or "stream" in path or path.endswith("events") or "sse" in str(operations["get"]):
            continue
        resource = path.removeprefix("/api/v1").split("/")[1]
        values = {**known, "name": names.get(resource, "leaky")}
        try:
            address = path.format(**values)
        except KeyError:
            continue
        address = address if address.startswith("/api/v1") else f"/api/v1{address}"
        answer = await client.get(address)
        probed += answer.status_code == 200
        look(f"GET {path}", answer.content)
    assert probed > 10


def traced(application: Application) -> list[BaseException]:
    """An error with a traceback that holds a secret in its text."""
    try:
        raise RuntimeError(f"{application.world.secrets['from_vault']} in a traceback")
    except RuntimeError as error:
        return [error]
