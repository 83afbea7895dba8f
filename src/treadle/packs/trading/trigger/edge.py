"""An edge: fires when a condition begins to hold, and not again until it has ceased to."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

Operator = Literal[">", "<", ">=", "<=", "crosses_above", "crosses_below"]
OPERATORS: tuple[str, ...] = get_args(Operator)
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "crosses_above": operator.gt,
    "crosses_below": operator.lt,
}


@dataclass(slots=True)
class Edge:
    """`holds` is how it was at the last value; None: nothing is known yet. A crossing needs to have seen the other
    side, for anything else it is enough that the condition holds. Once it holds, it has ceased to only when the value
    is `back` (a share of the level, 0.01 = 1 %) on the other side."""

    operator: Operator
    level: Decimal | float
    back: Decimal | float = 0
    holds: bool | None = None

    @property
    def crosses(self) -> bool:
        return self.operator.startswith("crosses")

    def takes(self, value: Decimal | float) -> bool:
        """Whether it fires at this value."""
        now = _HOLDS[self.operator](value, self._bound())
        before, self.holds = self.holds, now
        return now and (before is False or (before is None and not self.crosses))

    def _bound(self) -> Any:
        if not self.holds or not self.back:
            return self.level
        level: Any = self.level
        distance = abs(level) * self.back
        return level - distance if self.operator in (">", ">=", "crosses_above") else level + distance
