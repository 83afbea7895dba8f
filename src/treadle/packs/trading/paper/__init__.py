"""Paper trading: accounts of our own, over anybody's prices."""
