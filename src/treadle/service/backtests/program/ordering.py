"""The order path as generated lines: size, grid, limits, balance, and the order itself. Whatever it would be refused
for, and all that is not asked here, is left to the exact step, which goes the real way."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from treadle.engine.plan import NodePlan
from treadle.service.backtests.program.reading import Lines, Reader
from treadle.service.backtests.program.shape import Shape
from treadle.service.backtests.program.values import ULP, Const, Num, Opaque, Unknown, Val, number_of

if TYPE_CHECKING:
    from treadle.service.backtests.program.generating import Generator

_MARKET_INPUTS = ("provider", "side", "size", "stop_loss", "take_profit", "expected")
_MOST = 1 << 62
_DAY = 86_400_000


def write_market(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    require_symbol(at, node)
    config, lines, shape = node.node.config, at.lines, at.shape
    given = dict(zip(_MARKET_INPUTS, values, strict=True))
    side, size_in = given["side"], config.get("size_in", "base")
    if not isinstance(side, Const) or side.value not in ("buy", "sell") or size_in not in ("base", "quote", "percent"):
        raise Unknown
    if config.get("max_slippage") is not None or config.get("reduce_only") or not is_none(given["expected"]):
        raise Unknown
    if shape.limits.max_slippage_pct is not None:
        raise Unknown
    buys = side.value == "buy"
    reader = at.reader(node, values)
    size = reader.exact(reader.number(given["size"]))
    lines.leave(f"not {size.code} > {margin(size)}")
    reach(lines)
    quantity = quantity_of(at, reader, size, size_in, buys)
    guards = [_guard(at, reader, given[name], name, buys) for name in ("stop_loss", "take_profit")]
    if buys:
        keep_limits(at, node, reader, quantity)
    elif not _are_none(guards):
        raise Unknown
    lots = floor_of(lines, shape, quantity, shape.lot)
    at.fail(node, "below_minimum", f"not {lots} > 0")
    keep_filters(at, lots)
    if buys:
        high, low, need, more = (lines.fresh(hint) for hint in ("h", "l", "h", "l"))
        lines.add(f"{high}, {low} = free_quote(acc, orders, rules)")
        lines.add(f"{need}, {more} = worth_of(rules, {lots}, px)")
        at.fail(node, "insufficient_balance", f"is_less({high}, {low}, {need}, {more})")
    else:
        lines.leave(f"free_base(acc, orders, rules) < {lots}")
    place_order(at, node, "BUY" if buys else "SELL", lots, stop_loss=guards[0], take_profit=guards[1])
    return outcome()


def require_symbol(at: Generator, node: NodePlan) -> None:
    """Raises `Unknown` where neither the node nor its provider says which market is meant."""
    if not node.node.config.get("symbol") and at.program.provider.symbol is None:
        raise Unknown


def write_close(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    require_symbol(at, node)
    lines = at.lines
    if node.node.config.get("cancel_orders", True) is not True or not is_none(values[1]):
        raise Unknown
    reach(lines)
    lots = lines.set("acc[POSITION]", "n")
    lines.leave(f"{lots} <= 0 or acc[BASE] < {lots}")
    keep_filters(at, lots)
    lines.leave(f"not fits(acc, orders, rules, {lots}, px)")
    lines.add("if (acc[KEEPS_OVER] and (acc[OVER] + acc[ORDERS] + 4) * ROW > len(over)) or 8 * ROW > len(orders):")
    lines.add(f"    {lines.stop('ROOM')}")
    at.change()
    lines.add("cancel_all(acc, orders, over, ASKED)")
    place_order(at, node, "SELL", lots)
    return {**outcome(), "profit": Opaque()}


def outcome() -> Mapping[str, Val]:
    zero = Const(Decimal(0))
    return {
        "order": Opaque(),
        "status": Opaque(),
        "filled": zero,
        "fee": zero,
        "adjusted": Opaque(),
        "resting": Opaque(),
    }


def reach(lines: Lines) -> None:
    """An order meets what comes after it: all that is over has been gone through, and whose time is over has ended."""
    lines.add("if acc[WALKED] < k:")
    lines.add("    if advance(acc, orders, over, fills, rules, opens, closes, open_, high, low, close, volume, k) < k:")
    lines.add(f"        {lines.stop('ROOM')}")
    lines.add("expire(acc, orders, over, int(tt[i]))")


def place_order(
    at: Generator, node: NodePlan, side: str, lots: str, *, kind: str = "MARKET", price: str = "0",
    post_only: bool = False, stop_loss: str = "0", take_profit: str = "0",
) -> None:  # fmt: skip
    lines, shape = at.lines, at.shape
    late = shape.latency // shape.length * shape.length
    if late:
        raise Unknown
    most = shape.limits.max_orders_per_minute
    if most is not None and side == "BUY":
        lines.leave(f"sent[0] >= {most} and sent[1 + sent[0] % {most}] >= tt[i] - 60000")
    at.change()
    lines.add("last = acc[LAST]")
    lines.add("acc[LAST] = px")
    found = lines.fresh("o")
    lines.add(
        f"{found} = place(acc, orders, rules, {side}, {kind}, {lots}, {price}, 0, 0, 0, {int(post_only)}, 0, 0, "
        f"{stop_loss}, {take_profit}, int(tt[i]), int(jj[i]) * {at.nodes} + {node.index})"
    )
    lines.add(f"if {found} != 0:")
    lines.add("    acc[LAST] = last")
    lines.add(f"    {lines.stop('ROOM if acc[STATUS] == FULL else EXACT')}")
    if most is not None:
        lines.add(f"sent[1 + sent[0] % {most}] = tt[i]")
        lines.add("sent[0] += 1")
    lines.add("touch = k")


def quantity_of(at: Generator, reader: Reader, size: Num, size_in: str, buys: bool, price: Num | None = None) -> Num:
    """`orders.sizing.quantity_of`."""
    if size_in == "base":
        return size
    if size_in == "quote":
        return reader.calculate("/", size, price or at.price)
    lines, shape = at.lines, at.shape
    if shape.has_rest:
        raise Unknown
    if buys:
        high, low = lines.fresh("h"), lines.fresh("l")
        lines.add(f"{high}, {low} = free_quote(acc, orders, rules)")
        free = lines.set(f"wide_float({high}, {low}) * {float(shape.unit)!r}")
        lines.leave(f"not {free} >= 0.0")
    else:
        free = lines.set(f"free_base(acc, orders, rules) * {float(shape.lot)!r}")
    part = reader.calculate("*", Num(free, False, 3e-15, f"abs({free})", True), size)
    part = reader.calculate("/", part, number_of(100))
    if not buys:
        return part
    return reader.calculate("/", part, reader.calculate("*", at.price, number_of(1 + shape.taker)))


def _guard(at: Generator, reader: Reader, value: Val, name: str, buys: bool) -> str:
    """Ticks of a stop-loss or take-profit, on its right side and on the grid; 0: there is none."""
    if is_none(value):
        return "0"
    price = reader.exact(reader.number(value))
    at.lines.leave(f"not {price.code} > {margin(price)}")
    wrong = reader.compare(">=" if (name == "stop_loss") == buys else "<=", price, at.price)
    at.lines.leave(wrong)
    # For who buys, the way out is a sale: its stop is moved up, its target down.
    ticks = floor_of(at.lines, at.shape, price, at.shape.tick, up=(name == "stop_loss") == buys)
    at.lines.leave(f"not {ticks} > 0")
    return ticks


def keep_limits(at: Generator, node: NodePlan, reader: Reader, quantity: Num, price: Num | None = None) -> None:
    """`orders.guarding.guard`, of an order that opens."""
    lines, limits = at.lines, at.shape.limits
    if limits.max_position_notional is not None or limits.max_exposure is not None or limits.timezone != "UTC":
        raise Unknown
    lines.leave("odd[i] & 2")
    if limits.max_order_notional is not None:
        worth = reader.calculate("*", quantity, price or at.price)
        _breach(at, node, worth.code, float(limits.max_order_notional))
    if limits.max_open_orders is not None:
        standing = lines.fresh("n")
        lines.add(f"{standing} = 0")
        lines.add("for row in range(0, acc[ORDERS] * ROW, ROW):")
        lines.add("    if orders[row + PARENT] == 0:")
        lines.add(f"        {standing} += 1")
        at.fail(node, "risk_limit", f"{standing} >= {limits.max_open_orders}")
    if limits.max_daily_loss is None and limits.max_drawdown_pct is None:
        return
    if at.shape.has_rest:
        raise Unknown
    _keep_equity(at, node)


def _keep_equity(at: Generator, node: NodePlan) -> None:
    """How far equity is below its highest, and below where the day began."""
    lines, limits, unit = at.lines, at.shape.limits, float(at.shape.unit)
    for text in (
        "eh, el = equity(acc, rules, px)",
        f"day = tt[i] // {_DAY}",
        "if risk[0] == 0:",
        "    risk[0], risk[7] = 1, day",
        "    risk[1], risk[2], risk[3], risk[4], risk[5], risk[6] = eh, el, eh, el, eh, el",
        "if is_less(risk[1], risk[2], eh, el):",
        "    risk[1], risk[2] = eh, el",
        "if risk[7] != day:",
        "    risk[7] = day",
        "    if is_less(risk[3], risk[4], eh, el):",
        "        risk[5], risk[6] = eh, el",
        "    else:",
        "        risk[5], risk[6] = risk[3], risk[4]",
        "risk[3], risk[4] = eh, el",
    ):
        lines.add(text)
    if limits.max_daily_loss is not None:
        lines.add("lh, ll = wide_subtract(risk[5], risk[6], eh, el)")
        _breach(at, node, f"wide_float(lh, ll) * {unit!r}", float(limits.max_daily_loss))
    if limits.max_drawdown_pct is not None:
        lines.add("lh, ll = wide_subtract(risk[1], risk[2], eh, el)")
        lines.leave("wide_float(risk[1], risk[2]) <= 0.0")
        fallen = "wide_float(lh, ll) * 100.0 / wide_float(risk[1], risk[2])"
        _breach(at, node, fallen, float(limits.max_drawdown_pct))


def keep_filters(at: Generator, lots: str, price: str = "px", *, is_limit: bool = False) -> None:
    """The rules of the market for an order of so many lots at so many ticks: what one of them may refuse is left to the
    exact step."""
    market, shape, lines = at.program.market, at.shape, at.lines
    if market.min_quantity is not None:
        lines.leave(f"{lots} < {ceil(market.min_quantity / shape.lot)}")
    if market.max_quantity is not None:
        lines.leave(f"{lots} > {floor(market.max_quantity / shape.lot)}")
    for bound, sign, near in ((market.min_notional, "<", 1 + 1e-12), (market.max_notional, ">", 1 - 1e-12)):
        if bound is not None:
            lines.leave(f"{lots} * 1.0 * {price} {sign} {float(bound / shape.tick / shape.lot) * near!r}")
    for share, sign, near in ((market.price_down, "<", 1 + 1e-12), (market.price_up, ">", 1 - 1e-12)):
        if share is not None and is_limit:
            lines.leave(f"{price} * 1.0 {sign} px * {float(share) * near!r}")


def _breach(at: Generator, node: NodePlan, amount: str, limit: float) -> None:
    """It is refused from the limit on; whether it is just there, the exact step says."""
    found = at.lines.set(amount)
    at.fail(node, "risk_limit", f"{found} > {limit * (1 + 1e-12)!r}")
    at.lines.leave(f"not {found} < {limit * (1 - 1e-12)!r}")


# The grid


def floor_of(lines: Lines, shape: Shape, value: Num, step: Decimal, *, up: bool = False) -> str:
    """The name of how many whole steps `value` is, rounded down; with `up`, up."""
    if value.exact:
        found = lines.set(f"{'ceil' if up else 'floor'}_ticks({value.code}, {shape.grid(step)})", "n")
        lines.leave(f"{found} < 0")
        return found
    if value.mono is not None and (found := _of_mono(lines, shape, value, step, up)) is not None:
        return found
    rel, mag = value.error()
    steps, off, found = lines.fresh(), lines.fresh("m"), lines.fresh("n")
    lines.add(f"{steps} = {value.code} / {float(step)!r}")
    lines.add(f"{off} = {rel + 4 * ULP:.4g} * {mag} / {float(step)!r}")
    lines.leave(f"not abs({steps}) < 4e15")
    lines.add(f"{found} = int(floor({steps}))")
    lines.leave(f"{steps} - {found} <= {off} or {found} + 1 - {steps} <= {off}")
    if up:
        lines.add(f"{found} += 1")
    return found


def _of_mono(lines: Lines, shape: Shape, value: Num, step: Decimal, up: bool) -> str | None:
    """In whole numbers, exactly. A quotient that is rounded to 28 digits lies on the same side of every whole number:
    one that is none is further away from it."""
    mono = value.mono
    assert mono is not None
    factor = mono.factor / Fraction(step)
    over, under = [str(factor.numerator), *mono.over], [str(factor.denominator), *mono.under]
    found = lines.fresh("n")
    if not shape.is_wide:
        quotient = f"({' * '.join(over)}) // ({' * '.join(under)})"
        lines.add(f"{found} = -((-{over[0]}{''.join(f' * {one}' for one in over[1:])}) // ({' * '.join(under)}))"
                  if up else f"{found} = {quotient}")  # fmt: skip
        lines.leave(f"not {found} < {1 << 52}")
        return found
    if (
        factor <= 0
        or len(mono.over) > 1
        or len(mono.under) > 1
        or any(one != "px" for one in (*mono.over, *mono.under))
    ):
        return None
    parts = _two_parts(factor.numerator) if not mono.over else (factor.numerator, 0)
    largest = factor.denominator * (shape.largest if mono.under else 1)
    if parts is None or parts[0] >= _MOST or largest >= _MOST or shape.largest >= _MOST:
        return None
    other = mono.over[0] if mono.over else str(parts[1])
    high, low, rest = lines.fresh("h"), lines.fresh("l"), lines.fresh("n")
    lines.add(f"{high}, {low} = wide_times({parts[0]}, {other})")
    lines.add(f"{high}, {found}, {rest} = wide_divided({high}, {low}, {' * '.join(under)})")
    lines.leave(f"{high} != 0 or {found} >= {1 << 52}")
    if up:
        lines.add(f"if {rest} > 0:")
        lines.add(f"    {found} += 1")
    return found


def _two_parts(number: int) -> tuple[int, int] | None:
    """Two factors of less than 2⁶²."""
    if number < _MOST:
        return number, 1
    other = 1
    while number % 10 == 0 and number >= _MOST:
        number, other = number // 10, other * 10
    return (number, other) if number < _MOST and other < _MOST else None


def margin(value: Num) -> str:
    """Above this it is surely more than 0."""
    if value.exact:
        return "0.0"
    rel, mag = value.error()
    return f"2.0 * {rel!r} * {mag}"


def is_none(value: Val) -> bool:
    return isinstance(value, Const) and value.value is None


def _are_none(guards: list[str]) -> bool:
    return all(one == "0" for one in guards)
