"""Bring several values together."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import Field

from treadle.node import DEAD, Branch, NodeError, Value, node

Row = dict[str, Any]

MODE = "How the values become one"
KEY = "The field that tells which objects belong together, for `by_key`"


class Merged(NamedTuple):
    merged: Branch[Value] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    by_key = config.get("mode") == "by_key"
    if by_key and config.get("key") is None:
        return ["`by_key` needs `key`: the field that tells which objects belong together."]
    if not by_key and config.get("key") is not None and "{{" not in str(config.get("mode")):
        return ["`key` means something only with `mode: by_key`. Remove it, or change the mode."]
    return []


@node(
    "flow.merge",
    title="Merge",
    check=_check,
    example={
        "config": {"mode": "object"},
        "inputs": {"inputs": [{"name": "Ada", "tags": {"a": 1}}, {"tags": {"b": 2}}]},
        "outputs": {"merged": {"name": "Ada", "tags": {"a": 1, "b": 2}}},
    },
)
def merge(
    *inputs: Value,
    mode: Annotated[Literal["first", "list", "object", "by_key", "zip"], Field(description=MODE)] = "first",
    key: Annotated[str | None, Field(description=KEY)] = None,
) -> Merged:
    """Bring several values together, in the order in which they are connected.

    - `first`: the first value there is. With none, the port is dead and what follows is skipped.
    - `list`: all of them, as a list.
    - `object`: one object of all their fields. Objects inside are merged the same way; otherwise the later
      value wins.
    - `by_key`: lists of objects become one list, in which objects with the same `key` are one, merged as
      above, in the order in which keys are first met.
    - `zip`: lists of one length become one list of lists: the first items together, then the second …

    Branches that were not taken do not count.
    Fails where a value is not what the mode takes, and for `zip` where the lists differ in length.
    """
    match mode:
        case "first":
            return Merged(inputs[0]) if inputs else Merged()
        case "list":
            return Merged(list(inputs))  # type: ignore[arg-type]
        case "object":
            merged: Row = {}
            for position, value in enumerate(inputs):
                merged = _deep(merged, _object(value, f"input {position + 1}"))
            return Merged(merged)
        case "by_key":
            return Merged(_by_key(inputs, key))
        case "zip":
            return Merged(_zip(inputs))


def _deep(left: Row, right: Row) -> Row:
    merged = dict(left)
    for name, value in right.items():
        mine = merged.get(name)
        both = isinstance(mine, dict) and isinstance(value, dict)
        merged[name] = _deep(cast(Row, mine), cast(Row, value)) if both else value
    return merged


def _by_key(inputs: tuple[Value, ...], key: str | None) -> list[Any]:
    if key is None:
        raise _misfit("No key is set", "Set `key` to the field that tells which objects belong together.")
    rows: dict[object, Row] = {}
    for position, value in enumerate(inputs):
        for index, item in enumerate(_list(value, f"input {position + 1}")):
            where = f"item {index + 1} of input {position + 1}"
            row = _object(item, where)
            if key not in row:
                raise _misfit(
                    f"{where} has no field `{key}`", "Filter such objects out first, or choose another `key`."
                )
            identity = row[key]
            if isinstance(identity, list | dict):
                raise _misfit(f"`{key}` of {where} is a list or an object", "Choose a field of texts or numbers.")
            # True equals 1 in Python, but they are not the same key.
            identity = (isinstance(identity, bool), identity)
            rows[identity] = _deep(rows.get(identity, {}), row)
    return list(rows.values())


def _zip(inputs: tuple[Value, ...]) -> list[Any]:
    lists = [_list(value, f"input {position + 1}") for position, value in enumerate(inputs)]
    if len({len(one) for one in lists}) > 1:
        lengths = ", ".join(str(len(one)) for one in lists)
        raise _misfit(f"The lists differ in length ({lengths})", "Cut them to one length first, or join them by a key.")
    return [list(group) for group in zip(*lists, strict=True)]


def _object(value: object, where: str) -> Row:
    if isinstance(value, dict):
        return cast(Row, value)
    raise _misfit(f"{where} is not an object", "Connect objects, or use the mode `list`.")


def _list(value: object, where: str) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(cast("list[Any]", value))
    raise _misfit(f"{where} is not a list", "Connect lists, or use the mode `list`.")


def _misfit(what: str, remedy: str) -> NodeError:
    return NodeError(f"Cannot merge: {what}.", code="cannot_merge", remedy=remedy, retryable=False)
