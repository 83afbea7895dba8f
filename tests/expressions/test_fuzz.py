"""No input escapes, exceeds the limits, or raises anything but ExpressionError."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.expressions.timing import timed
from treadle.expressions import FUNCTIONS, ExpressionError, compile_expression, compile_template
from treadle.expressions.limits import RESULT

SECONDS = 1.0
PLAIN = (type(None), bool, int, float, str, list, dict, datetime, date, timedelta, Decimal, bytes)
QUICK = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Clock:
    def now(self) -> datetime:
        return datetime(2025, 1, 31, 12, tzinfo=UTC)

    def uuid(self) -> str:
        return "00000000-0000-4000-8000-000000000000"


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**66), 2**66)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=12)
    | st.sampled_from(["10", "2025-01-31", "5m", "a", "{{ a }}", "(a+)+$", "%Y", '{"k": [1]}'])
)
rare = (
    st.datetimes(timezones=st.just(UTC) | st.none())
    | st.dates()
    | st.decimals()
    | st.binary(max_size=9)
    | st.timedeltas()
)
keys = st.sampled_from(["a", "b", "c", "length", "key"])
values = st.recursive(
    scalars | rare,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=4) | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=12,
)
scopes = st.fixed_dictionaries({"a": values, "b": values, "c": st.lists(scalars, max_size=30)})

names = st.sampled_from(["a", "b", "c", "x", "y", "missing"])
literals = (
    names
    | st.sampled_from(["true", "false", "null", "'t'", '"5m"', "''", "[]", "{}", "0", "1", "-1", "0.5"])
    | st.integers(-(2**65), 2**65).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.text(max_size=6).map(json.dumps)
)
BINARY = [
    "+", "-", "*", "/", "%", "**", "==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "not in",
    "&&", "||", "and", "or", "??",
]  # fmt: skip
SIGNS = [*BINARY, *FUNCTIONS, *"()[]{}?:,.|!=&;#`$@^~\\'\"", "=>", "?.", "{{", "}}", "not", "\n"]


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One level of grammar around smaller expressions."""
    arguments = st.lists(
        inner | inner.map(lambda body: f"x => {body}") | inner.map(lambda b: f"(x, y) => {b}"), max_size=3
    )
    functions = st.sampled_from(list(FUNCTIONS))
    return st.one_of(
        st.tuples(inner, st.sampled_from(BINARY), inner).map(" ".join),
        st.tuples(inner, st.sampled_from(BINARY), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["!", "-", "+", "not "]), inner).map("".join),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
        st.tuples(inner, st.sampled_from([".", "?."]), keys).map("".join),
        st.tuples(inner, st.sampled_from(["[", "?.["]), inner).map(lambda p: f"{p[0]}{p[1]}{p[2]}]"),
        st.tuples(inner, inner, inner).map(lambda p: f"{p[0]}[{p[1]}:{p[2]}]"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(keys, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}"),
        st.tuples(functions, arguments).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(inner, functions, arguments).map(lambda p: f"{p[0]} | {p[1]}({', '.join(p[2])})"),
        inner.map(lambda text: f"{{{{ {text} }}}}"),
    )


grammar = st.recursive(literals, compound, max_leaves=14)
tokens = st.lists(literals | st.sampled_from(SIGNS), max_size=25).map(" ".join)


def run(text: str, scope: dict[str, Any], compiled: Callable[[str], Any] = compile_expression) -> object:
    """The value, or None; in time, without a change to the scope, and plain."""
    before, shape = copy.deepcopy(scope), repr(scope)

    def evaluate() -> tuple[object, ExpressionError | None]:
        try:
            expression = compiled(text)
            return (expression.evaluate(scope, clock=Clock()) if expression else text), None
        except ExpressionError as error:
            return None, error

    (value, failure), took = timed(evaluate, enough=SECONDS)

    if failure is not None:
        assert failure.code not in ("expression_error", "not_calculable")
        assert failure.message
        assert isinstance(failure.attributes["position"], int)
    assert took < SECONDS
    assert repr(before) == repr(scope) == shape
    assert_plain(value)
    return value


def assert_plain(value: object) -> None:
    """Only values of the exact types, with text keys, of a bounded size."""
    stack, count = [value], 0
    while stack:
        found = stack.pop()
        count += 1
        assert type(found) in PLAIN
        assert count < RESULT
        if isinstance(found, dict):
            assert all(type(key) is str for key in found)
            stack.extend(found.values())
        elif isinstance(found, list):
            stack.extend(found)
        elif isinstance(found, float):
            assert math.isfinite(found)


