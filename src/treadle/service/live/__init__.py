"""Live: what happens in runs, told as it happens, to as many as want to hear it."""
