"""`Holding`: what an account has of one market, and what that is worth. Whole numbers."""

from __future__ import annotations

from typing import NamedTuple

from treadle.simulation.market.costs import Tier, ceil_div, funding_of
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import RATE


class Rules(NamedTuple):
    """Of a market for an account. Rates are parts of `RATE`, prices ticks.

    `money` is how many units of the purse one unit of money is, `lot` how many one lot of the base is (0: it is not
    owned, but held on margin). `margin` is the share of a position's worth that it binds, `maintenance` the share below
    which it is closed by force. `volume_share` of a bar's volume can be traded at most; 0: no matter how much.
    `highest` is what a price can be at most (prediction markets); 0: any.
    """

    symbol: str
    base: str
    quote: str
    multiplier: int
    money: int
    lot: int
    shorts: bool = False
    margin: int = RATE
    maintenance: int = 0
    slippage: int = 0
    slippage_amount: int = 0
    spread: int = 0
    volume_share: int = 0
    is_pessimistic: bool = False
    highest: int = 0
    tiers: tuple[Tier, ...] = (Tier(0, 0, 0),)


class Holding:
    """`position` in lots, `cost` what it was entered for and `profit` what was brought in, in money; `last` the price
    the market was at last (0: none yet)."""

    def __init__(self, rules: Rules, purse: Purse) -> None:
        self.rules, self.purse = rules, purse
        self.others: list[Holding] = []
        """The account's markets on margin in the same quote asset, this one left out."""
        self.position: int = 0
        self.cost: int = 0
        self.profit: int = 0
        self.last: int = 0

    @property
    def unrealised(self) -> int:
        return self.position * self.last * self.rules.multiplier - self.cost if self.position else 0

    @property
    def bound_margin(self) -> int:
        worth = abs(self.position) * self.last * self.rules.multiplier
        return ceil_div(worth * self.rules.margin, RATE)

    def kept_margin(self, price: int) -> int:
        """What the position may not fall below at `price`."""
        return ceil_div(abs(self.position) * price * self.rules.multiplier * self.rules.maintenance, RATE)

    def equity(self) -> int:
        """Of the purse's quote asset with all positions on margin, in units of the purse."""
        return self.purse.total(self.rules.quote) + sum(
            one.unrealised * one.rules.money for one in (self, *self.others) if not one.rules.lot
        )

    def liquidation(self) -> int:
        """The price at which the position would be closed by force, all else as it is; 0 or less: none."""
        rules = self.rules
        slope = rules.multiplier * (self.position * RATE - abs(self.position) * rules.maintenance) * rules.money
        return ceil_div((self.cost * rules.money - self.carried()) * RATE, slope) if slope else 0

    def carried(self) -> int:
        """What there is for this position to lose, in units of the purse."""
        carried = self.purse.total(self.rules.quote)
        for one in self.others:
            carried += (one.unrealised - one.kept_margin(one.last)) * one.rules.money
        return carried

    def spare(self, price: int) -> int:
        """How much more than it has to keep the account has with this market at `price`."""
        own = self.position * price * self.rules.multiplier - self.cost
        return self.carried() + (own - self.kept_margin(price)) * self.rules.money

    def pay_funding(self, at: int, rate: int, price: int) -> None:
        amount = funding_of(self.position, price, self.rules.multiplier, rate)
        self.purse.move(at, self.rules.quote, amount * self.rules.money, "funding", self.rules.symbol, 0)
