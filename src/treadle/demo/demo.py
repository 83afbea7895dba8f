"""The demo: its folder, its services, its deployments."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from treadle.authoring.check.file import check_file
from treadle.demo.services import DemoServices
from treadle.errors import InvalidWorkflow
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings

FOLDER = Path(".treadle") / "demo"
"""Everything the demo writes lies in here; delete it and nothing is left."""
URL_VARIABLE = "TREADLE_DEMO_URL"


def demo_settings(settings: Settings, *, db: str | None = None) -> Settings:
    """`settings` as the demo needs them, in this process only: a store and a workspace of its own, and services on
    the loopback interface that its nodes may reach."""
    return replace(
        settings,
        db=db or str(FOLDER / "treadle.db"),
        workspace=str(FOLDER),
        allow_private_network=True,
        backup_every="",
        env=(*settings.env, URL_VARIABLE),
    )


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[Settings]:
    """The demo's files in place and its services running, as long as it is entered."""
    _copy("data", FOLDER / "data")
    _copy("workflows", FOLDER / "workflows")
    services = DemoServices()
    before = os.environ.get(URL_VARIABLE)
    os.environ[URL_VARIABLE] = services.url
    try:
        yield settings
    finally:
        services.close()
        if before is None:
            del os.environ[URL_VARIABLE]
        else:
            os.environ[URL_VARIABLE] = before


async def deploy_demo(deployments: Deployments) -> None:
    """Deploy the workflows that are not yet, and start a run of each now, unless one is under way."""
    known = {deployment.name: deployment for deployment in await deployments.list()}
    for name, text in workflow_texts():
        loaded = check_file(text, deployments.application.registry, source=name)
        if not loaded.result.valid:
            raise InvalidWorkflow(f"`{name}` cannot run.", issues=loaded.result.issues, source=name)
        for workflow in loaded.workflows:
            deployment = known.get(workflow.name)
            if deployment is None or deployment.version != workflow.version:
                deployment = await deployments.deploy(workflow, source=text)
            if deployment.status == "active":
                (trigger, *_) = await deployments.triggers(deployment.id)
                await deployments.fire(deployment, trigger)


def workflow_texts() -> Iterator[tuple[str, str]]:
    """(file name, text) of the bundled workflows, by name."""
    folder = files("treadle.demo") / "workflows"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")


def _copy(folder: str, target: Path) -> None:
    """Put bundled files where they can be read and looked at; those there already are left alone."""
    target.mkdir(parents=True, exist_ok=True)
    for file in (files("treadle.demo") / folder).iterdir():
        place = target / file.name
        if file.is_file() and not place.exists():
            place.write_bytes(file.read_bytes())
