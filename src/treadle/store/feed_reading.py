"""Reading the feed: the commits after one, of everything, a deployment or a run."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from treadle.engine.journal import Entry, LogLine
from treadle.errors import StoreError
from treadle.model.ids import RunId
from treadle.model.run import FINISHED, Failure, RunRecord
from treadle.store.codec import encode
from treadle.store.commit import MOST_TEXT, About, Commit, Rest, cut_text, is_told, read_line, read_told, read_words
from treadle.store.database import Database, text_of
from treadle.store.feed import BEGINNINGS, ENDINGS, LAST, STEP, from_position
from treadle.store.rows import Text, from_micros, read_run
from treadle.store.run_queries import SELECT_RUN, get_row
from treadle.store.writer import Listener

PAGE = 200
"""Commits looked at in one reading."""

_ABOUT = "SELECT id, workflow, deployment, save FROM runs WHERE id IN (SELECT value FROM json_each(?))"
_ENTRIES = "SELECT scope, node, sequence, kind, at, body, serial FROM journal WHERE run_id = ? AND "
_LINES = "SELECT at, path, level, message, data, serial FROM run_logs WHERE run_id = ? AND "
_BETWEEN = "serial >= ? AND serial < ?"


class FeedPage(NamedTuple):
    """`through`: the serial up to which everything wanted is in `commits` or in a page before. `is_last`: as of now
    there is nothing behind it. `is_over`: the run that was asked for has finished by then."""

    commits: Sequence[Commit]
    through: int
    is_last: bool
    is_over: bool = False


class Feed(Database):
    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of this process's own commits; see `Writer.listen`."""
        return self._writer.listen(listener)

    async def find_ends_of_feed(self) -> tuple[int, int]:
        """The oldest and the newest serial there are; (0, 0) where there is none."""
        statement = "SELECT coalesce(min(serial), 0), coalesce(max(serial), 0) FROM feed"
        return await self.read(lambda c: tuple(c.execute(statement).fetchone()))

    async def find_about(self, run_ids: Sequence[str]) -> dict[RunId, About]:
        """Those of the runs that are in the store."""
        return await self.read(lambda c: _find_about(c, run_ids))

    async def find_serial_at(self, at: int) -> int:
        """The newest serial from before `at` (microseconds); 0: none is kept."""

        def query(connection: sqlite3.Connection) -> int:
            low, high = connection.execute(
                "SELECT coalesce(min(serial), 1), coalesce(max(serial), 0) FROM feed"
            ).fetchone()
            low -= 1
            while low < high:  # serials are in the order of time
                middle = (low + high + 1) // 2
                found = connection.execute(
                    "SELECT serial, at FROM feed WHERE serial <= ? ORDER BY serial DESC LIMIT 1", (middle,)
                ).fetchone()
                if found is None or found[1] < at:
                    low = middle
                else:
                    high = found[0] - 1
            return max(low, 0)

        return await self.read(query)

    async def read_feed(
        self, after: tuple[int, int], *, until: int | None = None, deployment: str | None = None, limit: int = PAGE
    ) -> FeedPage:
        """The commits from behind the serial and place `after` on, of everything or a deployment, `limit` of the feed's
        rows looked at."""
        first = _first_serial(after)

        def query(connection: sqlite3.Connection) -> FeedPage:
            newest = connection.execute("SELECT coalesce(max(serial), 0) FROM feed").fetchone()[0]
            last = newest if until is None else min(until, newest)
            rows = connection.execute(
                "SELECT serial, run_id, at, status FROM feed WHERE serial BETWEEN ? AND ? ORDER BY serial LIMIT ?",
                (first, last, limit),
            ).fetchall()
            is_last = len(rows) < limit
            through = max(last, after[0]) if is_last else rows[-1][0]
            known = _find_about(connection, list({row[1] for row in rows}))
            wanted = [
                row
                for row in rows
                if row[1] in known and (deployment is None or known[row[1]].deployment == deployment)
            ]
            return FeedPage(_read_commits(connection, wanted, known, after), through, is_last)

        return await self.read(query)

    async def read_run_feed(self, run_id: RunId, after: tuple[int, int] = (0, -1), *, limit: int = PAGE) -> FeedPage:
        """As `read_feed`, of one run: from its first entry, also where the feed has been cut. Raises `NotFound`."""
        first = _first_serial(after)

        def query(connection: sqlite3.Connection) -> FeedPage:
            text = shortening(text_of(connection, run_id))
            run = _read_run(get_row(connection, run_id), text)
            newest = connection.execute("SELECT coalesce(max(serial), 0) FROM feed").fetchone()[0]
            rows = connection.execute(
                "SELECT serial, run_id, at, status FROM feed WHERE run_id = ? AND serial >= ? ORDER BY serial LIMIT ?",
                (run_id, first, limit),
            ).fetchall()
            is_last = len(rows) < limit
            until = None if is_last else rows[-1][0]
            lines = _lines_between(connection, run_id, first, until, text)
            commits = _join(run, rows, lines)
            if after[1] < 0 and after[0] == 0:
                commits = _with_beginning(run, commits)
            if is_last and run.status in FINISHED:
                commits = _with_end(connection, run, commits)
            through = max(newest, after[0]) if until is None else until
            return FeedPage(
                [_behind(commit, after) for commit in commits], through, is_last, is_last and run.status in FINISHED
            )

        return await self.read(query)


