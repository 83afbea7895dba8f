"""So many of something, in words."""

from __future__ import annotations


def counted(number: int, noun: str, *, many: str | None = None) -> str:
    """`1 bar`, `1,200 bars`; `many` where an `s` does not make it several."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
