"""Workflows that Treadle has runs of itself: nobody wrote them, and lists of runs show them to whoever names them."""

from __future__ import annotations

VARIANTS = "treadle-backtest-variants"
"""Whose runs carry out variants of a backtest."""
INTERNAL = frozenset({VARIANTS})
