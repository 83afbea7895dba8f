"""Measuring a value: how many values it holds, shared parts counted each time they appear."""

from __future__ import annotations

from typing import Any, cast


def measure(value: Any, *, values: int, depth: int) -> str | None:
    """Why `value` is too much (`more than 1,000,000 values`, `nested deeper than 200`), or None.

    A value that refers to itself is always too much. Costs no more than `values` steps.
    """
    waiting: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while waiting:
        item, level = waiting.pop()
        seen += 1
        if seen > values:
            return f"it unfolds to more than {values:,} values"
        if level > depth:
            return f"it is nested deeper than {depth}"
        if isinstance(item, dict):
            parts = list(cast("dict[Any, Any]", item).values())
        elif isinstance(item, list | tuple | set):
            parts = list(cast("list[Any]", item))
        else:
            continue
        if seen + len(waiting) + len(parts) > values:
            return f"it unfolds to more than {values:,} values"
        waiting.extend((part, level + 1) for part in parts)
    return None
