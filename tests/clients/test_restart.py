"""A server that is killed in the middle of a stream, and comes back: who watches misses nothing, and nothing twice."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cli.process import Process
from tests.clients.node import build_typescript_client, run_node
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STEPS = 8
SLOW = {
    "name": "slow",
    "nodes": [
        node
        for number in range(STEPS)
        for node in (
            {"id": f"wait{number}", "type": "flow.wait", "config": {"duration": "300ms"}},
            {"id": f"word{number}", "type": "data.template", "config": {"template": f"{number}"}},
        )
    ],
    "connections": [
        connection
        for number in range(STEPS)
        for connection in (
            {"from": f"wait{number}", "to": f"word{number}.trigger"},
            *([{"from": f"word{number}", "to": f"wait{number + 1}.trigger"}] if number < STEPS - 1 else []),
        )
    ],
    "outputs": f"{{{{ nodes.word{STEPS - 1}.output }}}}",
}
WATCH = """
import { Treadle } from "@treadle/client";
const treadle = new Treadle({ url: process.env.TREADLE_URL, key: process.env.TREADLE_KEY });
for await (const event of treadle.runs.events(process.env.TREADLE_RUN)) {
  console.log(JSON.stringify([event.id, event.type]));
}
"""


def find_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def make_key(folder: Path) -> str:
    settings = replace(Settings(), db=str(folder / "treadle.db"), workspace=str(folder))
    async with Application(settings) as application:
        identities = Identities(application)
        user = await identities.create_user("ada", role="admin")
        return (await identities.make_key(user, "client", scopes=("*",))).text


def start(folder: Path, port: int) -> Process:
    return Process(folder, "server", "--port", str(port), TREADLE_DB=str(folder / "treadle.db"))


async def kill(server: Process) -> None:
    server.send(signal.SIGKILL)
    await asyncio.to_thread(server.end)


def is_half_done(events: list[Any]) -> bool:
    return sum(event.type == "node.completed" for event in events) == STEPS // 2


def kept(told: Iterable[list[str]]) -> list[list[str]]:
    """What is kept of ids and types. That a node began is told to those who watch, under an id of its own or as it is
    kept, whichever is sooner, and not again."""
    return [[id, type] for id, type in told if "+" not in id and type != "node.started"]


def seen(events: Iterable[Any]) -> list[list[str]]:
    return kept([event.id, event.type] for event in events)


async def test_a_server_that_is_killed_loses_no_event_of_a_stream(treadle_client: ModuleType, tmp_path: Path) -> None:
    key, port = await make_key(tmp_path), find_port()
    retries = treadle_client.Retries(most=60, first=0.2)
    async with treadle_client.AsyncTreadle(f"http://127.0.0.1:{port}", key=key, retries=retries) as treadle:
        with start(tmp_path, port) as server:
            await treadle.workflows.create(definition=SLOW, publish=True)
            run = await treadle.workflows.execute("slow", wait="async")
            events = treadle.runs.events(run.run_id)
            watched: list[Any] = []
            async for event in events:
                watched.append(event)
                if is_half_done(watched):
                    break
            await kill(server)
        with start(tmp_path, port):
            async for event in events:
                watched.append(event)
            again = [event async for event in treadle.runs.events(run.run_id)]

    assert watched[-1].data["status"] == "completed"
    assert seen(watched) == seen(again)


async def test_the_typescript_client_loses_none_either(treadle_client: ModuleType, tmp_path: Path) -> None:
    package = await build_typescript_client(tmp_path)
    script = package / "test" / "watch.ts"
    script.write_text(WATCH)
    key, port = await make_key(tmp_path), find_port()
    url = f"http://127.0.0.1:{port}"
    retries = treadle_client.Retries(most=60, first=0.2)
    async with treadle_client.AsyncTreadle(url, key=key, retries=retries) as treadle:
        with start(tmp_path, port) as server:
            await treadle.workflows.create(definition=SLOW, publish=True)
            run = await treadle.workflows.execute("slow", wait="async")
            told = {"TREADLE_URL": url, "TREADLE_KEY": key, "TREADLE_RUN": run.run_id}
            watching = asyncio.create_task(run_node(script, cwd=package, **told))
            events: list[Any] = []
            async with treadle.runs.events(run.run_id) as stream:
                async for event in stream:
                    events.append(event)
                    if is_half_done(events):
                        break
            await kill(server)
        with start(tmp_path, port):
            status, written = await watching
            again = [event async for event in treadle.runs.events(run.run_id)]

    assert status == 0, written
    told = [json.loads(line) for line in written.splitlines()]
    assert kept(told) == seen(again)
