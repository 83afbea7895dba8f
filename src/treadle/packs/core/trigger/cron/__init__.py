"""Cron: what an expression says, in which zone, and when that is."""
