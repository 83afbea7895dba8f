"""What is where in the flat sequences that the compiled market works on. All of them hold whole numbers of 64 bits.

Amounts of money are in units of the market's scale (`Scale.unit`) and wide: two fields, `X_HIGH` and `X` right behind
it, with `X_HIGH × 2⁶² + X`, 0 ≤ `X` < 2⁶² (see `limbs`). Lots, ticks and milliseconds are single fields.
"""

from __future__ import annotations

# The account

(
    STATUS, POSITION, COST_HIGH, COST, PROFIT_HIGH, PROFIT, QUOTE_HIGH, QUOTE, BASE, LAST, SERIAL, NUMBER, ORDERS,
    FILLS, OVER, KEEPS_OVER, BAR, BUDGET, FEES_HIGH, FEES, WANTS, NEED_HIGH, NEED, FREE_HIGH, FREE, WALKED, CHANGES,
) = range(27)  # fmt: skip
"""`STATUS`: why a step was not taken (`FULL`, `OVERFLOW`), else 0. `QUOTE` is the cash, `BASE` the lots that the purse
has of the base asset; `POSITION`, `COST` and `PROFIT` are those of `Holding`. `NUMBER` is the last number that
an order was given. `ORDERS`, `FILLS` and `OVER` count rows; who has read fills or orders that are over may set those
back to 0. `KEEPS_OVER` 0: orders that are over are dropped. `BAR` is the bar that is walked, `WALKED` the next one to
walk. `WANTS` (0, 1 quote, 2 base), `NEED` and `FREE` tell what the last order that was refused for `NO_FUNDS` needed,
and what there was (of the base: lots). `CHANGES` counts what became of orders: a fill, an end, a stop set off."""
TURNOVER = 27
DAYS = 32
"""From `TURNOVER` on: what was traded by day, rows of (day, high, low), the row of a day is at day mod `DAYS`."""
ACCOUNT_SIZE = TURNOVER + 3 * DAYS

FULL, OVERFLOW = 1, 2
"""Of `STATUS`. Nothing was changed: give more room, or take the step with exact numbers of any size."""

# Orders: the fields of `simulation.market.orders`, and those that need more room

ROW = 28
COST_UPPER, FEE_UPPER, TAG, ENDED, WAITS = 23, 24, 25, 26, 27
"""`COST_UPPER`, `FEE_UPPER` go with `orders.COST` and `FEE`. `TAG` is up to who places an order,
and those that guard it have it too. `ENDED` is the bar in which it was over. `WAITS`: nothing more becomes of it in
the bar that is walked."""

# Fills

FILL = 15
(
    F_SERIAL, F_NUMBER, F_SIDE, F_LOTS, F_PRICE, F_FEE_HIGH, F_FEE, F_PROFIT_HIGH, F_PROFIT, F_POSITION, F_AT,
    F_IS_MAKER, F_BAR, F_TAG, F_PARENT,
) = range(15)  # fmt: skip
"""`simulation.market.desk.Traded`, and the bar and the tag of its order."""

# Rules

(
    MULTIPLIER, IS_OWNED, SHORTS, MARGIN, MAINTENANCE, SLIPPAGE, SLIPPAGE_AMOUNT, SPREAD, VOLUME_SHARE, IS_PESSIMISTIC,
    HIGHEST, TIERS,
) = range(12)  # fmt: skip
"""`TIERS` counts the rows of (turnover high, turnover, maker, taker) that follow."""
TIER = 4

BASE_BITS = 62
LARGEST_PRICE = 1 << 52
LARGEST_LOTS = 1 << 60
LARGEST_MONEY_BITS = 94
"""Beyond these a step is `OVERFLOW`."""
