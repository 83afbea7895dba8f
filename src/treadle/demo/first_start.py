"""What `treadle up` shows where there is nothing yet: two bots that trade on paper, on simulated markets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.resources import files
from pathlib import Path

from treadle.authoring.check.file import check_file
from treadle.service.deployments import Deployments
from treadle.service.reserved import SETTINGS_FILE
from treadle.service.settings import Settings
from treadle.store.database import parse_location


def is_untouched(settings: Settings, chosen: Collection[str], folder: Path) -> bool:
    """Whether this is a first start in a folder with nothing of Treadle's: no store, none named, no settings, no
    workflow files. Everywhere else somebody has plans, and is not given bots."""
    if "db" in chosen or parse_location(settings.db).exists() or (folder / SETTINGS_FILE).exists():
        return False
    return not any(entry.suffix in (".yaml", ".yml") for entry in folder.iterdir())


async def deploy_bots(deployments: Deployments) -> list[str]:
    """Deploy the bots that can run here, on paper; their names. They trade with money that is none, for as long as
    they are left: `treadle stop NAME` ends one."""
    deployed: list[str] = []
    for name, text in bot_texts():
        loaded = check_file(text, deployments.application.registry, source=name)
        if loaded.result.valid and loaded.workflows:
            deployment = await deployments.deploy(loaded.workflows[0], source=text, mode="paper")
            deployed.append(deployment.name)
    return deployed


def bot_texts() -> Iterator[tuple[str, str]]:
    """(file name, text), by name."""
    folder = files("treadle.demo") / "bots"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text(encoding="utf-8")
