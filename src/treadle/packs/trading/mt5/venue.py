"""`Mt5Venue`: a broker, by the MetaTrader 5 terminal at the other end of the bridge."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from treadle.packs.trading.bars import milliseconds, read_bars
from treadle.packs.trading.exact import divide, tidy
from treadle.packs.trading.mt5.line import Line
from treadle.packs.trading.venue.account import Account, Balance, Position
from treadle.packs.trading.venue.grid import check_grid
from treadle.packs.trading.venue.market_data import Bars, Funding, Level, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderKind, OrderRequest, OrderStatus, Side
from treadle.packs.trading.venue.protocol import Capabilities, Channel
from treadle.packs.trading.venue.refusal import refusal
from treadle.packs.trading.venue.settings import check_settings, required

if TYPE_CHECKING:
    from treadle.packs.trading.venue.venues import Opening

_FRAMES = {"1m": "M1", "5m": "M5", "15m": "M15", "30m": "M30", "1h": "H1", "4h": "H4", "1d": "D1", "1w": "W1"}
_PORT = 8228


class Mt5Settings(BaseModel):
    """`settings` of a `market.provider` whose venue is `mt5`."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field("", description="Host and port of the bridge, where the profile does not say")
    timeout: float = Field(10.0, gt=0, le=120, description="Seconds that an answer may take")


async def open_mt5(opening: Opening) -> Mt5Venue:
    settings = check_settings(Mt5Settings, opening.settings, venue="mt5")
    fields = {**opening.credentials, "address": settings.address or opening.credentials.get("address", "")}
    required({"address": True, "token": True}, fields, venue="mt5")
    host, _, port = fields["address"].rpartition(":")
    if not port.isdigit():
        host, port = fields["address"], str(_PORT)
    private = opening.permissions.private_network
    line = Line(host.strip("[]"), int(port), fields["token"], private=private, timeout=settings.timeout)
    return Mt5Venue(opening, line)


