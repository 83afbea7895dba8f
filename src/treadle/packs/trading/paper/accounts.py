"""`Accounts`: the file that paper accounts are kept in. Any number of processes may use it; each change is one
transaction, so that an order is there with all that came of it, or not at all."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from treadle.packs.trading.paper.tables import SCHEMA, TABLES
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Traded
from treadle.simulation.market.orders import Row
from treadle.simulation.market.purse import Entry

_WAIT = 30.0
"""Seconds to wait for another process's change."""


class DeskRow(NamedTuple):
    """A market as the account knows it. `walked` and `paid` are up to when prices and funding have been seen."""

    symbol: str
    tick: Decimal
    lot: Decimal
    contract: Decimal
    base: str
    quote: str
    kind: str
    position: int = 0
    cost: int = 0
    profit: int = 0
    last: int = 0
    serial: int = 0
    walked: int = 0
    paid: int = 0
    is_settled: bool = False


class StoredOrder(NamedTuple):
    client_id: str
    symbol: str
    row: Row
    label: str | None
    created_at: int
    updated_at: int


class AccountRow(NamedTuple):
    version: int
    number: int
    turnover: dict[int, int]
    opened_at: int


class Accounts:
    """Not for two threads at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            _use_wal(self._base)
            self._base.execute("PRAGMA synchronous=NORMAL")
            self._base.executescript(SCHEMA)
        except BaseException:
            self._base.close()
            raise
        self._lock = threading.RLock()

    def close(self) -> None:
        self._base.close()

    @contextmanager
    def change(self) -> Generator[Change]:
        """A transaction; nothing of it is kept if it raises, or if `Change.keep` is false in the end."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            change = Change(self._base)
            try:
                yield change
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT" if change.keep else "ROLLBACK")

    def version(self, account: str) -> int | None:
        found = self._base.execute("SELECT version FROM account WHERE name = ?", (account,)).fetchone()
        return found and found[0]

    def desks(self, account: str) -> list[DeskRow]:
        return Change(self._base).desks(account)

    def find(self, account: str, client_id: str) -> StoredOrder | None:
        return next(self._orders("account = ? AND client_id = ?", (account, client_id)), None)

    def open_orders(self, account: str) -> list[StoredOrder]:
        return list(self._orders("account = ? AND is_open = 1 ORDER BY number", (account,)))

    def fills(self, account: str, symbol: str, *, since: int) -> list[tuple[Traded, str]]:
        """In order, each with the client id of its order."""
        query = (
            "SELECT fill.numbers, client_id FROM fill JOIN paper_order USING (account, number) "
            "WHERE fill.account = ? AND fill.symbol = ? AND fill.at >= ? ORDER BY serial"
        )
        return [(_traded(one), name) for one, name in self._base.execute(query, (account, symbol, since))]

    def fills_of(self, account: str, number: int) -> list[Traded]:
        query = "SELECT numbers FROM fill WHERE account = ? AND number = ? ORDER BY serial"
        return [_traded(one) for (one,) in self._base.execute(query, (account, number))]

    def entries(self, account: str) -> list[Entry]:
        """The whole ledger, in order."""
        query = "SELECT at, asset, amount, kind, symbol, number FROM entry WHERE account = ? ORDER BY rowid"
        rows = self._base.execute(query, (account,))
        return [Entry(at, asset, int(amount), kind, symbol, number) for at, asset, amount, kind, symbol, number in rows]

    def bars(self, account: str, symbol: str, *, after: int = 0, newest: int = -1) -> list[tuple[int, int, list[int]]]:
        """(opened, closed, prices and volume) of the bars that runs have fed and that opened at `after` or later."""
        query = (
            "SELECT time, closes, prices FROM bar WHERE account = ? AND symbol = ? AND time >= ? "
            "ORDER BY time DESC LIMIT ?"
        )
        rows = self._base.execute(query, (account, symbol, after, newest)).fetchall()
        return [(opened, closes, json.loads(prices)) for opened, closes, prices in reversed(rows)]

    def fed_symbols(self, account: str) -> list[str]:
        query = "SELECT DISTINCT symbol FROM bar WHERE account = ? ORDER BY symbol"
        return [symbol for (symbol,) in self._base.execute(query, (account,))]

    def _orders(self, where: str, values: tuple[Any, ...]) -> Generator[StoredOrder]:
        query = f"SELECT client_id, symbol, numbers, label, created_at, updated_at FROM paper_order WHERE {where}"
        for client_id, symbol, numbers, label, created, updated in self._base.execute(query, values):
            yield StoredOrder(client_id, symbol, json.loads(numbers), label, created, updated)


