"""`treadle backtests`: those that are kept."""
