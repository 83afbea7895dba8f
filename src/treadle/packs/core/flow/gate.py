"""Combine yes-or-no answers."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.node import NodeError, node


class Combined(NamedTuple):
    result: bool


def _check(config: Mapping[str, Any]) -> list[str]:
    counts = config.get("operator") == "at_least"
    if counts and config.get("n") is None:
        return ["`at_least` needs `n`: how many flags must be true."]
    if not counts and config.get("n") is not None and "{{" not in str(config.get("operator")):
        return ["`n` means something only with `operator: at_least`. Remove it, or change the operator."]
    return []


@node(
    "flow.gate",
    title="Gate",
    check=_check,
    example={
        "config": {"operator": "at_least", "n": 2},
        "inputs": {"flags": [True, False, True]},
        "outputs": {"result": True},
    },
)
def gate(
    *flags: bool,
    operator: Annotated[
        Literal["and", "or", "not", "xor", "at_least"], Field(description="How the flags are combined")
    ] = "and",
    n: Annotated[int | None, Field(ge=0, description="How many must be true, for `at_least`")] = None,
) -> Combined:
    """Combine true and false into one answer.

    `and`: all are true. `or`: one or more is. `not`: none is. `xor`: exactly one is. `at_least`: `n` or more
    are. Flags from branches that were not taken do not count. Series (arrays) of one length are combined
    element by element. Fails when no flag arrives at all.
    """
    if not flags:
        raise NodeError(
            "No flag arrived.",
            code="too_few_values",
            remedy="Connect at least one output to `flags` that is live on every way through the workflow.",
            retryable=False,
        )
    count = _count(flags)
    answer = {
        "and": count == len(flags),
        "or": count >= 1,
        "not": count == 0,
        "xor": count == 1,
        "at_least": count >= (n or 0),
    }[operator]
    return Combined(answer)


def _count(flags: tuple[bool, ...]) -> int:
    """How many flags are true; of series, element by element (a flag that is no series counts for each)."""
    if not any(getattr(flag, "ndim", 0) for flag in flags):
        return sum(map(bool, flags))
    import numpy

    return sum(numpy.asarray(flag, dtype=bool).astype(int) for flag in flags)  # type: ignore[return-value]
