"""An application on a store of its own that may reach this machine, and a service on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.packs.http.service import Service, running
from treadle.service.application import Application
from treadle.service.settings import Settings


@pytest.fixture
async def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    monkeypatch.delenv("TREADLE_KEY", raising=False)
    settings = Settings(
        db=str(tmp_path / "treadle.db"), workspace=str(tmp_path), synchronous="OFF", allow_private_network=True
    )
    async with Application(settings) as application:
        yield application


@pytest.fixture
async def world() -> AsyncIterator[Service]:
    """Whatever is outside: it remembers what it was asked, and a test says what it answers."""
    async with running() as service:
        yield service
