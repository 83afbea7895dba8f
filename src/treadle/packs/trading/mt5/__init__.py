"""MetaTrader 5, through a bridge: its package runs on Windows only, beside the terminal."""
