"""Text formats: one module each, with `load` (text to value) and `dump` (value to text)."""
