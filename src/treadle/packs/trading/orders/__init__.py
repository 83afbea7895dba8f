"""The one way an order goes, and what is remembered of it."""
