"""`treadle bars`: bars to test over, one command a file."""
