"""`PaperAccount`: one account of the file, in memory. It is read anew when another process has changed it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from treadle.packs.trading.paper.accounts import AccountRow, Accounts, Change, DeskRow
from treadle.packs.trading.paper.rules import rules_of
from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.venue.market_data import Market
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.desk import Desk
from treadle.simulation.market.orders import Row
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import Scale, scale_of, to_wallet

_TESTS_KEPT = 7 * 86_400_000
"""Milliseconds after which the account of a run that was only a test is forgotten: it may have waited that long."""
_LAZY = 600_000
"""Milliseconds of prices that may have been walked without a trace in the file: whoever comes next walks them again."""


class UnknownDesk(Exception):
    """Another process has opened a market whose rules were not asked for yet; ask, and try again."""


class PaperDesk:
    """A desk with what the file knows of it."""

    __slots__ = ("desk", "scale", "stored")

    def __init__(self, desk: Desk, scale: Scale, stored: DeskRow) -> None:
        self.desk, self.scale, self.stored = desk, scale, stored

    def now(self) -> DeskRow:
        desk = self.desk
        return self.stored._replace(
            position=desk.position, cost=desk.cost, profit=desk.profit, last=desk.last, serial=desk.serial
        )


class PaperAccount:
    """Between `change` and the next await nothing else touches it."""

    def __init__(self, accounts: Accounts, name: str, settings: PaperSettings) -> None:
        self.accounts, self.name, self.settings = accounts, name, settings
        self.markets: dict[str, Market] = {}
        """By symbol, as the feed has told them; needed to open a desk."""
        self.desks: dict[str, PaperDesk] = {}
        self.broker = Broker(Purse({}))
        self.turnover: dict[int, int] = {}
        self._version: int | None = None
        self._opened_at = 0
        self._written: dict[int, Row] = {}
        self._totals: dict[str, int] = {}
        self._rows: dict[str, DeskRow] = {}
        self._new: dict[int, tuple[str, str | None]] = {}

    @contextmanager
    def change(self, at: int, *, is_lazy: bool = False) -> Generator[Change]:
        """A transaction over the account as it is. What becomes of it is written at the end, or nothing is, if it
        raises. With `is_lazy` it is left for later where only prices went on."""
        try:
            with self.accounts.change() as change:
                self._read(change, at)
                yield change
                change.keep = self._write(change, at, is_lazy)
        except BaseException:
            self._version = None
            raise
        for held in self.desks.values():
            held.desk.fills.clear()
            held.desk.over.clear()
        self.broker.purse.entries.clear()
        self._new.clear()

    def begin(self, at: int) -> int:
        """When the account was opened; now, if it was not yet."""
        with self.accounts.change() as change:
            found = change.account(self.name)
        if found is None:
            with self.change(at):
                pass
            return self._opened_at
        return found.opened_at

    @property
    def is_read(self) -> bool:
        """Whether this is the account as it stands in the file, or further on."""
        return self._version is not None and self.accounts.version(self.name) == self._version

    def traded_symbols(self) -> list[DeskRow]:
        """The markets that the file knows of for this account."""
        return self.accounts.desks(self.name)

    def open(self, market: Market) -> PaperDesk:
        """The desk of a market, within a change."""
        held = self.desks.get(market.symbol)
        if held is not None:
            return held
        assert market.tick is not None
        assert market.lot is not None
        stored = DeskRow(
            market.symbol, market.tick, market.lot, market.contract_size, market.base, market.quote, market.kind
        )
        return self._desk(stored, market)

    def add(self, row: Row, client_id: str, label: str | None) -> None:
        """Note whose an order is that was just placed."""
        self._new[row[o.NUMBER]] = (client_id, label)

    def mark(self, symbol: str, **changes: int | bool) -> None:
        held = self.desks[symbol]
        held.stored = held.stored._replace(**changes)  # pyright: ignore[reportArgumentType]

    def _read(self, change: Change, at: int) -> None:
        version = change.version(self.name)
        if version is not None and version == self._version:
            return
        self.desks, self._written, self._rows = {}, {}, {}
        found = change.account(self.name)
        if found is None:
            deposits = {asset: to_wallet(amount) for asset, amount in self.settings.balance.items()}
            self._opened_at, self._totals = at, {}
            change.drop_tests(at - _TESTS_KEPT)
            self.broker = Broker(Purse({}))
            for asset, amount in deposits.items():
                self.broker.purse.move(at, asset, amount, "deposit", "", 0)
        else:
            self._opened_at, self._totals = found.opened_at, change.balances(self.name)
            self.broker = Broker(Purse(dict(self._totals), turnover=found.turnover), number=found.number)
        for stored in change.desks(self.name):
            market = self.markets.get(stored.symbol)
            if market is None:
                raise UnknownDesk(stored.symbol)
            self._desk(stored, market)
            self._rows[stored.symbol] = stored
        for symbol, row in change.open_rows(self.name):
            self.desks[symbol].desk.orders.append(row)
            self._written[row[o.NUMBER]] = row.copy()
        self._version = version or 0

    def _desk(self, stored: DeskRow, market: Market) -> PaperDesk:
        scale = scale_of(stored.tick, stored.lot, stored.contract)
        desk = self.broker.open(rules_of(market, scale, self.settings))
        desk.position, desk.cost, desk.profit = stored.position, stored.cost, stored.profit
        desk.last, desk.serial = stored.last, stored.serial
        held = self.desks[stored.symbol] = PaperDesk(desk, scale, stored)
        return held

    def _write(self, change: Change, at: int, is_lazy: bool) -> bool:
        entries = self.broker.purse.entries
        if is_lazy and not entries and self._version and not self._has_news():
            return False
        for symbol, held in self.desks.items():
            desk = held.desk
            for row in sorted((*desk.orders, *desk.over)):  # by number: a child names itself after its parent
                self._write_order(change, symbol, row, at)
            if desk.fills:
                change.add_fills(self.name, symbol, desk.fills)
            now = held.now()
            if self._rows.get(symbol) != now:
                change.put_desk(self.name, now)
                self._rows[symbol] = held.stored = now
        for asset, total in self.broker.purse.totals.items():
            if self._totals.get(asset) != total:
                change.put_balance(self.name, asset, total)
                self._totals[asset] = total
        change.add_entries(self.name, entries)
        self._version = (self._version or 0) + 1
        row = AccountRow(self._version, self.broker.number, self.broker.purse.turnover, self._opened_at)
        change.put_account(self.name, row)
        return True

    def _has_news(self) -> bool:
        for symbol, held in self.desks.items():
            before = self._rows.get(symbol)
            if held.desk.over or held.desk.fills or before is None or held.stored.walked - before.walked > _LAZY:
                return True
            if held.stored.is_settled != before.is_settled:
                return True
            if any(row[o.ARMED] != self._written.get(row[o.NUMBER], row)[o.ARMED] for row in held.desk.orders):
                return True
        return False

    def _write_order(self, change: Change, symbol: str, row: Row, at: int) -> None:
        number = row[o.NUMBER]
        before = self._written.get(number)
        if before == row:
            return
        if before is None:
            named = self._new.get(number) or (self._name_child(change, row), None)
            change.add_order(self.name, symbol, row, *named, at)
        else:
            change.put_order(self.name, row, at)
        if row[o.STATUS] < o.DONE:
            self._written[number] = row.copy()
        else:
            self._written.pop(number, None)

    def _name_child(self, change: Change, row: Row) -> str:
        if not row[o.PARENT]:
            return f"liquidation-{row[o.NUMBER]}"
        parent = change.find_client(self.name, row[o.PARENT])
        name = f"{parent}-{'sl' if row[o.KIND] == o.STOP_MARKET else 'tp'}"
        return f"{name}-{row[o.NUMBER]}" if change.has_client(self.name, name) else name


def stand_in(stored: DeskRow) -> Market:
    """A market that its feed no longer lists, as it was when it was traded."""
    kind = stored.kind
    assert kind in ("spot", "perpetual", "future", "prediction", "forex")
    return Market(
        stored.symbol, stored.base, stored.quote, kind, tick=stored.tick, lot=stored.lot,
        contract_size=stored.contract, is_open=False,
    )  # fmt: skip
