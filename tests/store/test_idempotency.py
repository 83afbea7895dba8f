"""Keys of requests in the store: claimed once, kept a while, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from treadle.store.idempotency import KeptResponse
from treadle.store.sqlite_journal import SqliteStore

START = datetime(2026, 1, 1, tzinfo=UTC)


class Hand:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


async def begin(store: SqliteStore, *, actor: str = "u1", by: str = "me") -> KeptResponse | None:
    return await store.begin_request(actor, "k", request="r", by=by, expires_at=START + timedelta(hours=24))


async def test_a_key_is_claimed_once(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "a.db", now=Hand()) as store:
        first, second, other = await begin(store), await begin(store, by="you"), await begin(store, actor="u2")

    assert (first, other) == (None, None)
    assert second == KeptResponse("r", None, (), None, by="me")


async def test_what_was_answered_is_kept_until_it_expires(tmp_path: Path) -> None:
    now = Hand()
    async with SqliteStore(tmp_path / "a.db", now=now) as store:
        await begin(store)
        await store.keep_response("u1", "k", status=201, headers=[("etag", '"1"')], body=b"done")
        kept = await begin(store)
        now.at = START + timedelta(hours=24)
        expired = await begin(store)

    assert kept == KeptResponse("r", 201, [("etag", '"1"')], b"done")
    assert expired is None


async def test_a_forgotten_key_may_be_claimed_again(tmp_path: Path) -> None:
    async with SqliteStore(tmp_path / "a.db", now=Hand()) as store:
        await begin(store)
        await store.forget_request("u1", "k")

        assert await begin(store) is None
