"""Arithmetic on scalars, lists and texts. Whole numbers are exact to 64 bits, then floats."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from treadle.expressions import series
from treadle.expressions.limits import RESULT, Budget
from treadle.expressions.problem import Problem
from treadle.expressions.value import KINDS, is_series, plain

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
# Our own context: what the host has set for its thread must not change what a workflow calculates.
DECIMALS = Context(prec=28, Emax=999_999, Emin=-999_999, traps=[DivisionByZero, InvalidOperation, Overflow])


def fit(number: int) -> int | float:
    """`number` when it has 64 bits, otherwise the nearest float. Raises OverflowError past those."""
    return number if _LEAST <= number <= _MOST else float(number)


def to_decimal(number: int | float | Decimal) -> Decimal:
    """The decimal a person would write for `number`: 0.1 is 0.1, not its binary neighbour."""
    if isinstance(number, Decimal):
        return number
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def add(left: object, right: object, budget: Budget | None) -> object:
    """The sum of numbers, or texts or lists joined."""
    kind, other = type(left), type(right)
    if kind is int and other is int:
        return fit(left + right)  # pyright: ignore[reportOperatorIssue]
    if (kind is int or kind is float) and (other is int or other is float):
        return left + right  # pyright: ignore[reportOperatorIssue]
    if budget is not None:
        if kind is str and other is str:
            size = len(left) + len(right)  # pyright: ignore[reportArgumentType]
            _check_size(size)
            budget.spend(1 + (size >> 8), size)
            return left + right  # pyright: ignore[reportOperatorIssue]
        if kind is list and other is list:
            size = len(left) + len(right)  # pyright: ignore[reportArgumentType]
            budget.spend(1 + (size >> 4), 8 * size)
            return left + right  # pyright: ignore[reportOperatorIssue]
        if kind is tuple or other is tuple:
            return add(plain(left), plain(right), budget)
    return _calculate("+", left, right, budget)


def subtract(left: object, right: object, budget: Budget | None) -> object:
    """The difference of numbers."""
    if type(left) is int and type(right) is int:
        return fit(left - right)
    return _calculate("-", left, right, budget)


def multiply(left: object, right: object, budget: Budget | None) -> object:
    """The product of numbers; a text is not repeated by it."""
    if type(left) is int and type(right) is int:
        return fit(left * right)
    return _calculate("*", left, right, budget)


def divide(left: object, right: object, budget: Budget | None) -> object:
    """The true quotient of numbers."""
    if type(left) is int and type(right) is int:
        return left / right
    return _calculate("/", left, right, budget)


def modulo(left: object, right: object, budget: Budget | None) -> object:
    """The remainder with the sign of the divisor, as in Python."""
    return _calculate("%", left, right, budget)


def power(left: object, right: object, budget: Budget | None) -> object:
    """`left` to the power of `right`."""
    return _calculate("**", left, right, budget)


def negative(value: object, budget: Budget | None) -> object:
    """`-value`."""
    if type(value) is int:
        return fit(-value)
    if type(value) is float:
        return -value
    if type(value) is Decimal:
        return DECIMALS.minus(value)
    if type(value) in KINDS:
        raise Problem("type_mismatch", "`-` takes a number, not {}", value)
    return _calculate("*", plain(value), -1, budget)


def positive(value: object, budget: Budget | None) -> object:
    """`value`, when it is a number or a series."""
    if type(value) in (int, float, Decimal):
        return value
    if type(value) in KINDS:
        raise Problem("type_mismatch", "`+` takes a number, not {}", value)
    return plain(value)


def _calculate(sign: str, left: object, right: object, budget: Budget | None) -> object:
    kind, other = type(left), type(right)
    if kind is int or kind is float:
        if other is int or other is float:
            return _scalars(sign, left, right)  # pyright: ignore[reportArgumentType]
    elif kind not in KINDS and not is_series(left):
        return _calculate(sign, plain(left), right, budget)
    if other not in KINDS and not is_series(right):
        return _calculate(sign, left, plain(right), budget)
    if is_series(left) or is_series(right):
        return series.calculate(sign, left, right, budget)
    if KINDS[kind] == "number" and KINDS[other] == "number":
        return _decimals(sign, to_decimal(left), to_decimal(right))  # pyright: ignore[reportArgumentType]
    raise _mismatch(sign, left, right)


def _scalars(sign: str, left: int | float, right: int | float) -> object:
    if sign == "**":
        return _power(left, right)
    if type(left) is int and type(right) is int and sign in "+-*%":
        match sign:
            case "+":
                return fit(left + right)
            case "-":
                return fit(left - right)
            case "*":
                return fit(left * right)
            case _:
                return fit(left % right)
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return left % right


def _power(left: int | float, right: int | float) -> object:
    whole = isinstance(left, int) and isinstance(right, int) and right >= 0
    if whole and (-2 < left < 2 or left.bit_length() * right <= 1100):  # pyright: ignore[reportAttributeAccessIssue]
        if -2 < left < 2:
            right = right % 2 + 2 if right else 0
        return fit(left**right)  # pyright: ignore[reportArgumentType]
    result = float(left) ** float(right)
    if isinstance(result, complex):
        raise Problem("bad_argument", "{} to the power of {} is not a real number", left, right)
    return result


def _decimals(sign: str, left: Decimal, right: Decimal) -> Decimal:
    match sign:  # pyright: ignore[reportMatchNotExhaustive]
        case "+":
            return DECIMALS.add(left, right)
        case "-":
            return DECIMALS.subtract(left, right)
        case "*":
            return DECIMALS.multiply(left, right)
        case "**":
            return DECIMALS.power(left, right)
    if right == 0:
        raise ZeroDivisionError
    if sign == "/":
        return DECIMALS.divide(left, right)
    rest = DECIMALS.remainder(left, right)
    return DECIMALS.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def _check_size(size: int) -> None:
    if size > RESULT:
        raise Problem("too_large", f"the text becomes longer than {RESULT:,} characters")


def _mismatch(sign: str, left: object, right: object) -> Problem:
    kinds = {KINDS[type(left)], KINDS[type(right)]}
    remedy = None
    if "null" in kinds:
        remedy = "Give a value for null: `(x ?? 0)`."
    elif kinds & {"time", "date", "duration"}:
        remedy = "Use `add_duration(date, '5m')` or `diff_duration(later, earlier)`."
    elif "text" in kinds and sign == "+":
        remedy = "Convert one side: `text(x)` joins, `float(x)` adds."
    elif "text" in kinds:
        remedy = "Convert the text: `float(x)`."
    verb = "takes numbers, texts or lists" if sign == "+" else "takes numbers"
    return Problem("type_mismatch", f"`{sign}` {verb}, not {{}} and {{}}", left, right, remedy=remedy)
