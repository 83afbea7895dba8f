"""Compare values with each other."""

from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import Field

from treadle.node import NodeError, Value, node
from treadle.packs.core.flow.comparison import Operator, holds

Comparison = Literal["all_equal", "increasing", "decreasing", "max", "min"] | Operator

_PAIRWISE: dict[str, Operator] = {"all_equal": "=", "increasing": "<", "decreasing": ">"}


class Compared(NamedTuple):
    result: Annotated[Value, Field(description="True or false; for `max` and `min` the greatest or least value")]


@node(
    "flow.compare",
    title="Compare",
    example={
        "config": {"operator": "increasing"},
        "inputs": {"values": [1, 2, 5]},
        "outputs": {"result": True},
    },
)
def compare(
    *values: Value,
    operator: Annotated[Comparison, Field(description="What is asked of the values")] = "all_equal",
) -> Compared:
    """Compare values with each other, in the order in which they are connected.

    `all_equal`, `increasing` (each greater than the one before) and `decreasing` look at all of them; `max`
    and `min` give the greatest or least. Any other operator is asked of each value and the next, and must
    hold every time; with two values that is simply `a > b`. `is_empty` asks whether every value is empty.

    A single list is compared item by item. Series (arrays) of one length are compared element by element.
    Fails with fewer than two values (one for `max`, `min` and `is_empty`), and for values that cannot be
    compared.
    """
    compared = _spread(values)
    least = 1 if operator in ("max", "min", "is_empty") else 2
    if len(compared) < least:
        raise NodeError(
            f"`{operator}` needs {least} or more values; {len(compared) or 'none'} arrived.",
            code="too_few_values",
            remedy="Connect more outputs to `values`, or connect one list.",
            retryable=False,
        )
    if operator in ("max", "min"):
        return Compared(_extreme(compared, ">" if operator == "max" else "<"))
    if operator == "is_empty":
        return Compared(all(holds("is_empty", value) for value in compared))
    pair: Operator = _PAIRWISE.get(operator, operator)  # type: ignore[arg-type]
    answers = [holds(pair, a, b) for a, b in pairwise(compared)]
    return Compared(_all(answers))


def _spread(values: tuple[Value, ...]) -> list[Value]:
    if len(values) == 1 and isinstance(values[0], list):
        return list(values[0])
    return list(values)


def _extreme(values: list[Value], operator: Operator) -> Value:
    best: Any = values[0]
    for value in values[1:]:
        wins = holds(operator, value, best)
        if getattr(wins, "ndim", 0):
            import numpy

            best = cast(Any, numpy).where(wins, value, best)
        elif wins:
            best = value
    return best


def _all(answers: list[object]) -> Value:
    if any(getattr(answer, "ndim", 0) for answer in answers):
        import numpy

        return numpy.logical_and.reduce(numpy.broadcast_arrays(*answers))  # type: ignore[return-value,arg-type]
    return all(answers)
