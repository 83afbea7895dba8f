"""Looking at an account: what prices have done to it since it was last looked at is done now.

The steps of a feed are the same for whoever asks, and are walked in the order of time over all markets of the account;
so it does not matter which process looks, nor how often.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

from treadle.errors import NodeError
from treadle.packs.trading.paper.account import PaperAccount, UnknownDesk, stand_in
from treadle.packs.trading.paper.feed import NO_STEPS, Feed, Payment, Steps
from treadle.packs.trading.paper.inner_feed import InnerFeed
from treadle.simulation.market.scale import to_rate

FeedTime = Callable[[str, int], int]


class _Seen(NamedTuple):
    """What a feed told of one market: from `walked` (prices) and `paid` (funding) on, up to `until`."""

    symbol: str
    walked: int
    paid: int
    until: int
    steps: Steps
    payments: tuple[Payment, ...]


async def know_markets(account: PaperAccount, feed: Feed, *symbols: str) -> None:
    """Ask for the rules of every market that the account needs and does not know yet."""
    stored = {row.symbol: row for row in account.traded_symbols() if row.symbol not in account.markets}
    for symbol in {*stored, *symbols}:
        if symbol in account.markets:
            continue
        try:
            account.markets[symbol] = await feed.market(symbol)
        except NodeError as error:
            if error.code != "unknown_symbol" or symbol not in stored:
                raise
            account.markets[symbol] = stand_in(stored[symbol])


async def read(account: PaperAccount, feed: Feed, at: int) -> None:
    """The account as it is in the file, made if it is not there."""
    while not account.is_read:
        await know_markets(account, feed)
        try:
            with account.change(at, is_lazy=True):
                pass
        except UnknownDesk:
            continue


async def look(account: PaperAccount, feed: Feed, now: int, time: FeedTime) -> None:
    await read(account, feed, now)
    while seen := [one for symbol in _watched(account) if (one := await _see(account, feed, symbol, now, time))]:
        # A feed may tell less than it was asked for: no market goes on past what is known of another.
        horizon = min((one.steps.closes[-1] for one in seen if one.steps.closes), default=max(s.until for s in seen))
        try:
            with account.change(now, is_lazy=True):
                if not _apply(account, seen, horizon):
                    break
        except UnknownDesk:
            await know_markets(account, feed)
        await asyncio.sleep(0)  # a long time is walked in many rounds, and others want their turn
        await read(account, feed, now)
    if isinstance(feed, InnerFeed):
        await _glance(account, feed, now)
    await _settle(account, feed, now, time)


def _watched(account: PaperAccount) -> list[str]:
    return [
        symbol
        for symbol, held in account.desks.items()
        if not held.stored.is_settled and account.broker.is_watched(held.desk)
    ]


async def _see(account: PaperAccount, feed: Feed, symbol: str, now: int, time: FeedTime) -> _Seen | None:
    held, until = account.desks[symbol], time(symbol, now)
    walked, paid = held.stored.walked, held.stored.paid
    steps = await feed.steps(symbol, walked, until) if account.broker.is_walked(held.desk) else NO_STEPS
    payments: tuple[Payment, ...] = ()
    if account.settings.funding and held.stored.kind == "perpetual" and paid < until:
        payments = tuple(await feed.payments(symbol, paid, until))
    if not steps.closes and not payments:
        return None
    return _Seen(symbol, walked, paid, until, steps, payments)


def _apply(account: PaperAccount, seen: list[_Seen], horizon: int) -> bool:
    """Walk what was told up to `horizon`, by time. False: there was nothing. What another process has walked meanwhile
    is not walked again, and where it has put the account back, it is looked at anew."""
    events: list[tuple[int, int, str, int, _Seen]] = []
    quiet: set[str] = set()
    for one in seen:
        held = account.desks.get(one.symbol)
        if held is None or held.stored.walked < one.walked or held.stored.paid < one.paid:
            return True
        walked, paid = held.stored.walked, held.stored.paid
        steps = one.steps
        first, end = bisect_left(steps.opens, walked), bisect_right(steps.closes, horizon)
        due = [index for index, payment in enumerate(one.payments) if paid < payment.at <= horizon]
        if end - first > 1 and not due and held.desk.is_quiet(max(steps.high[first:end]), min(steps.low[first:end])):
            first = end - 1
            quiet.add(one.symbol)
        events.extend((steps.closes[index], 0, one.symbol, index, one) for index in range(first, end))
        events.extend((one.payments[index].at, 1, one.symbol, index, one) for index in due)
    if not events:
        return False
    events.sort(key=lambda event: event[:4])
    for at, what, symbol, index, one in events:
        held = account.desks[symbol]
        if what:
            payment = one.payments[index]
            held.desk.pay_funding(payment.at, to_rate(payment.rate), held.scale.nearest_ticks(payment.price))
            continue
        steps = one.steps
        if symbol in quiet:
            held.desk.pass_by(steps.opens[index], steps.close[index])
            continue
        held.desk.step(
            steps.opens[index], at, steps.open[index], steps.high[index], steps.low[index], steps.close[index],
            steps.volume[index],
        )  # fmt: skip
    for one in seen:
        if end := bisect_right(one.steps.closes, horizon):
            account.mark(one.symbol, walked=max(account.desks[one.symbol].stored.walked, one.steps.closes[end - 1]))
        account.mark(one.symbol, paid=max(account.desks[one.symbol].stored.paid, min(horizon, one.until)))
    return True


async def _glance(account: PaperAccount, feed: InnerFeed, now: int) -> None:
    """What the price of this moment reaches. Candles tell of it again, later, which changes nothing."""
    prices = {symbol: await feed.glance(symbol, now) for symbol in _watched(account)}
    if any(price is not None for price in prices.values()):
        await read(account, feed, now)
        with account.change(now, is_lazy=True):
            for symbol, price in prices.items():
                if price is not None:
                    held = account.desks[symbol]
                    ticks = held.scale.nearest_ticks(price)
                    held.desk.step(now, now, ticks, ticks, ticks, ticks)


async def _settle(account: PaperAccount, feed: Feed, now: int, time: FeedTime) -> None:
    """End the time of orders that have one, and pay out markets that are over."""
    for symbol in _watched(account):
        held, at = account.desks[symbol], time(symbol, now)
        payout = await feed.payout(symbol, at) if held.stored.kind == "prediction" else None
        if payout is None and not held.desk.has_expired(at):
            continue
        try:
            with account.change(now):
                _end(account, symbol, at, None if payout is None else held.scale.nearest_ticks(payout))
        except UnknownDesk:
            await read(account, feed, now)


def _end(account: PaperAccount, symbol: str, at: int, payout: int | None) -> None:
    held = account.desks[symbol]
    held.desk.expire(at)
    if payout is not None and not held.stored.is_settled:
        held.desk.settle(at, payout)
        account.mark(symbol, is_settled=True)
