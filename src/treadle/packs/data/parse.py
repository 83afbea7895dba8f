"""Read a text: JSON, CSV, YAML, XML, a table of an HTML page, a date."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from treadle.node import Widget, node
from treadle.packs.data.formats import csv, date, html, json, xml, yaml


@node(
    "data.parse",
    title="Parse",
    example={
        "config": {"format": "csv", "types": {"price": "number"}},
        "inputs": {"value": "name,price\nbolt,0.5\nnut,\n"},
        "outputs": {"output": [{"name": "bolt", "price": 0.5}, {"name": "nut", "price": None}]},
    },
)
def parse_text(
    value: Any,
    *,
    format: Annotated[
        Literal["json", "csv", "yaml", "xml", "html_table", "date"], Field(description="What the text is.")
    ] = "json",
    delimiter: Annotated[str, Field(min_length=1, max_length=1, description="CSV: what stands between fields.")] = ",",
    header: Annotated[
        bool,
        Field(description="CSV, HTML table: the first row names the columns; without it a row is a list."),
    ] = True,
    types: Annotated[
        csv.Types,
        Field(
            description="CSV: `auto` guesses each column, or types by column (text, integer, "
            "number, decimal, boolean, "
            "date, json). Without it every field is text."
        ),
    ] = None,
    table: Annotated[int, Field(description="HTML table: which one on the page, from 0; -1 is the last.")] = 0,
    lists: Annotated[
        tuple[str, ...], Field(description="XML: elements that are a list even where there is only one.")
    ] = (),
    pattern: Annotated[
        str | None, Field(description="Date: its form, such as `%d.%m.%Y %H:%M`; else ISO 8601.")
    ] = None,
    timezone: Annotated[
        str, Widget("timezone"), Field(description="Date: the time zone of a text that names none.")
    ] = "UTC",
) -> Any:
    """Read a text (or bytes, as UTF-8) into a value.

    JSON refuses NaN. YAML gives plain data only. XML gives `{root: …}` with attributes as `@name`, text
    beside them as `#text`, and repeated elements as lists; entity declarations are refused. A date, also
    from seconds since 1970, is aware UTC. What cannot be read is an error with its line, row or column.
    """
    match format:
        case "json":
            return json.load(value)
        case "csv":
            return csv.load(value, delimiter=delimiter, header=header, types=types)
        case "yaml":
            return yaml.load(value)
        case "xml":
            return xml.load(value, lists=lists)
        case "html_table":
            return html.load(value, table=table, header=header)
        case "date":
            return date.load(value, pattern=pattern, timezone=timezone)
