"""What the file of paper accounts is to `packs.trading.paper`, in memory: for one test, and one process."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile

from treadle.packs.trading.paper.accounts import AccountRow, DeskRow, StoredOrder
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Traded
from treadle.simulation.market.orders import Row
from treadle.simulation.market.purse import Entry

_SLACK = 120_000
"""Milliseconds by which a fill may be told of before one that happened earlier: twice the longest latency."""


@dataclass(slots=True)
class _Held:
    """One account. Orders are by number, `open` are the numbers of those that are not over."""

    row: AccountRow | None = None
    balances: dict[str, int] = field(default_factory=dict[str, int])
    desks: dict[str, DeskRow] = field(default_factory=dict[str, DeskRow])
    orders: dict[int, StoredOrder] = field(default_factory=dict[int, StoredOrder])
    open: set[int] = field(default_factory=set[int])
    clients: dict[str, int] = field(default_factory=dict[str, int])
    groups: dict[str, int] = field(default_factory=dict[str, int])
    fills: dict[str, list[Traded]] = field(default_factory=dict[str, list[Traded]])
    filled: dict[int, list[Traded]] = field(default_factory=dict[int, list[Traded]])


class HeldAccounts:
    """`Accounts` and its `Change` in one. Nothing that is given out or taken in is shared: rows are copied."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Held] = {}
        self.keep = True

    def close(self) -> None:
        return None

    @contextmanager
    def change(self) -> Generator[HeldAccounts]:
        """What is written is written at the end of a change, all of it: so there is nothing to take back."""
        yield self

    def _of(self, name: str) -> _Held:
        return self._accounts.setdefault(name, _Held())

    # What is read

    def account(self, name: str) -> AccountRow | None:
        row = self._of(name).row
        return None if row is None else row._replace(turnover=dict(row.turnover))

    def version(self, name: str) -> int | None:
        row = self._of(name).row
        return None if row is None else row.version

    def balances(self, account: str) -> dict[str, int]:
        return dict(self._of(account).balances)

    def desks(self, account: str) -> list[DeskRow]:
        desks = self._of(account).desks
        return [desks[symbol] for symbol in sorted(desks)]

    def find(self, account: str, client_id: str) -> StoredOrder | None:
        held = self._of(account)
        number = held.clients.get(client_id)
        return None if number is None else _copied(held.orders[number])

    def open_orders(self, account: str) -> list[StoredOrder]:
        held = self._of(account)
        return [_copied(held.orders[number]) for number in sorted(held.open)]

    def open_rows(self, account: str) -> list[tuple[str, Row]]:
        return [(one.symbol, one.row) for one in self.open_orders(account)]

    def fills(self, account: str, symbol: str, *, since: int) -> list[tuple[Traded, str]]:
        held = self._of(account)
        newest = takewhile(lambda one: one.at >= since - _SLACK, reversed(held.fills.get(symbol, ())))
        found = [(one, held.orders[one.number].client_id) for one in newest if one.at >= since]
        return found[::-1]

    def fills_of(self, account: str, number: int) -> list[Traded]:
        return list(self._of(account).filled.get(number, ()))

    def find_client(self, account: str, number: int) -> str:
        return self._of(account).orders[number].client_id

    def has_client(self, account: str, client_id: str) -> bool:
        return client_id in self._of(account).clients

    def group_of(self, account: str, label: str) -> int:
        held = self._of(account)
        number = held.groups.get(label)
        return 0 if number is None else held.orders[number].row[o.GROUP]

    # What is written

    def put_account(self, name: str, row: AccountRow) -> None:
        held = self._of(name)
        opened_at = row.opened_at if held.row is None else held.row.opened_at
        held.row = row._replace(turnover=dict(row.turnover), opened_at=opened_at)

    def drop_tests(self, before: int) -> None:
        return None

    def put_balance(self, account: str, asset: str, total: int) -> None:
        self._of(account).balances[asset] = total

    def put_desk(self, account: str, row: DeskRow) -> None:
        self._of(account).desks[row.symbol] = row

    def add_order(self, account: str, symbol: str, row: Row, client_id: str, label: str | None, at: int) -> None:
        held, number = self._of(account), row[o.NUMBER]
        held.orders[number] = StoredOrder(client_id, symbol, row.copy(), label, at, at)
        held.clients[client_id] = number
        if label is not None:
            held.groups.setdefault(label, number)
        if row[o.STATUS] < o.DONE:
            held.open.add(number)

    def put_order(self, account: str, row: Row, at: int) -> None:
        held, number = self._of(account), row[o.NUMBER]
        held.orders[number] = held.orders[number]._replace(row=row.copy(), updated_at=at)
        (held.open.add if row[o.STATUS] < o.DONE else held.open.discard)(number)

    def add_fills(self, account: str, symbol: str, fills: Sequence[Traded]) -> None:
        held = self._of(account)
        held.fills.setdefault(symbol, []).extend(fills)
        for one in fills:
            held.filled.setdefault(one.number, []).append(one)

    def add_entries(self, account: str, entries: Sequence[Entry]) -> None:
        """Nobody reads the ledger of a test."""


def _copied(order: StoredOrder) -> StoredOrder:
    return order._replace(row=order.row.copy())
