"""How the price went inside a bar. Nobody knows; so there is one rule, the same everywhere.

From the open to the extreme that is nearer to it, to the other one, to the close. Where both are as near, the low comes
first if the bar closed at its open or above, else the high. `against` 1 (who holds is long) puts the low first, -1 the
high: the pessimistic option.
"""

from __future__ import annotations


def path(open: int, high: int, low: int, close: int, against: int = 0) -> tuple[int, int, int, int]:
    if against:
        low_first = against > 0
    elif high - open == open - low:
        low_first = close >= open
    else:
        low_first = open - low < high - open
    return (open, low, high, close) if low_first else (open, high, low, close)
