"""What nodes are in generated lines: by type, from the values of their inputs to those of their ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from treadle.engine.plan import NodePlan
from treadle.expressions import syntax
from treadle.expressions.expression import parse_tree
from treadle.service.backtests.program.ladders import write_ladder
from treadle.service.backtests.program.ordering import margin, require_symbol, write_close, write_market
from treadle.service.backtests.program.resting import write_cancel, write_limit
from treadle.service.backtests.program.values import (
    ALWAYS,
    NEVER,
    Const,
    Num,
    Obj,
    Opaque,
    Unknown,
    Val,
    number_of,
    with_live,
)

if TYPE_CHECKING:
    from treadle.service.backtests.program.generating import Generator


def _nothing(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    is_asked = bool(node.node.config.get("endpoints")) or any(item.sources for item in node.inputs)
    if (node.definition.name == "market.provider" and is_asked) or node.node.config.get("venue", "paper") != "paper":
        raise Unknown
    if node.definition.name == "market.candles" and node.index not in at.panel.candles:
        raise Unknown
    return {port: Opaque() for port in node.out_ports if port in ("provider", "candles")}


def _quote(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    require_symbol(at, node)
    price = at.price
    return {"bid": price, "ask": price, "last": price, "mid": price, "spread": Const(0), "at": Opaque()}


def _positions(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    require_symbol(at, node)
    shape, lines = at.shape, at.lines
    lots = lines.set("acc[POSITION]", "n")
    quantity = lines.set(f"{lots} * {float(shape.lot)!r}")
    held = lines.set(f"1.0 if {lots} != 0 else 0.0")
    cost = lines.set(f"wide_float(acc[COST_HIGH], acc[COST]) / ({lots} * {float(shape.multiplier)!r}) "
                     f"* {float(shape.tick)!r} if {lots} != 0 else 0.0")  # fmt: skip
    return {
        "positions": Opaque(),
        "held": Num(held),
        "quantity": Num(quantity, False, 4e-16, f"abs({quantity})", True, shape.mono(shape.lot, lots)),
        "profit": Opaque(),
        "entry": Num(cost, False, 2e-15, f"abs({cost})", True, None, f"{lots} != 0"),
    }


def _account(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    lines, unit = at.lines, float(at.shape.unit)

    def money(code: str) -> Num:
        high, low = lines.fresh("h"), lines.fresh("l")
        lines.add(f"{high}, {low} = {code}")
        found = lines.set(f"wide_float({high}, {low}) * {unit!r}")
        return Num(found, False, 3e-15, f"abs({found})", True)

    if at.shape.has_rest:
        raise Unknown
    lines.add("expire(acc, orders, over, int(tt[i]))")
    return {
        "balance": money("acc[QUOTE_HIGH], acc[QUOTE]"),
        "equity": money("equity(acc, rules, px)"),
        "margin": Const(0),
        "free_margin": money("free_quote(acc, orders, rules)"),
        "profit": Opaque(),
        "currency": Opaque(),
        "balances": Opaque(),
    }


def _if(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    config: Mapping[str, Any] = node.node.config
    reader = at.reader(node, values)
    if config.get("condition") is not None:
        condition = config["condition"]
        tree = syntax.Literal(condition, 0) if isinstance(condition, bool) else parse_tree(condition, template=False)
        found = reader.truth(tree)
    else:
        operator = config.get("operator", "=")
        sign = {"=": "==", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}.get(operator)
        if sign is None:
            raise Unknown
        left, right = (reader.number(value) for value in values)
        found = reader.compare(sign, left, right)
    return _two_ways(at, found, values[0], "output" in node.out_ports)


def _two_ways(at: Generator, found: str, value: Val, is_labelled: bool = False) -> Mapping[str, Val]:
    name = at.lines.set(found, "b") if found in (ALWAYS, NEVER) else found
    other = at.lines.set(f"not {name}", "b")
    ports = {"true": _carried(value, name), "false": _carried(value, other)}
    return {**ports, "output": Opaque()} if is_labelled else ports


def _carried(value: Val, live: str) -> Val:
    """A value that is carried on: live, though it may be null."""
    if isinstance(value, Const):
        return Const(value.value, live)
    if value.live == ALWAYS:
        return with_live(value, live)
    return Opaque(live)


def _threshold(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    config = node.node.config
    if config.get("hysteresis") or not isinstance(values[1], Const):
        raise Unknown
    reader = at.reader(node, values)
    sign = config.get("operator", ">")
    if sign not in ("<", "<=", ">", ">="):
        raise Unknown
    value = reader.number(values[0])
    limit = reader.number(at.field(node, config["threshold"]))
    found = reader.compare(sign, value, limit)
    return _two_ways(at, found, value)


def _set(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    config = node.node.config
    is_new = isinstance(values[0], Const) and values[0].value is None
    if not (is_new or config.get("only")) or config.get("remove"):
        raise Unknown
    return {"output": at.field(node, config["fields"], values)}


def _transform(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    def apply(rule: Any) -> Val:
        if isinstance(rule, Mapping):
            rules = cast("Mapping[str, Any]", rule)
            return Obj({str(name): apply(item) for name, item in rules.items()})
        if not isinstance(rule, str):
            raise Unknown
        return at.reader(node, values).value(parse_tree(rule, template=False))

    return {"output": apply(node.node.config["transform"])}


def _variable(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    config: Mapping[str, Any] = node.node.config
    lines = at.lines
    name, action = config["name"], config.get("action", "get")
    if "{{" in name or config.get("scope", "deployment") != "deployment":
        raise Unknown
    if name not in at.variables:
        at.variables.append(name)
    slot = at.variables.index(name)
    reader = at.reader(node, values)
    if action == "get":
        lines.leave(f"s{slot} > 1")
        default = config.get("default")
        if default is None:
            return {"output": Num(lines.set(f"w{slot} + 0.0"), live=f"s{slot} == 1")}
        found = number_of(default)
        return {"output": Num(lines.set(f"w{slot} if s{slot} == 1 else {found.code}"))}
    if action == "set":
        value = reader.exact(reader.number(values[0]))
    elif action == "increment":
        by = reader.exact(reader.number(at.field(node, config.get("by", 1))))
        if not by.exact:
            raise Unknown
        lines.leave(f"s{slot} > 1")
        value = Num(lines.set(f"(w{slot} if s{slot} == 1 else 0.0) + {by.code}"))
    else:
        raise Unknown
    if not value.exact:
        raise Unknown
    held = lines.set(value.code)
    lines.leave(f"not isfinite({held})")
    lines.add(f"w{slot}, s{slot} = {held}, 1")
    return {"output": Num(held)}


def _position_size(at: Generator, node: NodePlan, values: list[Val]) -> Mapping[str, Val]:
    config = node.node.config
    if config.get("step") is not None or config.get("most") is not None:
        raise Unknown
    reader = at.reader(node, values)
    balance, distance = (reader.exact(reader.number(value)) for value in values[:2])
    share = reader.exact(reader.number(at.field(node, config.get("risk_pct", 1))))
    worth = reader.exact(reader.number(at.field(node, config.get("value_per_unit", 1))))
    for value in (distance, share, worth):
        at.lines.leave(f"not {value.code} > {margin(value)}")
    at.lines.leave(f"not {balance.code} >= 0.0 or {share.code} > 100.0")
    if at.is_rough:
        return {"size": Opaque(), "at_risk": Opaque()}
    calculate = reader.calculate
    risk = calculate("/", calculate("*", balance, share), number_of(100))
    size = calculate("/", risk, calculate("*", distance, worth))
    # It may be smaller by a 28th digit.
    return {"size": Num(size.code, False, size.rel + 1e-16, size.mag, True), "at_risk": Opaque()}


DEFERRED = frozenset({"risk.position_size"})
"""Of what they give, nothing may be needed in most runs."""
Writer = Callable[["Generator", NodePlan, list[Val]], Mapping[str, Val]]
WRITERS: Mapping[str, Writer] = {
    "market.provider": _nothing,
    "market.candles": _nothing,
    "market.quote": _quote,
    "market.positions": _positions,
    "market.account": _account,
    "flow.if": _if,
    "flow.threshold": _threshold,
    "data.set": _set,
    "data.transform": _transform,
    "data.variable": _variable,
    "risk.position_size": _position_size,
    "order.market": write_market,
    "order.close": write_close,
    "order.ladder": write_ladder,
    "order.limit": write_limit,
    "order.cancel": write_cancel,
}
