"""Webhook → pure nodes → response, measured from outside: a real server process, and `wrk` on the same machine."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.row import Row
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings
from treadle.store.deployments import DeploymentLimits

SECONDS = 8.0
_PATIENCE = 30.0
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What `wrk` saw. Times are in milliseconds."""

    per_second: float
    p50: float
    p99: float
    requests: int


def measure(scale: float) -> Iterator[Row]:
    if shutil.which("wrk") is None:
        print("wrk is not installed: the webhook benchmark is left out (`apt-get install wrk`).", file=sys.stderr)
        return
    seconds = max(2.0, SECONDS * scale)
    with TemporaryDirectory() as folder:
        db = Path(folder) / "treadle.db"
        asyncio.run(_deploy(db))
        with serving(db) as address:
            load(f"{address}/hooks/five-all", clients=20, seconds=2)  # warm
            alone = load(f"{address}/hooks/five-all", clients=1, seconds=seconds)
            yield Row("webhook_5_nodes_1_client_p50", alone.p50, "ms", "lower", must=2.0)
            many = load(f"{address}/hooks/five-all", clients=20, seconds=seconds)
            yield Row("webhook_5_nodes_all_saved", many.per_second, "requests/s", "higher", must=1000.0)
            yield Row("webhook_5_nodes_20_clients_p99", many.p99, "ms", "lower", must=50.0)
            failures = load(f"{address}/hooks/five-failures", clients=20, seconds=seconds)
            yield Row("webhook_5_nodes_failures_saved", failures.per_second, "requests/s", "higher", must=2000.0)
            lane = load(f"{address}/hooks/five-in-turn", clients=20, seconds=seconds)
            yield Row("webhook_5_nodes_64_at_once_in_turn", lane.per_second, "requests/s", "higher")
            long = load(f"{address}/hooks/hundred", clients=20, seconds=seconds)
            yield Row("webhook_100_nodes_all_saved", long.per_second, "requests/s", "higher", must=250.0)
        kept = asyncio.run(_count(db))
        # Nothing that was answered may be missing: every run of the workflows that save all, with every result.
        if kept["five-all"] < alone.requests + many.requests or kept["hundred"] < long.requests:
            raise AssertionError(f"Runs are missing: {kept}")


def workflow(name: str, nodes: int, *, save: str = "all", in_turn: bool = False) -> Workflow:
    """A webhook, `nodes` pure nodes one after the other, and the last one's value as the answer."""
    chain: list[dict[str, Any]] = [
        {"id": "hook", "type": "trigger.webhook", "config": {"path": name, "methods": ["GET"], "respond": "when_done"}}
    ]
    if in_turn:
        chain[0]["config"]["in_turn"] = True
    for number in range(nodes):
        before = f"nodes.n{number - 1}.output" if number else "(nodes.hook.method == 'GET' ? 1 : 0)"
        chain.append({"id": f"n{number}", "type": "data.transform", "config": {"transform": f"{before} + 1"}})
    return Workflow.model_validate({"name": name, "settings": {"save": save}, "nodes": chain})


async def _deploy(db: Path) -> None:
    async with Application(Settings(db=str(db))) as application:
        deployments = Deployments(application)
        await deployments.deploy(workflow("five-all", 5))
        await deployments.deploy(workflow("five-failures", 5, save="failures"))
        await deployments.deploy(workflow("hundred", 100))
        limits = DeploymentLimits(concurrency=64)
        await deployments.deploy(workflow("five-in-turn", 5, in_turn=True), limits=limits)


async def _count(db: Path) -> dict[str, int]:
    async with Application(Settings(db=str(db)), drives=False) as application:
        statement = "SELECT workflow, count(*) FROM runs WHERE status = 'completed' GROUP BY workflow"
        found: dict[str, int] = dict(await application.store.read(lambda c: c.execute(statement).fetchall()))
        newest = {run.workflow: run.id for run in reversed(await application.list_runs(limit=200))}
        for name, run_id in newest.items():
            nodes = (await application.get_result(run_id)).nodes
            found[f"{name} nodes"] = len(nodes)
            if len(nodes) != (101 if name == "hundred" else 6):
                raise AssertionError(f"Node results of {name} are missing: {len(nodes)}")
        return found


@contextmanager
def serving(db: Path) -> Generator[str]:
    """`treadle server` on `db`, as it is installed: durable as by default, through a power cut."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "TREADLE_DB": str(db), "TREADLE_HOOK_RATE": "0"}
    command = [sys.executable, "-m", "treadle.cli", "server", "--port", str(port)]
    with (db.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=db.parent)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("The server did not come up.")


def load(url: str, *, clients: int, seconds: float) -> Load:
    """Raises `RuntimeError` when anything but 2xx was answered."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:.0f}s", "--latency", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    requests = re.search(r"(\d+) requests in", said)
    if rate is None or requests is None:
        raise RuntimeError(said)
    return Load(float(rate[1]), _latency(said, "50%"), _latency(said, "99%"), int(requests[1]))


def _latency(said: str, share: str) -> float:
    found = re.search(rf"{re.escape(share)}\s+([\d.]+)(us|ms|s|m)\b", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1]) * _UNITS[found[2]]
