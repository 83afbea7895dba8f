"""The Python client as its build makes it, and a server for it to talk to."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.server.conftest import services, settings
from tests.server.live_server import serving
from treadle.server.services import Services

__all__ = ["services", "settings"]

CLIENTS = Path(__file__).parents[2] / "clients"


def build_python_client(target: Path) -> None:
    """`treadle_client` in the folder `target`, by the step that the build takes."""
    sys.path.insert(0, str(CLIENTS / "python"))
    try:
        from codegen.write import write_client  # pyright: ignore[reportMissingImports]
    finally:
        sys.path.remove(str(CLIENTS / "python"))
    package = target / "treadle_client"
    shutil.copytree(
        CLIENTS / "python" / "src" / "treadle_client",
        package,
        ignore=shutil.ignore_patterns("generated", "__pycache__"),
    )
    write_client(CLIENTS, package / "generated")


@pytest.fixture(scope="session")
def treadle_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    target = tmp_path_factory.mktemp("client")
    build_python_client(target)
    sys.path.insert(0, str(target))
    try:
        import treadle_client  # pyright: ignore[reportMissingImports]

        assert Path(treadle_client.__file__).is_relative_to(target)
        yield treadle_client
    finally:
        sys.path.remove(str(target))


@pytest.fixture
async def url(services: Services) -> AsyncIterator[str]:
    async with serving(services) as base_url:
        yield base_url


@pytest.fixture
async def key(services: Services) -> str:
    """An administrator's."""
    user = await services.identities.create_user("ada", role="admin")
    return (await services.identities.make_key(user, "client", scopes=("*",))).text
