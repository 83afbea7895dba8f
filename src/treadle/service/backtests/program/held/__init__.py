"""Backtests whose accounts are held in memory: the order path word for word, without a store."""
