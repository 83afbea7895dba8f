"""Functions that make one kind of value from another."""

from __future__ import annotations

import json
from decimal import Decimal
from math import isfinite

from treadle.expressions.comparison import number_of
from treadle.expressions.functions.argument import paid_text, refused
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import RESULT, Budget
from treadle.expressions.number import fit
from treadle.expressions.problem import Problem
from treadle.expressions.rendering import json_of, text_of
from treadle.expressions.result import finish
from treadle.expressions.value import plain, truth

table = Table("conversion")


@table("int(value)")
def to_int(budget: Budget, value: object) -> object:
    """A whole number: from a number towards zero, from text only when that is whole, from true 1."""
    value = plain(value)
    if isinstance(value, str):
        found = number_of(value)
        if found is None or (isinstance(found, float) and not found.is_integer()):
            raise refused("int", "the text of a whole number", value)
        return fit(int(found)) if abs(found) < 1 << 63 else found
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        if not isfinite(value):
            raise refused("int", "a finite number", value)
        return int(value) if abs(value) < 1 << 63 else float(value)
    raise refused("int", "a number or text", value)


@table("float(value)")
def to_float(budget: Budget, value: object) -> object:
    """A number with a fraction, from a number, numeric text or a truth value."""
    value = plain(value)
    if isinstance(value, str):
        found = number_of(value)
        if found is None:
            raise refused("float", "numeric text", value)
        return float(found)
    if isinstance(value, int | float | Decimal):
        return float(value)
    raise refused("float", "a number or text", value)


@table("text(value)")
def to_text(budget: Budget, value: object) -> object:
    """The value as text: null is empty, lists and objects are JSON, times are ISO 8601."""
    return text_of(value, budget)


@table("bool(value)")
def to_bool(budget: Budget, value: object) -> object:
    """Truth as in conditions; but the texts "true" and "false" mean what they say."""
    if type(value) is str and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return truth(value)


@table("json(value)")
def to_json(budget: Budget, value: object) -> object:
    """The value as compact JSON text."""
    return json_of(value, budget)


@table("from_json(text)")
def from_json(budget: Budget, value: object) -> object:
    """The value that a JSON text holds."""
    source = paid_text("from_json", value, budget)
    if len(source) > RESULT:
        raise Problem("too_large", f"the JSON text is longer than {RESULT:,} characters")
    budget.spend(len(source) >> 5, 4 * len(source))
    try:
        found = json.loads(source, parse_constant=_refuse, parse_int=_whole, parse_float=_fraction)
    except RecursionError:
        raise Problem("too_deep", "the JSON text nests too deep") from None
    except json.JSONDecodeError as error:
        raise Problem("bad_argument", f"this is not JSON: {error.msg} at character {error.pos}") from None
    return finish(found, budget)


def _refuse(word: str) -> object:
    raise Problem("bad_argument", f"this is not JSON: {word} is no JSON value")


def _whole(digits: str) -> object:
    return fit(int(digits)) if len(digits) < 21 else _fraction(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise Problem("bad_argument", "the JSON text has a number that is too large")
    return number
