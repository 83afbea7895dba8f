"""Join two lists by key, as tables are joined."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import node
from treadle.packs.data.identity import identity
from treadle.packs.data.path import PathMissing, path_problems, read_path
from treadle.packs.data.row import list_of, object_of

MAX_ROWS = 1_000_000

Row = dict[str, Any]


def _check(config: Mapping[str, Any]) -> list[str]:
    on = config.get("on")
    return [
        *path_problems(on),
        *(path_problems(list(cast("dict[str, Any]", on))) if isinstance(on, dict) else []),
    ]


@node(
    "data.join",
    title="Join",
    check=_check,
    example={
        "config": {"on": {"customer": "id"}, "how": "left"},
        "inputs": {
            "left": [{"order": 1, "customer": "c1"}, {"order": 2, "customer": "c9"}],
            "right": [{"id": "c1", "name": "Ada"}],
        },
        "outputs": {
            "output": [
                {"order": 1, "customer": "c1", "id": "c1", "name": "Ada"},
                {"order": 2, "customer": "c9", "id": None, "name": None},
            ]
        },
    },
)
def join_lists(
    left: list[Any],
    right: list[Any],
    *,
    on: Annotated[
        str | list[str] | dict[str, str],
        Field(description="The key: a path in both, several, or an object from the left's path to the right's."),
    ],
    how: Annotated[
        Literal["inner", "left", "right", "outer"],
        Field(description="Which rows without a partner are kept: none, the left's, the right's, or all."),
    ] = "inner",
    prefix: Annotated[
        str,
        Field(description="Put before a right field's name when a left field has it too (a shared key stays one)."),
    ] = "right_",
) -> list[Row]:
    """Join two lists of objects by key: one object for every pair whose keys are equal.

    Rows come in the left list's order, then (right, outer) the right rows without a partner. Every row has
    the same fields; what a row's missing partner would have given is null. A key that is null or not there
    matches nothing.
    """
    pairs = on if isinstance(on, dict) else {path: path for path in ([on] if isinstance(on, str) else on)}
    lefts, rights = _rows(left, "left"), _rows(right, "right")
    shared = {path for path, other in pairs.items() if path == other}
    names = _names(lefts, rights, shared, prefix)
    blank: Row = {name: None for row in lefts for name in row}
    blank_right: Row = {name: None for old, name in names.items() if old not in shared}

    by_key: dict[Hashable, list[int]] = {}
    for index, row in enumerate(rights):
        if (key := _key(row, list(pairs.values()))) is not None:
            by_key.setdefault(key, []).append(index)
    joined: list[Row] = []
    met: set[int] = set()
    for row in lefts:
        key = _key(row, list(pairs))
        partners = by_key.get(key, []) if key is not None else []
        if len(joined) + len(partners) > MAX_ROWS:
            raise NodeError(
                f"The join makes more than {MAX_ROWS:,} rows.",
                code="too_large",
                remedy="Join by a key that is unique in one of the lists.",
                retryable=False,
            )
        met.update(partners)
        joined.extend({**blank, **row, **blank_right, **_renamed(rights[index], names)} for index in partners)
        if not partners and how in ("left", "outer"):
            joined.append({**blank, **row, **blank_right})
    if how in ("right", "outer"):
        alone = (row for index, row in enumerate(rights) if index not in met)
        joined.extend({**blank, **blank_right, **_renamed(row, names)} for row in alone)
    return joined


def _rows(value: object, side: str) -> list[Row]:
    rows = list_of(value, what=f"`{side}` of `data.join`")
    return [object_of(row, what=f"Item {index} of `{side}`") for index, row in enumerate(rows)]


def _key(row: Row, paths: list[str]) -> Hashable:
    """The row's key, or None when a part of it is null or not there."""
    try:
        parts = [read_path(row, path) for path in paths]
    except PathMissing:
        return None
    return None if any(part is None for part in parts) else identity(parts)


def _names(lefts: list[Row], rights: list[Row], shared: set[str], prefix: str) -> dict[str, str]:
    """What each right field is called in the result."""
    taken = {name for row in lefts for name in row}
    fields = dict.fromkeys(name for row in rights for name in row)
    names: dict[str, str] = {}
    for name in fields:
        new = name
        while name not in shared and new in taken and prefix:
            new = prefix + new
        names[name] = new
        taken.add(new)
    return names


def _renamed(row: Row, names: Mapping[str, str]) -> Row:
    return {names[name]: item for name, item in row.items()}
