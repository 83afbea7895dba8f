"""`Purse`: what an account owns, and every change of it. Amounts are in 10⁻¹⁸ of their asset."""

from __future__ import annotations

from typing import Literal, NamedTuple

from treadle.simulation.market.costs import Tier

EntryKind = Literal["deposit", "trade", "fee", "profit", "funding", "payout"]
_DAY = 86_400_000
_DAYS = 30


class Entry(NamedTuple):
    """A change of the total of `asset`; the sum of all of them is the total. `number` is the order's; 0: none."""

    at: int
    asset: str
    amount: int
    kind: EntryKind
    symbol: str
    number: int


class Purse:
    def __init__(self, totals: dict[str, int], *, turnover: dict[int, int] | None = None) -> None:
        self.totals = totals
        self.entries: list[Entry] = []
        self.turnover = turnover if turnover is not None else {}
        """What was traded by day (days since 1970), where there are tiers."""

    def total(self, asset: str) -> int:
        return self.totals.get(asset, 0)

    def move(self, at: int, asset: str, amount: int, kind: EntryKind, symbol: str, number: int) -> None:
        if amount:
            self.totals[asset] = self.totals.get(asset, 0) + amount
            self.entries.append(Entry(at, asset, amount, kind, symbol, number))

    def tier(self, at: int, tiers: tuple[Tier, ...]) -> Tier:
        """The fees that hold at `at`, by what was traded in the 30 days before its day."""
        if len(tiers) == 1:
            return tiers[0]
        today = at // _DAY
        traded = sum(worth for day, worth in self.turnover.items() if today - _DAYS <= day < today)
        found = tiers[0]
        for tier in tiers:
            if traded >= tier.turnover:
                found = tier
        return found

    def traded(self, at: int, worth: int) -> None:
        day = at // _DAY
        self.turnover[day] = self.turnover.get(day, 0) + worth
        for old in [one for one in self.turnover if one < day - _DAYS]:
            del self.turnover[old]
