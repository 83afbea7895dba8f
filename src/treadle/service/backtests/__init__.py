"""Backtests: a workflow as it is, over bars that have been, on a paper account and a clock of their own."""
