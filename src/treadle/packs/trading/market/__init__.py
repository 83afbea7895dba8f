"""Market data, as far as it needs no venue."""
