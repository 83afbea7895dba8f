"""Orders that rest in the book, and taking them back, as generated lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from treadle.engine.plan import NodePlan
from treadle.service.backtests.program.ordering import (
    floor_of,
    is_none,
    keep_filters,
    keep_limits,
    margin,
    outcome,
    place_order,
    quantity_of,
    reach,
    require_symbol,
)
from treadle.service.backtests.program.values import Const, Listed, Unknown, Val

if TYPE_CHECKING:
    from treadle.service.backtests.program.generating import Generator

_INPUTS = ("provider", "side", "size", "price", "stop_loss", "take_profit")


def write_limit(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    require_symbol(at, node)
    config, lines, shape = node.node.config, at.lines, at.shape
    given: dict[str, Val] = dict(zip(_INPUTS, values, strict=True))
    side, size_in = given["side"], config.get("size_in", "base")
    if not isinstance(side, Const) or side.value not in ("buy", "sell") or size_in not in ("base", "quote"):
        raise Unknown
    if config.get("time_in_force", "gtc") != "gtc" or config.get("expires_in") is not None or config.get("reduce_only"):
        raise Unknown
    if not (is_none(given["stop_loss"]) and is_none(given["take_profit"])):
        raise Unknown
    buys = side.value == "buy"
    reader = at.reader(node, values)
    size, price = (reader.exact(reader.number(given[name])) for name in ("size", "price"))
    for value in (size, price):
        lines.leave(f"not {value.code} > {margin(value)}")
    reach(lines)
    quantity = quantity_of(at, reader, size, str(size_in), buys, price)
    if buys:
        keep_limits(at, node, reader, quantity, price)
    ticks = floor_of(lines, shape, price, shape.tick, up=not buys)
    lots = floor_of(lines, shape, quantity, shape.lot)
    at.fail(node, "below_minimum", f"not {lots} > 0")
    lines.leave(f"not {ticks} > 0")
    keep_filters(at, lots, ticks, is_limit=True)
    if buys:
        high, low, need, more = (lines.fresh(hint) for hint in ("h", "l", "h", "l"))
        lines.add(f"{high}, {low} = free_quote(acc, orders, rules)")
        lines.add(f"{need}, {more} = worth_of(rules, {lots}, {ticks})")
        at.fail(node, "insufficient_balance", f"is_less({high}, {low}, {need}, {more})")
    else:
        lines.leave(f"free_base(acc, orders, rules) < {lots}")
    is_strict = bool(config.get("post_only"))
    if is_strict:
        lines.leave(f"{ticks} {'>=' if buys else '<='} px")
    place_order(at, node, "BUY" if buys else "SELL", lots, kind="LIMIT", price=ticks, post_only=is_strict)
    at.rests(node, ticks)
    return outcome()


def write_cancel(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    """All of them. What an order names is asked for one by one: that is left."""
    require_symbol(at, node)
    if not is_none(values[1]):
        raise Unknown
    lines = at.lines
    count = lines.set("open_orders(acc, orders)", "n")
    lines.add("if acc[ORDERS] > 0:")
    lines.depth += 1
    reach(lines)
    lines.add(f"{count} = open_orders(acc, orders)")
    lines.add("if acc[KEEPS_OVER] and (acc[OVER] + acc[ORDERS] + 4) * ROW > len(over):")
    lines.add(f"    {lines.stop('ROOM')}")
    at.change()
    lines.add("cancel_all(acc, orders, over, ASKED)")
    lines.add("touch = k")
    lines.depth -= 1
    return {"orders": Listed(count)}
