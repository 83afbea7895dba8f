"""`kill -9` of a server in the middle of runs: who follows comes back to the next one, and misses nothing."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.test_hooks_killed import server
from treadle.model.workflow import Workflow
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

STEPS, RUNS, KILLS = 12, 4, 4


def slow() -> Workflow:
    nodes: list[dict[str, Any]] = []
    for number in range(STEPS):
        after = [f"word{number - 1}"] if number else []
        nodes.append({"id": f"wait{number}", "type": "flow.wait", "config": {"duration": "120ms"}, "after": after})
        nodes.append(
            {"id": f"word{number}", "type": "data.template", "config": {"template": "x"}, "after": [f"wait{number}"]}
        )
    return Workflow.model_validate({"name": "slow", "nodes": nodes})


async def prepare(db: Path) -> str:
    """A store with the workflow, and the headers of somebody who may do all."""
    async with Application(Settings(db=str(db))) as application:
        await application.publish(slow())
        identities = Identities(application)
        user = await identities.create_user("ada", role="admin")
        return (await identities.make_key(user, "test")).text


def read(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def follow(client: httpx.Client, path: str, last: str | None) -> Iterator[dict[str, Any]]:
    headers = {"Last-Event-ID": last} if last else {}
    with client.stream("GET", path, headers=headers) as answer:
        answer.raise_for_status()
        yield from read(answer.iter_lines())


def is_kept(event: dict[str, Any]) -> bool:
    return "+" not in event["id"]


def test_who_comes_back_after_a_kill_misses_nothing(tmp_path: Path) -> None:
    db = tmp_path / "treadle.db"
    key = asyncio.run(prepare(db))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chance = random.Random()
    told: list[dict[str, Any]] = []
    last: str | None = "0.0"
    finished = 0
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=30
    )
    for life in range(KILLS + 1):
        with server(db, port):
            if life == 0:
                for _ in range(RUNS):
                    client.post("/workflows/slow/execute", json={"wait": "async"}).raise_for_status()
            until = chance.randrange(3, 25) if life < KILLS else 10_000
            for number, event in enumerate(follow(client, "/events/stream", last), 1):
                told.append(event)
                last = event["id"]
                finished += event["type"] == "run.finished"
                if number >= until or finished == RUNS:
                    break
            if finished == RUNS:
                runs = {event["run_id"] for event in told}
                whole = [event for run in runs for event in follow(client, f"/runs/{run}/events", None)]
                break

    ids = [event["id"] for event in told]
    assert len(set(ids)) == len(ids)
    stored = {event["id"]: event["type"] for event in whole if is_kept(event)}
    assert {event["id"]: event["type"] for event in told if is_kept(event)} == stored
    for run in runs:
        done = [event["path"] for event in told if event["run_id"] == run and event["type"] == "node.completed"]
        assert sorted(done) == sorted(f"{kind}{number}" for number in range(STEPS) for kind in ("wait", "word"))
    client.close()
