"""What generated code knows of a market before it is written: its steps, its largest numbers, what orders keep to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from treadle.engine.plan import NodePlan, Plan
from treadle.packs.trading.orders.limits import Limits, read_limits
from treadle.service.backtests.program.planning import Program
from treadle.service.backtests.program.trading import Trading
from treadle.service.backtests.program.values import Mono


@dataclass(frozen=True, slots=True)
class Shape:
    """`largest` is the highest price in ticks, `limits` are the provider's. `is_wide`: whole numbers have 64 bits."""

    tick: Decimal
    lot: Decimal
    unit: Decimal
    multiplier: int
    largest: int
    taker: Decimal
    limits: Limits
    latency: int
    length: int
    has_rest: bool
    is_wide: bool

    @classmethod
    def of(cls, program: Program, trading: Trading) -> Shape:
        venue, settings = trading.venue, program.settings
        highest = int(program.prices.high.max()) if len(program.prices) else 1
        quote, base = venue.rules.quote, venue.rules.base
        return cls(
            venue.scale.tick, venue.scale.lot, venue.scale.unit, venue.rules.multiplier, highest,
            traded_fee(program), read_limits(program.provider.limits), settings.latency,
            program.prices.length, bool(trading.rest.get(quote) or trading.rest.get(base)), trading.is_jitted,
        )  # fmt: skip

    @property
    def is_short(self) -> bool:
        """Whether a price is written with so few digits that the nearest float is written the same."""
        _, factor = self._parts(self.tick)
        return self.largest * factor < 10**15

    def told_price(self, ticks: str) -> str:
        """Code of the nearest float of a price."""
        places, factor = self._parts(self.tick)
        over = ticks if factor == 1 else f"({ticks} * {factor})"
        if self.largest * factor >= 2**53 or places > 22:
            return f"{ticks} * {float(self.tick)!r}"
        return f"{over} / {float(10**places)!r}"

    def mono(self, step: Decimal, name: str) -> Mono:
        return Mono(Fraction(step), (name,))

    def grid(self, step: Decimal) -> str:
        """(m, 10^p) of a step that is m/10^p, as code."""
        places, factor = self._parts(step)
        return f"{float(factor)!r}, {float(10**places)!r}"

    @staticmethod
    def _parts(step: Decimal) -> tuple[int, int]:
        places = max(0, -int(step.normalize().as_tuple().exponent))
        return places, int(step.scaleb(places))


def traded_fee(program: Program) -> Decimal:
    """What an order that takes is reckoned to pay: as the settings say, or the market."""
    taker = program.settings.fees.taker
    return program.market.taker if taker is None else taker


def in_order(plan: Plan) -> list[NodePlan]:
    """Each node after those it waits for; of those that wait for nothing more, as the file has them."""
    waiting = list(plan.graph.waiting)
    ready = deque(node for node in plan.graph.nodes if waiting[node.index] == 0)
    ordered: list[NodePlan] = []
    while ready:
        node = ready.popleft()
        ordered.append(node)
        for at in node.dependents:
            waiting[at] -= 1
            if waiting[at] == 0:
                ready.append(plan.graph.nodes[at])
    return ordered
