"""Functions on objects."""

from __future__ import annotations

from treadle.expressions import access
from treadle.expressions.functions.argument import items, mapping, refused, text
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import Budget
from treadle.expressions.problem import Missing
from treadle.expressions.value import plain

table = Table("object")


@table("keys(object)")
def keys(budget: Budget, value: object) -> object:
    """The object's keys, in order."""
    return list(mapping("keys", value, budget))


@table("values(object)")
def values(budget: Budget, value: object) -> object:
    """The object's values, in order."""
    return list(mapping("values", value, budget).values())


@table("items(object)")
def pairs(budget: Budget, value: object) -> object:
    """The object's [key, value] pairs, in order."""
    found = mapping("items", value, budget)
    budget.spend(len(found), 64 * len(found))
    return [[key, item] for key, item in found.items()]


@table("has(object, key)")
def has(budget: Budget, value: object, key: object) -> object:
    """Whether the object has the key (also when its value is null)."""
    value = plain(value)
    if value is None:
        return False
    return text("has", key) in mapping("has", value, budget)


@table("get(value, key, otherwise?)")
def get(budget: Budget, value: object, key: object, otherwise: object = None) -> object:
    """The item under a key or index, or under a list of them one inside another; else `otherwise`."""
    path = items("get", key, budget) if type(key) in (list, tuple) else [key]
    for step in path:
        if value is None:
            return otherwise
        try:
            value = access.item(value, step)
        except Missing:
            return otherwise
    return value


@table("pick(object, key, more...)")
def pick(budget: Budget, value: object, *wanted: object) -> object:
    """An object of only these keys, given one by one or as a list."""
    found = mapping("pick", value, budget)
    names = items("pick", wanted[0], budget) if type(wanted[0]) in (list, tuple) else list(wanted)
    picked: dict[str, object] = {}
    for name in names:
        key = text("pick", name)
        if key not in found:
            raise Missing(
                "missing_key",
                "`pick` does not find the key {}",
                key,
                container=found,
                key=key,
                remedy="Use `get` for keys that may be absent.",
            )
        picked[key] = found[key]
    return picked


@table("merge(object, more...)")
def merge(budget: Budget, *parts: object) -> object:
    """One object of all; the later wins where keys are equal."""
    merged: dict[str, object] = {}
    for part in parts:
        if part is None:
            raise refused("merge", "objects", part)
        merged.update(mapping("merge", part, budget))
    return merged
