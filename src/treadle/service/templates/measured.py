"""What a trading template has come to in simulated markets: measured by `python -m benchmarks.trading.templates`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, cast

from treadle.service.templates.template import Template

FILE = "measured.json"
_TOLD = frozenset({"template", "title", "description", "tags"})


@dataclass(frozen=True, slots=True)
class Measured:
    """Of the file as it is shipped, but for these `parameters`: run at its own times from `begins` to `ends`, on paper,
    over the simulated markets of `seed`, with these `fees`. `profit_pct` and `max_drawdown_pct` are of the equity;
    `market_pct` is what holding its first market would have brought; `win_rate` the share of the fills that closed
    something which did so with a profit. `equity` is of every seventh day. Simulated markets have regimes made for
    strategies to be tried in: no figure here is a promise."""

    seed: int
    begins: str
    ends: str
    fees: str
    parameters: Mapping[str, Any]
    runs: int
    orders: int
    fills: int
    profit_pct: float
    max_drawdown_pct: float
    market_pct: float | None
    win_rate: float | None
    currency: str
    began_with: float
    ended_with: float
    equity: Sequence[float]


def find_measured(template: Template) -> Measured | None:
    """None where it was not measured, or does not do any more what was."""
    kept = _kept().get(template.name)
    if kept is None or kept["digest"] != digest_of(template):
        return None
    return Measured(**{one.name: kept[one.name] for one in fields(Measured)})


def digest_of(template: Template) -> str:
    """Of what a template does, not of how it is described or drawn."""
    data = cast("Mapping[str, Any]", template.document.data)
    does = _without_places({key: value for key, value in data.items() if key not in _TOLD})
    return sha256(json.dumps(does, sort_keys=True, default=str).encode()).hexdigest()


def _without_places(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _without_places(item) for key, item in cast("Mapping[str, Any]", value).items() if key != "position"
        }
    return [_without_places(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


@cache
def _kept() -> Mapping[str, Mapping[str, Any]]:
    file = files("treadle") / "templates" / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
