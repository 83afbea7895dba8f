"""What nodes give at many moments at once, by type: from the values of their inputs to those of their ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from treadle.engine.plan import NodePlan
from treadle.packs.core.flow.comparison import text_of
from treadle.service.backtests.program.quiet.values import (
    ANYTHING,
    NULL,
    SOME_NUMBER,
    ULP,
    Choice,
    Fields,
    Number,
    Truth,
    Val,
    any_of,
    value_of,
)

if TYPE_CHECKING:
    from treadle.service.backtests.program.quiet.moments import Piece

Ports = dict[str, tuple[Val, Any, Any]] | None
"""None: it may do anything."""


def trigger(at: Piece, node: NodePlan) -> Ports:
    return at.always(**{port: at.price(None) if port == "price" else ANYTHING for port in node.out_ports})


def _provider(at: Piece, node: NodePlan) -> Ports:
    if node.dynamic_config or any(item.sources for item in node.inputs):
        return None
    return at.always(**dict.fromkeys(node.out_ports, ANYTHING))


def _candles(at: Piece, node: NodePlan) -> Ports:
    return at.always(candles=ANYTHING) if at.has_candles(node) else None


def _quote(at: Piece, node: NodePlan) -> Ports:
    price = at.price(node)
    return at.always(bid=price, ask=price, last=price, mid=price, spread=Number(0.0), at=ANYTHING)


def _funding(at: Piece, node: NodePlan) -> Ports:
    found = at.rate(node)
    if found is None:
        return None
    yearly, is_missing = found
    at.reader.fail(is_missing)
    return at.always(rate=SOME_NUMBER, next_at=ANYTHING, annualised=Number(yearly, 8 * ULP * abs(yearly)))


def _positions(at: Piece, node: NodePlan) -> Ports:
    told = at.held(node)
    ports = at.always(positions=ANYTHING, profit=SOME_NUMBER, held=value_of(told["held"]),
                      quantity=value_of(told["quantity"]))  # fmt: skip
    return ports if told["entry"] is None else {**ports, **at.always(entry=value_of(told["entry"]))}


def _account(at: Piece, node: NodePlan) -> Ports:
    names = ("balance", "equity", "margin", "free_margin", "profit")
    return at.always(currency=ANYTHING, balances=ANYTHING, **dict.fromkeys(names, SOME_NUMBER))


def _if(at: Piece, node: NodePlan) -> Ports:
    config: Mapping[str, Any] = node.node.config
    condition = config.get("condition")
    if condition is None:
        sign = {"=": "==", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}.get(
            str(config.get("operator", "="))
        )
        if sign is None:
            return None
        left, right = at.given("a"), at.given("b")
        if sign in ("==", "!="):
            found = at.reader.equal(left, right)
            found = found if sign == "==" else Truth(found.false, found.true)
        else:
            found = at.reader.compare(sign, left, right)
    elif isinstance(condition, bool):
        found = Truth(condition, not condition)
    else:
        found = at.condition(str(condition))
    ports = at.two_ways(found, at.given("a"))
    return {**ports, **at.always(output=ANYTHING)} if "output" in node.out_ports else ports


def _threshold(at: Piece, node: NodePlan) -> Ports:
    config: Mapping[str, Any] = node.node.config
    sign = str(config.get("operator", ">"))
    if config.get("hysteresis") or sign not in ("<", "<=", ">", ">="):
        return None
    return at.two_ways(at.reader.compare(sign, at.given("value"), at.field(config["threshold"])), at.given("value"))


def _switch(at: Piece, node: NodePlan) -> Ports:
    given, cases = at.given("value"), node.node.config.get("cases")
    if not isinstance(cases, list | dict) or not isinstance(given, Choice):
        return None
    names = [text_of(case) for case in cast("list[Any]", list(cases))]
    all, none = at.reader.all, at.reader.none
    ports: dict[str, tuple[Val, Any, Any]] = {}
    for port in node.out_ports:
        if port == "output":
            ports[port] = (ANYTHING, all, all)
            continue
        mine = [mask for text, mask in given.texts.items() if (text if text in names else "default") == port]
        rest = [mask for text, mask in given.texts.items() if (text if text in names else "default") != port]
        may, other = (none | any_of([none, *masks]) for masks in (mine, rest))
        ports[port] = (given, may, may & (all ^ other))
    return ports


def _transform(at: Piece, node: NodePlan) -> Ports:
    rule = node.node.config.get("transform")

    def apply(rule: Any) -> Val:
        if isinstance(rule, Mapping):
            rules = cast("Mapping[str, Any]", rule)
            return Fields({str(name): apply(item) for name, item in rules.items()})
        if isinstance(rule, list):
            for item in cast("list[Any]", rule):
                apply(item)
            return ANYTHING
        return at.reader.value(at.reader.trees.of(rule, template=False)) if isinstance(rule, str) else value_of(rule)

    return at.always(output=apply(rule))


def _set(at: Piece, node: NodePlan) -> Ports:
    config: Mapping[str, Any] = node.node.config
    is_new = at.given("value") is NULL
    if not (is_new or config.get("only")) or config.get("remove"):
        return None
    return at.always(output=at.field(config["fields"]))


def _variable(at: Piece, node: NodePlan) -> Ports:
    config: Mapping[str, Any] = node.node.config
    name, default = str(config["name"]), config.get("default")
    if config.get("action", "get") != "get" or config.get("scope", "deployment") != "deployment" or "{{" in name:
        return None
    if isinstance(default, str) and "{{" in default:
        return None
    found = at.kept.get(name)
    return at.always(output=value_of(default if found is None else found))


def _spread(at: Piece, node: NodePlan) -> Ports:
    """`market.spread`, by the same formula."""
    config, reader = node.node.config, at.reader
    one, other = at.given("price_a"), at.given("price_b")
    fee_a, fee_b, least = (config.get(name, 0) for name in ("fee_a_pct", "fee_b_pct", "min_spread_pct"))
    if config.get("include_fees", True) is not True or any(isinstance(given, str) for given in (fee_a, fee_b, least)):
        return None
    size, fee_a, fee_b, least = at.field(config.get("size", 1)), value_of(fee_a), value_of(fee_b), value_of(least)
    for given in (size, one, other):
        reader.fail(reader.compare("<=", given, Number(0.0)).true)

    def calculate(sign: str, left: Val, right: Val) -> Val:
        return reader.calculate(sign, left, right)

    hundred = Number(100.0)
    cost = calculate("+", calculate("*", one, fee_a), calculate("*", other, fee_b))
    if isinstance(one, Number) and isinstance(other, Number):
        import numpy

        low = Number(numpy.minimum(one.value, other.value), numpy.maximum(one.off, other.off))
        high = Number(numpy.maximum(one.value, other.value), numpy.maximum(one.off, other.off))
    else:
        return None
    apart = calculate("-", high, low)
    profit = calculate("-", calculate("*", size, apart), calculate("/", calculate("*", size, cost), hundred))
    is_some = reader.compare(">", profit, Number(0.0))
    asked = calculate("*", calculate("*", least, size), low)
    is_enough = reader.compare(">=", calculate("*", profit, hundred), asked)
    profitable = Truth(is_some.true & is_enough.true, is_some.false | is_enough.false)
    less, more, same = reader.compare("<", one, other), reader.compare(">", one, other), reader.equal(one, other)
    cheaper = Choice({"a": less.true, "none": same.true, "b": more.true})
    share = calculate("/", calculate("*", apart, hundred), low)
    return at.always(spread_pct=share, profitable=profitable, expected_profit=profit, cheaper=cheaper)


WRITERS: Mapping[str, Callable[[Piece, NodePlan], Ports]] = {
    "market.provider": _provider, "market.candles": _candles, "market.quote": _quote, "market.positions": _positions,
    "market.funding": _funding,
    "market.account": _account, "market.spread": _spread, "flow.if": _if, "flow.threshold": _threshold,
    "flow.switch": _switch, "data.transform": _transform, "data.set": _set, "data.variable": _variable,
}  # fmt: skip
