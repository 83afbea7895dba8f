"""`kill -9` of a server while a run is stepped through: what was said is done once, and nothing of it is lost."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.test_hooks_killed import server
from treadle.model.workflow import Workflow
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

NODES, KILLS = 6, 3


def counting() -> Workflow:
    """Each node adds one to what the one before it came to, and says when it ran."""
    nodes: list[dict[str, Any]] = [{"id": "n0", "type": "data.transform", "config": {"transform": "0"}}]
    for number in range(1, NODES):
        config = {"transform": f"nodes.n{number - 1}.output + 1"}
        nodes.append({"id": f"n{number}", "type": "data.transform", "config": config})
    return Workflow.model_validate(
        {"name": "counting", "nodes": nodes, "outputs": f"{{{{ nodes.n{NODES - 1}.output }}}}"}
    )


async def prepare(db: Path) -> str:
    async with Application(Settings(db=str(db))) as application:
        await application.publish(counting())
        identities = Identities(application)
        user = await identities.create_user("ada", role="admin")
        return (await identities.make_key(user, "test")).text


def stops(run: dict[str, Any]) -> list[str]:
    return [wait["node"] for wait in run["waits"] if wait["kind"] == "breakpoint"]


def test_a_run_is_stepped_through_over_kills(tmp_path: Path) -> None:
    db, chance = tmp_path / "treadle.db", random.Random()
    key = asyncio.run(prepare(db))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, timeout=30) as client:
        step_through(client, db, port, chance)


def wait_until_served(client: httpx.Client) -> None:
    """Longer than `server` does: this test is about the kills, not about how quickly a busy machine starts one."""
    while True:
        try:
            client.get("/runs?limit=1").raise_for_status()
            return
        except httpx.ConnectError:
            time.sleep(0.2)


def step_through(client: httpx.Client, db: Path, port: int, chance: random.Random) -> None:
    given: dict[str, int] = {}
    run_id, seen, run = "", list[str](), dict[str, Any]()
    for life in range(KILLS + 1):
        with server(db, port):
            wait_until_served(client)
            if not run_id:
                body = {"mode": "test", "step": True, "wait": "async"}
                run_id = client.post("/workflows/counting/execute", json=body).raise_for_status().json()["run_id"]
            steps = chance.randrange(1, 3) if life < KILLS else 1000
            while steps:
                run = client.get(f"/runs/{run_id}").raise_for_status().json()
                if run["status"] == "completed":
                    break
                standing = stops(run)
                if not standing or (seen and standing[0] == seen[-1]):
                    time.sleep(0.01)  # what was said last is under way
                    continue
                (node,) = standing
                seen.append(node)
                said: dict[str, Any] = {"step": True, "nodes": [node]}
                if chance.random() < 0.4:
                    given[node] = chance.randrange(100, 200)
                    said["outputs"] = {node: given[node]}
                client.post(f"/runs/{run_id}/continue", json=said).raise_for_status()
                steps -= 1
            if run["status"] != "completed":
                time.sleep(chance.random() * 0.02)  # and then it is killed: before, while or after that is done

    expected, value = dict[str, int](), -1
    for number in range(NODES):
        value = expected[f"n{number}"] = given.get(f"n{number}", value + 1)
    assert seen == [f"n{number}" for number in range(NODES)]
    assert {path: node["outputs"]["output"] for path, node in run["nodes"].items()} == expected
    assert run["output"] == expected[f"n{NODES - 1}"]