@QUICK
@given(st.text(max_size=80), scopes)
@example("\ud800", {})
@example("{{", {})
@example("}}", {})
def test_random_text_is_refused_or_harmless(text: str, scope: dict[str, Any]) -> None:
    """Any text at all, on both surfaces."""
    run(text, scope)
    run(text, scope, compile_template)


@QUICK
@given(tokens, scopes)
def test_random_tokens_are_refused_or_harmless(text: str, scope: dict[str, Any]) -> None:
    """The right words in any order, on both surfaces."""
    run(text, scope)
    run(f"{{{{ {text} }}}}", scope, compile_template)


@settings(QUICK, max_examples=1500)
@given(grammar, scopes)
def test_random_expressions_are_refused_or_harmless(text: str, scope: dict[str, Any]) -> None:
    """What the grammar allows, over any values."""
    run(text, scope)


@QUICK
@given(grammar, scopes)
def test_both_surfaces_mean_the_same(text: str, scope: dict[str, Any]) -> None:
    """A field that is one `{{ … }}` is that expression."""
    assert repr(run(text, scope)) == repr(run(f"{{{{ {text} }}}}", scope, compile_template))


@pytest.mark.slow
@settings(QUICK, max_examples=4_000)
@given(grammar, scopes)
def test_many_random_expressions_are_refused_or_harmless(text: str, scope: dict[str, Any]) -> None:
    """The same as above, for long."""
    run(text, scope)


# Pairs of one text for us and one for Python: only the ternary is written differently.
numbers = st.integers(0, 50).map(str) | st.sampled_from(["x", "y", "0.5", "2.25"])
leaves = numbers.map(lambda text: (text, text))


def calculation(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    """One operator around smaller calculations."""
    signs, comparisons = st.sampled_from("+-*/%"), st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        st.tuples(inner, signs, inner).map(lambda p: (f"{p[0][0]} {p[1]} {p[2][0]}", f"{p[0][1]} {p[1]} {p[2][1]}")),
        st.tuples(inner, comparisons, inner).map(
            lambda p: (
                f"({p[0][0]} {p[1]} {p[2][0]} ? 3 : 4)",
                f"(3 if {p[0][1]} {p[1]} {p[2][1]} else 4)",
            )
        ),
        inner.map(lambda pair: (f"(-{pair[0]})", f"(-{pair[1]})")),
        inner.map(lambda pair: (f"({pair[0]})", f"({pair[1]})")),
    )


@settings(QUICK, max_examples=800)
@given(st.recursive(leaves, calculation, max_leaves=20), st.integers(-99, 99), st.floats(-99, 99))
def test_arithmetic_is_that_of_python(texts: tuple[str, str], x: int, y: float) -> None:
    """Precedence and results agree with Python's own reading of the same text."""
    expected: object
    try:
        expected = eval(texts[1], {"__builtins__": {}}, {"x": x, "y": y})
    except ZeroDivisionError:
        expected = "division_by_zero"
    if isinstance(expected, float) and not math.isfinite(expected):
        expected = "not_finite"  # Python's `1 / 5e-324` is inf, which is no JSON value

    try:
        found: object = compile_expression(texts[0]).evaluate({"x": x, "y": y})
    except ExpressionError as error:
        found = error.code

    # Whole numbers past 64 bits are floats here, and what is calculated from them is, too.
    past = isinstance(expected, int) and abs(expected) >= 1 << 50
    assert found == expected or past


def reading(tokens: list[str], least: int = 0) -> tuple[str, list[str]]:
    """An independent, table-driven reading of `a op b op c …` with all brackets written out."""
    table = [["||"], ["&&"], ["==", "<"], ["??"], ["+", "-"], ["*", "/"], ["**"]]
    if least == len(table):
        return tokens[0], tokens[1:]
    left, rest = reading(tokens, least + 1)
    while rest and rest[0] in table[least]:
        operator = rest[0]
        right, rest = reading(rest[1:], least if operator == "**" else least + 1)
        left = f"({left} {operator} {right})"
    return left, rest


@settings(QUICK, max_examples=800)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["||", "&&", "??", "+", "-", "*", "/", "**"]),
            st.sampled_from(["1", "2", "3", "0"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.tuples(st.sampled_from(["==", "<", "+"]), st.integers(0, 8)),
)
def test_precedence_is_that_of_the_table(pairs: list[tuple[str, str]], comparison: tuple[str, int]) -> None:
    """A flat expression and its fully bracketed reading give the same."""
    pairs.insert(min(comparison[1], len(pairs)), (comparison[0], "2"))
    flat = ["1", *[word for pair in pairs for word in pair]]
    bracketed, rest = reading(flat)
    assert rest == []

    one, another = run(" ".join(flat), {}), run(bracketed, {})

    assert repr(one) == repr(another)
