"""Functions on lists."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from treadle.expressions import access
from treadle.expressions.comparison import identity, in_utc, less, uncomparable
from treadle.expressions.functions.argument import Each, items, paid_text, refused, whole
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import OPERATIONS, Budget
from treadle.expressions.problem import Missing, Problem
from treadle.expressions.rendering import text_of
from treadle.expressions.value import is_series, kind_of, plain, truth

table = Table("list")


def _each(name: str, how: object) -> Each:
    """What to do with an item: a function as it is; a text reads that key."""
    if callable(how):
        return how
    if type(how) is not str:
        raise refused(name, "a function such as `x => x.price`, or a key", plain(how))
    key: str = how

    def read(item: object, _index: int) -> object:
        return access.item(item, key)

    return read


@table("first(list)")
def first(budget: Budget, value: object) -> object:
    """The first item; missing when there is none."""
    return _end("first", value, 0)


@table("last(list)")
def last(budget: Budget, value: object) -> object:
    """The last item; missing when there is none."""
    return _end("last", value, -1)


def _end(name: str, value: object, index: int) -> object:
    value = plain(value)
    if not isinstance(value, list | str) and not is_series(value):
        raise refused(name, "a list", value)
    if len(value) == 0:
        raise Missing(
            "missing_key",
            f"`{name}` of an empty {'text' if isinstance(value, str) else 'list'}",
            remedy="Give another value with `??`.",
        )
    return access.item(value, index)


@table("sort(list, key?)", lambdas=(1,))
def sort(budget: Budget, value: object, key: object = None) -> object:
    """The items in rising order, of themselves or of a key (`x => x.price` or 'price'). Keeps ties."""
    found = items("sort", value, budget)
    each = None if key is None else _each("sort", key)
    keys = found if each is None else [each(item, index) for index, item in enumerate(found)]
    kinds = {kind_of(item) for item in keys}
    if len(kinds) > 1:
        one, another = _two_kinds(keys)
        raise Problem(
            "type_mismatch",
            "`sort` cannot put {} and {} in order",
            one,
            another,
            remedy="Give a value for null: `x => x.price ?? 0`." if "null" in kinds else None,
        )
    budget.spend(len(found) * len(found).bit_length() // 8, 8 * len(found))
    order = sorted(range(len(keys)), key=_sorting(keys, kinds, budget))
    return [found[place] for place in order]


def _two_kinds(keys: list[object]) -> tuple[object, object]:
    other = next(item for item in keys if kind_of(item) != kind_of(keys[0]))
    return keys[0], other


def _sorting(keys: list[object], kinds: set[str], budget: Budget) -> Callable[[int], Any]:
    if kinds <= {"number", "text", "bool", "date", "duration"}:
        return keys.__getitem__
    if kinds == {"time"}:
        return lambda place: in_utc(keys[place])  # pyright: ignore[reportArgumentType]
    if kinds == {"list"}:

        def compare(one: int, another: int) -> int:
            if less(keys[one], keys[another], budget) is True:
                return -1
            return 1 if less(keys[another], keys[one], budget) is True else 0

        return cmp_to_key(compare)
    raise uncomparable("sort", keys[0], keys[-1])


@table("reverse(list)")
def reverse(budget: Budget, value: object) -> object:
    """The items, or a text's characters, from the last to the first."""
    if type(value) is str:
        return paid_text("reverse", value, budget)[::-1]
    return value[::-1] if is_series(value) else items("reverse", value, budget)[::-1]


@table("unique(list)")
def unique(budget: Budget, value: object) -> object:
    """The items without those that equal an earlier one."""
    seen: dict[object, object] = {}
    for item in items("unique", value, budget):
        seen.setdefault(identity(item, budget), item)
    return list(seen.values())


@table("flatten(list, levels?)")
def flatten(budget: Budget, value: object, levels: object = 1) -> object:
    """The items of the lists in a list; what is no list stays. `levels` opens deeper ones."""
    found = items("flatten", value, budget)
    for _ in range(min(max(whole("flatten", levels), 0), 64)):
        opened: list[object] = []
        for item in found:
            if type(item) in (list, tuple):
                opened.extend(items("flatten", item, budget))
            else:
                opened.append(item)
        budget.spend(len(found), 8 * len(opened))
        if len(opened) == len(found) and all(type(item) not in (list, tuple) for item in found):
            break
        found = opened
    return list(found)


@table("group_by(list, key)", lambdas=(1,))
def group_by(budget: Budget, value: object, key: object) -> object:
    """An object with a list of items under each key; keys that are no texts are written as text."""
    each, groups = _each("group_by", key), dict[str, list[object]]()
    for index, item in enumerate(items("group_by", value, budget)):
        groups.setdefault(text_of(each(item, index), budget), []).append(item)
    return groups


@table("map(list, item => value)", lambdas=(1,))
def map_each(budget: Budget, value: object, how: object) -> object:
    """The list of what the function, or a key, gives for each item (and index)."""
    each = _each("map", how)
    return [each(item, index) for index, item in enumerate(items("map", value, budget))]


@table("filter(list, item => condition)", lambdas=(1,))
def filter_each(budget: Budget, value: object, how: object) -> object:
    """The items for which the condition is true."""
    each = _each("filter", how)
    return [item for index, item in enumerate(items("filter", value, budget)) if truth(each(item, index))]


@table("find(list, item => condition)", lambdas=(1,))
def find(budget: Budget, value: object, how: object) -> object:
    """The first item for which the condition is true, or null."""
    each = _each("find", how)
    for index, item in enumerate(items("find", value, budget)):
        if truth(each(item, index)):
            return item
    return None


@table("any(list, item => condition?)", lambdas=(1,))
def any_of(budget: Budget, value: object, how: object = None) -> object:
    """Whether an item, or the condition for an item, is true."""
    each = None if how is None else _each("any", how)
    found = items("any", value, budget)
    return any(truth(each(item, index) if each else item) for index, item in enumerate(found))


@table("all(list, item => condition?)", lambdas=(1,))
def all_of(budget: Budget, value: object, how: object = None) -> object:
    """Whether every item, or the condition for every item, is true."""
    each = None if how is None else _each("all", how)
    found = items("all", value, budget)
    return all(truth(each(item, index) if each else item) for index, item in enumerate(found))


@table("range(start_or_stop, stop?, step?)")
def range_of(budget: Budget, start: object, stop: object = None, step: object = 1) -> object:
    """The whole numbers from `start` (0) up to, but without, `stop`."""
    begin, end = (0, start) if stop is None else (whole("range", start), stop)
    stride = whole("range", step)
    if stride == 0:
        raise Problem("bad_argument", "`range` needs a step that is not 0")
    numbers = range(begin, whole("range", end), stride)
    wanted = (numbers[-1] - numbers[0]) // stride + 1 if numbers else 0
    budget.spend(min(wanted, OPERATIONS + 1), 8 * wanted if wanted <= OPERATIONS else 0)
    return list(numbers)


@table("zip(list, more...)")
def zip_of(budget: Budget, *lists: object) -> object:
    """Lists of the first items, the second items and so on, as far as the shortest goes."""
    found = [items("zip", value, budget) for value in lists]
    shortest = min(map(len, found))
    budget.spend(shortest, shortest * (56 + 8 * len(found)))
    return [list(row) for row in zip(*found, strict=False)]
