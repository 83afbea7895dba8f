"""Paper accounts are copied with the store, and put back with it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.service.backtests.bars import FROM_EXCHANGE, PROVIDER, workflow
from treadle.errors import Conflict, StoreError
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.backing_up import BackingUp
from treadle.service.backup import back_up, paper_accounts, read_backup, restore
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def settings_at(folder: Path) -> Settings:
    return replace(Settings(), db=str(folder / "treadle.db"), workspace=str(folder), synchronous="OFF")


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with Application(settings_at(tmp_path)) as application:
        yield application


@pytest.fixture
async def traded(application: Application) -> Application:
    """It has bought something on paper."""
    result = await application.execute(ExecutionRequest(buys(), mode="paper"))
    assert result.status == "completed", result.error
    return application


def buys() -> Workflow:
    buy = {"side": "buy", "size": 0.01}
    return workflow(PROVIDER, {"id": "buy", "type": "order.market", "config": {**FROM_EXCHANGE, **buy}})


def orders_in(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*) FROM paper_order").fetchone()[0]
    finally:
        connection.close()


async def copy(application: Application, to: Path) -> None:
    paper = paper_accounts(to.parent)
    await asyncio.to_thread(back_up, application.store.path, to, now=NOW, paper=paper)


async def test_the_accounts_are_copied_beside_the_store_while_they_are_open(
    traded: Application, tmp_path: Path
) -> None:
    await copy(traded, tmp_path / "copy.db")

    assert orders_in(tmp_path / "copy.db.paper") == 1
    assert (tmp_path / "copy.db.paper").stat().st_mode & 0o777 == 0o600
    assert read_backup(tmp_path / "copy.db").paper_sha256


async def test_without_accounts_there_is_nothing_beside_the_copy(application: Application, tmp_path: Path) -> None:
    await copy(application, tmp_path / "copy.db")

    assert not (tmp_path / "copy.db.paper").exists()
    assert read_backup(tmp_path / "copy.db").paper_sha256 == ""


async def test_accounts_are_put_back_with_the_store(traded: Application, tmp_path: Path) -> None:
    await copy(traded, tmp_path / "copy.db")
    new = tmp_path / "new"

    restore(tmp_path / "copy.db", new / "treadle.db", now=NOW, paper=paper_accounts(new))

    assert orders_in(paper_accounts(new)) == 1
    async with Application(settings_at(new)) as again:
        result = await again.execute(ExecutionRequest(buys(), mode="paper"))
    assert result.status == "completed", result.error
    assert orders_in(paper_accounts(new)) == 2


async def test_accounts_that_are_there_are_not_replaced_but_put_aside(traded: Application, tmp_path: Path) -> None:
    await copy(traded, tmp_path / "copy.db")
    new = tmp_path / "new"
    there = paper_accounts(new)
    there.parent.mkdir(parents=True)
    there.write_text("mine")

    with pytest.raises(Conflict) as raised:
        restore(tmp_path / "copy.db", new / "treadle.db", now=NOW, paper=there)
    restore(tmp_path / "copy.db", new / "treadle.db", now=NOW, paper=there, force=True)

    assert raised.value.code == "accounts_exist"
    assert [path.read_text() for path in there.parent.glob("paper.db.before-*")] == ["mine"]
    assert orders_in(there) == 1


@pytest.mark.parametrize("damage", ["changed", "gone"])
async def test_accounts_that_are_not_those_of_the_copy_are_not_put_back(
    traded: Application, tmp_path: Path, damage: str
) -> None:
    await copy(traded, tmp_path / "copy.db")
    accounts, new = tmp_path / "copy.db.paper", tmp_path / "new"
    if damage == "gone":
        accounts.unlink()
    else:
        accounts.write_bytes(accounts.read_bytes()[:-1] + b"?")

    with pytest.raises(StoreError) as raised:
        restore(tmp_path / "copy.db", new / "treadle.db", now=NOW, paper=paper_accounts(new))

    assert raised.value.code == "backup_damaged"
    assert not new.exists()


async def test_copies_made_by_themselves_hold_the_accounts_and_take_them_along(tmp_path: Path) -> None:
    settings = replace(settings_at(tmp_path), backup_every="1h", backup_keep=1, backup_folder=str(tmp_path / "copies"))
    async with Application(settings) as application:
        await application.execute(ExecutionRequest(buys(), mode="paper"))
        backing_up = BackingUp(application)
        for hours in (0, 2):
            application.world.clock = Still(NOW + timedelta(hours=hours))
            await backing_up.copy_if_due()

    assert sorted(path.suffix for path in (tmp_path / "copies").iterdir()) == [".db", ".json", ".paper"]


class Still:
    """A clock that stands still."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    async def sleep_until(self, at: datetime) -> None:
        return None
