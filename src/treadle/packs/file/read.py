"""Read a file of the workspace."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field

from treadle.node import Context, Widget, effect
from treadle.packs.data.formats import csv
from treadle.packs.file.workspace import folder
from treadle.packs.file.workspace.content import Format, decode, format_of


@effect(
    "file.read",
    in_doubt="repeat",
    title="Read file",
    example={
        "config": {"path": "prices.csv", "types": {"price": "number"}},
        "inputs": {},
        "outputs": {"output": [{"name": "bolt", "price": 0.5}]},
    },
)
async def read_file(
    ctx: Context,
    *,
    path: Annotated[
        str, Widget("path"), Field(min_length=1, max_length=4096, description="The file, from the workspace folder.")
    ],
    format: Annotated[
        Format,
        Field(description="What it becomes; `auto`: .json and .csv as such, everything else text. `lines` is a list."),
    ] = "auto",
    encoding: Annotated[str, Field(description="Of a file that is not bytes.")] = "utf-8",
    delimiter: Annotated[str, Field(min_length=1, max_length=1, description="csv: what stands between fields.")] = ",",
    header: Annotated[bool, Field(description="csv: the first row names the columns.")] = True,
    types: Annotated[
        csv.Types,
        Field(description="csv: `auto`, or types by column (text, integer, number, decimal, boolean, date, json)."),
    ] = None,
    max_size: Annotated[int, Field(ge=1, le=2_000_000_000, description="Bytes at most.")] = 50_000_000,
) -> Any:
    """Read a file of the workspace folder.

    Nothing outside that folder can be read: not through `..`, an absolute path or a symbolic link; nor the store, its
    keys and its copies, wherever they lie.
    """

    def work() -> Any:
        content = folder.read(ctx.permissions, path, limit=max_size)
        kind = format_of(format, path)
        return decode(content, kind, encoding=encoding, delimiter=delimiter, header=header, types=types)

    return await asyncio.to_thread(work)
