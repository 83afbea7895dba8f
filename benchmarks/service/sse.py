"""Streams: what 500 who watch a run cost that run, and how late they hear of it.

A server process, one process that follows with 500 connections, and this one, which starts the runs. Each figure with
watchers is compared with the same one without them, measured in turns on the same server.
"""

from __future__ import annotations

import asyncio
import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from benchmarks.service.webhook import serving, workflow
from treadle.model.workflow import Workflow
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

WATCHERS = 500
EVENTS_A_SECOND = 20
STEPS = 10
"""Of the watched run. Each begins and ends, which is two events."""
_ROUNDS = 4
_PATIENCE = 60.0


def measure(scale: float) -> Iterator[Row]:
    watchers, rounds = max(20, int(WATCHERS * scale)), max(2, int(_ROUNDS * scale))
    with TemporaryDirectory() as folder:
        db = Path(folder) / "treadle.db"
        key = asyncio.run(_deploy(db))
        with serving(db) as address:
            client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=_PATIENCE)
            _watched_run(client)  # warm
            for _ in range(200):
                _hook(client)
            alone: list[float] = []
            seen: list[float] = []
            hooks_alone: list[float] = []
            hooks_seen: list[float] = []
            lags: list[float] = []
            events = 0
            for _ in range(rounds):
                alone += [_watched_run(client) for _ in range(3)]
                hooks_alone += _hooks(client)
                with watching(address, key, watchers) as crowd:
                    seen += [_watched_run(client) for _ in range(3)]
                    found = crowd.finish(runs=3)
                    lags += found["lags"]
                    events += found["events"]
                with watching(address, key, watchers):
                    hooks_seen += _hooks(client)
            client.close()
    yield Row("sse_watched_run_alone", median(alone) * 1000, "ms", "lower")
    yield Row(f"sse_watched_run_{watchers}_watchers", median(seen) * 1000, "ms", "lower")
    yield Row("sse_added_run_latency", 100 * (median(seen) / median(alone) - 1), "%", "lower", must=10.0)
    yield Row("sse_event_lag_p50", quantile(lags, 0.5) * 1000, "ms", "lower")
    yield Row("sse_event_lag_p99", quantile(lags, 0.99) * 1000, "ms", "lower", must=100.0)
    yield Row("sse_events_a_second", events / (sum(seen) or 1), "events/s", "higher")
    yield Row("sse_other_run_alone_p50", median(hooks_alone) * 1000, "ms", "lower")
    yield Row(f"sse_other_run_{watchers}_watchers_p50", median(hooks_seen) * 1000, "ms", "lower")


def _watched() -> Workflow:
    config: dict[str, Any] = {"path": "watched", "methods": ["GET"], "respond": "when_done", "wait": "30s"}
    nodes: list[dict[str, Any]] = [{"id": "hook", "type": "trigger.webhook", "config": config}]
    for number in range(STEPS):
        after = [f"n{number - 1}"] if number else ["hook"]
        config = {"duration": f"{2000 // EVENTS_A_SECOND}ms"}
        nodes.append({"id": f"n{number}", "type": "flow.wait", "config": config, "after": after})
    return Workflow.model_validate({"name": "watched", "nodes": nodes})


async def _deploy(db: Path) -> str:
    async with Application(Settings(db=str(db))) as application:
        await Deployments(application).deploy(_watched())
        await Deployments(application).deploy(workflow("five", 5))
        identities = Identities(application)
        user = await identities.create_user("ada", role="admin")
        return (await identities.make_key(user, "benchmark")).text


def _watched_run(client: httpx.Client) -> float:
    started = time.perf_counter()
    client.get("/hooks/watched").raise_for_status()
    return time.perf_counter() - started


def _hook(client: httpx.Client) -> float:
    started = time.perf_counter()
    client.get("/hooks/five").raise_for_status()
    return time.perf_counter() - started


def _hooks(client: httpx.Client) -> list[float]:
    """Short runs one after the other, while the watched one goes on."""
    with ThreadPoolExecutor(1) as beside:
        watched = [beside.submit(_watched_run, client) for _ in range(2)]
        found: list[float] = []
        while not all(run.done() for run in watched):
            found.append(_hook(client))
            time.sleep(0.02)
        return found


class Crowd:
    """A process that follows; see `follow`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def finish(self, *, runs: int) -> dict[str, Any]:
        """What it saw, once every follower has seen so many runs end."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("The followers cannot be asked.")
        stdin.write(f"{runs}\n")
        stdin.flush()
        return json.loads(stdout.readline())


@contextmanager
def watching(address: str, key: str, watchers: int) -> Generator[Crowd]:
    """`watchers` connections that follow the deployment of the watched runs."""
    command = [sys.executable, "-m", "benchmarks.service.sse", "follow", address, key, str(watchers)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError("The followers did not come up.")
        yield Crowd(process)
    finally:
        process.kill()
        process.wait()


def follow(address: str, key: str, watchers: int) -> None:
    """Follow with many connections in one process, as cheaply as can be: what is measured is the server."""
    url = urlsplit(address)
    host, port = str(url.hostname), url.port or 80
    ask = (
        f"GET /api/v1/deployments/watched/events HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {key}\r\n"
        "Accept: text/event-stream\r\n\r\n"
    )
    selector = selectors.DefaultSelector()
    counts: dict[socket.socket, int] = {}
    finished: dict[socket.socket, int] = {}
    lags: list[float] = []
    for _ in range(watchers):
        one = socket.create_connection((host, port))
        one.sendall(ask.encode())
        head = b""
        while b"retry:" not in head:
            head += one.recv(4096)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        one.setblocking(False)
        selector.register(one, selectors.EVENT_READ)
        counts[one] = finished[one] = 0
    print("ready", flush=True)
    selector.register(sys.stdin, selectors.EVENT_READ)
    wanted: int | None = None
    every = 0
    until = time.time() + _PATIENCE
    while time.time() < until and (wanted is None or min(finished.values()) < wanted):
        for ready, _ in selector.select(timeout=0.5):
            one = ready.fileobj
            if not isinstance(one, socket.socket):
                wanted = int(sys.stdin.readline())
                selector.unregister(sys.stdin)
                continue
            text = one.recv(1 << 20)
            now = time.time()
            counts[one] += text.count(b"\ndata: ")
            finished[one] += text.count(b'"type":"run.finished"')
            every += 1
            if every % 10 == 0:  # reading what they say costs more than receiving it
                lags += _lags(text, now)
    print(json.dumps({"lags": lags, "events": sum(counts.values())}), flush=True)
    sys.stdin.readline()


def _lags(text: bytes, now: float) -> Iterator[float]:
    for part in text.split(b"\ndata: ")[1:]:
        data, end, _ = part.partition(b"\n\n")
        if not end:
            continue  # the rest of it has not come yet
        event = json.loads(data)
        yield now - datetime.fromisoformat(event["at"]).timestamp()


if __name__ == "__main__":
    if sys.argv[1:2] == ["follow"]:
        follow(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        for row in measure(1.0 if len(sys.argv) < 2 else float(sys.argv[1])):
            print(f"{row.name}: {row.value:.2f} {row.unit}")
