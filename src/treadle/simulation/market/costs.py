"""What a trade costs beside its price: fees, slippage, funding. Whole numbers; in doubt against the trader."""

from __future__ import annotations

from math import isqrt
from typing import NamedTuple

from treadle.simulation.market.scale import RATE

NO_SLIPPAGE, FIXED, OF_SPREAD, IMPACT = range(4)
_MILLION = 1_000_000


class Tier(NamedTuple):
    """Fees (of `RATE`) of who has traded `turnover` or more in the last 30 days, in units of the purse."""

    turnover: int
    maker: int
    taker: int


def ceil_div(part: int, whole: int) -> int:
    return -(-part // whole)


def fee_of(notional: int, rate: int) -> int:
    """Rounded up to a unit; less than 0 where the rate is (a rebate, rounded down)."""
    return ceil_div(notional * rate, RATE)


def slipped(price: int, side: int, lots: int, *, kind: int, amount: int, volume: int, spread: int) -> int:
    """What `price` comes to for who takes, rounded against them.

    `FIXED`: `amount` of the price; `OF_SPREAD`: `amount` of the spread (in ticks); `IMPACT`: `amount` of the price ×
    √(lots / volume), all of `amount` where no volume is known.
    """
    if kind == NO_SLIPPAGE or amount == 0:
        return price
    if kind == FIXED:
        away = ceil_div(price * amount, RATE)
    elif kind == OF_SPREAD:
        away = ceil_div(spread * amount, RATE)
    else:
        share = isqrt(lots * _MILLION * _MILLION // volume) if volume > 0 else _MILLION
        away = ceil_div(price * amount * share, RATE * _MILLION)
    return max(1, price + side * away)


def funding_of(position: int, price: int, multiplier: int, rate: int) -> int:
    """What the holder of `position` lots gets (less than 0: pays), rounded down."""
    return (-position * price * multiplier * rate) // RATE


def average_cost(position: int, cost: int, side: int, lots: int, notional: int) -> tuple[int, int, int]:
    """(position, cost, profit) after `lots` were traded for `notional` (0 or more). `cost` is what the position was
    entered for, with its sign; the part of it that is closed is rounded down."""
    if position * side >= 0:
        return position + side * lots, cost + side * notional, 0
    held = abs(position)
    closed = min(lots, held)
    part = cost if closed == held else cost * closed // held
    worth = notional if closed == lots else notional * closed // lots
    profit = -side * worth - part
    if closed == lots:
        return position + side * lots, cost - part, profit
    return side * (lots - closed), side * (notional - worth), profit
