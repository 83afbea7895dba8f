"""A running service and a context that may reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.packs.fake_context import FakeContext
from tests.packs.http.service import Service, running
from treadle.node import Permissions


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with running() as service:
        yield service


@pytest.fixture
async def ctx() -> AsyncIterator[FakeContext]:
    context = FakeContext(permissions=Permissions(private_network=True))
    yield context
    await context.aclose()


@pytest.fixture
async def guarded() -> AsyncIterator[FakeContext]:
    context = FakeContext()
    yield context
    await context.aclose()
