"""The store: runs, their journals and what outlives them, in SQLite; the tables also fit PostgreSQL.

`treadle.store.sqlite_journal.SqliteStore` is the way in. Nothing is imported here, so that a command which
never opens a store does not pay for one.
"""
