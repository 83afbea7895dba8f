"""The data of backtests: where bars come from, whether they can be right, and how they lie on the disk."""
