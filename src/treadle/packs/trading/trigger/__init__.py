"""Triggers that markets set off, a node type a file."""
