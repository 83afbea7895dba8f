"""From what a compiled backtest leaves behind to the result that every backtest has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from treadle.packs.trading.accounting import Holding
from treadle.packs.trading.orders.record import iso, write_fill
from treadle.packs.trading.paper.telling import average_of, tell_fill
from treadle.packs.trading.venue.order import Fill
from treadle.service.backtests.doubts import find_doubts
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.records import DEPLOYMENT
from treadle.service.backtests.program.trading import NODES, Trading
from treadle.service.backtests.result import BacktestResult, EquityPoint
from treadle.service.bots.book import Book
from treadle.service.bots.fill import RecordedFill
from treadle.simulation.compiled import layout as y
from treadle.simulation.compiled import opening
from treadle.simulation.market import orders as o
from treadle.simulation.market.scale import from_wallet, short

_KINDS = ("market", "limit", "stop", "stop_limit", "take_profit", "take_profit_limit")
_STATUSES = ("open", "partly_filled", "filled", "cancelled", "rejected", "expired")


def tell_result(
    program: Program, trading: Trading, counts: Counter[str], messages: Mapping[str, str], explain: Sequence[Any]
) -> BacktestResult:
    result = BacktestResult(
        program.bound.workflow.name,
        program.bound.workflow.version,
        program.since,
        program.until,
        bars=program.history.count_within(program.since, program.until),
        timeframe=next(iter(program.history.bars.values())).timeframe,
    )
    orders = _Orders(program, trading)
    account = orders.account
    book, holding = Book(), Holding(program.symbol)
    fills: list[dict[str, Any]] = []
    for fill, run, path in orders.fills():
        traded = holding.take(fill)
        value = write_fill(fill, group=account, run=run, path=path, profit=traded.profit if traded.closed else None)
        fills.append(value)
        book.take(RecordedFill(fill, account, run or None))
    result.currency = program.settings.told_in
    result.runs, result.messages = dict(counts), dict(messages)
    result.fills, result.orders = fills, list(orders.rows())
    result.fees = sum((Decimal(one["fee"]) for one in fills), Decimal(0))
    result.trades = book.trades
    result.open = book.open
    result.equity = list(_equity(program, trading))
    result.way, result.explain = "compiled", list(explain)
    result.nodes = {one.id: (one.type, one.title or one.id) for one in program.bound.workflow.nodes}
    result.history, result.providers = program.history, program.bound.providers
    result.warnings += program.bound.warnings
    result.warnings += find_doubts(result)
    return result


class _Orders:
    """Names of orders and of what placed them."""

    def __init__(self, program: Program, trading: Trading) -> None:
        self._program, self._trading = program, trading
        market = program.settings.market
        self.account = "/".join(part for part in ("paper", market, program.settings.account or DEPLOYMENT) if part)
        self._rows = dict(self._places())
        """By number: where the row of an order is, among those that are over or among those that are open."""
        self._first: dict[tuple[int, int], int] = {}
        for number in sorted(self._rows):
            packed, at = self._rows[number]
            if packed[at + o.PARENT]:
                self._first.setdefault((int(packed[at + o.PARENT]), int(packed[at + o.KIND])), number)

    def _places(self) -> Iterator[tuple[int, tuple[Sequence[int], int]]]:
        trading = self._trading
        for packed, count in ((trading.over, y.OVER), (trading.orders, y.ORDERS)):
            for at in range(0, int(trading.acc[count]) * y.ROW, y.ROW):
                yield int(packed[at + o.NUMBER]), (packed, at)

    def fills(self) -> Iterator[tuple[Fill, str, str]]:
        trading, venue = self._trading, self._trading.venue
        packed = trading.fills
        for number, traded in enumerate(trading.each_fill()):
            at = number * y.FILL
            name = self._name(traded.number, int(packed[at + y.F_PARENT]))
            run, path = self._place(int(packed[at + y.F_TAG]))
            yield tell_fill(traded, name, venue.stored.symbol, venue.scale, venue.stored.quote), run, path

    def rows(self) -> Iterator[dict[str, Any]]:
        scale = self._trading.venue.scale
        for number in sorted(self._rows):
            packed, at = self._rows[number]
            row = opening.unpack_orders(packed[at : at + y.ROW], 1)[0]
            run, path = self._place(int(packed[at + y.TAG]))
            told: dict[str, Any] = {
                "client_id": self._name(number, row[o.PARENT]),
                "symbol": self._program.symbol,
                "side": "buy" if row[o.SIDE] == o.BUY else "sell",
                "kind": _KINDS[row[o.KIND]],
                "quantity": f"{scale.quantity(row[o.QUANTITY]):f}",
                "filled": f"{scale.quantity(row[o.FILLED]):f}",
                "status": _STATUSES[row[o.STATUS]],
                "created_at": iso(row[o.SINCE]),
                "run": run,
                "path": path,
                "reduce_only": bool(row[o.REDUCE_ONLY]),
            }
            if row[o.FILLED]:
                told["average"] = f"{average_of(row[o.COST], row[o.FILLED], scale):f}"
            if row[o.REDUCE_ONLY]:
                told["reduce_only"] = True
            for name, field in (
                ("price", o.PRICE), ("stop_price", o.STOP), ("stop_loss", o.STOP_LOSS), ("take_profit", o.TAKE_PROFIT),
            ):  # fmt: skip
                if row[field]:
                    told[name] = f"{scale.price(row[field]):f}"
            yield told

    def _name(self, number: int, parent: int) -> str:
        if not parent:
            return f"t-{number}"
        found = self._rows.get(number)
        kind = o.STOP_MARKET if found is None else int(found[0][found[1] + o.KIND])
        name = f"t-{parent}-{'tp' if kind == o.TAKE_MARKET else 'sl'}"
        # What was filled in parts may be guarded twice, the second time after the first has closed it.
        return name if self._first.setdefault((parent, kind), number) == number else f"{name}-{number}"

    def _place(self, tag: int) -> tuple[str, str]:
        if tag < 0:
            return "", ""
        moment, node = divmod(tag, NODES)
        return f"@{int(self._program.moments.times[moment])}", self._program.plan.graph.nodes[node].id


def _equity(program: Program, trading: Trading) -> Iterator[EquityPoint]:
    """Of what the account was at the beginning, at each look, and at the end, as a paper account tells of it."""
    import numpy

    prices, venue = program.prices, trading.venue
    rules, packed = venue.rules, trading.fills
    broker, _ = venue.new_account()
    totals = dict(broker.purse.totals)
    ends = [_milliseconds(program.since), *program.moments.looks.tolist(), _milliseconds(program.until)]
    known = numpy.searchsorted(prices.closes, ends, side="right").tolist()
    fills, done, count = trading.each_fill(), 0, int(trading.acc[y.FILLS])
    for at, bars in zip(ends, known, strict=True):
        while done < count and packed[done * y.FILL + y.F_BAR] < bars:
            one = next(fills)
            notional = one.lots * one.price * rules.multiplier
            totals[rules.quote] = totals.get(rules.quote, 0) - (one.side * notional + one.fee) * rules.money
            totals[rules.base] = totals.get(rules.base, 0) + one.side * one.lots * rules.lot
            done += 1
        price = Decimal(int(prices.close[bars - 1])) * prices.tick if bars else None
        equity = Decimal(0)
        for asset, total in sorted(totals.items()):
            if total or asset in program.settings.balance:
                worth = Decimal(1) if asset == rules.quote else price or Decimal(0)
                equity += from_wallet(total) * worth
        yield EquityPoint(datetime.fromtimestamp(at / 1000, UTC), Decimal(0) + short(equity), price)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
