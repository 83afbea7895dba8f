"""Whose a fill is: of the run and the node that placed its order.

On record is who first heard of it (decision 0050), which over bars is a later run, and whichever of its nodes asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from treadle.service.backtests.decisions import guarded_by


def with_placers(fills: Iterable[Mapping[str, Any]], orders: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Fills with the `run` and the `path` of their orders; what guards an order is of whose that is."""
    known = {str(order["client_id"]): order for order in orders if order.get("client_id")}
    return [_with_placer(fill, known) for fill in fills]


def _with_placer(fill: Mapping[str, Any], orders: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    name = str(fill.get("client_id"))
    order = orders.get(name) or orders.get(guarded_by(name))
    if order is None:
        return fill
    return {**fill, "run": order.get("run", ""), "path": order.get("path", "")}
