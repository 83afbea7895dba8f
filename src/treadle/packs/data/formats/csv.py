"""CSV: rows of fields, with a header or without, and types where they are asked for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, cast

from treadle.packs.data.formats import json
from treadle.packs.data.formats.refusal import MAX_VALUES, text_of, unreadable, unwritable
from treadle.packs.data.row import shown

_ROWS = "Give a list of objects, or of lists."
_PADDED = re.compile(r"\s*[+-]?0\d")

FieldType = Literal["text", "integer", "number", "decimal", "boolean", "date", "json"]
Types = Literal["auto"] | dict[str, FieldType] | None
"""`auto` guesses each column from all of its fields; an object names the types of some columns; None leaves
text.
"""


def load(value: object, *, delimiter: str = ",", header: bool = True, types: Types = None) -> list[Any]:
    """The rows: objects by column name with a header, else lists. Raises `NodeError` naming row and column.

    An empty field is null where a type was given or guessed, else "". Rows count from 1, the header not
    among them.
    """
    lines = list(_lines(text_of(value, "CSV"), delimiter))
    if not lines:
        return []
    width = len(lines[0])
    columns = unique_names(lines.pop(0)) if header else [str(number) for number in range(width)]
    if len(lines) * max(width, 1) > MAX_VALUES * 10:
        raise unreadable("CSV", f"it holds more than {MAX_VALUES * 10:,} fields", remedy="Split the file first.")
    for number, line in enumerate(lines, 1):
        if len(line) > width:
            raise unreadable("CSV", f"row {number} has {len(line)} fields and the header {width}", row=number)
        line.extend([""] * (width - len(line)))
    readers = _readers(types, columns, lines)
    unknown = [name for name in (types if isinstance(types, dict) else {}) if name not in columns]
    if unknown:
        raise unreadable("CSV", f"it has no column `{unknown[0]}`; its columns are {', '.join(columns)[:200]}")
    rows = [
        [_field(field, readers.get(name), number, name) for name, field in zip(columns, line, strict=True)]
        for number, line in enumerate(lines, 1)
    ]
    return [dict(zip(columns, row, strict=True)) for row in rows] if header else rows


def dump(value: Any, *, delimiter: str = ",", header: bool = True, columns: Sequence[str] | None = None) -> str:
    """CSV text of a list of objects or of lists. Lines end in `\\r\\n`, as RFC 4180 has it."""
    if not isinstance(value, list | tuple):
        raise unwritable("CSV", f"it is {shown(value)}, not a list of rows", remedy=_ROWS)
    rows = cast("list[Any]", value)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping | list | tuple):
            raise unwritable("CSV", f"row {number} is {shown(row)}", remedy=_ROWS)
    names = list(columns) if columns is not None else names_of(rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    if header and names:
        writer.writerow(names)
    for number, row in enumerate(rows, 1):
        if isinstance(row, Mapping):
            if row and not names:
                raise unwritable("CSV", f"row {number} is an object and others are lists", remedy=_ROWS)
            row = [cast("Mapping[str, Any]", row).get(name) for name in names]
        writer.writerow([text_of_value(item) for item in cast("list[Any]", row)])
    return out.getvalue()


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from (line for line in reader if line)
    except csv.Error as error:
        raise unreadable("CSV", f"line {reader.line_num}: {error}", line=reader.line_num) from error


def unique_names(names: list[str]) -> list[str]:
    """Column names, each once: a second `id` is `id_2`, one without a name `column_3`."""
    columns: list[str] = []
    for number, name in enumerate(names, 1):
        base = name.strip() or f"column_{number}"
        unique, count = base, 1
        while unique in columns:
            count += 1
            unique = f"{base}_{count}"
        columns.append(unique)
    return columns


def names_of(rows: list[Any]) -> list[str]:
    """Every field of rows that are all objects, in order of first appearance; else none."""
    objects = [cast("Mapping[str, Any]", row) for row in rows if isinstance(row, Mapping)]
    return list(dict.fromkeys(name for row in objects for name in row)) if len(objects) == len(rows) else []


def text_of_value(value: Any) -> str:
    """Text as it is, null as nothing, everything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    plain = json.plain(value)
    return plain if isinstance(plain, str) else json.dump(plain)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}[text.strip().lower()]


def _date(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _number(text: str) -> int | float:
    try:
        return _integer(text)
    except ValueError:
        number = float(text)
        if number != number or number in (float("inf"), float("-inf")) or "_" in text:
            raise ValueError(text) from None
        return number


def _integer(text: str) -> int:
    if "_" in text:
        raise ValueError(text)
    return int(text)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "integer": _integer,
    "number": _number,
    "decimal": Decimal,
    "boolean": _boolean,
    "date": _date,
    "json": json.load,
}


def _readers(types: Types, columns: list[str], lines: list[list[str]]) -> dict[str, str]:
    """The type of each column that has one."""
    if types is None:
        return {}
    if types != "auto":
        return {name: kind for name, kind in types.items()}
    found: dict[str, str] = {}
    for place, name in enumerate(columns):
        fields = [line[place] for line in lines if line[place].strip()]
        found[name] = next((kind for kind in ("number", "boolean", "date") if fields and _all(kind, fields)), "text")
    return found


def _all(kind: str, fields: list[str]) -> bool:
    """Whether every field reads as `kind`. `007` stays text: as a number it would lose its zeros."""
    if kind == "number" and any(_PADDED.match(field) for field in fields):
        return False
    if kind == "boolean":
        return all(field.strip().lower() in ("true", "false") for field in fields)
    try:
        for field in fields:
            _READERS[kind](field)
    except (ValueError, ArithmeticError):
        return False
    return kind != "date" or all(len(field.strip()) >= 10 for field in fields)


def _field(text: str, kind: str | None, row: int, column: str) -> Any:
    if kind is None or (kind == "text" and text):
        return text
    if not text.strip():
        return None
    try:
        return _READERS[kind](text)
    except (ValueError, KeyError, ArithmeticError) as error:
        raise unreadable(
            "CSV",
            f"row {row}, column `{column}`: {text[:60]!r} is not a {kind}",
            remedy="Correct the row, or read the column as text.",
            row=row,
            column=column,
        ) from error
