"""Records by the page, and series that are kept bounded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from treadle.model.record import Record
from treadle.store import thinning
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.journal_contract import NOW


async def test_pages_go_from_the_newest_to_the_oldest(store: SqliteStore) -> None:
    for at in range(5):
        value = {"symbol": "BTC/USDT" if at % 2 else "ETH/USDT"}
        await store.put_record(Record("order", f"o{at}", value, owner="d", is_open=at > 2), now=NOW)
    await store.put_record(Record("order", "other", owner="e"), now=NOW)

    first = await store.page_records("order", owner="d", limit=3)
    second = await store.page_records("order", owner="d", limit=3, before=first[-1].serial)

    assert [one.key for one in first + second] == ["o4", "o3", "o2", "o1", "o0"]
    assert [one.key for one in await store.page_records("order", owner="d", open_only=True)] == ["o4", "o3"]
    bitcoin = await store.page_records("order", owner="d", fields={"symbol": "BTC/USDT"})
    assert [one.key for one in bitcoin] == ["o3", "o1"]
    owners = await store.list_record_owners(["order", "fill"], series=["order", "equity"])
    assert owners == {"d": first[0].serial, "e": first[0].serial + 1}
    assert await store.list_record_owners(["fill"], series=["order"]) == {}
    assert await store.count_open_records("order") == {"d": 2}


async def test_a_series_gets_thinner_with_age_and_nothing_else_does(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thinning, "EVERY", 1)
    for kind in ("equity", "fill"):
        for minute in range(0, 180, 30):
            at = NOW - timedelta(days=10) + timedelta(minutes=minute)
            await store.put_record(Record(kind, f"old {minute}", owner="d"), now=at)
        await store.put_record(Record(kind, "young", owner="d"), now=NOW - timedelta(hours=1))

    await store.put_record(Record("equity", "now", owner="d"), now=NOW)

    kept = [one.key for one in reversed(await store.page_records("equity", owner="d"))]
    assert kept == ["old 0", "old 60", "old 120", "young", "now"]
    assert len(await store.page_records("fill", owner="d")) == 7
