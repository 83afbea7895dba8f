"""Deployments that listen to a venue of the test's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.packs.trading.trigger.pushed_venue import PushedVenue, install
from tests.service.pushing import until
from treadle.authoring.check.file import check_file
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings
from treadle.store.deployments import Deployment


class Bench:
    """A deployment of one trigger node, and what it hears."""

    def __init__(self, deployments: Deployments, venue: PushedVenue) -> None:
        self.deployments = deployments
        self.venue = venue

    def workflow(self, type_: str, beside: str = "", **config: Any) -> Workflow:
        given = json.dumps({"provider": "pushed", "symbol": "BTC/USDT", **config})
        text = f"name: bot\nnodes: [{beside}{{id: at, type: {type_}, config: {given}}}]\n"
        checked = check_file(text, self.deployments.application.registry)
        assert checked.result.valid, checked.result.issues
        return checked.workflows[0]

    async def deploy(self, type_: str, **config: Any) -> Deployment:
        return await self.deployments.deploy(self.workflow(type_, **config))

    def listening(self) -> AbstractAsyncContextManager[object]:
        return _Listening(self)

    async def fired(self, count: int) -> list[dict[str, Any]]:
        """What the trigger gave to each of its runs, once there are so many."""
        app = self.deployments.application
        found: list[dict[str, Any]] = []

        async def enough() -> bool:
            runs = [run for run in await app.list_runs(workflow="bot") if run.status in ("completed", "failed")]
            found[:] = []
            for run in runs:
                result = (await app.get_result(run.id)).nodes["at"]
                found.append({**result.outputs, "error": result.error})
            return len(found) >= count

        await until(enough)
        return sorted(found, key=lambda one: one["at"])


class _Listening:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._listening = bench.deployments.listening()

    async def __aenter__(self) -> None:
        await self._listening.__aenter__()
        if await self._bench.deployments.find("bot") is not None:
            await until(lambda: self._bench.venue.listening == 1)

    async def __aexit__(self, *raised: Any) -> None:
        await until(lambda: self._bench.venue.is_heard)
        await self._listening.__aexit__(None, None, None)


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    venue = install(monkeypatch)
    settings = Settings(db=str(tmp_path / "s.db"), workspace=str(tmp_path), synchronous="NORMAL")
    async with Application(settings) as application:
        yield Bench(Deployments(application), venue)
