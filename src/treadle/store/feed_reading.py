"""Reading the feed: the commits after one, of everything, a deployment or a run."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
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
RUN_PAGE = 2000
"""Of one run. All its entries are looked at for each page, so there had better be few."""
MOST_BYTES = 1024 * 1024
"""Text of entries after which a page ends early."""
_ROWS_AT_ONCE = 5000
_SHORT = 2048
"""Bodies longer than this are read one by one, when it is known that they are wanted."""

_ABOUT = "SELECT id, workflow, deployment, save FROM runs WHERE id IN (SELECT value FROM json_each(?))"
_ENTRIES = (
    f"SELECT serial, scope, node, sequence, kind, at, CASE WHEN length(body) <= {_SHORT} THEN body END"
    " FROM journal WHERE run_id = ? AND "
)
_LINES = "SELECT serial, at, path, level, message, data FROM run_logs WHERE run_id = ? AND "
_BODY = "SELECT body FROM journal WHERE run_id = ? AND scope = ? AND node = ? AND sequence = ?"
_BETWEEN = "serial >= ? AND serial < ?"
_IS_ENDING = " OR ".join(f"status LIKE '%{word}'" for word in sorted(ENDINGS))
_LAST_ENDING = f"SELECT serial FROM feed WHERE run_id = ? AND ({_IS_ENDING}) ORDER BY serial DESC LIMIT 1"


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
        self,
        after: tuple[int, int],
        *,
        until: int | None = None,
        deployment: str | None = None,
        hidden: Collection[str] = (),
        limit: int = PAGE,
    ) -> FeedPage:
        """The commits from behind the serial and place `after` on, of a deployment or of everything but the workflows
        `hidden`, `limit` of the feed's rows looked at."""
        first = _first_serial(after)

        def query(connection: sqlite3.Connection) -> FeedPage:
            newest = _newest(connection)
            last = newest if until is None else min(until, newest)
            rows = connection.execute(
                "SELECT serial, run_id, at, status FROM feed WHERE serial BETWEEN ? AND ? ORDER BY serial LIMIT ?",
                (first, last, limit),
            ).fetchall()
            is_last = len(rows) < limit
            through = max(last, after[0]) if is_last else rows[-1][0]
            known = _find_about(connection, list({row[1] for row in rows}))
            by_run: dict[str, list[tuple[Any, ...]]] = {}
            for row in rows:
                about = known.get(row[1])
                if about is None or about.workflow in hidden or (deployment and about.deployment != deployment):
                    continue
                by_run.setdefault(row[1], []).append(row)
            readers = [
                _RunReader(connection, RunId(run_id), known[RunId(run_id)], own) for run_id, own in by_run.items()
            ]
            commits, end = _gather(readers, after)
            return FeedPage(commits, through if end is None else end, is_last and end is None)

        return await self.read(query)

    async def read_run_feed(
        self, run_id: RunId, after: tuple[int, int] = (0, -1), *, limit: int = RUN_PAGE
    ) -> FeedPage:
        """As `read_feed`, of one run: from its first entry, also where the feed has been cut. Raises `NotFound`."""
        first = _first_serial(after)

        def query(connection: sqlite3.Connection) -> FeedPage:
            run = _read_run(get_row(connection, run_id), shortening(text_of(connection, run_id)))
            newest = _newest(connection)
            rows = connection.execute(
                "SELECT serial, run_id, at, status FROM feed WHERE run_id = ? AND serial >= ? ORDER BY serial LIMIT ?",
                (run_id, first, limit),
            ).fetchall()
            is_last = len(rows) < limit
            last = None if is_last else rows[-1][0]
            about = About(run.workflow, run.deployment, run.save)
            reader = _RunReader(connection, run_id, about, rows, run=run, first=first, last=last)
            commits, end = _gather([reader], (0, -1))
            is_last = is_last and end is None
            if after[1] < 0 and after[0] == 0:
                commits = _with_beginning(run, commits)
            is_over = is_last and run.status in FINISHED
            if is_over:
                commits = _with_end(connection, run, commits)
            if end is None:
                end = max(newest, after[0]) if last is None else last
            return FeedPage([_behind(commit, after) for commit in commits], end, is_last, is_over)

        return await self.read(query)


