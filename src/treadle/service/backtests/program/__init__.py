"""Workflows as programs over whole columns: what depends on the market alone is calculated at once,
the rest is stepped."""
