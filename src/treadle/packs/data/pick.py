"""Pick what is at a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from treadle.node import JsonValue, node
from treadle.packs.data.path import PathMissing, path_problems, read_path


def _check(config: Mapping[str, Any]) -> list[str]:
    return path_problems(config.get("path"))


@node(
    "data.pick",
    title="Pick",
    check=_check,
    example={
        "config": {"path": "order.lines[*].price"},
        "inputs": {"value": {"order": {"lines": [{"price": 3}, {"price": 4.5}]}}},
        "outputs": {"output": [3, 4.5]},
    },
)
def pick_path(
    value: Any,
    *,
    path: Annotated[
        str | list[str] | dict[str, str],
        Field(
            description="`order.lines[0].price`; `[-1]` counts from the end, `[*]` takes every "
            'item, `["odd key"]` any key. '
            "A list of paths gives an object by path, an object of paths one by its names."
        ),
    ],
    required: Annotated[bool, Field(description="Whether a path that is not there is an error.")] = True,
    default: Annotated[JsonValue, Field(description="What it gives instead when it is not required.")] = None,
) -> Any:
    """Pick a part of a value by its path, or several parts into an object."""
    if isinstance(path, str):
        return _read(value, path, required, default)
    named = path if isinstance(path, dict) else {one: one for one in path}
    return {name: _read(value, one, required, default) for name, one in named.items()}


def _read(value: Any, path: str, required: bool, default: JsonValue) -> Any:
    try:
        return read_path(value, path)
    except PathMissing:
        if required:
            raise
        return default
