"""What lets somebody in stops doing so: sessions, keys, sign-in links and tasks' links, by the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.errors import Conflict
from treadle.service.access.identities import LINK_SECONDS, SESSION_SECONDS, Identities
from treadle.service.access.keys import Keys
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.service.tasks import Tasks
from treadle.store.identities import User
from treadle.testing.clock import VirtualClock

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LAST = timedelta(seconds=SESSION_SECONDS)
INSTANT = timedelta(seconds=1)
ASKS = "name: asks\nnodes:\n  - {id: a, type: flow.approval, config: {title: 'Pass?'}}\n"


class Door:
    """Identities by a clock that the test turns, and `bob`, who wants in."""

    def __init__(self, application: Application, clock: VirtualClock, bob: User) -> None:
        self.application = application
        self.clock = clock
        self.bob = bob
        self.identities = Identities(application)

    def later(self, by: timedelta) -> None:
        self.clock.set(self.clock.now() + by)

    async def knows(self, session: str) -> bool:
        return await self.identities.find_by_session(session) is not None


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    application = Application(settings)
    application.world.clock = clock = VirtualClock(START, skips=False)
    async with application:
        yield Door(application, clock, await Users(application).create("bob", role="editor"))


async def test_a_session_that_is_not_used_ends(door: Door) -> None:
    used, unused = [await door.identities.open_session(door.bob) for _ in range(2)]

    door.later(LAST - INSTANT)
    still = await door.knows(used)
    door.later(INSTANT)

    assert (still, await door.knows(unused)) == (True, False)


async def test_a_session_that_is_used_lasts_on(door: Door) -> None:
    session = await door.identities.open_session(door.bob)

    for _ in range(5):
        door.later(LAST - INSTANT)
        assert await door.knows(session)

    door.later(LAST)
    assert not await door.knows(session)


async def test_no_session_lasts_longer_than_ninety_days_however_much_it_is_used(door: Door) -> None:
    session = await door.identities.open_session(door.bob)
    for _ in range(89):
        door.later(timedelta(days=1))
        assert await door.knows(session)

    door.later(timedelta(days=1) - INSTANT)
    still = await door.knows(session)
    door.later(INSTANT)

    assert (still, await door.knows(session)) == (True, False)


async def test_a_session_that_is_over_is_not_woken_by_a_clock_put_back_after_the_next_sign_in(door: Door) -> None:
    """Signing in sweeps out what is over."""
    old = await door.identities.open_session(door.bob)
    door.later(LAST)
    await door.identities.open_session(door.bob)

    door.clock.set(START)

    assert not await door.knows(old)


async def test_a_key_counts_until_it_expires(door: Door) -> None:
    made = await Keys(door.application).make("ci", user="bob", expires_at=START + timedelta(days=1))

    door.later(timedelta(days=1) - INSTANT)
    before = await door.identities.find_by_key(made.text)
    door.later(INSTANT)

    assert before is not None
    assert await door.identities.find_by_key(made.text) is None


async def test_a_key_without_an_end_counts_until_it_is_revoked(door: Door) -> None:
    keys = Keys(door.application)
    made = await keys.make("ci", user="bob")

    door.later(timedelta(days=3650))
    before = await door.identities.find_by_key(made.text)
    await keys.revoke(made.key.id)

    assert before is not None
    assert await door.identities.find_by_key(made.text) is None


async def test_a_sign_in_link_counts_for_ten_minutes(door: Door) -> None:
    early, late = [await door.identities.make_sign_in_link(door.bob) for _ in range(2)]

    door.later(timedelta(seconds=LINK_SECONDS) - INSTANT)
    session = await door.identities.sign_in_by_link(early)
    door.later(INSTANT)

    assert session is not None
    assert await door.identities.find_link(late) is None
    assert await door.identities.sign_in_by_link(late) is None


async def test_a_sign_in_link_counts_once(door: Door) -> None:
    link = await door.identities.make_sign_in_link(door.bob)

    first, second = [await door.identities.sign_in_by_link(link) for _ in range(2)]

    assert first is not None
    assert second is None


async def test_the_link_of_a_task_expires(door: Door) -> None:
    (workflow,) = load_workflow(ASKS).workflows
    await door.application.execute(ExecutionRequest(workflow))
    tasks = Tasks(door.application)
    (task,) = await tasks.list()
    (link,) = tasks.links(task).values()
    found, _ = await tasks.find(link)

    door.later(timedelta(days=3650))

    assert found.id == task.id
    with pytest.raises(Conflict) as refused:
        await tasks.find(link)
    assert refused.value.code == "link_expired"
