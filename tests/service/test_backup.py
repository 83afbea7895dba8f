"""Copies of a store: whole, private, and never in the way of what is there."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.authoring.check.file import check_file
from treadle.errors import Conflict, NotFound, StoreError
from treadle.model.ids import RunId
from treadle.model.run import FINISHED
from treadle.service import backup as module
from treadle.service.application import Application
from treadle.service.backing_up import BackingUp, list_backups
from treadle.service.backup import back_up, read_backup, restore
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings
from treadle.store.schema import HEAD

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

WORKING = """\
name: working
inputs: {number: integer}
nodes:
  - {id: twice, type: data.template, config: {template: "{{ workflow.input.number * 2 }}"}}
  - id: file
    type: file.write
    config: {path: "out-{{ workflow.input.number }}.txt", value: "{{ nodes.twice.output }}"}
outputs: "{{ nodes.file.output.path }}"
"""

WAITING = """\
name: waiting
nodes:
  - {id: pause, type: flow.wait, config: {duration: 4s, value: kept}}
outputs: "{{ nodes.pause.output }}"
"""


def settings_at(folder: Path, name: str = "treadle.db") -> Settings:
    return replace(Settings(), db=str(folder / name), workspace=str(folder), synchronous="NORMAL")


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with Application(settings_at(tmp_path)) as application:
        yield application


def request(application: Application, text: str, **values: object) -> ExecutionRequest:
    loaded = check_file(text, application.registry, source="test")
    return ExecutionRequest(loaded.workflows[0], input=values)


async def copy(application: Application, to: Path) -> None:
    await asyncio.to_thread(back_up, application.store.path, to, now=NOW)


async def test_a_copy_holds_what_was_committed_and_says_so(application: Application, tmp_path: Path) -> None:
    result = await application.execute(request(application, WORKING, number=1))

    await copy(application, tmp_path / "copy.db")

    told = json.loads((tmp_path / "copy.db.json").read_text())
    found = sqlite3.connect(tmp_path / "copy.db").execute("SELECT id, status FROM runs").fetchall()
    assert found == [(result.run_id, "completed")]
    assert (told["runs"], told["made_at"], told["schema"]) == (1, "2026-05-01T12:00:00Z", HEAD)


async def test_nobody_else_may_read_a_copy(application: Application, tmp_path: Path) -> None:
    await copy(application, tmp_path / "copy.db")

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "copy.db", tmp_path / "copy.db.json")}
    assert modes == {"copy.db": 0o600, "copy.db.json": 0o600}


async def test_a_copy_replaces_nothing(application: Application, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")

    with pytest.raises(Conflict) as raised:
        await copy(application, tmp_path / "copy.db")

    assert raised.value.code == "file_exists"
    assert (tmp_path / "copy.db").read_text() == "mine"


async def test_a_copy_that_fails_leaves_nothing_behind(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    folder = tmp_path / "copies"

    with pytest.raises(StoreError) as raised:
        await copy(application, folder / "copy.db")

    assert "No space left" in raised.value.message
    assert list(folder.iterdir()) == []


async def test_the_key_is_copied_only_when_it_is_named(application: Application, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"k" * 32)

    made = await asyncio.to_thread(back_up, application.store.path, tmp_path / "copy.db", now=NOW, key=key)

    assert made.with_key
    assert (tmp_path / "copy.db.key").read_bytes() == key.read_bytes()


async def test_a_key_that_was_copied_is_put_back_and_another_is_put_aside(
    application: Application, tmp_path: Path
) -> None:
    key, other = tmp_path / "key", tmp_path / "other.db.key"
    key.write_text("of the copy")
    other.write_text("of the store that is there")
    await asyncio.to_thread(back_up, application.store.path, tmp_path / "copy.db", now=NOW, key=key)

    with pytest.raises(Conflict) as raised:
        restore(tmp_path / "copy.db", tmp_path / "other.db", now=NOW, key=other)
    restore(tmp_path / "copy.db", tmp_path / "other.db", now=NOW, key=other, force=True)

    assert raised.value.code == "key_exists"
    assert other.read_text() == "of the copy"
    assert (tmp_path / "other.db.key.before-20260501-120000").read_text() == "of the store that is there"


@pytest.mark.slow
async def test_copies_made_while_runs_are_written_lose_none_and_go_on_where_they_were(tmp_path: Path) -> None:
    """Some 200 runs a second are written while the store is copied; every run that was over before is in the copy."""
    over: set[str] = set()
    stop = asyncio.Event()

    async def work(application: Application, number: int) -> None:
        while not stop.is_set():
            number += 8
            result = await application.execute(request(application, WORKING, number=number))
            over.add(result.run_id)
            await asyncio.sleep(0.03)

    async with Application(settings_at(tmp_path)) as application:
        waiting = await application.execute(request(application, WAITING))
        workers = [asyncio.create_task(work(application, start)) for start in range(8)]
        await asyncio.sleep(1)
        before = set(over)
        await copy(application, tmp_path / "copy.db")
        after = len(over)
        stop.set()
        await asyncio.gather(*workers)

    found, aside = await asyncio.to_thread(restore, tmp_path / "copy.db", tmp_path / "restored.db", now=NOW)
    async with Application(settings_at(tmp_path, "restored.db")) as restored:
        kept = {run.id: run.status for run in await restored.list_runs(limit=10_000)}
        for run_id in [run_id for run_id, status in kept.items() if status not in FINISHED]:
            await restored.wait(RunId(run_id))
        ended = {run.id: run.status for run in await restored.list_runs(limit=10_000)}

    assert aside is None
    assert len(before) > 50
    assert after >= len(before)
    assert before <= kept.keys()
    assert all(kept[run_id] == "completed" for run_id in before)
    assert found.runs == len(kept)
    assert set(ended.values()) == {"completed"}
    assert kept[waiting.run_id] == "suspended"


async def test_what_is_there_is_replaced_by_nothing_but_force(application: Application, tmp_path: Path) -> None:
    await copy(application, tmp_path / "copy.db")
    other = tmp_path / "other.db"
    other.write_bytes((tmp_path / "copy.db").read_bytes())

    with pytest.raises(Conflict) as raised:
        restore(tmp_path / "copy.db", other, now=NOW)
    _, aside = restore(tmp_path / "copy.db", other, now=NOW, force=True)

    assert raised.value.code == "store_exists"
    assert aside == tmp_path / "other.db.before-20260501-120000"
    assert aside.exists()


async def test_a_store_in_use_is_not_replaced_even_with_force(application: Application, tmp_path: Path) -> None:
    await application.store.register_worker()
    await copy(application, tmp_path / "copy.db")

    with pytest.raises(Conflict) as raised:
        restore(tmp_path / "copy.db", application.store.path, now=datetime.now(UTC), force=True)

    assert raised.value.code == "store_in_use"
    assert str(os.getpid()) in raised.value.message


async def test_a_copy_that_was_changed_is_not_put_back(application: Application, tmp_path: Path) -> None:
    await copy(application, tmp_path / "copy.db")
    content = bytearray((tmp_path / "copy.db").read_bytes())
    content[5000] ^= 1
    (tmp_path / "copy.db").write_bytes(bytes(content))

    with pytest.raises(StoreError) as raised:
        restore(tmp_path / "copy.db", tmp_path / "new.db", now=NOW)

    assert raised.value.code == "backup_damaged"
    assert not (tmp_path / "new.db").exists()


async def test_a_damaged_copy_without_a_manifest_is_not_put_back(application: Application, tmp_path: Path) -> None:
    await copy(application, tmp_path / "copy.db")
    (tmp_path / "copy.db.json").unlink()
    with (tmp_path / "copy.db").open("r+b") as file:
        file.truncate(100_000)

    with pytest.raises(StoreError) as raised:
        read_backup(tmp_path / "copy.db")

    assert raised.value.code == "backup_damaged"


def test_there_has_to_be_a_copy(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        restore(tmp_path / "copy.db", tmp_path / "new.db", now=NOW)


def test_another_database_is_not_put_back(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "copy.db")
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()

    with pytest.raises(StoreError) as raised:
        restore(tmp_path / "copy.db", tmp_path / "new.db", now=NOW)

    assert raised.value.code == "not_a_store"


async def test_copies_are_made_by_themselves_when_due_and_the_oldest_go(tmp_path: Path) -> None:
    settings = replace(settings_at(tmp_path), backup_every="1h", backup_keep=2, backup_folder=str(tmp_path / "copies"))
    async with Application(settings, drives=False) as application:
        clock = application.world.clock = Hand()
        backing_up = BackingUp(application)

        made = []
        for hours in (0, 0.5, 1, 2, 3):
            clock.at = NOW + timedelta(hours=hours)
            made.append(await backing_up.copy_if_due() is not None)

    assert made == [True, False, True, True, True]
    assert [at.hour for _, at in list_backups(tmp_path / "copies", of="treadle")] == [14, 15]
    assert len(list((tmp_path / "copies").iterdir())) == 4


class Hand:
    """A clock that is set by hand."""

    at = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep_until(self, at: datetime) -> None:
        self.at = max(self.at, at)
