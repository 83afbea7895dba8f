"""What holders of a simulated perpetual pay each other."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from treadle.packs.trading.simulated.noise import Noise

HOURS = 8
_MOST = 0.003


@lru_cache(maxsize=4_096)
def funding_rate(seed: int, symbol: str, place: str, number: int) -> Decimal:
    """What longs pay at the end of the `number`th eight hours since 1970. It is known as they begin, is more often
    above 0 than below, and stays high or low for days."""
    minute = number * HOURS * 60
    slow = Noise(f"funding/{symbol}@{place}", 14, 0.00035, 0.000002).at(seed, minute, minute)[0]
    rate = min(max(0.0001 + float(slow), -_MOST), _MOST)
    return Decimal(round(rate * 1_000_000)).scaleb(-6)
