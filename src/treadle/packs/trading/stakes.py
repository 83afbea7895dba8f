"""What a trading workflow puts at stake: the account of each real venue that it may order from, and its limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from treadle.errors import ExpressionError
from treadle.expressions import compile_expression
from treadle.model.workflow import Workflow
from treadle.node.stake import Bound, Stake

_PROVIDER = "market.provider"
_SIMULATED = frozenset({"paper"})
UNKNOWN = "an unknown venue"
"""What is said of a venue that is worked out while the workflow runs."""


def orders_at_stake(workflow: Workflow, bound: Bound) -> Sequence[Stake]:
    """See `treadle.node.stake.Stakes`. Nothing for simulated venues; what is worked out as the workflow runs cannot be
    told beforehand, and is said to be so."""
    stakes: dict[str, Stake] = {}
    named = list(_providers(workflow, bound)) or [(UNKNOWN, None, dict[str, str]())]
    for venue, profile, limits in named:
        if venue in _SIMULATED:
            continue
        stake = Stake(profile or bound.profile_of(venue) or venue, venue, limits)
        stakes[str(stake)] = stake
    return list(stakes.values())


def _providers(workflow: Workflow, bound: Bound) -> Iterator[tuple[str, str | None, Mapping[str, str]]]:
    """(venue, profile, limits) of each provider that is named in the workflow."""
    for node in workflow.walk():
        if node.disabled:
            continue
        if node.type == _PROVIDER:
            yield _read(node.config, bound)
            continue
        given = node.config.get("provider")
        if isinstance(given, Mapping):
            yield _read(cast("Mapping[str, Any]", given), bound)
        elif isinstance(given, str) and not _is_node(given, workflow):
            yield _read({"venue": given}, bound)


def _is_node(given: str, workflow: Workflow) -> bool:
    """Whether it means a `market.provider` of the same workflow: that one is asked."""
    return "nodes." in given or workflow.find_node(given) is not None


def _read(config: Mapping[str, Any], bound: Bound) -> tuple[str, str | None, Mapping[str, str]]:
    venue, profile = (_value(config.get(name), bound) for name in ("venue", "profile"))
    found = _value(config.get("limits") or {}, bound)
    limits = (
        {str(name): _text(value) for name, value in cast("Mapping[str, Any]", found).items() if value is not None}
        if isinstance(found, Mapping)
        else {"limits": _text(found)}
    )
    return str(venue or UNKNOWN), None if profile is None else str(profile), limits


def _value(value: Any, bound: Bound) -> Any:
    """As it will be, where it hangs on nothing but what is bound; else as it is written."""
    if isinstance(value, Mapping):
        return {name: _value(item, bound) for name, item in cast("Mapping[str, Any]", value).items()}
    if not isinstance(value, str) or not (value.startswith("{{") and value.endswith("}}")):
        return value
    try:
        found = compile_expression(value[2:-2].strip()).evaluate({"params": bound.params, "input": bound.input})
    except ExpressionError:
        return value
    return value if found is None else found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
