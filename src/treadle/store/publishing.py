"""Writing a published event, in whatever transaction it belongs to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from treadle.errors import StoreError
from treadle.model.published import RUN_FAILED, handles_failure, hops_of
from treadle.model.run import RunRecord
from treadle.store.codec import decode, encode
from treadle.store.payload import LIMIT, Payload, resolve

_MOST_NESTED = 200
"""Lists and objects in each other: far less than what can be written, and not read again deep in a program."""


def insert_event(
    connection: sqlite3.Connection,
    event_id: str,
    topic: str,
    payload: Any,
    *,
    at: int,
    by: RunRecord | None = None,
    hops: int = 0,
) -> bool:
    """Keep an event until it is delivered; False when there is one of this id. `at` is in microseconds.

    Raises `StoreError` (`unstorable_value`): what is nested too deep to be read would reach nobody.
    """
    run, workflow = (None, None) if by is None else (by.id, by.workflow)
    body = encode({"payload": payload, "run": run, "hops": hops, "workflow": workflow})
    if is_too_deep(payload, body):
        raise StoreError(
            f"The payload of the event is nested more than {_MOST_NESTED} deep.",
            code="unstorable_value",
            remedy="Publish a flatter value.",
        )
    return (
        connection.execute(
            "INSERT OR IGNORE INTO events (id, topic, payload, at) VALUES (?, ?, ?, ?)", (event_id, topic, body, at)
        ).rowcount
        > 0
    )


def is_too_deep(value: Any, text: str) -> bool:
    """Whether `value` is nested deeper than an event may be; `text` is how it is written."""
    # Most have not even so many brackets, and need not be walked.
    if text.count("[") + text.count("{") < _MOST_NESTED:
        return False
    level = [value]
    for _ in range(_MOST_NESTED):
        level = [item for one in level for item in _items(one)]
        if not level:
            return False
    return True


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return cast("Mapping[Any, Any]", value).values()
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()


def publish_failure(connection: sqlite3.Connection, record: RunRecord, error: str | None, *, at: int) -> None:
    """Tell whoever handles failures that a run failed, each time it does; `error` is the text of its column.

    The failure of a run that handles one is told to nobody.
    """
    if handles_failure(record):
        return
    given = encode(record.input)
    body: dict[str, Any] = {
        "run": record.id,
        "workflow": record.workflow,
        "version": record.version,
        "deployment": record.deployment,
        "parent": record.parent,
        "mode": record.mode,
        "profiles": list(record.origin.profiles) if record.origin else [],
        "error": _read_error(connection, record.id, error),
        # A large one is read from the run, should somebody ask for it.
        "input": decode(given) if len(given) <= LIMIT and not is_too_deep(record.input, given) else None,
    }
    if is_too_deep(body["error"], error or ""):
        body["error"] = {**body["error"], "details": {}}
    hops = hops_of(record) + 1
    insert_event(connection, f"f{record.id}.{record.epoch}", RUN_FAILED, body, at=at, by=record, hops=hops)


def _read_error(connection: sqlite3.Connection, run_id: str, text: str | None) -> Any:
    if text is None:
        return None

    def fetch(owner: str, digest: str) -> Payload | None:
        row: Any = connection.execute(
            "SELECT run_id, digest, codec, size, bytes FROM payloads WHERE run_id = ? AND digest = ?", (owner, digest)
        ).fetchone()
        return None if row is None else Payload(*row)

    return decode(resolve(text, run_id, place="the error", fetch=fetch))
