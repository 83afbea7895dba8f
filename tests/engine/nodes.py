"""Node types that the tests of the engine are written with."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, Expression, JsonValue, NodeError, Value, node
from treadle.packs.core.flow.if_ import if_
from treadle.packs.core.flow.loop import loop
from treadle.packs.core.flow.merge import merge
from treadle.packs.core.flow.parallel import parallel
from treadle.packs.core.flow.sequence import sequence
from treadle.packs.core.flow.stop import stop
from treadle.packs.core.flow.try_ import try_
from treadle.packs.core.flow.wait import wait
from treadle.packs.core.flow.while_ import while_

__all__ = [
    "add_one", "boom", "double", "fork", "if_", "join_lists", "loop", "merge", "optional", "pair", "parallel",
    "pass_on", "required", "sequence", "show", "stop", "try_", "value", "wait", "while_",
]  # fmt: skip


class Forked(NamedTuple):
    yes: Branch[Value] = DEAD
    no: Branch[Value] = DEAD


class Pair(NamedTuple):
    left: Value
    right: Value


@node("t.value")
def value(*, of: Any = 1) -> JsonValue:
    """A value out of nothing."""
    return of


@node("t.add_one")
def add_one(number: JsonValue = 0) -> JsonValue:
    """One more."""
    return number + 1  # type: ignore[operator]


@node("t.double")
def double(number: JsonValue) -> JsonValue:
    """Twice as much."""
    return number * 2  # type: ignore[operator]


@node("t.pass_on")
def pass_on(value: JsonValue = None) -> JsonValue:
    """The value, as it came."""
    return value


@node("t.required")
def required(value: JsonValue) -> JsonValue:
    """The value, which has to be there."""
    return value


@node("t.optional")
def optional(value: JsonValue = "default") -> JsonValue:
    """The value, or `default`."""
    return value


@node("t.fork")
def fork(value: Value = None, *, take: Annotated[str, Field(description="yes, no, both or neither")] = "yes") -> Forked:
    """Go the way that is asked for."""
    return Forked(
        yes=value if take in ("yes", "both") else DEAD,
        no=value if take in ("no", "both") else DEAD,
    )


@node("t.join_lists")
def join_lists(items: list[JsonValue]) -> JsonValue:
    """The list that was gathered."""
    return list(items)


@node("t.pair")
def pair(left: JsonValue, right: JsonValue = "none") -> JsonValue:
    """Both values."""
    return [left, right]


@node("t.boom")
def boom(value: JsonValue = None) -> JsonValue:
    """Always fails."""
    raise NodeError("It went wrong.", code="broken", remedy="Nothing helps.", cause="a test")


@node("t.show")
def show(*, what: Any = None, test: Expression | None = None) -> JsonValue:
    """What its config came to."""
    return what if test is None else test.evaluate()
