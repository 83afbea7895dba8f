"""Exchanges by ccxt: one adapter for all of them."""
