"""What of a provider's config can be told to be wrong before anything runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import NodeError
from treadle.model.nearest import listed, suggest
from treadle.model.wanted import told_of
from treadle.packs.trading.venue.venues import require_known

if TYPE_CHECKING:
    from pydantic import BaseModel

_OF_A_SYMBOL = frozenset({"price", "orderbook", "funding"})


def find_problems(config: Mapping[str, Any]) -> list[str]:
    """Each a sentence, and what to do. What is worked out in the run is judged there."""
    from treadle.packs.trading.orders.limits import Limits
    from treadle.packs.trading.paper.settings import PaperSettings, as_written

    problems: list[str] = []
    venue: Any = config.get("venue", "paper")
    if isinstance(venue, str) and "{{" not in venue:
        try:
            require_known(venue)
        except NodeError as error:
            problems.append(f"{error.message} {error.remedy}")
    problems += _misfits("limits", config.get("limits"), Limits)
    if venue == "paper":
        problems += _misfits("settings", as_written(config.get("settings")), PaperSettings)
    wanted: Any = config.get("endpoints") or ()
    named: list[Any] = list(cast("list[Any]", wanted)) if isinstance(wanted, list | tuple) else []
    missing = [name for name in named if name in _OF_A_SYMBOL]
    if missing and not config.get("symbol"):
        problems.append(f"`{'`, `'.join(missing)}` in `endpoints` are of a market: set `symbol`.")
    return problems


def _misfits(what: str, given: Any, model: type[BaseModel]) -> Iterator[str]:
    from pydantic import ValidationError

    if not isinstance(given, Mapping):
        return
    settings = cast("Mapping[str, Any]", given)
    plain = {name: value for name, value in settings.items() if "{{" not in json.dumps(value, default=str)}
    try:
        model.model_validate(plain)
    except ValidationError as error:
        seen: set[str] = set()
        for fault in error.errors(include_url=False):
            name = str(fault["loc"][0]) if fault["loc"] else ""
            if name in seen:
                continue
            seen.add(name)
            if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
                known = list(model.model_fields)
                yield f"`{what}` has no `{name}`. {suggest(name, known, f'There are {listed(known, limit=20)}.')}"
            else:
                yield f"`{name}` of `{what}` does not fit: {told_of(fault)}. Correct it."
