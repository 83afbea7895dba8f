"""Series of a bot: what it has made, trade by trade, and what its account was worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from treadle.service.bots.holding import ZERO, Trade


class Point(NamedTuple):
    at: datetime
    value: Decimal


@dataclass(slots=True)
class AccountSeries:
    """What all accounts in one currency were worth together. Before it is first read, an account counts with what it is
    worth then. `fall` is the deepest fall from where the series was highest, `fall_share` as a share."""

    currency: str = ""
    points: list[Point] = field(default_factory=list[Point])
    peak: Decimal = ZERO
    fall: Decimal = ZERO
    fall_share: float = 0.0
    read: dict[str, Point] = field(default_factory=dict[str, Point])
    """Of each account the last."""

    def take(self, account: str, point: Point) -> None:
        before = self.read.get(account)
        if before is not None and point.at < before.at:
            return  # told late: the curve goes on
        self.read[account] = point
        if before is None and self.points:
            known, self.points = self.points, []
            self.peak = self.fall = ZERO
            self.fall_share = 0.0
            for one in known:
                self._add(Point(one.at, one.value + point.value))
        at = max(point.at, self.points[-1].at) if self.points else point.at
        self._add(Point(at, sum((one.value for one in self.read.values()), ZERO)))

    def _add(self, point: Point) -> None:
        self.points.append(point)
        self.peak = max(self.peak, point.value)
        fell = self.peak - point.value
        self.fall = max(self.fall, fell)
        if self.peak > 0:
            self.fall_share = max(self.fall_share, float(fell / self.peak))


def read_point(value: Mapping[str, Any], written_at: datetime | None) -> Point | None:
    """Of a record of kind `equity`; None where it says no amount."""
    try:
        amount = Decimal(str(value["equity"]))
        at = datetime.fromisoformat(value["at"]) if value.get("at") else written_at
    except (KeyError, InvalidOperation, ValueError, TypeError):
        return None
    if at is None or not amount.is_finite():
        return None
    return Point(at if at.tzinfo is not None else at.replace(tzinfo=UTC), amount)


def profit_series(
    trades: Iterable[Trade], currency: str, *, since: datetime | None = None, until: datetime | None = None
) -> list[Point]:
    """What all trades before had made, after each of them."""
    made, points = ZERO, list[Point]()
    for trade in trades:
        if trade.currency == currency and (until is None or trade.closed_at < until):
            made += trade.profit
            if since is None or trade.closed_at >= since:
                points.append(Point(trade.closed_at, made))
    return points


def thin(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many points that look the same: of each stretch its lowest and its highest; the ends stay."""
    if len(points) <= most or most < 4:
        return list(points)
    inner = points[1:-1]
    stretches = (most - 2) // 2
    kept = [points[0]]
    for at in range(stretches):
        stretch = inner[at * len(inner) // stretches : (at + 1) * len(inner) // stretches]
        if stretch:
            low = min(range(len(stretch)), key=lambda index: stretch[index].value)
            high = max(range(len(stretch)), key=lambda index: stretch[index].value)
            kept += [stretch[index] for index in sorted({low, high})]
    return [*kept, points[-1]]
