"""An indicator of one's own, as an expression."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field

from treadle.errors import ExpressionError, NodeError
from treadle.expressions import syntax
from treadle.expressions.expression import parse_tree
from treadle.node import Expression, Names, Series, node
from treadle.node.series import first_number, newest
from treadle.packs.trading.types import Prices


@node(
    "indicator.custom",
    title="Custom indicator",
    lookback=lambda config: config["window"] - 1,
    requires=("numpy",),
    extra="trading",
    example={
        "config": {"expression": "last(a) / first(a) - 1", "window": 3},
        "inputs": {"a": [100, 102, 105, 51]},
        "outputs": {"output": [None, None, 0.050000000000000044, -0.5]},
    },
)
def custom(
    a: Prices,
    b: Annotated[Prices | None, Field(description="A second column, `b` in the expression.")] = None,
    c: Annotated[Prices | None, Field(description="A third column, `c` in the expression.")] = None,
    *,
    expression: Annotated[
        Expression,
        Names("a", "b", "c"),
        Field(description="What it comes to, of the last values `a`, `b` and `c`: a number, or true or false (1, 0)."),
    ],
    window: Annotated[int, Field(ge=1, le=10_000, description="How many values the expression sees.")] = 1,
) -> Series:
    """What an expression makes of the last values of one column, or of up to three.

    For each place, `a`, `b` and `c` are columns of the `window` values up to it, the newest last: `last(a) - avg(a)`,
    `a[-1] > max(b[:-1])`, `a / b`. Where it comes to a column, its newest value counts. It cannot look ahead, as it is
    shown nothing later.
    """
    import numpy

    columns = {name: column for name, column in (("a", a), ("b", b), ("c", c)) if column is not None}
    if len({len(column) for column in columns.values()}) > 1:
        raise NodeError(
            f"The columns are not of one length: {', '.join(f'`{name}` {len(one)}' for name, one in columns.items())}.",
            code="different_lengths",
            remedy="Connect columns of the same bars.",
            retryable=False,
        )
    first = max(first_number(column) for column in columns.values()) + window - 1
    value = numpy.full(len(a), math.nan)
    nothing: dict[str, Any] = {"b": None, "c": None}
    if window == 1 and first < len(a) and is_by_place(expression.source):
        whole = _at_once(expression, {**nothing, **{name: column[first:] for name, column in columns.items()}})
        if whole is not None and len(whole) == len(a) - first:
            value[first:] = whole
            return value
    for at in range(first, len(a)):
        seen: dict[str, Any] = {name: column[at - window + 1 : at + 1] for name, column in columns.items()}
        value[at] = _number(expression.evaluate(**{**nothing, **seen}))
    return value


def _at_once(expression: Expression, names: Mapping[str, Any]) -> Any:
    """What an expression that goes by place comes to for all of them; None where it fails, or is no column."""
    try:
        found = expression.evaluate(**names)
    except ExpressionError:
        return None  # at which place, and why, is found out place by place
    return found.astype(float) if getattr(found, "ndim", 0) == 1 else None


@lru_cache(maxsize=256)
def is_by_place(source: str) -> bool:
    """Whether an expression of columns has at each place what it comes to of the values at this place."""
    return all(_goes_by_place(node) for node in syntax.walk(parse_tree(source, template=False)))


def _goes_by_place(node: syntax.Node) -> bool:
    match node:
        case syntax.Root(name=name):
            return name in _COLUMNS
        case syntax.Literal(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case syntax.Binary(operator=sign):
            return sign in _SIGNS  # the digits of others may hang on how many there are at once
        case syntax.Unary(operator=sign):
            return sign in ("-", "!")
        case syntax.Chain(operator=sign):
            return sign in ("&&", "||")
        case _:
            return False


_COLUMNS = frozenset({"a", "b", "c"})
_SIGNS = frozenset({"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="})


def _number(value: Any) -> float:
    value = newest(value)
    if not isinstance(value, int | float):
        raise NodeError(
            f"The expression comes to a value of type {type(value).__name__}, not to a number.",
            code="not_a_number",
            remedy="Let it come to a number, or to true or false.",
            retryable=False,
        )
    return float(value)
