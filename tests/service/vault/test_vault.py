"""The vault: what is put in is sealed at rest, open in memory, and up to date in every process."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from treadle.engine.clock import SystemClock
from treadle.errors import Conflict, InvalidWorkflow, NotFound, StoreError
from treadle.service.vault.keys import Key, key_path, new_key, read_keyring, write_keys
from treadle.service.vault.lock import locked
from treadle.service.vault.vault import Vault
from treadle.store.credentials import StoredProfile
from treadle.store.sqlite_journal import SqliteStore

VALUE = "sk-live-0123456789"
NOW = SystemClock().now()


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREADLE_KEY", raising=False)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore(tmp_path / "treadle.db", synchronous="OFF") as opened:
        yield opened


async def open_vault(store: SqliteStore) -> Vault:
    vault = Vault(store, SystemClock())
    await vault.open()
    return vault


async def test_a_secret_is_read_back_and_is_not_in_the_file(store: SqliteStore) -> None:
    vault = await open_vault(store)

    await vault.change("", {"stripe_key": VALUE})

    assert (vault.secrets, (await open_vault(store)).secrets) == ({"stripe_key": VALUE},) * 2
    files = [path for path in store.path.parent.iterdir() if path.name.startswith("treadle.db")]
    assert not any(VALUE.encode() in path.read_bytes() for path in files)
    assert stat.S_IMODE(key_path(store.path).stat().st_mode) == 0o600


async def test_no_key_is_made_before_something_is_sealed(store: SqliteStore) -> None:
    await open_vault(store)

    assert not key_path(store.path).exists()


async def test_another_process_sees_a_change_when_it_looks(store: SqliteStore) -> None:
    async with SqliteStore(store.path, synchronous="OFF") as other:
        watching, writing = await open_vault(store), await open_vault(other)
        await writing.change("", {"a": VALUE})
        await watching.refresh()
        first = dict(watching.secrets)
        await writing.change("", {"a": "another value"})
        await writing.change("", {}, removes=["b"])
        await watching.refresh()

    assert (first, watching.secrets) == ({"a": VALUE}, {"a": "another value"})


async def test_a_process_that_runs_sees_a_change_by_itself(store: SqliteStore) -> None:
    running = Vault(store, SystemClock())
    await running.open(watches=True)
    async with SqliteStore(store.path, synchronous="OFF") as other:
        await (await open_vault(other)).change("", {"a": VALUE})
        async with asyncio.timeout(20):
            while not running.secrets:
                await asyncio.sleep(0.01)
    await running.close()

    assert running.secrets == {"a": VALUE}


async def test_a_key_that_is_put_back_opens_again(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE})
    kept = read_keyring(store.path).keys
    write_keys(key_path(store.path), [new_key()])
    again = await open_vault(store)
    before = dict(again.secrets)
    write_keys(key_path(store.path), kept)

    await again.refresh()

    assert (before, again.secrets) == ({}, {"a": VALUE})


async def test_a_profile_has_fields_that_are_set_and_removed(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.create_profile(StoredProfile("main", NOW, "http"), {"token": VALUE, "url": "u"}, by="ada")

    removed = await vault.change("main", {"token": "other value"}, removes=["url", "nothing"])

    assert (removed, vault.profiles) == (["url"], {"main": {"token": "other value"}})


async def test_a_profile_is_made_once_and_a_missing_one_is_told(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.create_profile(StoredProfile("main", NOW), {}, by=None)

    with pytest.raises(Conflict, match="main"):
        await vault.create_profile(StoredProfile("main", NOW), {"a": "b"}, by=None)
    with pytest.raises(NotFound, match="mian") as caught:
        await vault.change("mian", {"a": "b"})

    assert "`main`" in str(caught.value.remedy)
    assert vault.profiles == {"main": {}}


async def test_a_row_that_was_moved_does_not_open(store: SqliteStore) -> None:
    """Not in another field, nor in another profile: else whoever may write the file could have it sent elsewhere."""
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE, "b": "the value of b"})

    def move(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT sealed FROM credentials WHERE field = 'a'").fetchone()
        connection.execute("UPDATE credentials SET sealed = ? WHERE field = 'b'", row)

    await store.write(move)
    again = await open_vault(store)

    assert (again.secrets, list(again.unopened)) == ({"a": VALUE}, [("", "b")])


async def test_a_row_of_another_store_does_not_open(store: SqliteStore, tmp_path: Path) -> None:
    """With the same key: the id of the store is part of the seal."""
    write_keys(key_path(store.path), [new_key()])
    (tmp_path / "other.db.key").write_bytes(key_path(store.path).read_bytes())
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE})
    row = await store.read(lambda c: c.execute("SELECT sealed FROM credentials WHERE field = 'a'").fetchone())
    async with SqliteStore(tmp_path / "other.db", synchronous="OFF") as other:
        await (await open_vault(other)).change("", {"a": "mine"})
        await other.write(lambda c: c.execute("UPDATE credentials SET sealed = ? WHERE field = 'a'", row))
        found = await open_vault(other)

    assert (found.secrets, list(found.unopened)) == ({}, [("", "a")])


async def test_with_another_key_each_secret_is_named_and_nothing_breaks(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.change("", {"stripe_key": VALUE})
    await vault.create_profile(StoredProfile("main", NOW), {"token": VALUE}, by=None)
    write_keys(key_path(store.path), [new_key()])

    again = await open_vault(store)

    assert (again.secrets, set(again.unopened)) == ({}, {("", "stripe_key"), ("main", "token")})
    with pytest.raises(StoreError, match="`stripe_key`, `token` of the profile `main`") as caught:
        await again.rotate()
    assert caught.value.code == "cannot_open"
    with pytest.raises(StoreError):
        await again.change("", {"new": "value of new"})


async def test_the_first_key_of_the_environment_seals_and_all_open(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "the old key of 16 letters", "the new key of 16 letters"
    monkeypatch.setenv("TREADLE_KEY", old)
    await (await open_vault(store)).change("", {"a": VALUE})
    monkeypatch.setenv("TREADLE_KEY", f"{new}, {old}")

    vault = await open_vault(store)
    key_id, count = await vault.rotate()
    monkeypatch.setenv("TREADLE_KEY", new)

    assert (vault.secrets, key_id, count) == ({"a": VALUE}, Key.of(new).id, 1)
    assert (await open_vault(store)).secrets == {"a": VALUE}


async def test_one_key_in_the_environment_cannot_be_rotated(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_KEY", "0123456789abcdef")

    with pytest.raises(Conflict, match="no other") as caught:
        await (await open_vault(store)).rotate()

    assert caught.value.code == "no_new_key"


async def test_a_weak_key_in_the_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWorkflow, match="5 characters"):
        read_keyring(tmp_path / "treadle.db", {"TREADLE_KEY": "0123456789abcdef,short"})


async def test_rotation_makes_a_new_key_and_drops_the_old(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE})
    await vault.create_profile(StoredProfile("main", NOW), {"b": "value of b"}, by=None)
    before = read_keyring(store.path)

    key_id, count = await vault.rotate()

    after = read_keyring(store.path)
    sealed_with = await store.read(lambda c: c.execute("SELECT DISTINCT key_id FROM credentials").fetchall())
    assert (count, [key.id for key in after], sealed_with) == (2, [key_id], [(key_id,)])
    assert before.first.id != key_id
    again = await open_vault(store)
    assert (again.secrets, again.profiles) == ({"a": VALUE}, {"main": {"b": "value of b"}})


async def test_a_process_that_knew_the_old_key_goes_on(store: SqliteStore) -> None:
    async with SqliteStore(store.path, synchronous="OFF") as other:
        running, rotating = await open_vault(store), await open_vault(other)
        await running.change("", {"a": VALUE})
        await rotating.rotate()

        await running.change("", {"b": "value of b"})
        await rotating.refresh()

    assert rotating.secrets == running.secrets == {"a": VALUE, "b": "value of b"}
    assert not (await open_vault(store)).unopened


async def test_a_change_sealed_with_the_key_that_was_just_dropped_is_not_taken(store: SqliteStore) -> None:
    """It would never be opened again."""
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE})
    before = (await store.read_vault()).anchor
    await vault.rotate()
    assert before is not None

    with pytest.raises(Conflict) as caught:
        await store.change_fields("", anchor=before)

    assert caught.value.code == "vault_changed"


@pytest.mark.parametrize("point", ["key written", "resealed"])
async def test_a_rotation_that_was_broken_off_is_ended_by_the_next(store: SqliteStore, point: str) -> None:
    """Everything opens meanwhile."""
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE})
    first = read_keyring(store.path)
    write_keys(key_path(store.path), [new_key(), first.first])
    if point == "resealed":
        await vault._reseal(read_keyring(store.path))
    meanwhile = await open_vault(store)
    await meanwhile.change("", {"b": "value of b"})

    key_id, count = await meanwhile.rotate()

    again = await open_vault(store)
    assert (again.secrets, count) == ({"a": VALUE, "b": "value of b"}, 2)
    assert [key.id for key in read_keyring(store.path)] == [key_id]
    assert first.first.id != key_id


async def test_rotations_at_once_lose_nothing(store: SqliteStore) -> None:
    """Neither drops a key that the other has just sealed with."""
    async with SqliteStore(store.path, synchronous="OFF") as other:
        one, two = await open_vault(store), await open_vault(other)
        await one.change("", {"a": VALUE})

        await asyncio.gather(*(vault.rotate() for vault in (one, two) * 4), two.change("", {"b": "value of b"}))

    again = await open_vault(store)
    assert (again.unopened, again.secrets) == ({}, {"a": VALUE, "b": "value of b"})
    assert len(read_keyring(store.path).keys) == 1


async def test_a_rotation_reads_the_keys_when_its_turn_has_come(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.change("", {"a": VALUE})
    (old,) = read_keyring(store.path).keys
    async with locked(key_path(store.path).with_name("treadle.db.key.lock")):
        waiting = asyncio.create_task(vault.rotate())
        await asyncio.sleep(0.05)
        write_keys(key_path(store.path), [middle := new_key(), old])

    key_id, _ = await waiting

    assert (key_id, [key.id for key in read_keyring(store.path)]) == (middle.id, [middle.id])


async def test_the_first_secret_is_not_lost_to_a_rotation_at_the_same_time(store: SqliteStore) -> None:
    async with SqliteStore(store.path, synchronous="OFF") as other:
        one, two = await open_vault(store), await open_vault(other)
        read_keyring(store.path)

        await asyncio.gather(one.rotate(), two.change("", {"a": VALUE}), one.rotate())

    assert (await open_vault(store)).secrets == {"a": VALUE}


async def test_who_waits_for_the_vault_too_long_is_told(tmp_path: Path) -> None:
    async with locked(tmp_path / "lock"):
        with pytest.raises(Conflict) as caught:
            async with locked(tmp_path / "lock", patience=0.01):
                pass

    assert caught.value.code == "vault_busy"


_ROTATING = """
import asyncio, sys
from pathlib import Path
from treadle.engine.clock import SystemClock
from treadle.service.vault.vault import Vault
from treadle.store.sqlite_journal import SqliteStore

