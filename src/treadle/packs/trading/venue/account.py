"""What is owned at a venue."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple


class Balance(NamedTuple):
    """Of one asset. `used` is bound in open orders or as margin."""

    asset: str
    total: Decimal
    free: Decimal

    @property
    def used(self) -> Decimal:
        return self.total - self.free


class Account(NamedTuple):
    """All in `currency`, but for `balances`, which are by asset.

    `balance` is the cash, `equity` what everything is worth now, `margin` what positions bind, `free_margin` what is
    left for new ones, `profit` what open positions have made so far and not yet brought in.
    """

    currency: str
    balance: Decimal
    equity: Decimal
    margin: Decimal
    free_margin: Decimal
    profit: Decimal
    balances: Mapping[str, Balance]


class Position(NamedTuple):
    """`quantity` is negative where it is short; `entry` the average price it was entered at; `profit` in the quote
    asset, at `mark`, not brought in yet. `id` is the ticket, at venues that number them."""

    symbol: str
    quantity: Decimal
    entry: Decimal
    mark: Decimal
    profit: Decimal
    liquidation: Decimal | None = None
    id: str | None = None