def _first_serial(after: tuple[int, int]) -> int:
    """The first commit that may have something behind this place."""
    serial, place = after
    return serial if place < LAST else serial + 1


def _find_about(connection: sqlite3.Connection, run_ids: Sequence[str]) -> dict[RunId, About]:
    rows = connection.execute(_ABOUT, (encode(list(run_ids)),))
    return {RunId(run_id): About(workflow, deployment, save) for run_id, workflow, deployment, save in rows}


def _read_commits(
    connection: sqlite3.Connection,
    rows: Sequence[tuple[Any, ...]],
    known: dict[RunId, About],
    after: tuple[int, int],
) -> list[Commit]:
    """The commits of the feed's `rows`, in their order."""
    by_run: dict[RunId, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_run.setdefault(row[1], []).append(row)
    commits: list[Commit] = []
    for run_id, own in by_run.items():
        text = shortening(text_of(connection, run_id))
        lines = _lines_between(connection, run_id, own[0][0], own[-1][0], text)
        run = None
        if any(row[3] for row in own):
            found = connection.execute(f"{SELECT_RUN} WHERE id = ?", (run_id,)).fetchone()
            run = None if found is None else _read_run(found, text)
        commits += [_commit(row, lines.get(row[0], []), known[run_id], run, is_newest=row is own[-1]) for row in own]
    commits.sort(key=lambda commit: commit.serial)
    return [_behind(commit, after) for commit in commits]


def _lines_between(
    connection: sqlite3.Connection, run_id: str, first: int, last: int | None, text: Text
) -> dict[int, list[tuple[int, Entry | LogLine]]]:
    """What is told of the run's rows, by serial, in the order of their places. Rows from before there was a feed have
    serial 0."""
    where, bounds = _BETWEEN, (run_id, first * STEP, (2**63 - 1) if last is None else (last + 1) * STEP)
    if first <= 0:
        where = f"({_BETWEEN} OR serial IS NULL)"
    found: list[tuple[int, int, int, Entry | LogLine]] = []
    for at, path, level, message, data, position in connection.execute(_LINES + where, bounds):
        with contextlib.suppress(ValueError):
            found.append((*from_position(position), at, read_line(at, path, level, message, data)))
    for *row, position in connection.execute(_ENTRIES + where, bounds):
        if is_told(row[1], row[3]):
            found.append((*from_position(position), row[4], read_told(row, text)))
    found.sort(key=lambda line: line[:3])
    by_serial: dict[int, list[tuple[int, Entry | LogLine]]] = {}
    for serial, place, _, line in found:
        lines = by_serial.setdefault(serial, [])
        lines.append((place if serial else len(lines) + 1, line))
    return by_serial


def _commit(
    row: tuple[Any, ...],
    lines: Sequence[tuple[int, Entry | LogLine]],
    about: About,
    run: RunRecord | None,
    *,
    is_newest: bool,
) -> Commit:
    serial, run_id, at, status = row
    words = read_words(status)
    ending = next((word for word in words if word in ENDINGS), None)
    rest = None
    if ending is not None and run is not None:
        # What it came to then is known as long as it has come to nothing else.
        rest = Rest(ending, run.output, run.error, run.wake_at) if is_newest and run.status == ending else Rest(ending)
    return Commit(serial, RunId(run_id), from_micros(at), words, lines, about, run, rest)


def _join(
    run: RunRecord, rows: Sequence[tuple[Any, ...]], lines: dict[int, list[tuple[int, Entry | LogLine]]]
) -> list[Commit]:
    """The run's commits: those that the feed knows, and those of which only the rows are left."""
    about = About(run.workflow, run.deployment, run.save)
    commits = [_commit(row, lines.pop(row[0], []), about, run, is_newest=row is rows[-1]) for row in rows]
    for serial, left in lines.items():
        commits.append(Commit(serial, run.id, left[-1][1].at, (), left, about, run))
    return sorted(commits, key=lambda commit: commit.serial)


def _with_beginning(run: RunRecord, commits: Sequence[Commit]) -> list[Commit]:
    """With the run's beginning first, where the feed has forgotten it."""
    if commits and any(word in ("started", "queued") for word in commits[0].words):
        return list(commits)
    about = About(run.workflow, run.deployment, run.save)
    begun = Commit(0, run.id, run.created_at or commits[0].at, ("started",), [], about, run)
    if commits and commits[0].serial == 0:
        return [replace(commits[0], words=("started",), run=run), *commits[1:]]
    return [begun, *commits]


def _with_end(connection: sqlite3.Connection, run: RunRecord, commits: Sequence[Commit]) -> list[Commit]:
    """With the run's end last, where the feed has forgotten it."""
    newest = connection.execute("SELECT max(serial) FROM feed WHERE run_id = ?", (run.id,)).fetchone()[0]
    if newest is not None or run.finished_at is None:
        return list(commits)
    rest = Rest(run.status, run.output, run.error)
    last = commits[-1] if commits else None
    if last is None:
        return []  # whoever asks has heard of the end: it comes with the last rows
    return [*commits[:-1], replace(last, words=(*last.words, run.status), rest=rest, at=run.finished_at)]


def _behind(commit: Commit, after: tuple[int, int]) -> Commit:
    """Without what is at or before the place `after`."""
    serial, place = after
    if commit.serial != serial or place < 0:
        return commit
    words = tuple(word for word in commit.words if (0 if word in BEGINNINGS else LAST) > place)
    return replace(commit, words=words, lines=[line for line in commit.lines if line[0] > place])


def shortening(text: Text) -> Text:
    """As `text`, and what is too long to be told is cut."""

    def short(given: str, place: str) -> str:
        found = text(given, place)
        return found if len(found) <= MOST_TEXT else encode(cut_text(found))

    return short


def _read_run(row: Sequence[Any], text: Text) -> RunRecord:
    try:
        return read_run(row, text)
    except (StoreError, KeyError, TypeError):
        # Its input or what it came to cannot be told: the rest of it can.
        bare = [*row[:5], "{}", *row[6:7], None, row[8], "{}", *row[10:16], None, None, *row[18:]]
        read = read_run(bare, text)
        return replace(read, error=Failure("unreadable", "What it came to cannot be read.")) if row[17] else read