class Mt5Venue:
    """Public methods are those of `Venue`. Quantities are in base; the terminal's lots are a matter of the bridge."""

    name = "mt5"

    def __init__(self, opening: Opening, line: Line) -> None:
        self._line, self._now = line, opening.now
        self._markets: dict[str, Market] = {}
        self.capabilities = Capabilities(
            orders=frozenset({"market", "limit", "stop", "stop_limit"}), timeframes=frozenset(_FRAMES), modifies=True,
            keeps_brackets=True, reduces_only=True, shorts=True, has_positions=True, max_client_id=31,
        )  # fmt: skip

    async def market(self, symbol: str) -> Market:
        if symbol not in self._markets:
            told = await self._line.ask("market", {"symbol": symbol})
            size = Decimal(told["size"])
            step, least, most = (tidy(Decimal(told[name]) * size) for name in ("step", "min", "max"))
            self._markets[symbol] = Market(
                symbol, told["base"], told["quote"], "forex", Decimal(told["tick"]), step, least, most or None,
                contract_size=size, is_open=bool(told["open"]), max_leverage=Decimal(str(told.get("leverage") or 1)),
            )  # fmt: skip
        return self._markets[symbol]

    async def symbols(self) -> Sequence[str]:
        return sorted(await self._line.ask("symbols"))

    async def quote(self, symbol: str) -> Quote:
        told = await self._line.ask("quote", {"symbol": symbol})
        bid, ask, last = (Decimal(told[name]) for name in ("bid", "ask", "last"))
        return Quote(symbol, bid, ask, last, int(told["at"]))

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        if timeframe not in _FRAMES:
            known = ", ".join(_FRAMES)
            raise refusal("unknown_timeframe", f"The terminal has no `{timeframe}`.", remedy=f"Use one of {known}.")
        step, now = milliseconds(timeframe), round(self._now().timestamp() * 1000)
        end = now + step if until is None else until
        given = {"symbol": symbol, "timeframe": _FRAMES[timeframe], "until": end, "bars": bars + 1}
        rows: list[Any] = await self._line.ask("candles", given)
        kept = [row for row in rows if row[0] < end and (not closed_only or row[0] + step <= now)]
        # Brokers pause at night and over the weekend: bars have holes, which `timeframe` would forbid.
        whole = all(after[0] - before[0] == step for before, after in zip(kept[-bars:], kept[-bars:][1:], strict=False))
        return read_bars({"rows": kept[-bars:], "timeframe": timeframe if whole else None})

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        quote, market = await self.quote(symbol), await self.market(symbol)
        size = market.min_quantity or market.contract_size
        return OrderBook(symbol, [Level(quote.bid, size)], [Level(quote.ask, size)], quote.at)

    async def funding(self, symbol: str) -> Funding:
        raise refusal("not_supported", "Brokers charge swap, not funding.", remedy="Read it off the broker's terms.")

    async def account(self) -> Account:
        told = await self._line.ask("account")
        balance, equity, margin, free, profit = (
            Decimal(told[name]) for name in ("balance", "equity", "margin", "margin_free", "profit")
        )
        held = Balance(told["currency"], balance, min(max(free, Decimal(0)), balance))
        return Account(told["currency"], balance, equity, margin, free, profit, {held.asset: held})

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        found: list[Position] = []
        for told in await self._line.ask("positions", {"symbol": symbol}):
            quantity = await self._quantity(told["symbol"], told["lots"])
            entry, mark, profit = (Decimal(told[name]) for name in ("entry", "mark", "profit"))
            found.append(Position(told["symbol"], quantity, entry, mark, profit, id=str(told["id"])))
        return found

    # Orders

    async def place(self, order: OrderRequest) -> Order:
        market = await self.market(order.symbol)
        _check(order, self.capabilities)
        check_grid(market, order)
        _check_size(market, order.quantity)
        given = {
            "symbol": order.symbol, "client_id": order.client_id, "side": order.side, "kind": order.kind,
            "lots": _text(divide(order.quantity, market.contract_size)), "price": _text(order.price),
            "stop_price": _text(order.stop_price), "stop_loss": _text(order.stop_loss),
            "take_profit": _text(order.take_profit), "reduce_only": order.reduce_only,
            "time_in_force": order.time_in_force, "expires_at": order.expires_at,
        }  # fmt: skip
        return await self._order(await self._line.ask("place", given, orders=True))

    async def modify(
        self, symbol: str, client_id: str, *,
        quantity: Decimal | None = None, price: Decimal | None = None, stop_price: Decimal | None = None,
        stop_loss: Decimal | None = None, take_profit: Decimal | None = None,
    ) -> Order:  # fmt: skip
        if quantity is not None:
            remedy = "Cancel it and place another."
            raise refusal("not_supported", "The terminal cannot change the size of an order.", remedy=remedy)
        changes = {"price": price, "stop_price": stop_price, "stop_loss": stop_loss, "take_profit": take_profit}
        given = {name: _text(value) for name, value in changes.items() if value is not None}
        told = await self._line.ask("modify", {"symbol": symbol, "client_id": client_id, **given}, orders=True)
        return await self._order(told)

    async def cancel(self, symbol: str, client_id: str) -> Order:
        return await self._order(
            await self._line.ask("cancel", {"symbol": symbol, "client_id": client_id}, orders=True)
        )  # fmt: skip

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        told = await self._line.ask("fetch", {"symbol": symbol, "client_id": client_id})
        return None if told is None else await self._order(told)

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        return [await self._order(told) for told in await self._line.ask("open_orders", {"symbol": symbol})]

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        await self.market(symbol)
        given = await self._line.ask("fills", {"symbol": symbol, "since": since})
        found = [await self._fill(told, symbol, str(told["client_id"])) for told in given]
        return sorted({fill.id: fill for fill in found}.values(), key=lambda fill: (fill.at, fill.sequence))

    async def _order(self, told: Mapping[str, Any]) -> Order:
        symbol, client_id = str(told["symbol"]), str(told["client_id"])
        fills = [await self._fill(item, symbol, client_id) for item in told["fills"]]
        fills = sorted({fill.id: fill for fill in fills}.values(), key=lambda fill: (fill.at, fill.sequence))
        filled = sum((fill.quantity for fill in fills), Decimal(0))
        quantity = await self._quantity(symbol, told["lots"])
        paid = sum((fill.price * fill.quantity for fill in fills), Decimal(0))
        status = cast("OrderStatus", told["status"])
        return Order(
            client_id, str(told["id"]), symbol, cast("Side", told["side"]), cast("OrderKind", told["kind"]),
            "partly_filled" if status == "open" and filled else status, quantity, filled,
            divide(paid, filled) if filled else None, _decimal(told["price"]), _decimal(told["stop_price"]),
            sum((fill.fee for fill in fills), Decimal(0)), fills[0].fee_asset if fills else None,
            created_at=int(told["at"]), updated_at=fills[-1].at if fills else int(told["at"]), fills=tuple(fills),
        )  # fmt: skip

    async def _fill(self, told: Mapping[str, Any], symbol: str, client_id: str) -> Fill:
        quantity = await self._quantity(symbol, told["lots"])
        return Fill(
            str(told["id"]), client_id, str(told["order"]), symbol, cast("Side", told["side"]), quantity,
            Decimal(told["price"]), Decimal(told["fee"]), await self._currency(), int(told["at"]),
            sequence=int(told["id"]),
        )  # fmt: skip

    async def _quantity(self, symbol: str, lots: str) -> Decimal:
        return tidy(Decimal(lots) * (await self.market(symbol)).contract_size)

    async def _currency(self) -> str:
        if not self.capabilities.quotes:
            self.capabilities = replace(self.capabilities, quotes=((await self.account()).currency,))
        return next(iter(self.capabilities.quotes))

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        raise refusal("not_supported", "The terminal pushes nothing.", remedy="Start the workflow at an interval.")
        yield {}

    async def aclose(self) -> None:
        await self._line.aclose()


def _check(order: OrderRequest, can: Capabilities) -> None:
    wanted = {f"orders of the kind `{order.kind}`": order.kind not in can.orders, "`post_only`": order.post_only,
              "orders that cancel each other": order.group is not None}  # fmt: skip
    if cannot := [name for name, refused in wanted.items() if refused]:
        raise refusal("not_supported", f"The terminal cannot do {' and '.join(cannot)}.", remedy="Use what it offers.")


def _check_size(market: Market, quantity: Decimal) -> None:
    for code, bound, wrong in (
        ("below_minimum", market.min_quantity, quantity < (market.min_quantity or quantity)),
        ("above_maximum", market.max_quantity, quantity > (market.max_quantity or quantity)),
    ):
        if wrong:
            raise refusal(code, f"{quantity} is not within the broker's bound of {bound}.", remedy="Correct the size.")


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _decimal(given: Any) -> Decimal | None:
    return None if given is None else Decimal(str(given))
