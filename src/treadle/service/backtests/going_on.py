"""Nodes that go on, in the same run, with what an order has filled: over bars that is nothing yet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from treadle.model.nearest import listed
from treadle.model.workflow import Node, Workflow
from treadle.service.reporting.finding import Finding

_PLACING = frozenset({"order.market", "order.limit", "order.close", "order.rebalance"})
_WAITING = frozenset({"order.await", "order.cancel"})
_FILLED = ("filled", "price", "done", "fills", "fee")
_MENTIONED = re.compile(r"nodes(?:\.([A-Za-z0-9_-]+)|\[['\"]([A-Za-z0-9_-]+)['\"]\])\.([a-z_]+)")


def find_going_on(workflow: Workflow, providers: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Says which nodes they are; or, where accounts fill at the close for their sake, that nobody can do so live."""
    if any(provider["settings"].get("fill") == "close" for provider in providers):
        yield Finding(
            "fills_at_close",
            "Orders were filled at the close that they were decided on; nobody can do that live, where the price is "
            "another by then.",
            "error",
        )
        return
    placing = {node.id for node in workflow.nodes if node.type in _PLACING and not node.disabled}
    waiting = {node.id for node in workflow.nodes if node.type in _WAITING}
    found: dict[str, set[str]] = {}
    for connection in workflow.connections:
        if connection.source in placing and connection.output in _FILLED:
            found.setdefault(connection.target, set()).add(connection.source)
    for node in workflow.nodes:
        for order in _mentioned(node) & placing:
            found.setdefault(node.id, set()).add(order)
    for node, orders in found.items():
        if node not in waiting:
            yield Finding(
                "filled_later",
                f"`{node}` goes on with what {listed(sorted(orders))} has filled in the same run: over bars an order "
                "is filled at the next opening, after that run. Put an `order.await` between them; "
                "`--paper fill=close` fills at once, as nobody can live.",
            )


def _mentioned(node: Node) -> set[str]:
    text = json.dumps([node.config, node.when], default=str)
    return {one or other for one, other, port in _MENTIONED.findall(text.replace('\\"', '"')) if port in _FILLED}