class Change:
    """What is written in one transaction."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        self.keep = True

    def account(self, name: str) -> AccountRow | None:
        query = "SELECT version, number, turnover, opened_at FROM account WHERE name = ?"
        found = self._base.execute(query, (name,)).fetchone()
        if found is None:
            return None
        version, number, turnover, opened_at = found
        return AccountRow(version, number, {int(day): worth for day, worth in json.loads(turnover)}, opened_at)

    def version(self, name: str) -> int | None:
        found = self._base.execute("SELECT version FROM account WHERE name = ?", (name,)).fetchone()
        return found and found[0]

    def put_account(self, name: str, row: AccountRow) -> None:
        self._base.execute(
            "INSERT INTO account VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version, "
            "number = excluded.number, turnover = excluded.turnover",
            (name, row.version, row.number, json.dumps(sorted(row.turnover.items())), row.opened_at),
        )

    def drop_tests(self, before: int) -> None:
        """Forget the accounts of test runs that were opened before a time."""
        query = "SELECT name FROM account WHERE name LIKE '%test:%' AND opened_at < ?"
        for (name,) in self._base.execute(query, (before,)).fetchall():
            for table in TABLES:
                self._base.execute(
                    f"DELETE FROM {table} WHERE {'name' if table == 'account' else 'account'} = ?", (name,)
                )

    def balances(self, account: str) -> dict[str, int]:
        query = "SELECT asset, total FROM balance WHERE account = ?"
        return {asset: int(total) for asset, total in self._base.execute(query, (account,))}

    def put_balance(self, account: str, asset: str, total: int) -> None:
        self._base.execute("INSERT OR REPLACE INTO balance VALUES (?, ?, ?)", (account, asset, str(total)))

    def desks(self, account: str) -> list[DeskRow]:
        query = (
            "SELECT symbol, tick, lot, contract, base, quote, kind, state FROM desk WHERE account = ? ORDER BY symbol"
        )
        return [
            DeskRow(symbol, Decimal(tick), Decimal(lot), Decimal(contract), base, quote, kind, *json.loads(state))
            for symbol, tick, lot, contract, base, quote, kind, state in self._base.execute(query, (account,))
        ]

    def put_desk(self, account: str, row: DeskRow) -> None:
        self._base.execute(
            "INSERT OR REPLACE INTO desk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (account, row.symbol, str(row.tick), str(row.lot), str(row.contract), *row[4:7], json.dumps(row[7:])),
        )

    def open_rows(self, account: str) -> list[tuple[str, Row]]:
        query = "SELECT symbol, numbers FROM paper_order WHERE account = ? AND is_open = 1 ORDER BY number"
        return [(symbol, json.loads(numbers)) for symbol, numbers in self._base.execute(query, (account,))]

    def find_client(self, account: str, number: int) -> str:
        query = "SELECT client_id FROM paper_order WHERE account = ? AND number = ?"
        return self._base.execute(query, (account, number)).fetchone()[0]

    def has_client(self, account: str, client_id: str) -> bool:
        query = "SELECT 1 FROM paper_order WHERE account = ? AND client_id = ?"
        return self._base.execute(query, (account, client_id)).fetchone() is not None

    def group_of(self, account: str, label: str) -> int:
        """The number of an OCO group by its name; 0: there is none."""
        query = "SELECT numbers FROM paper_order WHERE account = ? AND label = ? LIMIT 1"
        found = self._base.execute(query, (account, label)).fetchone()
        return 0 if found is None else json.loads(found[0])[o.GROUP]

    def add_order(self, account: str, symbol: str, row: Row, client_id: str, label: str | None, at: int) -> None:
        self._base.execute(
            "INSERT INTO paper_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (account, row[o.NUMBER], client_id, symbol, json.dumps(row), row[o.STATUS] < o.DONE, label, at, at),
        )

    def put_order(self, account: str, row: Row, at: int) -> None:
        self._base.execute(
            "UPDATE paper_order SET numbers = ?, is_open = ?, updated_at = ? WHERE account = ? AND number = ?",
            (json.dumps(row), row[o.STATUS] < o.DONE, at, account, row[o.NUMBER]),
        )

    def add_fills(self, account: str, symbol: str, fills: Sequence[Traded]) -> None:
        self._base.executemany(
            "INSERT INTO fill VALUES (?, ?, ?, ?, ?, ?)",
            [(account, symbol, one.serial, one.number, one.at, json.dumps(one)) for one in fills],
        )

    def add_entries(self, account: str, entries: Sequence[Entry]) -> None:
        self._base.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (account, at, asset, str(amount), kind, symbol, number)
                for at, asset, amount, kind, symbol, number in entries
            ],
        )

    def last_bar(self, account: str, symbol: str) -> int:
        query = "SELECT max(time) FROM bar WHERE account = ? AND symbol = ?"
        return self._base.execute(query, (account, symbol)).fetchone()[0] or 0

    def has_bar(self, account: str, symbol: str, opened: int) -> bool:
        query = "SELECT 1 FROM bar WHERE account = ? AND symbol = ? AND time = ?"
        return self._base.execute(query, (account, symbol, opened)).fetchone() is not None

    def add_bar(self, account: str, symbol: str, opened: int, closes: int, prices: Sequence[int]) -> None:
        self._base.execute(
            "INSERT INTO bar VALUES (?, ?, ?, ?, ?)", (account, symbol, opened, closes, json.dumps(prices))
        )


def _use_wal(base: sqlite3.Connection) -> None:
    """Of several processes that do so at the same moment, SQLite turns all but one away without waiting."""
    for _ in range(100):
        try:
            base.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            time.sleep(0.02)
    base.execute("PRAGMA journal_mode=WAL")


def _traded(text: str) -> Traded:
    return Traded(*json.loads(text))
