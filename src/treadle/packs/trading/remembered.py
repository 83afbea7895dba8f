"""What risk nodes remember in a deployment's state: amounts as text, exact."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from treadle.errors import NodeError

_ITERATION = re.compile(r"\[\d+\]")


def key(what: str, path: str, name: str | None) -> str:
    """Where a node keeps it: under its name, else under its place in the workflow, whichever iteration that is."""
    return f"{what}/{name or _ITERATION.sub('', path)}"


def amount(value: Any) -> Decimal:
    """An amount as it was kept."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise NodeError(
            f"The state holds {value!r} where an amount was kept.",
            code="not_a_number",
            remedy="Somebody has set it by hand: set it to a number as text, or remove it.",
            retryable=False,
        )
    return found
