"""Columns that are collected over the runs of a deployment (semantics 7.1): as one run sees them, and as a process
remembers them."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from treadle.engine.history import History, Place
from treadle.engine.journal import EntryKind, Journal
from treadle.errors import NodeError
from treadle.model.columns import BLOCK, Head, HeadText, block_key, origin, owner_of_series, past_of
from treadle.model.run import RunRecord
from treadle.node.definition import NodeDefinition
from treadle.node.series import Collects, Row, Streaming

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

Seen = Sequence[int]
"""How many values a column had, and the number of the first block that was kept."""
NOT_THERE: Seen = (0, 0)
SERIES_PLACE: Place = ("", "@series")
"""Where a run remembers what there was of each column when it started. `@` begins no node's id."""
_MOST = 10_000


class Column:
    """A column in memory: committed rows only, in one block that grows."""

    __slots__ = ("_rows", "_text", "count", "handles", "start")

    def __init__(self, start: int, rows: Sequence[Sequence[float]]) -> None:
        import numpy

        self.start = start
        """The place in the column of the first row that is here."""
        self.count = start + len(rows)
        self._rows: NDArray[numpy.float64] = numpy.array(rows, dtype=float)
        self.handles: list[Handle] = []
        """The one there is, while nobody uses it."""
        self._text: HeadText | None = None

    @property
    def width(self) -> int:
        return self._rows.shape[1]

    def between(self, start: int, end: int) -> NDArray[numpy.float64]:
        """The rows of these places. They do not change any more, whatever becomes of the column."""
        return self._rows[start - self.start : end - self.start]

    def note(self, text: str, head: Head) -> None:
        """This is the head that it has caught up with."""
        self._text = HeadText(text, head)

    def read_on(self, text: str) -> Seen | None:
        """Take over what was committed since it was read last; None where that is more than a few rows at its end."""
        known = self._text
        rows = None if known is None else known.read_on(text)
        if known is None or rows is None:
            return None
        for row in rows:
            self._put(row)
        return known.count, known.first

    def catch_up(self, head: Head) -> bool:
        """Take over what was committed since; False when this is not the beginning of that column."""
        known = self.between(head.start, self.count).tolist() if self.start <= head.start <= self.count else None
        if known is None or self.count > head.count or known != head.rows[: len(known)]:
            return False
        for row in head.rows[len(known) :]:
            self._put(row)
        return True

    def _put(self, row: Sequence[float]) -> None:
        import numpy

        at = self.count - self.start
        if at == len(self._rows):
            fresh = numpy.empty((max(BLOCK, 2 * at), self.width))
            fresh[:at] = self._rows
            self._rows = fresh
        self._rows[at] = row
        self.count += 1

    def forget(self, start: int) -> None:
        """Let go of what stands before `start`, once that is half of it."""
        if start - self.start > max(BLOCK, (self.count - self.start) // 2):
            self._rows = self.between(start, self.count).copy()
            self.start = start


@dataclass(slots=True)
class Handle:
    """A node carried on value by value, up to the place `count`, from a column that began at `origin`."""

    definition: NodeDefinition
    config: Mapping[str, Any]
    origin: int
    count: int
    streaming: Streaming


class SeriesMemory:
    """The columns a process has read, so that a run need not read more than what is new."""

    def __init__(self) -> None:
        self._columns: OrderedDict[tuple[str, str], Column] = OrderedDict()

    def find(self, owner: str, key: str) -> Column | None:
        found = self._columns.get((owner, key))
        if found is not None:
            self._columns.move_to_end((owner, key))
        return found

    def put(self, owner: str, key: str, column: Column) -> None:
        self._columns[owner, key] = column
        if len(self._columns) > _MOST:
            self._columns.popitem(last=False)


class Window:
    """What one node has collected, in one run: committed rows, and the run's own."""

    __slots__ = ("_column", "count", "row", "start")

    def __init__(self, key: str, column: Column | None, seen: Seen, row: Row, keep: int) -> None:
        self._column = column
        count, first = seen
        self.row = row
        self.count = count
        """How many rows there were before this one."""
        # Where a smaller `keep` has let go of more, what there is has to do.
        self.start = max(origin(count + 1, keep), first * BLOCK)
        if column is not None and (column.start > self.start or column.width != len(row)):
            raise NodeError(
                f"What `{key}` was before this run is no longer kept.",
                code="column_gone",
                remedy="The run has waited while many others went on. Start a new one.",
                retryable=False,
            )

    @property
    def length(self) -> int:
        return self.count - self.start + 1

    def last(self) -> Row | None:
        """The row before this one."""
        if self._column is None:
            return None
        return tuple(self._column.between(self.count - 1, self.count)[0].tolist())

    def rows(self) -> NDArray[numpy.float64]:
        """All of it, from its origin on, the run's own row last."""
        import numpy

        rows = numpy.empty((self.length, len(self.row)))
        if self._column is not None:
            rows[:-1] = self._column.between(self.start, self.count)
        rows[-1] = self.row
        return rows

    def stream(self, definition: NodeDefinition, parts: Sequence[Collected], config: Mapping[str, Any]) -> Any:
        """What the node gives for the last row, carried on from the one before; None where it has to be computed."""
        column = self._column
        if column is None or definition.opener is None:
            return None
        # Taken out: should it fail on the way, or another thread come, it is opened anew.
        handle = column.handles.pop() if column.handles else None
        if (
            handle is None
            or handle.definition is not definition
            or handle.origin != self.start
            or handle.count > self.count
            or handle.config != config
        ):
            rows = column.between(self.start, self.count)
            streaming = definition.opener(*(part.join(rows) for part in parts), **config)
            if streaming is None:
                return None
            handle = Handle(definition, config, self.start, self.count, streaming)
        for row in column.between(handle.count, self.count).tolist():
            handle.streaming.update(*row)
        handle.count = self.count
        returned = handle.streaming.peek(*self.row)
        column.handles[:] = [handle]
        return returned


@dataclass(frozen=True, slots=True)
class Collected:
    """Stands for one input of a node among its arguments: its part of the rows that the node has collected."""

    item: Any
    """What came in."""
    window: Window
    mark: Collects
    at: int
    """Where in a row its numbers begin."""

    def join(self, rows: NDArray[numpy.float64]) -> Any:
        return self.mark.join(rows[:, self.at : self.at + self.mark.width])


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """The columns of a deployment as one run sees them: each as long as it was when the run first looked."""

    owner: str | None = None
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])
    seen: Mapping[str, Seen] = field(default_factory=dict[str, Seen])

    def window(self, key: str, row: Row, keep: int) -> Window:
        seen = self.seen.get(key, NOT_THERE)
        return Window(key, self.columns.get(key) if seen[0] else None, seen, row, keep)


