"""Runs that certainly do nothing while the accounts cannot change: found over columns, and passed by."""