async def main():
    async with SqliteStore(Path(sys.argv[1]), synchronous="OFF") as store:
        vault = Vault(store, SystemClock())
        await vault.open()
        for number in range(10):
            await vault.change("", {f"{sys.argv[2]}{number}": f"value {number} of it"})
            await vault.rotate()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_two_processes_that_rotate_lose_nothing(store: SqliteStore) -> None:
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _ROTATING, str(store.path), name) for name in "ab"
    ]
    codes = [await process.wait() for process in processes]

    vault = await open_vault(store)
    assert (codes, vault.unopened, len(vault.secrets)) == ([0, 0], {}, 20)


async def test_a_deleted_profile_takes_its_fields_with_it(store: SqliteStore) -> None:
    vault = await open_vault(store)
    await vault.create_profile(StoredProfile("main", NOW), {"a": VALUE}, by=None)

    await vault.delete_profile("main")
    rows = await store.read(lambda c: c.execute("SELECT profile, field FROM credentials").fetchall())

    assert (vault.profiles, rows) == ({}, [("", "")])


async def test_known_are_all_values_but_those_of_open_fields(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_A", "of the environment")
    monkeypatch.setenv("TREADLE_PROFILE_MAIN_TOKEN", "of a profile there")
    monkeypatch.setenv("TREADLE_PROFILE_MAIN_USERNAME", "ada@example.com")
    vault = await open_vault(store)
    stored = {"password": VALUE, "username": "ada", "url": "https://ada:of-the-address@example.com"}
    await vault.create_profile(StoredProfile("main", NOW), stored, by=None)

    assert set(vault.known()) == {"of the environment", "of a profile there", VALUE, "of-the-address"}
