"""Backtests, as the API takes and shows them. Times inside series are whole milliseconds since 1970, as in bars."""
