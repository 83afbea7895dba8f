"""Simulated markets: prices that are a function of (seed, symbol, time), the same in every process, whenever asked."""
