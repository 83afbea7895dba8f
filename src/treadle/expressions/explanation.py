"""Telling a person what went wrong in an evaluation: the expression, the spot, the values, a remedy."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Mapping
from decimal import DecimalException, InvalidOperation
from types import TracebackType

from treadle.errors import ExpressionError
from treadle.expressions.caret import render_caret
from treadle.expressions.problem import Missing, Problem, Shown
from treadle.expressions.value import describe

_SHOWN_SOURCE = 400
_PRIVATE = frozenset({"secrets", "env"})


def error_of(problem: Problem, source: str, *, hidden: bool = False) -> ExpressionError:
    """The public error for `problem`. `hidden` keeps every value, and what values are called, out of it."""
    position = max(0, min(problem.position or 0, len(source)))
    shown = [value if isinstance(value, Shown) else describe(value, hidden=hidden) for value in problem.values]
    pieces = problem.message.split("{}") if shown else [problem.message]
    what = "".join(piece + text for piece, text in zip(pieces, [*shown, ""], strict=True))
    remedy = problem.remedy
    if isinstance(problem, Missing) and (nearest := _nearest(problem, hidden=hidden)):
        remedy = f"Did you mean `{nearest}`? {remedy or ''}".strip()
    return ExpressionError(
        f"{what[:1].upper()}{what[1:]}:\n{render_caret(source, position)}\n",
        code=problem.code,
        remedy=remedy,
        source=source if len(source) <= _SHOWN_SOURCE else source[:_SHOWN_SOURCE] + "…",
        position=position,
    )


def _nearest(problem: Missing, *, hidden: bool) -> str | None:
    container, key = problem.container, problem.key
    # What an object made from a secret is keyed by could be secret, too; the secrets' names are not.
    if hidden and not (problem.code == "unknown_name" or problem.path in _PRIVATE):
        return None
    if type(key) is not str or not isinstance(container, Mapping):
        return None
    from difflib import get_close_matches

    known = [name for name in list(container)[:1000] if type(name) is str and len(name) <= 60]
    lowered = {name.lower(): name for name in known}
    close = get_close_matches(key[:60].lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def is_private(roots: frozenset[str]) -> bool:
    """Whether an expression that reads `roots` may hold what no message may show."""
    return not _PRIVATE.isdisjoint(roots)


def problem_of(error: Exception, file: str, positions: tuple[int, ...]) -> Problem:
    """The problem behind anything an evaluation raised, with its position."""
    problem = error if isinstance(error, Problem) else _translated(error)
    if problem.position is None:
        line = _line(error.__traceback__, file)
        problem.position = positions[line - 1] if 0 < line <= len(positions) else 0
    return problem


def _translated(error: Exception) -> Problem:
    if isinstance(error, ZeroDivisionError):
        return Problem("division_by_zero", "this divides by zero", remedy="Check first: `d != 0 ? n / d : null`.")
    if isinstance(error, InvalidOperation):
        return Problem("bad_argument", "this has no number as its result")
    if isinstance(error, OverflowError | DecimalException):
        return Problem("too_large", "this number becomes too large")
    if isinstance(error, RecursionError):
        return Problem("too_deep", "this nests too deep", remedy="Split it over several nodes.")
    if isinstance(error, MemoryError):
        return Problem("too_large", "there is not enough memory for this")
    # A type we did not think of; the fuzz tests see to it that this is never reached.
    return Problem("not_calculable", f"this cannot be calculated ({type(error).__name__})", remedy="Check the values.")


def _line(traceback: TracebackType | None, file: str) -> int:
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
