"""Who is given a link when the server starts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from treadle.cli.keeping_up import find_link
from treadle.server.services import Services
from treadle.service.access.identities import Identities
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.settings import Settings


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Application(Settings(db=str(tmp_path / "treadle.db"), synchronous="OFF")) as application:
        yield Services(application, Deployments(application), Identities(application))


async def test_every_start_has_a_link_while_no_administrator_has_a_password(services: Services) -> None:
    """Whoever else is there by now."""
    await find_link(services, "http://here", again=True)
    await Users(services.application).create("bob", role="editor", password="long-enough-for-bob")

    link = await find_link(services, "http://here", again=True)

    assert link is not None
    assert link.startswith("http://here/sign-in/")


async def test_an_administrator_with_a_password_ends_the_links(services: Services) -> None:
    await find_link(services, "http://here", again=True)
    await Users(services.application).create("ann", role="admin", password="long-enough-for-ann")

    assert await find_link(services, "http://here", again=True) is None


async def test_an_administrator_who_may_not_sign_in_does_not_count(services: Services) -> None:
    await find_link(services, "http://here", again=True)
    users = Users(services.application)
    await users.create("ann", role="admin", password="long-enough-for-ann")
    await users.disable("ann")

    assert await find_link(services, "http://here", again=True) is not None


async def test_a_service_writes_only_the_first_link_into_its_log(services: Services) -> None:
    first = await find_link(services, "http://here", again=False)
    second = await find_link(services, "http://here", again=False)

    assert (first is None, second) == (False, None)
