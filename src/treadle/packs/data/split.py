"""Split a list or a text into parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import node
from treadle.packs.data.row import shown

_WAYS = ("size", "parts", "separator")


def _check(config: Mapping[str, Any]) -> list[str]:
    given = [name for name in _WAYS if config.get(name) is not None]
    if len(given) != 1:
        return [f"give one of `size`, `parts` and `separator`; {' and '.join(given) or 'none'} given"]
    if config.get("overlap") and given != ["size"]:
        return ["`overlap` goes with `size`"]
    size, overlap = config.get("size"), config.get("overlap")
    if isinstance(size, int) and isinstance(overlap, int) and overlap >= size:
        return ["`overlap` must be smaller than `size`"]
    return []


@node(
    "data.split",
    title="Split",
    check=_check,
    example={
        "config": {"size": 2},
        "inputs": {"value": ["a", "b", "c", "d", "e"]},
        "outputs": {"output": [["a", "b"], ["c", "d"], ["e"]]},
    },
)
def split_value(
    value: Any,
    *,
    size: Annotated[
        int | None,
        Field(ge=1, description="Items (of a text: characters) in a part; the last part may be shorter."),
    ] = None,
    parts: Annotated[int | None, Field(ge=1, description="Number of parts, as even as can be.")] = None,
    separator: Annotated[
        str | None,
        Field(min_length=1, description="What stands between the parts of a text; `\\n` is any line end."),
    ] = None,
    overlap: Annotated[int, Field(ge=0, description="With `size`: how much of a part the next one begins with.")] = 0,
    trim: Annotated[bool, Field(description="Take white space off the parts of a text and drop empty ones.")] = False,
) -> list[Any]:
    """Split a list into lists, or a text into texts: by size, by number of parts, or at a separator."""
    problems = _check({"size": size, "parts": parts, "separator": separator, "overlap": overlap})
    if problems:
        raise NodeError(f"{problems[0]}.", code="invalid_config", remedy="Correct the node's config.", retryable=False)
    if not isinstance(value, str | list | tuple) or (separator is not None and not isinstance(value, str)):
        takes = "a text" if separator is not None else "a list or a text"
        raise NodeError(
            f"`data.split` takes {takes}; {shown(cast('object', value))} came.",
            code="not_a_list",
            remedy="Connect an output that carries one.",
            retryable=False,
        )
    whole: Any = value if isinstance(value, str) else list(cast("list[Any]", value))
    if separator is not None:
        found: list[Any] = whole.splitlines() if separator == "\n" else whole.split(separator)
    elif parts is not None:
        found = _even(whole, parts)
    else:
        step = cast("int", size) - overlap
        starts = range(0, max(len(whole) - overlap, min(len(whole), 1)), step)
        found = [whole[start : start + cast("int", size)] for start in starts]
    if trim and isinstance(whole, str):
        found = [part for part in (text.strip() for text in found) if part]
    return found


def _even(whole: Any, parts: int) -> list[Any]:
    """`parts` pieces whose lengths differ by at most one, longer ones first; never an empty piece."""
    length, extra = divmod(len(whole), parts)
    pieces: list[Any] = []
    start = 0
    for number in range(min(parts, len(whole))):
        end = start + length + (1 if number < extra else 0)
        pieces.append(whole[start:end])
        start = end
    return pieces
