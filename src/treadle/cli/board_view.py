"""How a board looks: one line a node, its sign, its type, how it stands, how long it took."""

from __future__ import annotations

from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from treadle.cli.board import Board, Row
from treadle.cli.mark import count, show_duration, show_goes_on, show_until, sign, status_text, word
from treadle.cli.screen import cut

_MOST_ROWS = 60


def draw(board: Board, now: datetime, *, height: int | None = None) -> RenderableType:
    """The board at `now` (aware). `height` bounds the lines; what does not fit is counted."""
    rows = list(board.rows.values())
    room = max((height or _MOST_ROWS + 6) - 6, 3)
    hidden = 0
    if len(rows) > room:
        rows, hidden = _most_telling(rows, room), len(rows) - room
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    for row in rows:
        name = Text("  " * row.depth).append(sign(row.status)).append(" " + row.name)
        if row.status in ("pending", "skipped"):
            name.stylize("dim")
        table.add_row(name, row.type, word(row.status), _took(row, now), cut(_remark(row, now)))
    lines: list[RenderableType] = [headline(board, now), Text(), table]
    if hidden:
        lines.append(Text(f"… and {count(hidden, 'node')} more", style="dim"))
    return Group(*lines)


def headline(board: Board, now: datetime) -> Text:
    """`● running  research-and-summarise  r06…  3.2 s`."""
    text = status_text(board.status).append("  ").append(board.workflow, style="bold")
    text.append(f"  {board.run_id}", style="dim")
    if board.started_at is not None:
        end = board.finished_at or now
        text.append(f"  {show_duration((end - board.started_at).total_seconds() * 1000)}", style="dim")
    if board.status == "suspended" and board.until is not None:
        text.append(f"  {show_goes_on(board.until, now)}", style="blue")
    if board.recovered:
        text.append("  recovered", style="dim")
    return text


def _took(row: Row, now: datetime) -> str:
    if row.status == "running" and row.started_at is not None and not row.counts:
        return show_duration(max((now - row.started_at).total_seconds() * 1000, 0))
    return show_duration(row.milliseconds)


def _remark(row: Row, now: datetime) -> Text:
    parts: list[str] = []
    style = "dim"
    if row.iterations > 1 or (row.iterations and row.status not in ("completed", "skipped")):
        parts.append(count(row.iterations, "iteration"))
    if row.repeated:
        counts = [f"{number:,} {status}" for status, number in row.counts.items()]
        running = [f"{len(row.running):,} running"] if row.running and row.status == "running" else []
        parts += [", ".join(counts + running)] if counts or running else []
    if row.status == "retrying":
        style = "yellow"
        parts.append(f"attempt {row.attempts + 1} {show_until(row.until, now) or 'soon'}")
    elif row.status == "in_doubt":
        style = "yellow"
        parts.append("did it happen? see `treadle resolve`")
    elif row.until is not None:
        style = "blue"
        parts.append(show_until(row.until, now))
    elif row.attempts > 1 and not row.repeated and not row.contains:
        parts.append(count(row.attempts, "attempt"))
    # What a container failed of is said at the node in it.
    if row.error is not None and row.status in ("failed", "retrying") and not row.contains:
        parts.append(f"{row.error.type}: {' '.join(row.error.message.split())}")
        style = "red" if row.status == "failed" else "yellow"
    if row.message:
        parts.append(row.message)
    return Text(" · ".join(parts), style=style)


def _most_telling(rows: list[Row], room: int) -> list[Row]:
    """What is under way and what failed goes first, then what came last; in the order of the board."""
    weight = {"failed": 0, "in_doubt": 0, "running": 1, "retrying": 1, "waiting": 2, "paused": 0, "pending": 4}
    ranked = sorted(range(len(rows)), key=lambda at: (weight.get(rows[at].status, 3), rows[at].depth, -at))
    kept = sorted(ranked[:room])
    return [rows[at] for at in kept]
