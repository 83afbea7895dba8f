"""A process that dies while a caller waits: the caller hears the connection drop, and the run goes on."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from treadle.authoring.check.file import check_file
from treadle.model.run import ExecutionResult
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.runs import Runs
from treadle.service.settings import Settings

pytestmark = pytest.mark.slow
PATIENCE = 30.0
PENDING = """
name: pending
nodes:
  - {id: hook, type: trigger.webhook, config: {path: pending, respond: respond, wait: 60s}}
  - {id: nap, type: flow.wait, config: {duration: 4s}, after: [hook]}
  - {id: answer, type: http.respond, config: {}, after: [nap]}
  - {id: said, type: data.transform, config: {transform: "nodes.answer.answered"}}
"""


@contextmanager
def server(db: Path, port: int) -> Generator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "treadle.cli", "server", "--port", str(port)]
    environment = {**os.environ, "TREADLE_DB": str(db)}
    process = subprocess.Popen(
        command, env=environment, cwd=db.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/readyz").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def statuses(db: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(db)
    try:
        return connection.execute("SELECT id, status FROM runs").fetchall()
    finally:
        connection.close()


def wait_until(db: Path, status: str) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for run_id, found in statuses(db):
            if found == status:
                return run_id
        time.sleep(0.05)
    raise AssertionError(f"No run is {status}: {statuses(db)}")


async def deploy(db: Path) -> None:
    async with Application(Settings(db=str(db))) as application:
        (workflow,) = check_file(PENDING, application.registry).workflows
        await Deployments(application).deploy(workflow)


async def read(db: Path, run_id: str) -> ExecutionResult:
    async with Application(Settings(db=str(db)), drives=False) as application:
        return await application.get_result(await Runs(application).find_id(run_id))


def test_a_run_goes_on_when_its_process_dies_before_it_answered(tmp_path: Path) -> None:
    db = tmp_path / "treadle.db"
    asyncio.run(deploy(db))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with server(db, port) as process:
        asking = subprocess.Popen(
            [sys.executable, "-c", f"import httpx; httpx.post('http://127.0.0.1:{port}/hooks/pending', json=1)"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        wait_until(db, "suspended")
        process.kill()
        _, heard = asking.communicate(timeout=PATIENCE)

    with server(db, port):
        run_id = wait_until(db, "completed")

    result = asyncio.run(read(db, run_id))
    assert b"RemoteProtocolError" in heard or b"ReadError" in heard
    assert result.nodes["answer"].outputs["answered"] is False
    assert result.output is False
