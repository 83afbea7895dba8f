"""`RestVenue`: a venue that is known by the mapping in the settings of `market.provider` alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote as escape

from treadle.errors import NodeError
from treadle.packs.trading.bars import milliseconds, read_bars
from treadle.packs.trading.exact import tidy
from treadle.packs.trading.rest.mapping import STATUSES, Call, RestSettings, fill, read_mapping
from treadle.packs.trading.venue.account import Account, Balance, Position
from treadle.packs.trading.venue.grid import check_grid
from treadle.packs.trading.venue.http import JsonClient
from treadle.packs.trading.venue.limiter import Limiter
from treadle.packs.trading.venue.market_data import Bars, Funding, Level, Market, OrderBook, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderKind, OrderRequest, OrderStatus, Side
from treadle.packs.trading.venue.protocol import Capabilities, Channel
from treadle.packs.trading.venue.refusal import Unsettled, refusal

if TYPE_CHECKING:
    from treadle.packs.trading.venue.venues import Opening


async def open_rest(opening: Opening) -> RestVenue:
    """Raises `NodeError` that names every problem of the mapping. Nothing is asked yet."""
    settings, calls = read_mapping(opening.settings, opening.credentials)
    return RestVenue(opening, settings, calls)


class RestVenue:
    """Public methods are those of `Venue`. What is not mapped is refused (`not_supported`)."""

    name = "rest"

    def __init__(self, opening: Opening, settings: RestSettings, calls: Mapping[str, Call]) -> None:
        self._settings, self._calls, self._now = settings, calls, opening.now
        self._headers = {name: str(fill(text, opening.credentials)) for name, text in settings.headers.items()}
        self._requests: dict[str, OrderRequest] = {}
        self._client = JsonClient(
            self.name,
            private=opening.permissions.private_network,
            timeout=settings.timeout,
            limiter=Limiter(settings.rate.requests, settings.rate.seconds),
            secrets=opening.credentials.values(),
        )
        self.capabilities = Capabilities(
            orders=frozenset(cast("list[OrderKind]", settings.kinds)) if "place" in calls else frozenset(),
            timeframes=frozenset(settings.timeframes),
            has_positions="positions" in calls,
            quotes=(settings.currency,),
        )

    # Markets

    async def market(self, symbol: str) -> Market:
        if self._settings.symbols and symbol not in self._settings.symbols:
            raise refusal(
                "unknown_symbol",
                f"The mapping knows no market `{symbol}`.",
                remedy=f"Use {', '.join(self._settings.symbols)}, or add it to `symbols`.",
            )
        base, _, quote = symbol.partition("/")
        rules = self._settings.market
        return Market(
            symbol, base, quote or self._settings.currency, tick=_decimal(rules.tick), lot=_decimal(rules.lot),
            min_quantity=_decimal(rules.min_quantity), max_quantity=_decimal(rules.max_quantity),
            min_notional=_decimal(rules.min_notional), maker=_decimal(rules.maker) or Decimal(0),
            taker=_decimal(rules.taker) or Decimal(0),
        )  # fmt: skip

    async def symbols(self) -> Sequence[str]:
        if "symbols" in self._calls and not self._settings.symbols:
            call = self._calls["symbols"]
            return [str(call.fields["symbol"].read(row)) for row in call.rows(await self._ask("symbols", {}))]
        return sorted(self._settings.symbols)

    async def quote(self, symbol: str) -> Quote:
        await self.market(symbol)
        found = self._read("quote", await self._ask("quote", {"symbol": symbol}))
        bid, ask = _needed(found, "bid", "quote"), _needed(found, "ask", "quote")
        last = _decimal(found.get("last")) or (bid + ask) / 2
        return Quote(symbol, bid, ask, last, self._time(found.get("at")), _decimal(found.get("volume")))

    async def candles(
        self, symbol: str, timeframe: str, *, bars: int, until: int | None = None, closed_only: bool = True
    ) -> Bars:
        await self.market(symbol)
        step, now = milliseconds(timeframe), self._ms()
        if self._settings.timeframes and timeframe not in self._settings.timeframes:
            known = ", ".join(self._settings.timeframes)
            raise refusal("unknown_timeframe", f"The mapping has no `{timeframe}`.", remedy=f"Use {known}.")
        end = now + step if until is None else until
        theirs = self._settings.timeframes.get(timeframe, timeframe)
        given = {"symbol": symbol, "timeframe": theirs, "bars": bars + 1, "until": end, "since": end - bars * step}
        answer, rows = await self._ask("candles", given), dict[int, dict[str, Any]]()
        for item in self._calls["candles"].rows(answer):
            row = self._read("candles", item)
            rows[self._time(row["time"])] = row
        chosen = [
            {**row, "time": at}
            for at, row in sorted(rows.items())
            if at < end and (not closed_only or at + step <= now)
        ]
        return read_bars({"rows": chosen[-bars:], "timeframe": timeframe})

    async def order_book(self, symbol: str, *, depth: int = 50) -> OrderBook:
        await self.market(symbol)
        found = self._read("order_book", await self._ask("order_book", {"symbol": symbol, "depth": depth}))
        bids, asks = _levels(found.get("bids")), _levels(found.get("asks"))
        at = self._time(found.get("at"))
        return OrderBook(symbol, sorted(bids, reverse=True)[:depth], sorted(asks)[:depth], at)

    async def funding(self, symbol: str) -> Funding:
        raise self._cannot("funding")

    # The account

    async def account(self) -> Account:
        call, balances = self._get("account"), dict[str, Balance]()
        for item in call.rows(await self._ask("account", {})):
            row = self._read("account", item)
            total = _decimal(row.get("total")) or Decimal(0)
            free = _decimal(row.get("free"))
            balances[str(row["asset"])] = Balance(str(row["asset"]), total, total if free is None else free)
        cash = balances.get(self._settings.currency, Balance(self._settings.currency, Decimal(0), Decimal(0)))
        return Account(self._settings.currency, cash.total, cash.total, cash.used, cash.free, Decimal(0), balances)

    async def positions(self, symbol: str | None = None) -> Sequence[Position]:
        if "positions" not in self._calls:
            return []
        ours = {theirs: name for name, theirs in self._settings.symbols.items()}
        found: list[Position] = []
        for item in self._calls["positions"].rows(await self._ask("positions", {"symbol": symbol})):
            row = self._read("positions", item)
            name, quantity = str(row["symbol"]), _needed(row, "quantity", "positions")
            entry = _decimal(row.get("entry")) or Decimal(0)
            mark, profit = _decimal(row.get("mark")) or entry, _decimal(row.get("profit")) or Decimal(0)
            if quantity and symbol in (None, ours.get(name, name)):
                found.append(Position(ours.get(name, name), quantity, entry, mark, profit))
        return found

    # Orders

    async def place(self, order: OrderRequest) -> Order:
        market = await self.market(order.symbol)
        self._check(order)
        check_grid(market, order)
        if order.client_id in self._requests:
            there = await self.fetch(order.symbol, order.client_id)
            if there is not None:
                return there
        self._requests[order.client_id] = order
        given = {
            "symbol": order.symbol, "client_id": order.client_id, "side": order.side, "kind": order.kind,
            "quantity": _text(order.quantity), "price": _text(order.price), "stop_price": _text(order.stop_price),
            "time_in_force": order.time_in_force,
        }  # fmt: skip
        answer = await self._ask("place", given, orders=True)
        try:
            return self._order(self._read("place", answer), order.symbol, order.client_id)
        except NodeError as error:
            raise Unsettled(f"`rest` answered what cannot be read: {error.message}") from error

    def _check(self, order: OrderRequest) -> None:
        wanted = {
            f"orders of the kind `{order.kind}`": order.kind not in self.capabilities.orders,
            "`post_only`": order.post_only,
            "`reduce_only`": order.reduce_only,
            "stop-loss, take-profit and groups": (order.stop_loss or order.take_profit or order.group) is not None,
        }
        if cannot := [name for name, refused in wanted.items() if refused]:
            remedy = "Map it, or leave it out of the order."
            raise refusal("not_supported", f"The mapping cannot do {' and '.join(cannot)}.", remedy=remedy)

    async def modify(self, symbol: str, client_id: str, **changes: Any) -> Order:
        raise self._cannot("changing an order")

    async def cancel(self, symbol: str, client_id: str) -> Order:
        self._get("cancel")
        order = await self._there(symbol, client_id)
        if order.is_final:
            return order
        try:
            await self._ask("cancel", {"symbol": symbol, "client_id": client_id, "id": order.id}, orders=True)
        except NodeError:
            order = await self._there(symbol, client_id)
            if not order.is_final:
                raise
            return order
        return await self._there(symbol, client_id)

    async def _there(self, symbol: str, client_id: str) -> Order:
        order = await self.fetch(symbol, client_id)
        if order is None:
            remedy = "Look at the open orders."
            raise refusal("refused", f"`rest` has never had the order `{client_id}`.", remedy=remedy)
        return order

    async def fetch(self, symbol: str, client_id: str) -> Order | None:
        await self.market(symbol)
        call = self._get("fetch")
        try:
            answer = await self._ask("fetch", {"symbol": symbol, "client_id": client_id})
        except NodeError as error:
            if error.attributes.get("status") == call.settings.missing:
                return None
            raise
        found = self._read("fetch", answer)
        if found.get("id") is None:
            return None
        order = self._order(found, symbol, client_id)
        if "fills" not in self._calls or not order.filled:
            return order
        since = max(order.created_at - 1000, 0)
        fills = [fill for fill in await self.fills(symbol, since=since) if fill.order_id == order.id]
        return self._order(found, symbol, client_id, tuple(fill._replace(client_id=client_id) for fill in fills))

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        call = self._get("open_orders")
        if symbol is not None:
            await self.market(symbol)
        rows = [self._read("open_orders", row) for row in call.rows(await self._ask("open_orders", {"symbol": symbol}))]
        orders = [self._order(row, symbol or "", str(row.get("client_id") or "")) for row in rows]
        return [order for order in orders if not order.is_final and symbol in (None, order.symbol)]

    async def fills(self, symbol: str, *, since: int) -> Sequence[Fill]:
        call, found = self._get("fills"), dict[str, Fill]()
        await self.market(symbol)
        for item in call.rows(await self._ask("fills", {"symbol": symbol, "since": since})):
            row = self._read("fills", item)
            id, at = str(row["id"]), self._time(row["at"])
            if at >= since:
                found[id] = Fill(
                    id, str(row.get("client_id") or ""), str(row["order_id"]), symbol, _side(row.get("side")),
                    _needed(row, "quantity", "fills"), _needed(row, "price", "fills"),
                    _decimal(row.get("fee")) or Decimal(0), str(row.get("fee_asset") or ""), at,
                    bool(row.get("maker")), int(id) if id.isdigit() else len(found),
                )  # fmt: skip
        return sorted(found.values(), key=lambda fill: (fill.at, fill.sequence))

    def _order(self, row: Mapping[str, Any], symbol: str, client_id: str, fills: tuple[Fill, ...] = ()) -> Order:
        asked = self._requests.get(client_id)
        filled = _decimal(row.get("filled")) or Decimal(0)
        quantity = _decimal(row.get("quantity")) or (asked.quantity if asked else filled)
        status = self._status(row.get("status"), filled, quantity)
        at = self._time(row.get("at"))
        return Order(
            client_id, str(row["id"]), asked.symbol if asked else symbol,
            asked.side if asked else _side(row.get("side")), asked.kind if asked else "limit", status, quantity, filled,
            (_decimal(row.get("average")) or None) if filled else None,
            asked.price if asked else _decimal(row.get("price")) or None, asked.stop_price if asked else None,
            sum((fill.fee for fill in fills), Decimal(0)), fills[0].fee_asset if fills else None,
            created_at=at, updated_at=at, fills=fills,
        )  # fmt: skip

    def _status(self, given: Any, filled: Decimal, quantity: Decimal) -> OrderStatus:
        told = "open" if given is None else str(given)
        status = self._settings.statuses.get(told, told)
        if status not in STATUSES:
            raise refusal(
                "refused",
                f"The venue says that an order is `{told}`, which the mapping does not know.",
                remedy=f"Add it to `statuses`, as one of {', '.join(STATUSES)}.",
            )
        if status in ("open", "partly_filled"):
            status = "filled" if filled and filled == quantity else "partly_filled" if filled else "open"
        return status

    async def stream(
        self, channel: Channel, symbol: str, *, timeframe: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        raise self._cannot("streams")
        yield {}

    # The wire

    async def _ask(self, name: str, given: Mapping[str, Any], *, orders: bool = False) -> Any:
        call = self._get(name).settings
        values = dict(given)
        if values.get("symbol") is not None:
            values["symbol"] = self._settings.symbols.get(values["symbol"], values["symbol"])
        escaped = {key: escape(str(value), safe="") for key, value in values.items() if value is not None}
        url = self._settings.url.rstrip("/") + str(fill(call.path, escaped) or "")
        query, body = fill(call.query, values), None if call.body is None else fill(call.body, values)
        try:
            return await self._client.call(
                call.method, url, query=query, body=body, headers=self._headers, orders=orders
            )
        except NodeError as error:
            raise self._meant(error) from error

    def _meant(self, error: NodeError) -> NodeError:
        """What the venue says no with, by the mapping's `refusals`."""
        told = str(error.attributes.get("says", "")).lower()
        for words, code in self._settings.refusals.items():
            if words.lower() in told:
                return refusal(code, error.message, remedy=error.remedy or "", **error.attributes)
        return error

    def _read(self, name: str, answer: Any) -> dict[str, Any]:
        return {field: place.read(answer) for field, place in self._calls[name].fields.items()}

    def _get(self, name: str) -> Call:
        if name not in self._calls:
            raise self._cannot(f"`{name}`")
        return self._calls[name]

    def _cannot(self, what: str) -> NodeError:
        return refusal("not_supported", f"The mapping has no {what}.", remedy="Add it to `calls`, if the venue can.")

    def _time(self, given: Any) -> int:
        if given is None:
            return self._ms()
        if self._settings.time == "iso":
            return round(datetime.fromisoformat(str(given)).timestamp() * 1000)
        return int(Decimal(str(given)) * (1000 if self._settings.time == "s" else 1))

    def _ms(self) -> int:
        return round(self._now().timestamp() * 1000)

    async def aclose(self) -> None:
        await self._client.aclose()


def _decimal(given: Any) -> Decimal | None:
    try:
        found = None if given is None else Decimal(str(given))
    except InvalidOperation:
        return None
    return tidy(found) if found is not None and found.is_finite() else None


def _needed(row: Mapping[str, Any], field: str, call: str) -> Decimal:
    found = _decimal(row.get(field))
    if found is None:
        raise refusal(
            "refused",
            f"The answer of `{call}` has no number where `{field}` is mapped.",
            remedy=f"Correct `calls.{call}.fields.{field}`.",
        )
    return found


def _levels(given: Any) -> list[Level]:
    levels: list[Level] = []
    for row in cast("list[Any]", given) if isinstance(given, list) else []:
        values = list(cast("Mapping[str, Any]", row).values()) if isinstance(row, Mapping) else cast("list[Any]", row)
        price, quantity = _decimal(values[0]), _decimal(values[1])
        if price and quantity:
            levels.append(Level(price, quantity))
    return levels


def _side(given: Any) -> Side:
    return "sell" if str(given).lower() in ("sell", "s", "ask", "short") else "buy"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
