"""Nodes that trade: market data, indicators, risk. What it needs (TA-Lib, numpy) is imported when it is first used."""
