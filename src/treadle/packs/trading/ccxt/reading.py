"""What ccxt gives, as our records. Numbers come as text, and become exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast

from treadle.packs.trading.exact import tidy
from treadle.packs.trading.venue.account import Account, Balance, Position
from treadle.packs.trading.venue.market_data import Funding, Level, Market, MarketKind, OrderBook, PublicTrade, Quote
from treadle.packs.trading.venue.order import Fill, Order, OrderKind, OrderRequest, OrderStatus, Side

Given = Mapping[str, Any]
_TICK_SIZE, _DECIMAL_PLACES = 4, 2
_KINDS: dict[str, MarketKind] = {"spot": "spot", "swap": "perpetual", "future": "future"}
_STATUSES: dict[str, OrderStatus] = {
    "open": "open", "closed": "filled", "canceled": "cancelled", "canceling": "open", "cancelled": "cancelled",
    "expired": "expired", "rejected": "rejected",
}  # fmt: skip


def number(value: Any) -> Decimal | None:
    """Exact: a float is the number that is written when it is printed. None for what is no finite number."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return tidy(found) if found.is_finite() else None


def amount(value: Any) -> Decimal:
    return number(value) or Decimal(0)


def within(given: Given, name: str) -> Given:
    found = given.get(name)
    return cast("Given", found) if isinstance(found, Mapping) else {}


def read_market(given: Given, *, precision_mode: int, leverage: Decimal | None = None) -> Market:
    """`leverage` is what the account has set; None: what the market allows at most, where it tells."""
    limits, precision = within(given, "limits"), within(given, "precision")
    size = number(given.get("contractSize")) or Decimal(1) if given.get("contract") else Decimal(1)

    def limit(of: str, end: str) -> Decimal | None:
        return number(within(limits, of).get(end)) or None

    def quantity(value: Decimal | None) -> Decimal | None:
        return None if value is None else tidy(value * size)

    up, down = _bounds(given.get("info"))
    return Market(
        symbol=given["symbol"],
        base=given.get("base") or "",
        quote=given.get("quote") or "",
        kind=_KINDS.get(given.get("type") or "spot", "spot"),
        tick=_step(precision.get("price"), precision_mode),
        lot=quantity(_step(precision.get("amount"), precision_mode)),
        min_quantity=quantity(limit("amount", "min")),
        max_quantity=quantity(limit("amount", "max")),
        min_notional=limit("cost", "min"),
        max_notional=limit("cost", "max"),
        price_up=up,
        price_down=down,
        contract_size=size,
        maker=amount(given.get("maker")),
        taker=amount(given.get("taker")),
        is_open=given.get("active") is not False,
        max_leverage=min([one for one in (leverage, limit("leverage", "max")) if one], default=Decimal(1)),
        takes_pairs=within(given, "info").get("ocoAllowed") is not False,
    )


def _step(value: Any, mode: int) -> Decimal | None:
    found = number(value)
    if found is None:
        return None
    if mode == _DECIMAL_PLACES:
        return Decimal(1).scaleb(-int(found))
    return found if mode == _TICK_SIZE and found > 0 else None


def _bounds(info: Any) -> tuple[Decimal | None, Decimal | None]:
    """Binance's PERCENT_PRICE filters. Where the sides have bounds of their own, the wider: the rest it refuses."""
    filters = cast("Given", info).get("filters") if isinstance(info, Mapping) else None
    for rule in cast("Sequence[Any]", filters) if isinstance(filters, list) else ():
        if rule.get("filterType") == "PERCENT_PRICE":
            return number(rule.get("multiplierUp")), number(rule.get("multiplierDown"))
        if rule.get("filterType") == "PERCENT_PRICE_BY_SIDE":
            ups = [amount(rule.get(name)) for name in ("bidMultiplierUp", "askMultiplierUp")]
            downs = [amount(rule.get(name)) for name in ("bidMultiplierDown", "askMultiplierDown")]
            return max(ups), min(downs)
    return None, None


def read_quote(given: Given, symbol: str, *, now: int) -> Quote | None:
    """None where the exchange tells no prices."""
    last = number(given.get("last")) or number(given.get("close")) or number(given.get("bid"))
    if last is None:
        return None
    bid, ask = number(given.get("bid")) or last, number(given.get("ask")) or last
    return Quote(symbol, bid, ask, last, int(given.get("timestamp") or now), number(given.get("baseVolume")))


def read_book(given: Given, symbol: str, *, depth: int, size: Decimal, now: int) -> OrderBook:
    """Sorted here: ccxt would sort text as text."""

    def side(name: str, *, falling: bool) -> list[Level]:
        levels = [Level(amount(row[0]), tidy(amount(row[1]) * size)) for row in given.get(name) or ()]
        found = sorted((level for level in levels if level.quantity > 0), reverse=falling)
        return found[:depth]

    at = int(given.get("timestamp") or now)
    return OrderBook(symbol, side("bids", falling=True), side("asks", falling=False), at)


def read_trade(given: Given, symbol: str, *, size: Decimal) -> PublicTrade:
    price, quantity, at = amount(given["price"]), tidy(amount(given["amount"]) * size), int(given["timestamp"] or 0)
    side: Literal["buy", "sell"] = "sell" if given.get("side") == "sell" else "buy"
    return PublicTrade(symbol, str(given.get("id") or f"{at}:{price}:{quantity}"), side, price, quantity, at)


def read_funding(given: Given, symbol: str) -> Funding:
    next_at = given.get("nextFundingTimestamp") or given.get("fundingTimestamp") or 0
    hours = str(given.get("interval") or "8h").removesuffix("h")
    return Funding(symbol, amount(given.get("fundingRate")), int(next_at), int(hours) if hours.isdigit() else 8)


