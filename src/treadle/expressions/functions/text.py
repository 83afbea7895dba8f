"""Functions on texts."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from treadle.expressions import access
from treadle.expressions.comparison import contains as _contains
from treadle.expressions.functions.argument import items, paid_text, refused, text
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import Budget
from treadle.expressions.problem import Problem
from treadle.expressions.rendering import check_text_size, text_of
from treadle.expressions.value import is_series, plain

table = Table("text")
_PATTERN = 1_000
# As a power of two, how many steps of a pattern's slowest machine count as one operation: 50 ms are
# about 10 million of them.
_STEPS = 7


@table("len(value)")
def length(budget: Budget, value: object) -> object:
    """How many characters, items or keys `value` has."""
    if type(value) not in (str, list, dict):
        value = plain(value)
    if isinstance(value, str | list | dict | bytes) or is_series(value):
        return len(value)
    raise refused("len", "a text, list or object", value)


@table("upper(text)")
def upper(budget: Budget, value: object) -> object:
    """The text in capital letters."""
    return paid_text("upper", value, budget).upper()


@table("lower(text)")
def lower(budget: Budget, value: object) -> object:
    """The text in small letters."""
    return paid_text("lower", value, budget).lower()


@table("trim(text)")
def trim(budget: Budget, value: object) -> object:
    """The text without white space at both ends."""
    return paid_text("trim", value, budget).strip()


@table("split(text, separator?)")
def split(budget: Budget, value: object, separator: object = None) -> object:
    """The parts of the text between separators; without one, its words."""
    source = paid_text("split", value, budget)
    mark = None if separator is None else text("split", separator)
    if mark == "":
        raise Problem("bad_argument", "`split` needs a separator that is not empty")
    count = source.count(mark) + 1 if mark else len(source) // 2 + 1
    budget.spend(count // 8, 56 * count)
    return source.split(mark)


@table("join(list, separator?)")
def join(budget: Budget, value: object, separator: object = ",") -> object:
    """The items as one text with the separator (a comma) between them."""
    mark, parts, size = text("join", separator), list[str](), 0
    for item in items("join", value, budget):
        part = text_of(item, budget)
        size += len(part) + len(mark)
        check_text_size(size - len(mark))
        parts.append(part)
    budget.spend(1 + (size >> 8), size)
    return mark.join(parts)


@table("replace(text, old, new, pattern?)")
def replace(budget: Budget, value: object, old: object, new: object, pattern: object = False) -> object:
    """The text with every `old` replaced; with `pattern` true, `old` is a regular expression (RE2)."""
    source, mark, other = paid_text("replace", value, budget), text("replace", old), text("replace", new)
    if pattern is True:
        return _replace_pattern(source, mark, other, budget)
    if mark == "":
        raise Problem("bad_argument", "`replace` needs a text to look for that is not empty")
    count = source.count(mark)
    size = len(source) + count * (len(other) - len(mark))
    check_text_size(size)
    budget.spend(1 + (size >> 8), size)
    return source.replace(mark, other)


def _replace_pattern(source: str, pattern: str, new: str, budget: Budget) -> str:
    pieces, end, size = list[str](), 0, 0
    for match in _paid_pattern(pattern, source, budget).finditer(source):
        # Each match may look at all that follows, however little it takes of it.
        budget.look()
        start, stop = match.span()
        size += start - end + len(new)
        budget.spend(4, start - end + len(new))
        check_text_size(size)
        pieces += (source[end:start], new)
        end = stop
    check_text_size(size + len(source) - end)
    return "".join((*pieces, source[end:]))


@table("contains(value, part)")
def contains(budget: Budget, value: object, part: object) -> object:
    """Whether a text holds a part, a list an equal item, an object a key."""
    if plain(value) is None:
        raise refused("contains", "a text, list or object", value)
    return _contains(value, part, budget)


@table("starts_with(text, start)")
def starts_with(budget: Budget, value: object, start: object) -> object:
    """Whether the text begins with `start`."""
    return text("starts_with", value).startswith(text("starts_with", start))


@table("ends_with(text, end)")
def ends_with(budget: Budget, value: object, end: object) -> object:
    """Whether the text ends with `end`."""
    return text("ends_with", value).endswith(text("ends_with", end))


@table("matches(text, pattern)")
def matches(budget: Budget, value: object, pattern: object) -> object:
    """Whether the regular expression (RE2) is found anywhere in the text; `^…$` asks for all of it."""
    source = paid_text("matches", value, budget)
    return _paid_pattern(text("matches", pattern), source, budget).search(source) is not None


@table("slice(value, start, end?)")
def slice_of(budget: Budget, value: object, start: object, end: object = None) -> object:
    """The part of a text or list from `start` up to, but without, `end`; negative counts from the end."""
    return access.part(value, start, end, budget)


def _paid_pattern(pattern: str, source: str, budget: Budget) -> re.Pattern[str]:
    """The pattern, paid for by the most steps it can need on `source`: its size for each byte."""
    compiled, size = _compiled(pattern)
    size *= len(source) if source.isascii() else 4 * len(source)
    budget.spend(20 + (size >> _STEPS))
    return compiled


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str], int]:
    if len(pattern) > _PATTERN:
        raise Problem("bad_argument", f"the pattern is longer than {_PATTERN:,} characters")
    # Imported late: most workflows have no patterns, and the core must load quickly.
    import re2  # pyright: ignore[reportMissingTypeStubs]

    options = re2.Options()
    options.max_mem = 1 << 20
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
        return cast("re.Pattern[str]", compiled), cast(int, compiled.programsize)
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise Problem(
            "bad_argument",
            "{} is not a regular expression: {}",
            pattern,
            said,
            remedy="Patterns are RE2: no look-around and no back-references.",
        ) from None