def _first_serial(after: tuple[int, int]) -> int:
    """The first commit that may have something behind this place."""
    serial, place = after
    return serial if place < LAST else serial + 1


def _newest(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT coalesce(max(serial), 0) FROM feed").fetchone()[0]


def _find_about(connection: sqlite3.Connection, run_ids: Sequence[str]) -> dict[RunId, About]:
    rows = connection.execute(_ABOUT, (encode(list(run_ids)),))
    return {RunId(run_id): About(workflow, deployment, save) for run_id, workflow, deployment, save in rows}


def _gather(readers: Sequence[_RunReader], after: tuple[int, int]) -> tuple[list[Commit], int | None]:
    """The readers' commits in their order, and the serial up to which that is all; None: they have no more."""
    ends = [reader.end for reader in readers if reader.end is not None]
    end = min(ends, default=None)
    commits: list[Commit] = []
    size = 0
    for serial, reader in sorted(((serial, one) for one in readers for serial in one.serials), key=_by_serial):
        if end is not None and serial > end:
            break
        if size > MOST_BYTES:
            return commits, commits[-1].serial
        commits.append(_behind(reader.read(serial), after))
        size += reader.size
    return commits, end


def _by_serial(pair: tuple[int, _RunReader]) -> int:
    return pair[0]


class _RunReader:
    """Reads commits of one run: those of the feed's `rows`, and with `first` all from there `last` (or on) of which
    there are entries or lines. `end`: there is more behind this serial."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        run_id: RunId,
        about: About,
        rows: Sequence[tuple[Any, ...]],
        *,
        run: RunRecord | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> None:
        self._connection = connection
        self._run_id = run_id
        self._about = about
        self._text = text_of(connection, run_id)
        self._run = run
        self._rows = {row[0]: row for row in rows}
        self.size = 0
        """Length of what the last reading brought."""
        if run is None and any(row[3] for row in rows):
            found = connection.execute(f"{SELECT_RUN} WHERE id = ?", (run_id,)).fetchone()
            self._run = None if found is None else _read_run(found, shortening(self._text))
        self._last_ending = 0
        if self._run is not None and self._run.status in ENDINGS:
            ending = connection.execute(_LAST_ENDING, (run_id,)).fetchone()
            self._last_ending = 0 if ending is None else ending[0]
        begin = rows[0][0] if first is None else first
        self._found, self.end = _find_rows(connection, run_id, begin, rows[-1][0] if first is None else last)
        wanted = set(self._rows) if first is None else {*self._rows, *self._found}
        self.serials: Sequence[int] = sorted(wanted)

    def read(self, serial: int) -> Commit:
        lines = list(self._lines(serial))
        row = self._rows.get(serial)
        if row is None:
            return Commit(serial, self._run_id, lines[-1][1].at, (), lines, self._about, self._run)
        _, _, at, status = row
        words = read_words(status)
        ending = next((word for word in words if word in ENDINGS), None)
        rest = None
        run = self._run
        if ending is not None and run is not None:
            # What it came to then is known as long as it has come to nothing else.
            is_newest = serial == self._last_ending and run.status == ending
            rest = Rest(ending, run.output, run.error, run.wake_at) if is_newest else Rest(ending)
        return Commit(serial, self._run_id, from_micros(at), words, lines, self._about, run, rest)

    def _lines(self, serial: int) -> Iterator[tuple[int, Entry | LogLine]]:
        self.size = 0
        for number, (place, _, kind, row) in enumerate(sorted(self._found.get(serial, ()), key=_by_place), 2):
            # Rows from before there was a feed have serial 0, and no place.
            at = place if serial else number
            self.size += 100
            if kind == 0:
                self.size += len(row[3]) + len(row[4])
                with contextlib.suppress(ValueError, StoreError):
                    yield at, read_line(*row)
                continue
            if row[5] is None:
                found = self._connection.execute(_BODY, (self._run_id, *row[:3])).fetchone()
                row = (*row[:5], found[0])
            told = read_told(row, self._text)
            self.size += len(row[5]) if row[5][0] != "@" else MOST_TEXT // 2
            yield at, told


_Found = tuple[int, int, int, tuple[Any, ...]]
"""(place, time, 0 a line or 1 an entry, the row)."""


def _by_place(found: _Found) -> tuple[int, int]:
    return found[:2]


def _find_rows(
    connection: sqlite3.Connection, run_id: str, first: int, last: int | None
) -> tuple[dict[int, list[_Found]], int | None]:
    """What is told of the run's rows, by serial, and the serial up to which that is all; None: there is no more."""
    bounds = (run_id, first * STEP, (2**63 - 1) if last is None else (last + 1) * STEP)
    where = _BETWEEN if first > 0 else f"({_BETWEEN} OR serial IS NULL)"
    found: dict[int, list[_Found]] = {}
    ends: list[int] = []
    for kind, statement in ((0, _LINES), (1, _ENTRIES)):
        rows = connection.execute(f"{statement}{where} ORDER BY serial LIMIT {_ROWS_AT_ONCE}", bounds).fetchall()
        if len(rows) == _ROWS_AT_ONCE:
            end = from_position(rows[-1][0])[0]
            if from_position(rows[0][0])[0] < end:
                ends.append(end - 1)  # the last of them may not be whole
            else:
                ends.append(end)
                one = "serial IS NULL" if end == 0 else f"serial >= {end * STEP} AND serial < {(end + 1) * STEP}"
                rows = connection.execute(f"{statement}{one}", (run_id,)).fetchall()
        for position, *row in rows:
            serial, place = from_position(position)
            if kind == 0 or is_told(row[1], row[3]):
                found.setdefault(serial, []).append((place, row[0] if kind == 0 else row[4], kind, tuple(row)))
    end = min(ends, default=None)
    if end is not None:
        found = {serial: rows for serial, rows in found.items() if serial <= end}
    return found, end


def _with_beginning(run: RunRecord, commits: Sequence[Commit]) -> list[Commit]:
    """With the run's beginning first, where the feed has forgotten it."""
    if commits and any(word in ("started", "queued") for word in commits[0].words):
        return list(commits)
    about = About(run.workflow, run.deployment, run.save)
    if commits and commits[0].serial == 0:
        return [replace(commits[0], words=("started",), run=run), *commits[1:]]
    at = run.created_at or (commits[0].at if commits else from_micros(0))
    return [Commit(0, run.id, at, ("started",), [], about, run), *commits]


def _with_end(connection: sqlite3.Connection, run: RunRecord, commits: Sequence[Commit]) -> list[Commit]:
    """With the run's end last, where the feed has forgotten it."""
    newest = connection.execute("SELECT max(serial) FROM feed WHERE run_id = ?", (run.id,)).fetchone()[0]
    if newest is not None or run.finished_at is None or not commits:
        return list(commits)  # with no rows left, whoever asks has heard of the end: it comes with the last of them
    rest = Rest(run.status, run.output, run.error)
    return [*commits[:-1], replace(commits[-1], words=(*commits[-1].words, run.status), rest=rest, at=run.finished_at)]


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
    except (StoreError, ValueError, KeyError, TypeError):
        # Its input or what it came to cannot be told: the rest of it can.
        bare = [*row[:5], "{}", *row[6:7], None, row[8], "{}", *row[10:16], None, None, *row[18:]]
        read = read_run(bare, text)
        return replace(read, error=Failure("unreadable", "What it came to cannot be read.")) if row[17] else read
