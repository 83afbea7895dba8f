"""What an account is worth, at the prices of its feed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from treadle.errors import NodeError
from treadle.packs.trading.paper.account import PaperAccount, PaperDesk
from treadle.packs.trading.paper.feed import Feed
from treadle.packs.trading.venue.account import Account, Balance, Position
from treadle.simulation.market.costs import ceil_div
from treadle.simulation.market.desk import Desk
from treadle.simulation.market.scale import EXACT, RATE, from_wallet, short, times


async def tell_account(account: PaperAccount, feed: Feed, now: int) -> Account:
    """`equity` is the cash, what positions on margin have made so far, and all that is owned, at the last prices."""
    settings, broker = account.settings, account.broker
    currency = settings.told_in
    balances: dict[str, Balance] = {}
    for asset, total in sorted(broker.purse.totals.items()):
        free = min(max(broker.free(asset), 0), total)
        if total or asset in settings.balance:
            balances[asset] = Balance(asset, from_wallet(total), from_wallet(free))
    cash = from_wallet(broker.purse.total(currency))
    equity = margin = profit = made_on_margin = Decimal(0)
    for asset, balance in balances.items():
        equity += balance.total * await _price_of(account, feed, asset, currency, now)
    for symbol, held in account.desks.items():
        desk = held.desk
        if not desk.position:
            continue
        ticks = await _mark(feed, symbol, held, now)
        rate = await _price_of(account, feed, held.stored.quote, currency, now)
        made = held.scale.money(_made(desk, ticks)) * rate
        profit += made
        if not desk.rules.lot:
            made_on_margin += made
            worth = abs(desk.position) * ticks * desk.rules.multiplier
            margin += held.scale.money(ceil_div(worth * desk.rules.margin, RATE)) * rate
    bound = from_wallet(sum(held.desk.bound(currency) for held in account.desks.values()))
    free = cash + made_on_margin - margin - bound
    return Account(currency, cash, short(equity + made_on_margin), short(margin), short(free), short(profit), balances)


async def tell_positions(account: PaperAccount, feed: Feed, now: int, symbol: str | None = None) -> Sequence[Position]:
    found: list[Position] = []
    for name, held in account.desks.items():
        if not held.desk.position or symbol not in (None, name):
            continue
        found.append(_position(held, await _mark(feed, name, held, now)))
    return found


async def _mark(feed: Feed, symbol: str, held: PaperDesk, now: int) -> int:
    """The price now, in ticks; of a market that is closed, its last."""
    try:
        return held.scale.nearest_ticks((await feed.quote(symbol, now)).last)
    except NodeError as error:
        if error.code not in ("market_closed", "unknown_symbol", "stale"):
            raise
        return held.desk.last


def _position(held: PaperDesk, ticks: int) -> Position:
    desk, scale = held.desk, held.scale
    quantity = scale.quantity(desk.position)
    per_lot = desk.rules.multiplier * abs(desk.position)
    entry = times(scale.tick, 1) * abs(desk.cost) / per_lot
    return Position(
        symbol=desk.rules.symbol,
        quantity=quantity,
        entry=short(entry),
        mark=scale.price(ticks),
        profit=scale.money(_made(desk, ticks)),
        liquidation=scale.price(desk.liquidation()) if desk.rules.maintenance and desk.liquidation() > 0 else None,
    )


def _made(desk: Desk, ticks: int) -> int:
    return desk.position * ticks * desk.rules.multiplier - desk.cost if desk.position else 0


async def _price_of(account: PaperAccount, feed: Feed, asset: str, currency: str, now: int) -> Decimal:
    """What one of `asset` is in `currency`; 0 where nothing tells."""
    if asset == currency:
        return Decimal(1)
    symbols = [f"{asset}/{currency}"]
    symbols += [name for name, held in account.desks.items() if held.stored.base == asset and held.desk.rules.lot]
    for symbol in symbols:
        try:
            price = (await feed.quote(symbol, now)).last
        except NodeError as error:
            if error.code in ("unknown_symbol", "stale", "market_closed"):
                continue
            raise
        held = account.desks.get(symbol)
        quote = held.stored.quote if held is not None else currency
        if quote == currency:
            return price
        return EXACT.multiply(price, await _price_of(account, feed, quote, currency, now))
    return Decimal(0)
