"""Exact decimals: what is divided is rounded once, to 28 digits, and told without needless zeros."""

from __future__ import annotations

from decimal import Decimal


def divide(part: Decimal, whole: Decimal) -> Decimal:
    """`part / whole`; raises `ZeroDivisionError`."""
    if not whole:
        raise ZeroDivisionError(f"{part} / 0")
    return tidy(part / whole)


def tidy(value: Decimal) -> Decimal:
    """The same number, without zeros at its end."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]
