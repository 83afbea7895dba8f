"""Matching in whole numbers: prices in ticks, quantities in lots, money in the smallest unit. No clock, no I/O."""
