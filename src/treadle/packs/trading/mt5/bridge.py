"""The bridge to a MetaTrader 5 terminal. It runs where the terminal runs (Windows):

    set TREADLE_MT5_TOKEN=a-long-random-text
    python -m treadle.packs.trading.mt5.bridge --port 8228

It needs Python and `pip install MetaTrader5`, and nothing else: the file may be copied there alone, and started as
`python bridge.py`.

The protocol: a TCP connection on which both sides write JSON, one object a line. The first line says
`{"token": "…"}`; after a wrong one the connection is closed. Then each request is `{"id": 1, "call": "quote", "given":
{"symbol": "EURUSD"}}`, answered by `{"id": 1, "ok": …}` or `{"id": 1, "error": {"code": "…", "message": "…"}}`, in the
order asked. Prices and volumes are text, times milliseconds since 1970; volumes are in lots. The calls are the public
methods of `Desk`. An error's `code` is one of Treadle's reasons (`insufficient_balance`, `market_closed`, …), or
`unsettled`: the terminal does not know what became of an order.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import socketserver
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any

_MOST = 1_000_000
_DONE = {10008, 10009, 10010}
_UNTOLD = {10011, 10012, 10031}
_CODES = {
    10004: "price_out_of_bounds", 10006: "refused", 10013: "refused", 10014: "off_grid", 10015: "price_out_of_bounds",
    10016: "price_out_of_bounds", 10017: "market_closed", 10018: "market_closed", 10019: "insufficient_balance",
    10020: "slippage", 10021: "market_closed", 10024: "rate_limited", 10026: "not_supported", 10027: "not_supported",
    10028: "refused", 10030: "not_supported", 10033: "above_maximum", 10034: "above_maximum", 10036: "no_position",
    10040: "above_maximum", 10042: "not_supported", 10043: "not_supported", 10044: "no_position",
}  # fmt: skip
"""Of the terminal's return codes of `order_send`."""
_STATES = {0: "open", 1: "open", 2: "cancelled", 3: "open", 4: "filled", 5: "rejected", 6: "expired", 7: "open",
           8: "open", 9: "open"}  # fmt: skip
_KINDS = {0: ("buy", "market"), 1: ("sell", "market"), 2: ("buy", "limit"), 3: ("sell", "limit"), 4: ("buy", "stop"),
          5: ("sell", "stop"), 6: ("buy", "stop_limit"), 7: ("sell", "stop_limit")}  # fmt: skip
_TYPES = {kind: number for number, kind in _KINDS.items()}
_FRAMES = ("M1", "M5", "M15", "M30", "H1", "H4", "D1", "W1")
_DAYS = 120


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def magic_of(client_id: str) -> int:
    """The number by which the terminal finds an order of ours; brokers shorten comments."""
    return int.from_bytes(hashlib.sha256(client_id.encode()).digest()[:7], "big")


