"""Search: the same backtest many times over, and how much of what was found is luck."""
