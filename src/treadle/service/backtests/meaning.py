"""Which figures mean something, for those who are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

YEARLY = frozenset({"cagr", "volatility", "sharpe", "sortino", "calmar"})
"""Figures that say what a year would be like."""
FEWEST_DAYS = 30
"""Of which a year can be told at all: of less, a good week makes 1,000 % a year and a Sharpe ratio of 10."""
TOO_LITTLE = "too_little"
"""The code of the warning of a search that its best has too few trades, or returns, to be told luck from skill by."""
TOO_SHORT = f"What a year would be like cannot be told of less than {FEWEST_DAYS} days."


def worth_telling(figures: Mapping[str, Any], days: float | None) -> dict[str, Any]:
    """People are told no figure of a year where the test went over less than `FEWEST_DAYS`, nor where no trade was
    closed. Programs get all of them: they know what they ask for."""
    is_fantasy = (days is not None and days < FEWEST_DAYS) or figures.get("trades") == 0
    return {name: value for name, value in figures.items() if not (is_fantasy and name in YEARLY)}


def days_of(summary: Mapping[str, Any]) -> float | None:
    """How long a kept test is; None where it says nothing of that."""
    begins, ends = summary.get("begins"), summary.get("ends")
    if not begins or not ends:
        return None
    return (datetime.fromisoformat(ends) - datetime.fromisoformat(begins)).total_seconds() / 86_400


def is_idle(figures: Mapping[str, Any]) -> bool:
    """Whether nothing was traded, and so nothing can be said of how good it was."""
    return figures.get("trades") == 0 and not figures.get("total_return") and not figures.get("volatility")