def read_balances(given: Given) -> dict[str, Balance]:
    totals: Given = given.get("total") or {}
    free: Given = given.get("free") or {}
    found: dict[str, Balance] = {}
    for asset, total in totals.items():
        if whole := number(total):
            rest = number(free.get(asset))
            found[asset] = Balance(asset, whole, whole if rest is None else min(max(rest, Decimal(0)), whole))
    return found


TOTAL_IS_EQUITY = frozenset({"binance", "binanceusdm", "binancecoinm", "okx", "okxus", "myokx", "bitget"})
"""Where ccxt's `total` of a margin account is what all is worth, what positions have made included. Elsewhere it is
what was paid in and brought in."""


def read_margin_account(
    balances: Mapping[str, Balance], positions: Sequence[Position], *, currency: str, venue: str
) -> Account:
    found = balances.get(currency) or Balance(currency, Decimal(0), Decimal(0))
    profit = sum((position.profit for position in positions), Decimal(0))
    cash = found.total - profit if venue in TOTAL_IS_EQUITY else found.total
    return Account(currency, cash, cash + profit, found.used, found.free, profit, balances)


def read_position(given: Given, *, size: Decimal) -> Position | None:
    """None where there is none."""
    quantity = tidy(amount(given.get("contracts")) * size)
    if not quantity:
        return None
    held = -abs(quantity) if given.get("side") == "short" else quantity
    entry = amount(given.get("entryPrice"))
    mark = number(given.get("markPrice")) or entry
    return Position(
        given["symbol"], held, entry, mark, amount(given.get("unrealizedPnl")),
        number(given.get("liquidationPrice")) or None, str(given["id"]) if given.get("id") else None,
    )  # fmt: skip


def read_order(
    given: Given, *, size: Decimal, request: OrderRequest | None = None, fills: Iterable[Fill] = ()
) -> Order:
    """The order as ccxt tells of it. What it leaves out is of the request."""
    asked = request or OrderRequest("", str(given.get("symbol") or ""), "buy", "limit", Decimal(0))
    filled = tidy(amount(given.get("filled")) * size)
    quantity = tidy(amount(given.get("amount")) * size) or asked.quantity
    status = _STATUSES.get(str(given.get("status") or "open"), "open")
    if status == "filled" and filled < quantity:
        # Some exchanges close an order of which only a part was traded.
        status = "cancelled" if filled or request is not None else "filled"
    if status == "open" and filled > 0:
        status = "filled" if filled == quantity else "partly_filled"
    found = tuple(fills)
    fee, asset = add_fees(found) if found else _fee(given)
    created = int(given.get("timestamp") or 0)
    return Order(
        client_id=str(given.get("clientOrderId") or asked.client_id),
        id=str(given.get("id") or ""),
        symbol=str(given.get("symbol") or asked.symbol),
        side=cast("Side", given.get("side") or asked.side),
        kind=_kind(given, asked),
        status=status,
        quantity=quantity,
        filled=filled,
        average=(number(given.get("average")) or None) if filled else None,
        price=_limit(given, request),
        stop_price=number(given.get("triggerPrice") or given.get("stopPrice")) or asked.stop_price,
        fee=fee,
        fee_asset=asset,
        reduce_only=bool(given.get("reduceOnly") or asked.reduce_only),
        group=asked.group,
        created_at=created,
        updated_at=int(given.get("lastUpdateTimestamp") or given.get("lastTradeTimestamp") or created),
        fills=found,
    )


def _limit(given: Given, request: OrderRequest | None) -> Decimal | None:
    """What was asked for may have been changed since; of an order that has no limit, some tell what it came to."""
    if request is not None and request.price is None:
        return None
    return number(given.get("price")) or (None if request is None else request.price)


def _kind(given: Given, asked: OrderRequest) -> OrderKind:
    if asked.client_id:
        return asked.kind
    kind = str(given.get("type") or "limit").lower()
    profits = given.get("takeProfitPrice") or "take_profit" in kind
    if profits or given.get("stopLossPrice") or given.get("triggerPrice") or "stop" in kind:
        limited = bool(number(given.get("price"))) and "market" not in kind
        name = "take_profit" if profits else "stop"
        return cast("OrderKind", f"{name}_limit" if limited else name)
    return "market" if kind == "market" else "limit"


def _fee(given: Given) -> tuple[Decimal, str | None]:
    fee = within(given, "fee")
    return abs(amount(fee.get("cost"))), fee.get("currency")


def add_fees(fills: Sequence[Fill]) -> tuple[Decimal, str | None]:
    """Fees of one asset are added. Of several assets the first's: each fill tells its own."""
    asset = fills[0].fee_asset if fills else None
    return sum((fill.fee for fill in fills if fill.fee_asset == asset), Decimal(0)), asset or None


def read_fill(given: Given, *, client_id: str, size: Decimal, place: int = 0) -> Fill:
    id = str(given.get("id") or "")
    at, price = int(given.get("timestamp") or 0), amount(given.get("price"))
    quantity = tidy(amount(given.get("amount")) * size)
    fee, asset = _fee(given)
    return Fill(
        id=id or f"{given.get('order')}:{at}:{price}:{quantity}:{place}",
        client_id=client_id,
        order_id=str(given.get("order") or ""),
        symbol=str(given.get("symbol") or ""),
        side=cast("Side", given.get("side") or "buy"),
        quantity=quantity,
        price=price,
        fee=fee,
        fee_asset=asset or "",
        at=at,
        is_maker=given.get("takerOrMaker") == "maker",
        sequence=int(id) if id.isdigit() else place,
    )


def in_order(fills: Iterable[Fill]) -> list[Fill]:
    """Each once, oldest first, however they were told."""
    return sorted({fill.id: fill for fill in fills}.values(), key=lambda fill: (fill.at, fill.sequence))
