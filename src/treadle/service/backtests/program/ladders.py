"""`order.ladder` as generated lines, where its levels and its size are constants and it is on one side of the price:
what an order on each level would be is known before, and `simulation.compiled.rungs` keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from treadle.engine.plan import NodePlan
from treadle.errors import NodeError
from treadle.packs.trading.exact import divide
from treadle.packs.trading.order.ladder import levels_of
from treadle.packs.trading.orders.filters import fit, onto
from treadle.packs.trading.paper.filters import check_filters
from treadle.packs.trading.venue.order import OrderRequest, Side
from treadle.service.backtests.program.beside import side_of
from treadle.service.backtests.program.ordering import reach, require_symbol
from treadle.service.backtests.program.values import Const, Items, Listed, Num, Unknown, Val
from treadle.simulation.compiled.rungs import KEPT, PLACED, REFUSED, TAKEN_BACK

if TYPE_CHECKING:
    from treadle.service.backtests.program.generating import Generator

_INPUTS = ("provider", "size", "lower", "upper", "prices")
_LARGEST = 1 << 52


def write_ladder(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    require_symbol(at, node)
    config, lines = node.node.config, at.lines
    given: dict[str, Val] = dict(zip(_INPUTS, values, strict=True))
    side = side_of(node)
    if side is None:
        raise Unknown
    is_purchase = side == "buy"
    levels, part = _levels(node, given)
    tables = _tables(at, node, levels, "buy" if is_purchase else "sell", _decimal(node, "size", given["size"]))
    below, rungs, lots, told = (at.table(one) for one in tables)
    first, last = (lines.set(one, "n") for one in (part.start, f"max({part.start}, {part.stop})"))
    near = lines.set(f"first_above({below}, {first}, {last}, px)", "n")
    lines.add(f"{last if is_purchase else first} = {near}")
    word = side.upper()
    missed = lines.set(f"left_out({rungs}, {first}, {last}, {word}, px)", "n")
    where = f"{first}, {last}, {missed}"
    kept, placed, back, refused = (lines.fresh("n") for _ in range(4))
    lines.add(f"{placed}, {back}, {refused} = 0, 0, 0")
    # Where nothing has become of any order since it was looked at last, and the price is where it was, all stands.
    seen = [lines.fresh("n") for _ in range(6)]
    now = f"acc[CHANGES], acc[NUMBER], {where}"
    at.before.append(f"{', '.join(seen)} = -1, 0, 0, 0, 0, 0")
    lines.add(f"{kept} = {seen[-1]}")
    same = zip(seen, now.split(", "), strict=False)
    lines.add(f"if {' or '.join(f'{one} != {other}' for one, other in same)}:")
    lines.depth += 1
    lines.add(f"{kept} = standing(acc, orders, {rungs}, {where}, {node.index}, {at.nodes})")
    lines.add(f"if {kept} < 0:")
    lines.depth += 1
    if not _are_told(at):
        lines.leave()
    reach(lines)
    if is_purchase:
        lines.leave("odd[i] & 2")
    elif config.get("post_only"):
        lines.leave(f"{first} < {last} and {rungs}[{first}] <= px")
    at.change()
    most = at.shape.limits.max_open_orders or 0
    market = at.program.market
    bounds = ", ".join(repr(float(one or 0)) for one in (market.price_down, market.price_up))
    one_size = int(config.get("size_in", "base") == "base")
    lines.add(
        f"{kept} = keep_rungs(acc, orders, over, rules, {rungs}, {lots}, {told}, {where}, {word}, px, {bounds}, "
        f"{most}, {one_size}, int(tt[i]), int(jj[i]) * {at.nodes} + {node.index}, {node.index}, {at.nodes})"
    )
    lines.add(f"if {kept} == WITH_ROOM:")
    lines.add(f"    {lines.stop('ROOM')}")
    lines.leave(f"{kept} == EXACTLY")
    for name, place in ((kept, KEPT), (placed, PLACED), (back, TAKEN_BACK), (refused, REFUSED)):
        lines.add(f"{name} = {told}[{place}]")
    lines.add(f"if {placed} + {back} > 0:")
    lines.add("    touch = k")
    lines.depth -= 1
    lines.add(f"{', '.join(seen)} = {now}, {kept}")
    lines.add(f"if {refused} > 0:")
    lines.add(f"    {seen[0]} = -1")
    lines.depth -= 1
    at.taken_back.append(back)
    return {"orders": Listed(kept), "placed": Num(placed), "cancelled": Num(back), "refused": Listed(refused)}


def _are_told(at: Generator) -> bool:
    """Whether what an order is refused for is known, but for the balance and how many are open."""
    shape, limits = at.shape, at.shape.limits
    asked = (
        limits.max_position_notional, limits.max_exposure, limits.max_orders_per_minute, limits.max_daily_loss,
        limits.max_drawdown_pct,
    )  # fmt: skip
    return all(one is None for one in asked) and shape.latency < shape.length


def _levels(node: NodePlan, given: Mapping[str, Val]) -> tuple[list[Decimal], Items]:
    """All of them, from the lowest up, and which of them count now."""
    prices = given["prices"]
    config = node.node.config
    if isinstance(prices, Items):
        part = prices
        found = _checked(node, "prices", list(prices.values))
    else:
        told = _checked(node, "prices", prices.value) if isinstance(prices, Const) else None
        lower, upper = (None if _is_none(given[one]) else _decimal(node, one, given[one]) for one in ("lower", "upper"))
        if not isinstance(prices, Const):
            raise Unknown
        try:
            found = levels_of(
                lower, upper, told, int(str(config.get("levels", 10))), str(config.get("spacing", "even"))
            )
        except (NodeError, ValueError):
            raise Unknown from None
        part = Items(tuple(found), "0", str(len(found)))
    if not found or any(one >= other for one, other in pairwise(found)):
        raise Unknown
    return found, part


def _tables(
    at: Generator, node: NodePlan, levels: Sequence[Decimal], side: Side, size: Decimal
) -> tuple[list[int], list[int], list[int], list[int]]:
    """What `rungs` goes by."""
    market, shape = at.program.market, at.shape
    below = [int(onto(one, shape.tick) / shape.tick) for one in levels]
    prices = [onto(one, shape.tick, up=side == "sell") for one in levels]
    rungs = [int(one / shape.tick) for one in prices]
    is_told = below[0] > 0 and rungs[-1] < _LARGEST and all(len(set(one)) == len(levels) for one in (below, rungs))
    if not is_told:
        raise Unknown  # some are on the same tick
    anywhere = replace(market, price_down=None, price_up=None)
    in_quote, most = node.node.config.get("size_in", "base") == "quote", shape.limits.max_order_notional
    lots: list[int] = []
    for price in prices:
        quantity = divide(size, price) if in_quote else size
        request = OrderRequest("", market.symbol, side, "limit", quantity, price)
        try:
            fitted, _ = fit(request, anywhere, reference=price)
            check_filters(fitted, anywhere, price)
        except NodeError:
            lots.append(0)
            continue
        is_less = side == "sell" or most is None or quantity * price <= most
        lots.append(int(fitted.quantity / shape.lot) if is_less else 0)
    if any(one >= _LARGEST for one in lots):
        raise Unknown
    return below, rungs, lots, [0] * (REFUSED + 1 + len(levels))


def _decimal(node: NodePlan, name: str, value: Val) -> Decimal:
    if not isinstance(value, Const):
        raise Unknown
    found = _checked(node, name, value.value)
    if not isinstance(found, Decimal) or not found.is_finite():
        raise Unknown
    return found


def _checked(node: NodePlan, name: str, value: Any) -> Any:
    """As the node is given it."""
    if value is None:
        return None
    try:
        return node.definition.input_adapters[name].adapter.validate_python(value)
    except ValueError:
        raise Unknown from None


def _is_none(value: Val) -> bool:
    return isinstance(value, Const) and value.value is None
