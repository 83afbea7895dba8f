"""Tables of an HTML page as rows, and rows as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, cast

from treadle.packs.data.formats import csv
from treadle.packs.data.formats.refusal import text_of, unreadable, unwritable
from treadle.packs.data.row import shown

MAX_SPAN = 1_000
MAX_CELLS = 1_000_000


def load(value: object, *, table: int = 0, header: bool = True) -> list[Any]:
    """The rows of the `table`-th table (from 0; -1 is the last): objects by heading with a header, else
    lists.

    Cells over several columns or rows fill each of them. Tables inside cells are not part of the row.
    """
    from importlib import import_module

    # The parser comes without types.
    etree: Any = import_module("lxml.etree")
    parser: Any = import_module("lxml.html")

    text = text_of(value, "HTML")
    if not text.strip():
        raise unreadable("HTML", "it is empty")
    try:
        # Only UTF-8 is told to the parser, so a page's own claim about its encoding does not count twice.
        page = parser.document_fromstring(
            text.encode("utf-8", "replace"), parser=parser.HTMLParser(encoding="utf-8", no_network=True)
        )
    except (etree.ParserError, ValueError) as error:
        raise unreadable("HTML", str(error)) from error
    tables = list(page.iter("table"))
    if not -len(tables) <= table < len(tables):
        raise unreadable(
            "HTML", f"it has {len(tables)} tables and no table {table}", remedy="Tables count from "
                "0; -1 is the last."
        )  # fmt: skip
    rows = _rows(tables[table])
    if not header or not rows:
        return rows
    width = max(len(row) for row in rows)
    columns = csv.unique_names([*rows[0], *[""] * (width - len(rows[0]))])
    return [dict(zip(columns, [*row, *[""] * (width - len(row))], strict=True)) for row in rows[1:]]


def dump(value: Any, *, header: bool = True, columns: Sequence[str] | None = None) -> str:
    """A `<table>` of a list of objects or of lists; every text is escaped."""
    if not isinstance(value, list | tuple):
        raise unwritable("HTML", f"it is {shown(value)}, not a list of rows", remedy="Give a list of objects or lists.")
    rows = cast("list[Any]", value)
    names = list(columns) if columns is not None else csv.names_of(rows)
    head = f"<thead>{_row(names, 'th')}</thead>" if header and names else ""
    body = "".join(_row(_cells(row, names, number), "td") for number, row in enumerate(rows, 1))
    return f"<table>{head}<tbody>{body}</tbody></table>"


def _cells(row: Any, names: list[str], number: int) -> list[Any]:
    if isinstance(row, Mapping):
        return [cast("Mapping[str, Any]", row).get(name) for name in names]
    if isinstance(row, list | tuple):
        return list(cast("list[Any]", row))
    raise unwritable("HTML", f"row {number} is {shown(row)}", remedy="Give a list of objects or of lists.")


def _row(cells: Sequence[Any], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(csv.text_of_value(cell))}</{tag}>' for cell in cells)}</tr>"


def _rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}
    total = 0
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        cells: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            _fill(cells, pending)
            text = " ".join(_own_text(cell).split())
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            total += across
            if total > MAX_CELLS:
                raise unreadable("HTML", f"the table has more than {MAX_CELLS:,} cells")
            for _ in range(across):
                if down > 1:
                    pending[len(cells)] = (down - 1, text)
                cells.append(text)
        _fill(cells, pending)
        if cells:
            rows.append(cells)
    return rows


def _fill(cells: list[str], pending: dict[int, tuple[int, str]]) -> None:
    """Put in the cells that reach down from rows above."""
    while len(cells) in pending:
        left, text = pending.pop(len(cells))
        if left > 1:
            pending[len(cells)] = (left - 1, text)
        cells.append(text)


def _own_text(cell: Any) -> str:
    parts = [cell.text or ""]
    waiting = list(reversed(cell))
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            parts.append(part)
            continue
        waiting.append(part.tail or "")
        if isinstance(part.tag, str) and part.tag not in ("script", "style", "table"):
            parts.append(" " if part.tag == "br" else "")
            parts.append(part.text or "")
            waiting.extend(reversed(part))
    return "".join(parts)


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), MAX_SPAN) if text.isascii() and text.isdigit() else 1
