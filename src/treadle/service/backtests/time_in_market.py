"""For how much of the time something was held."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from treadle.service.backtests.result import BacktestResult

_NOTHING = 1e-9
"""Of the largest quantity: what adding up floats leaves of a position that is closed."""


def find_time_in_market(result: BacktestResult) -> float | None:
    """The share of the time from the first look at the account to the last in which there was a position in any market,
    long or short, as the fills come to; None for a test of no length."""
    import numpy

    begins, ends = _ms(result.begins), _ms(result.ends)
    if ends <= begins:
        return None
    by_symbol: dict[str, tuple[list[int], list[float]]] = {}
    for fill in result.fills:
        times, quantities = by_symbol.setdefault(str(fill["symbol"]), ([], []))
        times.append(_ms(fill["at"]))
        quantities.append(float(fill["quantity"]) * (1 if fill["side"] == "buy" else -1))
    changed: list[Any] = []
    changes: list[Any] = []
    for times, quantities in by_symbol.values():
        order = numpy.argsort(numpy.array(times), kind="stable")
        held = numpy.cumsum(numpy.array(quantities)[order])
        is_held = numpy.abs(held) > _NOTHING * max(abs(one) for one in quantities)
        changed.append(numpy.array(times)[order])
        changes.append(numpy.diff(is_held.astype(int), prepend=0))
    if not changed:
        return 0.0
    at, change = numpy.clip(numpy.concatenate(changed), begins, ends), numpy.concatenate(changes)
    order = numpy.argsort(at, kind="stable")
    spans = numpy.diff(at[order], append=ends)
    return float(spans[numpy.cumsum(change[order]) > 0].sum() / (ends - begins))


def _ms(at: Any) -> int:
    return at if isinstance(at, int) else round(_moment(at).timestamp() * 1000)


def _moment(at: Any) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
