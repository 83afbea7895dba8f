"""What SQLite complains of, as an error that says what to do."""

from __future__ import annotations

import sqlite3

from treadle.errors import StoreError, TreadleError

LASTING = frozenset({"corrupt_payload", "unstorable_value", "unstorable_input"})
"""What the store says of a value however often it is asked: the codes of what is not worth another try."""

_FAULTS = {
    sqlite3.SQLITE_FULL: (
        "disk_full",
        "The disk is full",
        "Free some space; waiting runs then go on by themselves.",
    ),
    sqlite3.SQLITE_BUSY: (
        "database_locked",
        "Another process holds the database locked",
        "Find what keeps a transaction open on the file (a shell, a backup) and end it.",
    ),
    sqlite3.SQLITE_LOCKED: (
        "database_locked",
        "The database is locked",
        "End the transaction that holds it.",
    ),
    sqlite3.SQLITE_READONLY: (
        "database_read_only",
        "The database is read-only",
        "Give the file and its folder write permission.",
    ),
    sqlite3.SQLITE_PERM: (
        "database_read_only",
        "The database may not be written",
        "Give the file and its folder write permission.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot_open",
        "The database cannot be opened",
        "Check that its folder exists and may be written.",
    ),
    sqlite3.SQLITE_IOERR: ("io_error", "The disk reports an error", "Check the disk; then start again."),
    sqlite3.SQLITE_CORRUPT: ("database_corrupt", "The database is damaged", "Restore it from a backup."),
    sqlite3.SQLITE_NOTADB: (
        "not_a_database",
        "The file is not a database",
        "Name another file for the store.",
    ),
}


def translate(error: sqlite3.Error) -> StoreError:
    """The `StoreError` for `error`, with a stable code."""
    number = getattr(error, "sqlite_errorcode", 0) & 0xFF
    code, message, remedy = _FAULTS.get(
        number,
        (
            "store_error",
            "The store could not read or write",
            "The cause is in the message; if it lasts, restart.",
        ),
    )
    return StoreError(f"{message} ({error}).", code=code, remedy=remedy)


def explain(error: Exception) -> TreadleError:
    """What to tell a caller whose write failed of `error`."""
    if isinstance(error, TreadleError):
        return error
    if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.DataError | sqlite3.ProgrammingError):
        return translate(error)
    refusal = StoreError(
        f"The store cannot keep a value ({type(error).__name__}: {error}).",
        code="unstorable_value",
        remedy="Names, keys and paths are text that UTF-8 can write; numbers have at most 64 bits.",
    )
    refusal.__cause__ = error
    return refusal
