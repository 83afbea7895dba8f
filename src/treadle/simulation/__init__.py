"""Markets and history: what would have happened."""
