"""A process to be killed: opens the store, recovers, starts the runs it is told to, and goes on until nothing is left.

Run as a program it is the parent of such processes: it has imported everything, so that a life costs a fork. It reads
a line of JSON for each life from its standard input and writes what happens, a line each, to its standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.chaos.counting_venue import list_counting
from tests.chaos.nodes import registry
from tests.chaos.patience import until
from treadle.authoring.document import load_workflow
from treadle.engine.compile import compile_plan
from treadle.model.event import RunEvent, RunResumed, RunStarted
from treadle.model.ids import RunId
from treadle.model.workflow import Workflow
from treadle.node import Permissions
from treadle.packs.http.clients import HttpClients
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

REGISTRY = registry()


def workflows(file: str = "workflows.yaml") -> dict[str, Workflow]:
    """Those of a file here, by name. Raises `ValueError` with what is wrong."""
    loaded = load_workflow(Path(__file__).with_name(file).read_text(), catalogue=REGISTRY)
    if not loaded.result.valid:
        raise ValueError("; ".join(str(issue) for issue in loaded.result.issues))
    return {workflow.name: workflow for workflow in loaded.workflows}


def application(database: str, *, drives: bool = True) -> Application:
    settings = Settings(db=database, allow_private_network=True, synchronous="NORMAL")
    return Application(settings, registry=REGISTRY, drives=drives)


async def live(asked: dict[str, Any], known: dict[str, Workflow], born: float) -> None:
    """Go on until every run has finished or waits for a person; with `kill`, until somebody kills this process. What
    is deployed runs by itself meanwhile."""

    def note(event: RunEvent) -> None:
        if isinstance(event, RunStarted | RunResumed):
            what = "began" if isinstance(event, RunStarted) else "resumed"
            _say(f"{what} {(time.monotonic() - born) * 1000:.3f} {event.run_id}")

    await asyncio.sleep(asked["at"] - time.monotonic())
    app = application(asked["db"])
    app.dispatcher.watch(note)
    async with app, Deployments(app).scheduler(), Events(app).delivery():
        for name, run_id, value in asked["runs"]:
            given = {"service": asked["service"], "value": value}
            await app.start(ExecutionRequest(known[name], input=given, run_id=RunId(run_id), is_confirmed=True))
            _say(f"accepted {run_id}")
        if asked["kill"]:
            await asyncio.Event().wait()
        await until(partial(_is_idle, app), seconds=300)


async def _is_idle(app: Application) -> bool:
    counts = await app.store.count_runs()
    if app.dispatcher.active or counts.get("running") or counts.get("queued"):
        return False
    return await app.store.next_wake() is None and not await app.store.list_undelivered(1)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    list_counting()
    known = {**workflows(), **workflows("long_life.yaml"), **workflows("orders.yaml")}
    # Whatever is imported at first use is imported here, once, and not in every life.
    for workflow in known.values():
        compile_plan(workflow, REGISTRY)
    _ = HttpClients(Permissions()).client
    for line in sys.stdin:
        asked = json.loads(line)
        born = time.monotonic()
        pid = os.fork()
        if pid == 0:
            asyncio.run(live(asked, known, born))
            os._exit(0)
        _say(f"born {pid}")
        _say(f"dead {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}")


if __name__ == "__main__":
    main()