NOTHING_SEEN = SeenSeries()


async def see_series(journal: Journal, memory: SeriesMemory, run: RunRecord, history: History) -> SeenSeries:
    """The columns of the run's deployment; where the run has looked before, as they were then."""
    if run.deployment is None:
        return NOTHING_SEEN
    owner = owner_of_series(run.deployment)
    texts = await journal.list_state_text(owner)
    columns: dict[str, Column] = {}
    there: dict[str, Seen] = {}
    unread: dict[str, Head] = {}
    for key, text in texts.items():
        column = memory.find(owner, key)
        told = None if column is None else column.read_on(text)
        if told is None:
            head = Head.read(json.loads(text))
            told = head.count, head.first
            if column is None or not column.catch_up(head):
                unread[key], column = head, None
            else:
                column.note(text, head)
        there[key] = told
        if column is not None:
            column.forget(told[1] * BLOCK)
            columns[key] = column
    if unread:
        past = await journal.list_state(past_of(owner))
        for key, head in unread.items():
            column = columns[key] = _read(key, head, past)
            column.note(texts[key], head)
            memory.put(owner, key, column)
    seen = _noted(history)
    return SeenSeries(owner, columns, there if seen is None else seen)


def has_looked(history: History) -> bool:
    """Whether the run has noted how long the columns were."""
    return _noted(history) is not None


def _noted(history: History) -> Mapping[str, Seen] | None:
    last = history.last(SERIES_PLACE)
    return last.body["value"] if last is not None and last.kind is EntryKind.CHECKPOINT else None


def _read(key: str, head: Head, past: Mapping[str, Any]) -> Column:
    """A column from the store. Blocks that are missing were dropped meanwhile, or cleared away."""
    rows: list[Sequence[float]] = [*head.rows]
    start = head.start
    while start > head.first * BLOCK and (block := past.get(block_key(key, start // BLOCK - 1))) is not None:
        rows[:0] = block
        start -= BLOCK
    return Column(start, rows)
