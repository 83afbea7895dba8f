"""Backtests in the store: begun once, completed whole, and failed when their process is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from treadle.errors import NotFound
from treadle.store import schema
from treadle.store.backtests import SETTINGS, StoredBacktest
from treadle.store.sqlite_journal import SqliteStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GONE = {"code": "interrupted", "message": "gone"}


def backtest(number: int, **more: Any) -> StoredBacktest:
    one = StoredBacktest(
        id=f"bt-{number}",
        workflow="bot",
        version=None,
        title="Bot",
        kind="backtest",
        state="queued",
        request={"workflow": "bot"},
        digest="",
        created_at=NOW + timedelta(seconds=number),
    )
    return replace(one, **more)


async def complete(store: SqliteStore, id: str, **more: Any) -> bool:
    given: dict[str, Any] = {"summary": {"bars": 3}, "variants": 1, "parts": {"detail": b"x"}, "digest": "d", **more}
    return await store.complete_backtest(id, **given)


async def test_what_is_completed_is_there_with_all_its_parts(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.add_backtest(backtest(1))
        begun = await store.begin_backtest("bt-1"), await store.begin_backtest("bt-1")
        assert await complete(store, "bt-1", parts={"detail": b"x", "trades": b"y"})
        one = await store.get_backtest("bt-1")
        parts = await store.list_backtest_parts("bt-1"), await store.read_backtest_part("bt-1", "trades")

    assert begun == (True, False)
    assert (one.state, one.progress, one.summary, one.digest) == ("completed", 1.0, {"bars": 3}, "d")
    assert parts == (["detail", "trades"], b"y")


async def test_what_was_taken_off_is_not_completed(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.add_backtest(backtest(1))
        await store.begin_backtest("bt-1")
        await store.end_backtest("bt-1", state="cancelled")

        assert not await complete(store, "bt-1")
        assert not await store.note_backtest_progress("bt-1", 0.5)
        assert not await store.end_backtest("bt-1", state="failed", error=GONE)
        assert await store.list_backtest_parts("bt-1") == []


async def test_those_whose_process_is_gone_have_failed(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.register_worker()
        await store.add_backtest(backtest(1, worker=store.worker_id))
        await store.add_backtest(backtest(2, worker="w-gone", state="running"))
        await store.add_backtest(backtest(3, worker="w-gone", state="completed", finished_at=NOW))

        ended = await store.end_abandoned_backtests(GONE)
        states = [(one.state, one.error) for one in await store.list_backtests()]

    assert ended == 1
    assert states == [("completed", None), ("failed", GONE), ("queued", None)]


async def test_lists_are_newest_first_and_without_what_is_hidden(path: Path) -> None:
    async with SqliteStore(path) as store:
        for number in range(1, 6):
            await store.add_backtest(backtest(number, workflow="bot" if number % 2 else "other"))

        assert [one.id for one in await store.list_backtests(limit=2)] == ["bt-5", "bt-4"]
        assert [one.id for one in await store.list_backtests(before="bt-3")] == ["bt-2", "bt-1"]
        assert [one.id for one in await store.list_backtests(hidden={"bot"})] == ["bt-4", "bt-2"]
        assert [one.id for one in await store.list_backtests(workflow="bot")] == ["bt-5", "bt-3", "bt-1"]


async def test_variants_are_counted_over_the_same_data_and_only_while_they_are_kept(path: Path) -> None:
    async with SqliteStore(path) as store:
        for number, digest in enumerate(("d", "d", "other"), start=1):
            await store.add_backtest(backtest(number))
            await store.begin_backtest(f"bt-{number}")
            await complete(store, f"bt-{number}", variants=10 * number, digest=digest)

        assert await store.count_variants("bot", "d") == 30
        assert await store.count_variants("bot", "d", before="bt-2") == 10
        await store.delete_backtest("bt-2")
        assert await store.count_variants("bot", "d") == 10
        assert await store.list_backtest_parts("bt-2") == []


async def test_the_same_settings_are_one_variant_however_often_they_are_tried(path: Path) -> None:
    async with SqliteStore(path) as store:
        for number, tried in enumerate(("same", "same", "other", None, None), start=1):
            await store.add_backtest(backtest(number))
            await store.begin_backtest(f"bt-{number}")
            await complete(store, f"bt-{number}", summary={} if tried is None else {SETTINGS: tried})

        assert await store.count_variants("bot", "d") == 4
        assert await store.count_variants("bot", "d", settings="same") == 3
        assert await store.count_variants("bot", "d", settings="another") == 4


async def test_one_that_is_not_there_is_said_to_be(path: Path) -> None:
    async with SqliteStore(path) as store:
        with pytest.raises(NotFound, match="no backtest `bt-9`"):
            await store.get_backtest("bt-9")


async def test_the_revision_before_knows_nothing_of_them(path: Path) -> None:
    async with SqliteStore(path) as store:
        await store.add_backtest(backtest(1))

    schema.downgrade(f"sqlite:///{path}", "0005")

    async with SqliteStore(path) as store:
        assert await store.list_backtests() == []
