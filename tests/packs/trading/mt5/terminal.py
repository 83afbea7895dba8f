"""A terminal that is none: the calls of the MetaTrader5 package that the bridge makes, as they are documented."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace as Record
from typing import Any

DONE, NO_MONEY, INVALID_VOLUME, INVALID_PRICE, TIMEOUT = 10009, 10019, 10014, 10015, 10012


class Terminal:
    """A hedging account in dollars, with EURUSD. `lost`: the next order is taken (or not), and no answer is known."""

    TRADE_ACTION_DEAL, TRADE_ACTION_PENDING, TRADE_ACTION_SLTP, TRADE_ACTION_MODIFY, TRADE_ACTION_REMOVE = 1, 5, 6, 7, 8
    ORDER_TIME_GTC, ORDER_TIME_SPECIFIED = 0, 2
    ORDER_FILLING_FOK, ORDER_FILLING_IOC, ORDER_FILLING_RETURN = 0, 1, 2
    SYMBOL_TRADE_MODE_FULL = 4
    TIMEFRAME_M1, TIMEFRAME_M5, TIMEFRAME_H1, TIMEFRAME_D1 = 1, 5, 16385, 16408

    def __init__(self) -> None:
        self.bid, self.ask = 1.08, 1.0801
        self.orders: list[Any] = []
        self.history: list[Any] = []
        self.deals: list[Any] = []
        self.positions: list[Any] = []
        self.requests: list[dict[str, Any]] = []
        self.lost: bool | None = None
        self.free = 10_000.0
        self.ahead = 0
        self._tickets = itertools.count(70_000)

    def symbols_get(self) -> Iterable[Any]:
        return (self.symbol_info("EURUSD"),)

    def symbol_info(self, symbol: str) -> Any:
        if symbol != "EURUSD":
            return None
        return Record(
            name="EURUSD", currency_base="EUR", currency_profit="USD", digits=5, point=1e-05, trade_tick_size=1e-05,
            volume_step=0.01, volume_min=0.01, volume_max=100.0, trade_contract_size=100_000.0, trade_mode=4,
            visible=True, filling_mode=3,
        )  # fmt: skip

    def symbol_info_tick(self, symbol: str) -> Any:
        return Record(bid=self.bid, ask=self.ask, last=0.0, time_msc=self._now())

    def copy_rates_from(self, symbol: str, frame: int, until: datetime, bars: int) -> Any:
        newest = min(int(until.timestamp()), int(time.time())) // 60 * 60
        return [(newest - back * 60, 1.08, 1.081, 1.079, 1.0805, 12, 1, 0) for back in reversed(range(bars))]

    def account_info(self) -> Any:
        return Record(currency="USD", balance=10_000.0, equity=10_000.0, margin=10_000.0 - self.free,
                      margin_free=self.free, profit=0.0, leverage=100)  # fmt: skip

    def positions_get(self, symbol: str | None = None) -> Iterable[Any]:
        return tuple(self.positions)

    def orders_get(self, symbol: str | None = None) -> Iterable[Any]:
        return tuple(self.orders)

    def history_orders_get(self, since: datetime, until: datetime) -> Iterable[Any]:
        return tuple(self.history)

    def history_deals_get(
        self, since: datetime | None = None, until: datetime | None = None, ticket: int | None = None
    ) -> Iterable[Any]:
        return tuple(deal for deal in self.deals if ticket in (None, deal.order))

    def last_error(self) -> tuple[int, str]:
        return -10005, "IPC timeout"

    def order_send(self, request: dict[str, Any]) -> Any:
        self.requests.append(request)
        lost, self.lost = self.lost, None
        if lost is False:
            return None
        code = self._act(request)
        return None if lost else Record(retcode=code, comment=f"code {code}")

    def _act(self, request: dict[str, Any]) -> int:
        action = request["action"]
        if action == self.TRADE_ACTION_REMOVE:
            return self._end(self._order(request["order"]), 2)
        if action == self.TRADE_ACTION_MODIFY:
            order = self._order(request["order"])
            order.price_open, order.sl, order.tp = request["price"], request["sl"], request["tp"]
            return DONE
        if action == self.TRADE_ACTION_SLTP:
            return DONE
        if request["volume"] * 100_000 / 100 > self.free:
            return NO_MONEY
        order = Record(
            ticket=next(self._tickets), symbol=request["symbol"], type=request["type"], magic=request["magic"],
            comment=request["comment"], volume_initial=request["volume"], volume_current=request["volume"],
            price_open=request["price"], price_stoplimit=request.get("stoplimit", 0.0), state=1, sl=0.0, tp=0.0,
            time_setup_msc=self._now(), type_time=0,
        )  # fmt: skip
        self.orders.append(order)
        if action == self.TRADE_ACTION_DEAL:
            half = round(request["volume"] / 2, 2)
            self.fill(order, half)
            self.fill(order, round(request["volume"] - half, 2))
        return DONE

    def fill(self, order: Any, volume: float) -> None:
        order.volume_current = round(order.volume_current - volume, 8)
        deal = Record(ticket=next(self._tickets), order=order.ticket, symbol=order.symbol, type=order.type % 2,
                      volume=volume, price=order.price_open, commission=-0.07, fee=0.0,
                      time_msc=self._now())  # fmt: skip
        self.deals.append(deal)
        order.state = 3
        if not order.volume_current:
            self._end(order, 4)

    def _end(self, order: Any, state: int) -> int:
        order.state = state
        self.orders.remove(order)
        self.history.append(order)
        return DONE

    def _order(self, ticket: int) -> Any:
        return next(order for order in self.orders if order.ticket == ticket)

    def _now(self) -> int:
        return int(time.time() * 1000) + self.ahead
