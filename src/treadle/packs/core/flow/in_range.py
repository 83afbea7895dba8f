"""Tell whether a number lies inside a range."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field, FiniteFloat

from treadle.node import DEAD, Branch, NodeError, node
from treadle.packs.core.flow.comparison import Number, Order, holds, refuse_nan


class Placed(NamedTuple):
    inside: Annotated[Branch[Number], Field(description="The value, when it lies in the range")] = DEAD
    below: Annotated[Branch[Number], Field(description="The value, when it is too small")] = DEAD
    above: Annotated[Branch[Number], Field(description="The value, when it is too great")] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    low, high = config.get("min"), config.get("max")
    if low is None and high is None:
        return ["The range has no end. Set `min`, `max` or both."]
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        return [f"`min` ({low}) is greater than `max` ({high}). Swap them."]
    return []


@node(
    "flow.in_range",
    title="In range",
    check=_check,
    example={"config": {"min": 10, "max": 20}, "inputs": {"value": 12}, "outputs": {"inside": 12}},
)
def in_range(
    value: Number,
    *,
    min: Annotated[FiniteFloat | None, Field(description="Lower end; without it the range has none")] = None,
    max: Annotated[FiniteFloat | None, Field(description="Upper end; without it the range has none")] = None,
    inclusive: Annotated[bool, Field(description="Whether the ends themselves are inside")] = True,
) -> Placed:
    """Tell whether a number lies inside a range.

    One of `inside`, `below` and `above` is live, and carries the value on. Fails when `min` is greater
    than `max`, and for a value that is not a number (NaN). Given a series (array), each port carries a series
    of truth values: where the value is on that side.
    """
    if min is not None and max is not None and min > max:
        raise NodeError(
            f"`min` ({min:g}) is greater than `max` ({max:g}), so nothing is inside.",
            code="empty_range",
            remedy="Swap them, or look at the expressions they come from.",
            retryable=False,
        )
    lower: Order = "<" if inclusive else "<="
    upper: Order = ">" if inclusive else ">="
    below = min is not None and holds(lower, value, min)
    above = max is not None and holds(upper, value, max)
    if getattr(value, "ndim", 0):
        return _masks(value, below, above)
    refuse_nan(value)
    if below:
        return Placed(below=value)
    return Placed(above=value) if above else Placed(inside=value)


def _masks(value: Any, below: Any, above: Any) -> Placed:
    import numpy

    below, above = numpy.broadcast_to(below, value.shape), numpy.broadcast_to(above, value.shape)
    return Placed(inside=~(below | above) & (value == value), below=below, above=above)
