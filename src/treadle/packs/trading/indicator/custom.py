"""An indicator of one's own, as an expression."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import Field

from treadle.errors import NodeError
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
    for at in range(first, len(a)):
        seen: dict[str, Any] = {name: column[at - window + 1 : at + 1] for name, column in columns.items()}
        value[at] = _number(expression.evaluate(**{**nothing, **seen}))
    return value


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
