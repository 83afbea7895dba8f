"""What an expression may come to at many moments holds whatever it does come to at each of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.errors import ExpressionError
from treadle.expressions.expression import compile_expression
from treadle.service.backtests.program.quiet.reader import Path, QuietReader, Trees
from treadle.service.backtests.program.quiet.values import (
    NULL,
    ULP,
    Choice,
    Number,
    Truth,
    Val,
    value_of,
    with_null,
)

COUNT = 6
CENTS = st.integers(-300, 300).map(lambda cents: Decimal(cents) / 100)
FLOATS = st.sampled_from([0.0, 0.1, 0.3, -1.5, 2.5, 1e9, 0.1 + 0.2])
TEXTS = st.sampled_from(["up", "down", "flat"])
NUMBERS = ["nodes.p.price", "nodes.q.value", "nodes.p.held", "workflow.input.level", "0", "0.3", "-1.5", "3"]


def expressions() -> st.SearchStrategy[str]:
    number = st.recursive(
        st.sampled_from(NUMBERS),
        lambda of: st.one_of(
            st.tuples(of, st.sampled_from("+-*/"), of).map(lambda one: f"({one[0]} {one[1]} {one[2]})"),
            st.tuples(st.sampled_from(["min", "max"]), of, of).map(lambda one: f"{one[0]}({one[1]}, {one[2]})"),
            of.map(lambda one: f"abs({one})"), of.map(lambda one: f"float({one})"), of.map(lambda one: f"(-{one})"),
            of.map(lambda one: f"({one} ?? 1)"),
        ),
        max_leaves=5,
    )  # fmt: skip
    sign = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    truth = st.one_of(
        st.tuples(number, sign, number).map(" ".join),
        # The same but for its last digits.
        st.tuples(number, st.sampled_from(["/ 3 * 3", "* 0.1 * 10", "+ 0.1 - 0.1"]), sign).map(
            lambda one: f"({one[0]} {one[1]}) {one[2]} {one[0]}"
        ),
        st.tuples(number, st.sampled_from(["== null", "!= null"])).map(" ".join),
        st.tuples(st.sampled_from(["==", "!="]), TEXTS).map(lambda one: f"nodes.t.way {one[0]} '{one[1]}'"),
    )
    mixed = st.recursive(
        truth,
        lambda of: st.one_of(
            st.tuples(of, st.sampled_from(["&&", "||"]), of).map(lambda one: f"({one[0]} {one[1]} {one[2]})"),
            of.map(lambda one: f"!({one})"),
        ),
        max_leaves=4,
    )
    chosen = st.tuples(mixed, number, number).map(lambda one: f"({one[0]} ? {one[1]} : {one[2]})")
    told = st.tuples(mixed, TEXTS, TEXTS).map(lambda one: f"({one[0]} ? '{one[1]}' : '{one[2]}')")
    return st.one_of(number, mixed, chosen, told)


moments = st.fixed_dictionaries(
    {
        "p": st.fixed_dictionaries({"price": CENTS, "held": st.one_of(st.none(), CENTS)}),
        "q": st.fixed_dictionaries({"value": FLOATS}),
        "t": st.fixed_dictionaries({"way": TEXTS}),
    }
)


def column(given: list[Any]) -> Val:
    if all(isinstance(one, str) for one in given):
        return Choice({text: numpy.array([one == text for one in given]) for text in sorted(set(given))})
    there = numpy.array([one is not None for one in given])
    values = numpy.array([0.0 if one is None else float(one) for one in given])
    off = ULP * abs(values) if any(isinstance(one, Decimal) for one in given) else 0.0 * values
    return with_null(Number(values, off), there, there)


def may_be(found: Val, value: Any, at: int) -> bool:
    """Whether what it comes to at a moment is among what it was said that it may be."""
    match found:
        case Truth():
            mask = found.true if value else found.false
            return isinstance(value, bool) and bool(numpy.broadcast_to(mask, COUNT)[at])
        case Choice():
            return bool(numpy.broadcast_to(found.texts.get(value, False), COUNT)[at])
        case Number() if value is None:
            return bool(numpy.broadcast_to(found.null, COUNT)[at])
        case Number():
            known, off = (numpy.broadcast_to(one, COUNT)[at] for one in (found.value, found.off))
            there = bool(numpy.broadcast_to(found.there, COUNT)[at])
            return there and (off == numpy.inf or abs(Decimal(float(known)) - Decimal(value)) <= Decimal(float(off)))
        case _:
            return value is None if found is NULL else True


@settings(max_examples=400, deadline=None)
@given(expressions(), st.lists(moments, min_size=COUNT, max_size=COUNT), FLOATS)
def test_what_it_comes_to_is_among_what_it_may_come_to(source: str, given: list[Any], level: float) -> None:
    constants = {"workflow": {"input": {"level": level}}, "params": {}}
    trees = Trees(constants)

    def read(path: Path) -> Val:
        _, node, port = path
        return column([moment[node][port] for moment in given])

    reader = QuietReader(COUNT, read, trees)
    found = reader.value(trees.of(source, template=False))
    holds = QuietReader(COUNT, read, trees)
    truth = holds.truth(trees.of(source, template=False))

    compiled = compile_expression(source)
    for at, nodes in enumerate(given):
        try:
            value = compiled.evaluate({**constants, "nodes": nodes})
        except ExpressionError:
            assert reader.fails[at], (source, nodes)
            assert holds.fails[at], (source, nodes)
            continue
        assert reader.fails[at] or may_be(found, value, at), (source, nodes, value)
        assert holds.fails[at] or (truth.true if value else truth.false)[at], (source, nodes, value)


def test_what_is_sure_is_told_to_be_sure() -> None:
    prices = numpy.array([99.0, 100.0, 101.0])

    def read(path: Path) -> Val:
        return Number(prices, ULP * prices)

    trees = Trees({})
    found = QuietReader(3, read, trees).truth(trees.of("nodes.p.price * 2 > 200", template=False))

    # At 100 it cannot be told by floats.
    assert (found.true.tolist(), found.false.tolist()) == ([False, True, True], [True, True, False])


def test_constants_are_what_they_are() -> None:
    assert value_of(True) == Truth(True, False)
    assert value_of(None) is NULL
    assert value_of(Decimal("0.1")) == Number(0.1, ULP * 0.1)
