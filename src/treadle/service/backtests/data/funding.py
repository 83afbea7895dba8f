"""What holders of a perpetual paid each other, from files: `time,rate`, a row a payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from treadle.errors import NodeError
from treadle.model.issue import Issue
from treadle.service.backtests.data.faults import EARLIEST, LATEST, NO_TIME, Faults, iso
from treadle.service.backtests.data.reading import name_columns, read_table, read_times
from treadle.service.backtests.data.source import FileSource, read_source

if TYPE_CHECKING:
    from treadle.service.settings import Settings

_NAMES = {
    "time": "time", "timestamp": "time", "datetime": "time", "date": "time", "calc_time": "time", "at": "time",
    "funding_time": "time", "fundingtime": "time",
    "rate": "rate", "funding_rate": "rate", "fundingrate": "rate", "last_funding_rate": "rate",
}  # fmt: skip
_MOST = Decimal("0.2")
"""Of one payment: what is more is no share, but a percentage."""


@dataclass(frozen=True, slots=True)
class FundingRates:
    """At each of `times` (ms) holders of a long paid `rates` (a share: 0.0001 is 0.01 %) of the notional to those of a
    short; below 0, the other way round."""

    times: Sequence[int]
    rates: Sequence[Decimal]


def read_funding(given: Mapping[str, str | Path], settings: Settings) -> tuple[dict[str, FundingRates], list[Issue]]:
    """By symbol, and everything that is wrong."""
    found: dict[str, FundingRates] = {}
    issues: list[Issue] = []
    for symbol, value in given.items():
        faults = Faults(Path(value).name)
        try:
            source = FileSource(value) if isinstance(value, Path) else read_source(value, settings)
            if not isinstance(source, FileSource):
                raise NodeError(
                    "rates are read from a file.", code="no_file", remedy="Name a CSV or Parquet file of time and rate."
                )
            table = read_table(source.path, faults, names=_NAMES)
            rates = None if table is None else _rates_of(table, faults)
        except NodeError as error:
            issues.append(Issue(error.code, f"{faults.name}: {error.message}", path=(symbol,), remedy=error.remedy))
            continue
        issues += faults.issues(symbol)
        if rates is not None and not faults.is_wrong:
            found[symbol] = rates
    return found, issues


def _rates_of(table: Mapping[str, Sequence[object]], faults: Faults) -> FundingRates | None:
    named = name_columns(table, faults, _NAMES)
    if missing := [name for name in ("time", "rate") if name not in named]:
        listed = ", ".join(f"`{name}`" for name in missing)
        faults.note(Issue("missing_column", f"there is no column {listed}; there are {', '.join(map(str, table))}"))
        return None
    times: list[int] = read_times(named["time"], faults).tolist()
    rates = [_rate(value) for value in named["rate"]]
    no_rates = [row for row, rate in enumerate(rates) if rate is None]
    faults.refuse("not_a_number", no_rates, "rate", lambda row: f"{str(named['rate'][row])[:40]!r} is not a number")
    large = [row for row, rate in enumerate(rates) if rate is not None and abs(rate) > _MOST]
    faults.refuse(
        "funding_rate", large, "rate", lambda row: f"{rates[row]:f} of the notional is more than anybody pays"
    )
    units = [row for row, at in enumerate(times) if at != NO_TIME and not EARLIEST <= at <= LATEST]
    faults.refuse("not_milliseconds", units, "time", lambda row: f"{times[row]} is no time in ms since 1970")
    if not units:
        later = [row for row in range(1, len(times)) if NO_TIME < times[row] <= times[row - 1]]
        faults.refuse("out_of_order", later, "time", lambda row: f"{iso(times[row])} comes after {iso(times[row - 1])}")
    return FundingRates(times, [rate or Decimal(0) for rate in rates])


def _rate(value: object) -> Decimal | None:
    """Floats as they are written."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        read = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None