class Desk:
    """What may be asked. `mt5` is the MetaTrader5 package, initialized; it is not made for threads, so one asks at a
    time. Brokers write the time of their own place as if it were UTC: it is `hours_ahead`."""

    calls = ("symbols", "market", "quote", "candles", "account", "positions", "place", "modify", "cancel", "fetch",
             "open_orders", "fills")  # fmt: skip

    def __init__(self, mt5: Any, *, hours_ahead: float = 0) -> None:
        self._mt5 = mt5
        self._ahead = round(hours_ahead * 3_600_000)
        self._turn = threading.Lock()

    def ask(self, call: str, given: dict[str, Any]) -> Any:
        if call not in self.calls:
            raise Refused("not_supported", f"There is no call `{call}`.")
        with self._turn:
            return getattr(self, call)(**given)

    # Markets

    def symbols(self) -> list[str]:
        return [item.name for item in self._mt5.symbols_get() or ()]

    def market(self, symbol: str) -> dict[str, Any]:
        info = self._info(symbol)
        return {
            "base": info.currency_base, "quote": info.currency_profit, "digits": info.digits,
            "tick": _plain(info.trade_tick_size or info.point), "step": _plain(info.volume_step),
            "min": _plain(info.volume_min), "max": _plain(info.volume_max), "size": _plain(info.trade_contract_size),
            "open": info.trade_mode == self._mt5.SYMBOL_TRADE_MODE_FULL,
            "leverage": getattr(self._mt5.account_info(), "leverage", 1),
        }  # fmt: skip

    def quote(self, symbol: str) -> dict[str, Any]:
        info, tick = self._info(symbol), self._mt5.symbol_info_tick(symbol)
        if tick is None or not tick.bid or not tick.ask:
            raise Refused("stale", f"The terminal has no price of {symbol}.")
        told = {"bid": tick.bid, "ask": tick.ask, "last": tick.last or (tick.bid + tick.ask) / 2}
        return {
            **{name: f"{value:.{info.digits}f}" for name, value in told.items()},
            "at": int(tick.time_msc) - self._ahead,
        }

    def candles(self, symbol: str, timeframe: str, until: int, bars: int) -> list[list[Any]]:
        info = self._info(symbol)
        if timeframe not in _FRAMES:
            raise Refused("not_supported", f"The terminal has no candles of {timeframe}.")
        frame = getattr(self._mt5, f"TIMEFRAME_{timeframe}")
        rows = self._mt5.copy_rates_from(symbol, frame, _time(until - 1 + self._ahead), bars)
        if rows is None:
            raise self._failed()
        prices = [[f"{float(row[at]):.{info.digits}f}" for at in range(1, 5)] for row in rows]
        return [[int(row[0]) * 1000 - self._ahead, *price, str(int(row[5]))] for row, price in zip(rows, prices)]  # noqa: B905

    def hours_too_far(self) -> float:
        """How far, in half hours, the newest price is in the future, which no price can be."""
        ticks = [self._mt5.symbol_info_tick(item.name) for item in self._mt5.symbols_get() or () if item.visible]
        newest = max((tick.time_msc for tick in ticks if tick is not None), default=0) - self._ahead
        return max(round((newest - time.time() * 1000) / 1_800_000) / 2, 0)

    # The account

    def account(self) -> dict[str, Any]:
        info = self._mt5.account_info()
        if info is None:
            raise self._failed()
        names = ("balance", "equity", "margin", "margin_free", "profit")
        return {"currency": info.currency, **{name: f"{getattr(info, name):.2f}" for name in names}}

    def positions(self, symbol: str | None = None) -> list[dict[str, Any]]:
        found = self._mt5.positions_get(symbol=symbol) if symbol else self._mt5.positions_get()
        return [
            {"symbol": item.symbol, "id": item.ticket, "lots": _plain(-item.volume if item.type else item.volume),
             "entry": _plain(item.price_open), "mark": _plain(item.price_current), "profit": _plain(item.profit)}
            for item in found or ()
        ]  # fmt: skip

    # Orders

    def place(
        self, symbol: str, client_id: str, side: str, kind: str, lots: str, price: str | None = None,
        stop_price: str | None = None, stop_loss: str | None = None, take_profit: str | None = None,
        reduce_only: bool = False, time_in_force: str = "gtc", expires_at: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        there = self.fetch(symbol, client_id)
        if there is not None:
            return there
        info = self._info(symbol)
        if (side, kind) not in _TYPES:
            raise Refused("not_supported", f"The terminal has no {kind} orders.")
        volume = float(lots)
        request: dict[str, Any] = {
            "action": self._mt5.TRADE_ACTION_DEAL if kind == "market" else self._mt5.TRADE_ACTION_PENDING,
            "symbol": symbol, "volume": volume, "type": _TYPES[side, kind], "magic": magic_of(client_id),
            "comment": client_id[:31], "deviation": 20, "type_time": self._mt5.ORDER_TIME_GTC,
            "type_filling": self._filling(info, time_in_force, kind),
        }  # fmt: skip
        if kind == "market":
            tick = self._mt5.symbol_info_tick(symbol)
            request["price"] = tick.ask if side == "buy" else tick.bid
        else:
            request["price"] = float((stop_price if kind != "limit" else price) or 0)
            if kind == "stop_limit":
                request["stoplimit"] = float(price or 0)
        if expires_at is not None:
            request |= {"type_time": self._mt5.ORDER_TIME_SPECIFIED, "expiration": (expires_at + self._ahead) // 1000}
        request |= {"sl": float(stop_loss)} if stop_loss else {}
        request |= {"tp": float(take_profit)} if take_profit else {}
        if reduce_only:
            request["position"] = self._opposite(symbol, side, volume)
        self._send(request)
        return self._must(symbol, client_id)

    def modify(
        self, symbol: str, client_id: str, price: str | None = None, stop_price: str | None = None,
        stop_loss: str | None = None, take_profit: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        order = self._pending(symbol, client_id)
        if order is None:
            return self._protect(symbol, client_id, stop_loss, take_profit)
        at = float(stop_price) if stop_price else float(price) if price and order.type in (2, 3) else order.price_open
        self._send({
            "action": self._mt5.TRADE_ACTION_MODIFY, "order": order.ticket, "price": at, "type_time": order.type_time,
            "stoplimit": float(price) if price and order.type in (6, 7) else order.price_stoplimit,
            "sl": float(stop_loss) if stop_loss else order.sl, "tp": float(take_profit) if take_profit else order.tp,
        })  # fmt: skip
        return self._must(symbol, client_id)

    def _protect(self, symbol: str, client_id: str, stop_loss: str | None, take_profit: str | None) -> dict[str, Any]:
        """Of the position that an order has opened."""
        mine = [item for item in self._mt5.positions_get(symbol=symbol) or () if item.magic == magic_of(client_id)]
        if not mine:
            raise Refused("no_position", f"There is neither an open order nor a position of `{client_id}`.")
        for item in mine:
            self._send({
                "action": self._mt5.TRADE_ACTION_SLTP, "symbol": symbol, "position": item.ticket,
                "sl": float(stop_loss) if stop_loss else item.sl, "tp": float(take_profit) if take_profit else item.tp,
            })  # fmt: skip
        return self._must(symbol, client_id)

    def cancel(self, symbol: str, client_id: str) -> dict[str, Any]:
        order = self._pending(symbol, client_id)
        if order is not None:
            try:
                self._send({"action": self._mt5.TRADE_ACTION_REMOVE, "order": order.ticket})
            except Refused:
                if self._pending(symbol, client_id) is not None:
                    raise
        return self._must(symbol, client_id)

    def fetch(self, symbol: str, client_id: str) -> dict[str, Any] | None:
        order = self._pending(symbol, client_id)
        if order is None:
            done = [item for item in self._history(symbol) if item.magic == magic_of(client_id)]
            order = done[-1] if done else None
        return None if order is None else {**self._told(order), "client_id": client_id}

    def open_orders(self, symbol: str | None = None) -> list[dict[str, Any]]:
        found = self._mt5.orders_get(symbol=symbol) if symbol else self._mt5.orders_get()
        return [self._told(item) for item in found or ()]

    def fills(self, symbol: str, since: int) -> list[dict[str, Any]]:
        names = {item.ticket: item.comment for item in self._history(symbol)}
        deals = self._mt5.history_deals_get(_time(since + self._ahead), _later()) or ()
        return [
            {**self._fill(deal), "client_id": names.get(deal.order, "")}
            for deal in deals
            if deal.symbol == symbol and deal.type in (0, 1) and deal.time_msc - self._ahead >= since
        ]

    def _pending(self, symbol: str, client_id: str) -> Any:
        found = self._mt5.orders_get(symbol=symbol) or ()
        return next((item for item in found if item.magic == magic_of(client_id)), None)

    def _history(self, symbol: str) -> list[Any]:
        since = _time(round(time.time() * 1000)) - timedelta(days=_DAYS)
        return [item for item in self._mt5.history_orders_get(since, _later()) or () if item.symbol == symbol]

    def _must(self, symbol: str, client_id: str) -> dict[str, Any]:
        found = self.fetch(symbol, client_id)
        if found is None:
            raise Refused("refused", f"The terminal has no order `{client_id}`.")
        return found

    def _told(self, order: Any) -> dict[str, Any]:
        side, kind = _KINDS.get(order.type, ("buy", "market"))
        deals = [self._fill(deal) for deal in self._mt5.history_deals_get(ticket=order.ticket) or ()]
        done = order.volume_initial - order.volume_current
        limit = order.price_stoplimit if kind == "stop_limit" else order.price_open if kind == "limit" else 0
        return {
            "id": order.ticket, "client_id": order.comment, "symbol": order.symbol, "side": side, "kind": kind,
            "status": _STATES.get(order.state, "open"), "lots": _plain(order.volume_initial), "filled": _plain(done),
            "price": _plain(limit) if limit else None,
            "stop_price": _plain(order.price_open) if kind in ("stop", "stop_limit") else None,
            "at": int(order.time_setup_msc) - self._ahead, "fills": deals,
        }  # fmt: skip

    def _fill(self, deal: Any) -> dict[str, Any]:
        cost = -(deal.commission + getattr(deal, "fee", 0.0))
        return {
            "id": deal.ticket, "order": deal.order, "side": "sell" if deal.type == 1 else "buy",
            "lots": _plain(deal.volume), "price": _plain(deal.price), "fee": _plain(round(cost, 8)),
            "at": int(deal.time_msc) - self._ahead,
        }  # fmt: skip

    def _send(self, request: dict[str, Any]) -> None:
        result = self._mt5.order_send(request)
        if result is None:
            number, words = self._mt5.last_error()
            if number == -2:  # the arguments: nothing was sent
                raise Refused("refused", f"The terminal says: {words}")
            raise Refused("unsettled", f"The terminal does not say what became of it: {words}")
        if result.retcode in _UNTOLD:
            raise Refused("unsettled", f"The terminal does not know what became of it ({result.retcode}).")
        if result.retcode not in _DONE:
            raise Refused(_CODES.get(result.retcode, "refused"), f"{result.comment} ({result.retcode})")

    def _filling(self, info: Any, time_in_force: str, kind: str) -> int:
        if kind != "market":
            return self._mt5.ORDER_FILLING_RETURN
        allowed = info.filling_mode  # bits: 1 all or nothing, 2 what there is
        if time_in_force == "fok" or not allowed & 2:
            return self._mt5.ORDER_FILLING_FOK if allowed & 1 else self._mt5.ORDER_FILLING_RETURN
        return self._mt5.ORDER_FILLING_IOC

    def _opposite(self, symbol: str, side: str, volume: float) -> int:
        held = [item for item in self._mt5.positions_get(symbol=symbol) or () if item.type == (side == "buy")]
        if not held:
            raise Refused("no_position", f"There is no position in {symbol} that this would reduce.")
        greatest = max(held, key=lambda item: item.volume)
        if greatest.volume + 1e-9 < volume:
            raise Refused("above_maximum", f"The position in {symbol} is {greatest.volume}, less than {volume}.")
        return greatest.ticket

    def _info(self, symbol: str) -> Any:
        info = self._mt5.symbol_info(symbol)
        if info is None:
            raise Refused("unknown_symbol", f"The broker has no symbol `{symbol}`.")
        if not info.visible:
            self._mt5.symbol_select(symbol, True)
        return info

    def _failed(self) -> Refused:
        number, words = self._mt5.last_error()
        return Refused("venue_unreachable", f"The terminal says: {words} ({number}).")


class Bridge(socketserver.ThreadingTCPServer):
    """Serves `desk` to those who know `token`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, desk: Desk, token: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.desk, self.token = desk, token
        super().__init__((host, port), _Connection)


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        bridge: Any = self.server
        hello = self._line() or {}
        if not hmac.compare_digest(str(hello.get("token", "")).encode(), bridge.token.encode()):
            self._write({"error": {"code": "credentials_refused", "message": "The token is another."}})
            return
        self._write({"ok": {"version": 1}})
        while (asked := self._line()) is not None:
            self._write({"id": asked.get("id"), **self._answer(bridge.desk, asked)})

    def _answer(self, desk: Desk, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"ok": desk.ask(str(asked.get("call")), dict(asked.get("given") or {}))}
        except Refused as refused:
            return {"error": {"code": refused.code, "message": str(refused)}}
        except Exception as error:
            # Whatever went wrong went wrong after it may have been sent.
            return {"error": {"code": "unsettled", "message": f"{type(error).__name__}: {error}"[:300]}}

    def _line(self) -> dict[str, Any] | None:
        try:
            text = self.rfile.readline(_MOST)
            found = json.loads(text) if text.endswith(b"\n") else None
        except (OSError, ValueError):
            return None
        return dict(found) if isinstance(found, dict) else None  # pyright: ignore

    def _write(self, told: dict[str, Any]) -> None:
        try:
            self.wfile.write(json.dumps(told).encode() + b"\n")
        except OSError:
            return


def _plain(value: Any) -> str:
    """As short as it can be written, never as `1e-05`."""
    text = f"{float(value):.10f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(max(milliseconds, 0) / 1000, timezone.utc)  # noqa: UP017


def _later() -> datetime:
    return _time(round(time.time() * 1000)) + timedelta(days=2)


def main() -> int:
    parser = argparse.ArgumentParser(description="Serve a MetaTrader 5 terminal to Treadle.")
    parser.add_argument("--host", default="127.0.0.1", help="whom to listen to; the wire is not encrypted")
    parser.add_argument("--port", type=int, default=8228)
    parser.add_argument("--terminal", default=None, help="path of terminal64.exe, where there are several")
    parser.add_argument("--hours-ahead", type=float, default=0, help="of UTC, that the broker's clock is")
    given = parser.parse_args()
    token = os.environ.get("TREADLE_MT5_TOKEN", "")
    if len(token) < 16:
        print("Set TREADLE_MT5_TOKEN to a text of at least 16 characters, the same as in the profile.")
        return 2
    try:
        import MetaTrader5 as mt5  # type: ignore[import-not-found]
    except ImportError:
        print("The package of the terminal is missing: pip install MetaTrader5 (on Windows).")
        return 2
    ready: Any = mt5.initialize(given.terminal) if given.terminal else mt5.initialize()  # pyright: ignore
    if not ready:
        print(f"The terminal does not answer: {mt5.last_error()}")  # pyright: ignore
        return 1
    desk = Desk(mt5, hours_ahead=given.hours_ahead)
    if (hours := desk.hours_too_far()) > 0:
        print(f"The broker's clock is ahead of UTC. Start the bridge with --hours-ahead {given.hours_ahead + hours:g}.")
        return 1
    with Bridge(desk, token, given.host, given.port) as bridge:
        print(f"Listening on {given.host}:{bridge.server_address[1]}. Ctrl-C ends it; open orders stay as they are.")
        try:
            bridge.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
