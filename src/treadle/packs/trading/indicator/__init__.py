"""Indicators: pure, column in, column out; in live runs value by value."""
