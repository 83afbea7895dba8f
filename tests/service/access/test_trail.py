"""The audit log: what was changed later shows, and being refused fills no disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.errors import Unauthenticated
from treadle.service.access.actor import Actor
from treadle.service.access.operation import operation
from treadle.service.access.teams import Teams
from treadle.service.access.trail import Trail
from treadle.service.access.trail_text import write_csv
from treadle.service.application import Application
from treadle.service.settings import Settings
from treadle.store.audit import AuditFilter


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as opened:
        yield opened


async def fill(application: Application, number: int) -> None:
    for one in range(number):
        await Teams(application).create(f"team-{one}")


async def test_an_untouched_log_is_whole(application: Application) -> None:
    await fill(application, 5)

    verdict = await Trail(application).verify()

    assert (verdict.entries, verdict.broken) == (5, None)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET name = 'somebody' WHERE id = 3", 3),
        ("UPDATE audit SET digest = 'x' WHERE id = 4", 4),
        ("DELETE FROM audit WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 1", 1),
    ],
)
async def test_the_first_entry_that_was_touched_is_named(application: Application, statement: str, broken: int) -> None:
    await fill(application, 5)
    await application.store.write(lambda connection: connection.execute(statement))

    assert (await Trail(application).verify()).broken == broken


async def test_what_broke_is_not_said_to_be_done(application: Application) -> None:
    class Broken:
        def __init__(self) -> None:
            self.application = application

        @operation("teams.write", on=None)
        async def breaks(self) -> None:
            raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        await Broken().breaks()

    (entry,) = await Trail(application).list()
    assert (entry.action, entry.outcome) == ("teams.write", "failed")


async def test_a_flood_of_refusals_is_counted_and_not_written(application: Application) -> None:
    nobody = application.acting_as(Actor("nobody", "viewer", "nobody"))
    for _ in range(200):
        with pytest.raises(Unauthenticated):
            await Teams(nobody).create("x")

    assert (await Trail(application).verify()).entries == 30
    assert application.access.unwritten == 170


async def test_a_spreadsheet_takes_nothing_for_a_formula(application: Application) -> None:
    entry = (await _one(application))[0]

    lines = [line async for line in write_csv(_many(replace(entry, subject="=1+1")))]

    assert ",'=1+1," in lines[0]


async def test_the_filter_knows_an_action_and_a_resource(application: Application) -> None:
    await fill(application, 2)
    trail = Trail(application)

    found = [len(await trail.list(AuditFilter(action=action))) for action in ("teams.write", "teams", "team", "runs")]

    assert found == [2, 2, 0, 0]


async def _one(application: Application):
    await fill(application, 1)
    return await Trail(application).list()


async def _many(*entries):
    for entry in entries:
        yield entry
