"""Order nodes that happen side by side where it makes no difference which of them comes first: one only buys, the other
only sells, and neither stands in the other's way.

What a purchase binds no sale does, where what is owned is traded. Nothing becomes of both at one price, as long as
all purchases are below all sales. Limits that count orders let each of them through, as long as they let all through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from treadle.engine.plan import NodePlan
from treadle.errors import NodeError
from treadle.model.run import NodeResult
from treadle.packs.trading.orders.limits import Limits, read_limits

Pair = tuple[NodePlan, NodePlan]
_SIDES = {"order.ladder": "sides", "order.limit": "side"}
"""Of the nodes that may be side by side: the setting that says which side they are on."""
_PLAIN = ("stop_loss", "take_profit")


def side_of(node: NodePlan) -> str | None:
    """`buy` or `sell` of a node that leaves orders on one side of the price; else None."""
    config: Mapping[str, Any] = node.node.config
    name = _SIDES.get(node.definition.name)
    side = None if name is None else config.get(name)
    is_plain = all(config.get(one) is None for one in _PLAIN) and not any(
        item.sources for item in node.inputs if item.name in (*_PLAIN, "side")
    )
    return side if side in ("buy", "sell") and is_plain else None


def may_be_apart(one: NodePlan, other: NodePlan, limits: Limits) -> bool:
    """Whether two order nodes may make no difference to each other; `find_meeting` tells, once they have run."""
    counts = (limits.max_orders_per_minute, limits.max_position_notional, limits.max_exposure)
    return all(each is None for each in counts) and {side_of(one), side_of(other)} == {"buy", "sell"}


def limits_of(nodes: Iterable[NodePlan]) -> Limits | None:
    """Those of the one provider; None where they are not written down."""
    found = [node for node in nodes if node.definition.name == "market.provider" and not node.node.disabled]
    if len(found) != 1 or any(name == "limits" for name, *_ in found[0].dynamic_config):
        return None
    try:
        return read_limits(cast("Mapping[str, Any]", found[0].node.config.get("limits") or {}))
    except NodeError:
        return None


def find_meeting(
    pairs: Sequence[Pair], results: Mapping[str, NodeResult], limits: Limits, standing: int
) -> Pair | None:
    """The first pair of those that have run that may have come out otherwise in the other order. `standing` is how many
    orders are open now."""
    ran = {node.id: results[node.id] for pair in pairs for node in pair if node.id in results}
    most = limits.max_open_orders
    there = standing + sum(_count(one.outputs.get("cancelled")) for one in ran.values())
    if most is not None and there > most:
        return pairs[0]
    for pair in pairs:
        told = [ran[node.id] for node in pair if node.id in ran]
        if all(one.error is not None for one in told):
            return pair  # whichever comes first is what the run fails of
        # What else limits forbid is the same for whoever comes first.
        if most is not None and there >= most and any("risk_limit" in _refusals(one) for one in told):
            return pair
        prices = {side_of(node): list(_prices(ran[node.id])) for node in pair if node.id in ran}
        if max(prices.get("buy", []), default=Decimal(0)) >= min(prices.get("sell", []), default=Decimal("Infinity")):
            return pair
    return None


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _refusals(result: NodeResult) -> list[str]:
    refused = cast("Sequence[Mapping[str, Any]]", result.outputs.get("refused", ()))
    failed = [] if result.error is None else [result.error.type]
    return [*failed, *(str(one["code"]) for one in refused)]


def _prices(result: NodeResult) -> Iterator[Decimal]:
    """Of the orders that a node has told of."""
    outputs = result.outputs
    orders: Sequence[Any] = outputs["orders"] if "orders" in outputs else [outputs.get("order")]
    for order in orders:
        if isinstance(order, Mapping):
            given = cast("Mapping[str, Any]", order)
            yield Decimal(str(given["price"]))
