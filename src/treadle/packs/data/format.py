"""Write a value as text: JSON, CSV, YAML, XML, an HTML table, a date."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from treadle.node import Widget, node
from treadle.packs.data.formats import csv, date, html, json, xml, yaml


@node(
    "data.format",
    title="Format",
    example={
        "config": {"format": "csv", "columns": ["name", "price"]},
        "inputs": {"value": [{"name": "bolt", "price": 0.5, "id": 7}, {"name": "nut, M3", "price": None}]},
        "outputs": {"output": 'name,price\r\nbolt,0.5\r\n"nut, M3",\r\n'},
    },
)
def format_value(
    value: Any,
    *,
    format: Annotated[
        Literal["json", "csv", "yaml", "xml", "html_table", "date"], Field(description="What to write.")
    ] = "json",
    indent: Annotated[int | None, Field(ge=0, le=16, description="JSON: spaces a level; without it one line.")] = None,
    sort_keys: Annotated[bool, Field(description="JSON, YAML: fields in the order of their names.")] = False,
    delimiter: Annotated[str, Field(min_length=1, max_length=1, description="CSV: what stands between fields.")] = ",",
    header: Annotated[bool, Field(description="CSV, HTML table: a first row with the names of the columns.")] = True,
    columns: Annotated[
        list[str] | None, Field(description="CSV, HTML table: which fields, in which order; without it all.")
    ] = None,
    pattern: Annotated[
        str | None, Field(description="Date: its form, such as `%d.%m.%Y %H:%M`; else ISO 8601.")
    ] = None,
    timezone: Annotated[str, Widget("timezone"), Field(description="Date: the time zone it is written in.")] = "UTC",
) -> str:
    """Write a value as text; the inverse of `data.parse`.

    Where a format has no such kind, dates are written as ISO 8601, durations as seconds, bytes as base64.
    XML takes an object with one field, the root. In an HTML table every text is escaped.
    """
    match format:
        case "json":
            return json.dump(value, indent=indent, sort_keys=sort_keys)
        case "csv":
            return csv.dump(value, delimiter=delimiter, header=header, columns=columns)
        case "yaml":
            return yaml.dump(value, sort_keys=sort_keys)
        case "xml":
            return xml.dump(value)
        case "html_table":
            return html.dump(value, header=header, columns=columns)
        case "date":
            return date.dump(value, pattern=pattern, timezone=timezone)
