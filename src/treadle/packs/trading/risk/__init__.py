"""Risk: how much, how far, and when to stop."""
