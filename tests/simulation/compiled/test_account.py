"""What was traded by day, as a purse knows it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from treadle.simulation.compiled import account, layout
from treadle.simulation.market.costs import Tier
from treadle.simulation.market.purse import Purse

DAY = 86_400_000
TIERS = (Tier(0, 30, 30), Tier(100, 20, 20), Tier(300, 10, 10))


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 90)), min_size=1, max_size=30), st.integers(0, 60))
def test_days_that_a_purse_forgets_are_forgotten(trades: list[tuple[int, int]], back: int) -> None:
    purse, acc, day = Purse({}), [0] * layout.ACCOUNT_SIZE, 0
    rules = [0] * layout.TIERS + [len(TIERS)] + [field for one in TIERS for field in (0, one.turnover, 0, one.taker)]
    for later, worth in trades:
        day += later
        purse.traded(day * DAY, worth)
        account.note_traded(acc, day * DAY, 0, worth)
    since = max(0, day - back) * DAY

    assert rules[account.tier_at(acc, rules, since) + 3] == purse.tier(since, TIERS).taker
