"""An order as a row of whole numbers, so that a compiled loop may take the same one. Constants name its fields."""

from __future__ import annotations

from typing import TypeAlias

Row: TypeAlias = "list[int]"

(
    NUMBER, SIDE, KIND, QUANTITY, FILLED, CUT, PRICE, STOP, FORCE, EXPIRES, POST_ONLY, REDUCE_ONLY, GROUP, PARENT,
    STOP_LOSS, TAKE_PROFIT, STATUS, ARMED, RESTED, SINCE, REASON, COST, FEE,
) = range(23)  # fmt: skip
"""`NUMBER` puts orders in the order of their placing. `SIDE` is 1 (buy) or -1. `CUT` are lots that an order of the same
`GROUP` has taken away. `ARMED`: its stop was set off. `RESTED`: it has been through an opening. `SINCE`: it takes part
in bars that open then or later. `COST` is the sum of ticks × lots of its fills. Prices that it has not are 0."""

BUY, SELL = 1, -1
MARKET, LIMIT, STOP_MARKET, STOP_LIMIT, TAKE_MARKET, TAKE_LIMIT = range(6)
GOOD_TILL_CANCELLED, IMMEDIATE, FILL_OR_KILL, GOOD_TILL_DATE = range(4)
OPEN, PARTLY, DONE, CANCELLED, REJECTED, EXPIRED = range(6)
"""Of `STATUS`; what is `DONE` or more is over."""

NONE, NO_FUNDS, NOTHING_TO_REDUCE, NOT_AT_ONCE, GROUPED, WOULD_TRADE, OUT_OF_TIME, ASKED, NO_SHORTS, NO_DEPTH, SETTLED, LIQUIDATED = range(12)  # fmt: skip  # noqa: E501
"""Of `REASON`."""


def order_row(
    number: int, side: int, kind: int, quantity: int, *,
    price: int = 0, stop: int = 0, force: int = GOOD_TILL_CANCELLED, expires: int = 0, post_only: bool = False,
    reduce_only: bool = False, group: int = 0, parent: int = 0, stop_loss: int = 0, take_profit: int = 0,
    since: int = 0,
) -> Row:  # fmt: skip
    row = [0] * 23
    row[NUMBER], row[SIDE], row[KIND], row[QUANTITY] = number, side, kind, quantity
    row[PRICE], row[STOP], row[FORCE], row[EXPIRES] = price, stop, force, expires
    row[POST_ONLY], row[REDUCE_ONLY], row[GROUP], row[PARENT] = int(post_only), int(reduce_only), group, parent
    row[STOP_LOSS], row[TAKE_PROFIT], row[SINCE] = stop_loss, take_profit, since
    return row


def remaining(row: Row) -> int:
    return row[QUANTITY] - row[FILLED] - row[CUT]


def is_limit(row: Row) -> bool:
    """Whether it would now be filled at no worse than a price of its own."""
    kind = row[KIND]
    return kind == LIMIT or (kind in (STOP_LIMIT, TAKE_LIMIT) and row[ARMED] == 1)


def direction(row: Row) -> int:
    """Where the price has to move to reach `level`: 1 up, -1 down, 0: it need not."""
    kind = row[KIND]
    if kind == MARKET:
        return 0
    if kind == LIMIT:
        return -row[SIDE]
    if row[ARMED]:
        return -row[SIDE] if kind in (STOP_LIMIT, TAKE_LIMIT) else 0
    return row[SIDE] if kind in (STOP_MARKET, STOP_LIMIT) else -row[SIDE]


def level(row: Row) -> int:
    """The price at which something becomes of the order."""
    return row[PRICE] if is_limit(row) else row[STOP]


def is_reached(row: Row, price: int) -> bool:
    way = direction(row)
    return way == 0 or (price - level(row)) * way >= 0
