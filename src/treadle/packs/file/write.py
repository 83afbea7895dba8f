"""Write a file of the workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.model.policy import InDoubt
from treadle.node import Context, Widget, effect
from treadle.packs.file.workspace import folder
from treadle.packs.file.workspace.content import Format, encode, format_of


class Written(NamedTuple):
    """`path` as given; `size` is the file's, in bytes."""

    path: str
    size: int


def _in_doubt(config: Mapping[str, Any]) -> InDoubt:
    return "repeat" if config.get("append", False) is False else "ask"


@effect(
    "file.write",
    in_doubt="ask",
    in_doubt_for=_in_doubt,
    title="Write file",
    example={
        "config": {"path": "out/names.txt", "format": "lines"},
        "inputs": {"value": ["Ada", "Bo"]},
        "outputs": {"path": "out/names.txt", "size": 7},
    },
)
async def write_file(
    ctx: Context,
    value: Any,
    *,
    path: Annotated[
        str, Widget("path"), Field(min_length=1, max_length=4096, description="The file, from the workspace folder.")
    ],
    format: Annotated[
        Format,
        Field(description="How it is written; `auto`: .json and .csv as such, everything else text."),
    ] = "auto",
    append: Annotated[bool, Field(description="Add to the end of the file instead of replacing it.")] = False,
    make_folders: Annotated[bool, Field(description="Make the folders of the path that are not there.")] = True,
    encoding: Annotated[str, Field(description="Of a file that is not bytes.")] = "utf-8",
    delimiter: Annotated[str, Field(min_length=1, max_length=1, description="csv: what stands between fields.")] = ",",
    header: Annotated[bool, Field(description="csv: a first row with the columns' names.")] = True,
    max_size: Annotated[int, Field(ge=1, le=2_000_000_000, description="Bytes at most.")] = 50_000_000,
) -> Written:
    """Write what came in to a file of the workspace folder.

    The file is replaced whole: a reader, or a crash, finds the old one or the new one. With `append` it is
    added to (the csv header only once), and a crash in the middle leaves the question to a person. Nothing
    outside the workspace folder can be written, nor what Treadle itself reads or runs: its store, its settings,
    Python modules of the project.
    """

    def work() -> Written:
        permissions = ctx.permissions
        present = folder.size(permissions, path) if append else 0
        content = encode(
            value,
            format_of(format, path),
            encoding=encoding,
            delimiter=delimiter,
            header=header and not present,
        )
        if present + len(content) > max_size:
            raise NodeError(
                f"`{path}` would have {present + len(content):,} bytes; at most {max_size:,} are written.",
                code="too_large",
                remedy="Raise `max_size`, or write less.",
                retryable=False,
                path=path,
            )
        if append:
            return Written(path, folder.append(permissions, path, content, make_folders=make_folders))
        folder.write(permissions, path, content, make_folders=make_folders)
        return Written(path, len(content))

    return await asyncio.to_thread(work)
