"""What every exchange promises of limits, budgets and events; a part of `treadle.testing.exchange_contract`."""

from __future__ import annotations

import random
from datetime import timedelta

from treadle.engine.exchange import Exchange
from treadle.testing.journal_contract import NOW


class LimitContract:
    """As `ExchangeContract`, of which it is a part."""

    # Limits

    async def test_slots_come_one_after_another(self, exchange: Exchange) -> None:
        slots = [await _slot(exchange, token=str(number)) for number in range(3)]

        assert slots == [0, 0.5, 1]

    async def test_a_burst_is_given_at_once(self, exchange: Exchange) -> None:
        slots = [await _slot(exchange, token=str(number), burst=3) for number in range(5)]

        assert slots == [0, 0, 0, 0.5, 1]

    async def test_who_asks_again_has_the_same_slot(self, exchange: Exchange) -> None:
        slots = [await _slot(exchange, token=token, after=after) for token, after in (("a", 0), ("b", 0), ("b", 9))]

        assert slots == [0, 0.5, 0.5]

    async def test_keys_do_not_hold_each_other_up(self, exchange: Exchange) -> None:
        slots = [await _slot(exchange, key=key, token=key) for key in ("one", "two")]

        assert slots == [0, 0]

    async def test_no_period_has_more_slots_than_number_and_burst(self, exchange: Exchange) -> None:
        chance, after, slots = random.Random(7), 0.0, list[float]()
        for number in range(200):
            after += chance.choice([0, 0, 0, 0.01, 0.3, 2.5])
            slots.append(await _slot(exchange, token=str(number), after=after, burst=3))

        ordered = sorted(slots)
        most = max(sum(start <= slot < start + 1 for slot in ordered) for start in ordered)
        assert most <= 2 + 3

    # Budgets and events

    async def test_a_budget_has_so_many_in_any_period(self, exchange: Exchange) -> None:
        async def spend(token: str, after: float) -> bool:
            at = NOW + timedelta(seconds=after)
            return await exchange.try_slot("retries", number=2, period=60, token=token, now=at)

        answers = [await spend("a", 0), await spend("b", 30), await spend("c", 59), await spend("d", 61)]

        assert answers == [True, True, False, True]

    async def test_an_event_is_published_once(self, exchange: Exchange) -> None:
        answers = [await exchange.publish_event("e1", "orders", {"n": 1}, now=NOW) for _ in range(2)]

        assert answers == [True, False]


async def _slot(exchange: Exchange, *, token: str, key: str = "k", after: float = 0.0, burst: int = 1) -> float:
    """Seconds after `NOW` of the slot, two of which come a second."""
    now = NOW + timedelta(seconds=after)
    slot = await exchange.take_slot(key, number=2, period=1, burst=burst, token=token, now=now)
    return (slot - NOW) / timedelta(seconds=1)
