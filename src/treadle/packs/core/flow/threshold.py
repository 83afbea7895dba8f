"""Tell on which side of a threshold a number is."""

from typing import Annotated, NamedTuple

from pydantic import Field, FiniteFloat

from treadle.node import DEAD, Branch, node
from treadle.packs.core.flow.comparison import Number, Order, holds, refuse_nan


class Side(NamedTuple):
    true: Annotated[Branch[Number], Field(description="The value, when it is past the threshold")] = DEAD
    false: Annotated[Branch[Number], Field(description="The value, when it is not")] = DEAD


@node(
    "flow.threshold",
    title="Threshold",
    example={
        "config": {"operator": ">", "threshold": 30, "hysteresis": 2},
        "inputs": {"value": 29, "previous": True},
        "outputs": {"true": 29},
    },
)
def threshold(
    value: Number,
    previous: Annotated[
        bool, Field(description="Which side it was on last time; needed for `hysteresis` only")
    ] = False,
    *,
    operator: Annotated[Order, Field(description="How the value is compared to the threshold")] = ">",
    threshold: Annotated[FiniteFloat, Field(description="The threshold")],
    hysteresis: Annotated[
        FiniteFloat,
        Field(ge=0, description="How far the value must come back before `true` turns into `false`"),
    ] = 0,
) -> Side:
    """Tell on which side of `threshold` a number is: `true` or `false` is live, and carries the value on.

    `hysteresis` keeps a value that trembles around the threshold from switching to and fro: once `true`, it
    stays `true` until the value has come back past the threshold by that much (`> 30` with 2: true from above
    30 until it is at or below 28). The node remembers nothing itself. Feed `previous` with the side of last
    time, kept with `data.variable` or carried in `loop.state`; without it each value is judged as if it came
    from the `false` side. Fails for a value that is not a number (NaN).
    """
    refuse_nan(value)
    back = hysteresis if previous else 0
    limit = threshold + back if operator in ("<", "<=") else threshold - back
    return Side(true=value) if holds(operator, value, limit) else Side(false=value)
