"""A commit as the feed tells it: what became of one run, and the entries and lines that came with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from treadle.engine.journal import BEFORE, DEBUG_PLACE, MOVE_PLACE, Entry, EntryKind, LogLine
from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.run import Failure, RunRecord
from treadle.store.codec import decode
from treadle.store.feed import LAST
from treadle.store.rows import BatchRows, Text, from_micros, read_entry, read_failure, read_run

MOST_TEXT = 256 * 1024
"""Text longer than this is not decoded for a stream: how long it is and how it begins is all that is told."""
_PREVIEW = 1000
_STATUS = re.compile(r'\{"status":"(\w+)","outputs":')
_CHECKPOINT = int(EntryKind.CHECKPOINT)


class About(NamedTuple):
    """What streams are chosen by. `saved`: `all`, `failures` or `none`."""

    workflow: str
    deployment: str | None
    saved: str = "all"


class Rest(NamedTuple):
    """What a run came to, or rests for."""

    status: str
    output: Any = None
    error: Failure | None = None
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """`words` are of `BEGINNINGS` and `ENDINGS`, in that order. `run` is its record where it begins, as far as known;
    `rest` where it ends or comes to rest. `lines` are what is told of its rows, by place. Where only the store knows,
    `about` is None."""

    serial: int
    run_id: RunId
    at: datetime
    words: tuple[str, ...]
    lines: Sequence[tuple[int, Entry | LogLine]]
    about: About | None = None
    run: RunRecord | None = None
    rest: Rest | None = None


def is_told(node: str, kind: int) -> bool:
    """Whether anything is told of an entry: not of what containers and the engine note for themselves."""
    if node in (MOVE_PLACE[1], DEBUG_PLACE[1]):
        return kind == _CHECKPOINT
    if node.startswith(BEFORE):
        return True
    return kind != _CHECKPOINT and "#" not in node and not node.startswith("@")


def commit_of(batch: BatchRows) -> Commit:
    """What a batch that has been written tells. It must have nothing in payloads: those are read from the store."""
    run = None if batch.opens is None else read_run(batch.opens, _as_it_is)
    rest = None
    if batch.update is not None:
        status, wake_at, _, output, error, *_more = batch.update
        rest = Rest(
            status,
            None if output is None else decode(output),
            None if error is None else read_failure(decode(error)),
            None if wake_at is None else from_micros(int(wake_at)),
        )
    elif run is not None and run.finished_at is not None:
        rest = Rest(run.status, run.output, run.error)
    return Commit(
        batch.serial,
        RunId(batch.run_id),
        from_micros(batch.at),
        read_words(batch.word),
        list(_lines_of(batch)),
        None if run is None else About(run.workflow, run.deployment, run.save),
        run,
        rest,
    )


def _lines_of(batch: BatchRows) -> Iterator[tuple[int, Entry | LogLine]]:
    ordered = batch.order if batch.order is not None else [(1, row) for row in batch.entries]
    for place, (kind, row) in enumerate(ordered, 1):
        place = min(place, LAST - 1)
        if kind == 0:
            _, at, path, level, message, data = row
            yield place, read_line(at, path, level, message, data)
        elif is_told(row[2], row[4]):
            yield place, read_told(row[1:], _as_it_is)


def read_line(at: int, path: str, level: str, message: str, data: str) -> LogLine:
    return LogLine(from_micros(at), path, level, message, decode(data))


def read_told(row: Sequence[Any], text: Text) -> Entry:
    """The entry of a row (scope, node, sequence, kind, at, body), without a value that is too long to be told. One that
    cannot be read is told without what it held."""
    try:
        body: str = text(row[5], "a node") if row[5][0] == "@" else row[5]
        if len(body) <= MOST_TEXT:
            entry = read_entry((*row[:5], body), text)
            if isinstance(entry.body, dict):  # whatever the column holds
                return entry
    except (StoreError, ValueError):
        body = "{}"
    found = _STATUS.match(body)
    told = {"status": found[1] if found else "completed", "outputs": cut_text(body[found.end() - 1 if found else 0 :])}
    return Entry(row[0], row[1], row[2], EntryKind(row[3]), from_micros(row[4]), told)


def cut_text(text: str) -> Mapping[str, Any]:
    """What stands for a value whose JSON is too long."""
    return {"truncated": True, "bytes": len(text), "preview": text[:_PREVIEW]}


def read_words(text: str | None) -> tuple[str, ...]:
    return tuple(text.split()) if text else ()


def _as_it_is(text: str, place: str) -> str:
    return text
