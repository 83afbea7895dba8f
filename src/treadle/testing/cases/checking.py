"""Comparing what a run came to with what its test expects; each mismatch in words that name the node."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from treadle.engine.replaying import plain_path
from treadle.engine.sameness import MISSING, Difference, differences, same
from treadle.errors import ExpressionError
from treadle.expressions import compile_expression
from treadle.model.run import ExecutionResult, NodeResult
from treadle.testing.cases.model import Expect, ExpectedEffect
from treadle.testing.cases.outcome import Mismatch
from treadle.testing.cases.stubs import Made, World, read_value, written

_SHOWN = 160
_MOST = 12


@dataclass(frozen=True, slots=True)
class Came:
    """What a run came to, what it counted, and the state after it."""

    result: ExecutionResult
    counters: Mapping[str, float]
    state: Mapping[str, Any]


def check_case(expect: Expect, came: Came, world: World) -> list[Mismatch]:
    """Everything that is not as expected."""
    found = [_no_stub(path, kind) for path, kind in sorted(world.missing.items())]
    found += _check_status(expect, came.result)
    found += _check_output(expect, came.result)
    found += _check_nodes(expect, came.result)
    if expect.effects is not None:
        found += _check_effects(expect.effects, world.made)
    if expect.counters is not None:
        found += _values("counters", dict(expect.counters), dict(came.counters))
    for key, value in expect.state.items():
        found += _values(f"state.{key}", read_value(value), came.state.get(key))
    return [*found, *_check_expressions(expect.that, came)]


def _no_stub(path: str, kind: str) -> Mismatch:
    return Mismatch(
        f"`{path}` ({kind}) touches the world, and there is no stub for it.",
        (f"Write under `given.effects`: `{plain_path(path)}: {{output: …}}`, or `{kind}: {{output: …}}` for all.",),
    )


def _check_status(expect: Expect, result: ExecutionResult) -> Iterator[Mismatch]:
    wanted = expect.status or ("failed" if expect.error is not None else "completed")
    error = result.error
    if result.status != wanted:
        lines: list[str] = []
        if error is not None:
            lines.append(f"`{error.node}`: {error.message} [{error.type}]" if error.node else f"{error.message}")
        waiting = [path for path, node in result.nodes.items() if node.status in ("waiting", "in_doubt")]
        if result.status == "suspended" and waiting:
            lines.append(
                f"It waits in {', '.join(f'`{path}`' for path in waiting)}: give a signal, an answer or a stub."
            )
        yield Mismatch(f"The run is {result.status}, not {wanted}.", tuple(lines))
    if expect.error is None or error is None:
        return
    for name in ("type", "node"):
        asked, got = getattr(expect.error, name), getattr(error, name)
        if asked is not None and asked != got:
            yield Mismatch(f"The error's {name} is `{got}`, not `{asked}`.", (error.message,))
    if expect.error.message is not None and expect.error.message not in error.message:
        yield Mismatch(f"The error does not say `{expect.error.message}`.", (error.message,))


def _check_output(expect: Expect, result: ExecutionResult) -> Iterator[Mismatch]:
    if result.status == "failed" and (expect.has_output or expect.has_part):
        return  # said already, and there is no output
    if expect.has_output:
        yield from _values("output", read_value(expect.output), result.output)
    if expect.has_part:
        wanted = read_value(expect.output_has)
        missing = list(lacking(wanted, aligned(wanted, result.output), "output"))
        if missing:
            yield Mismatch("The output lacks what is expected.", _lines(missing))


def _check_nodes(expect: Expect, result: ExecutionResult) -> Iterator[Mismatch]:
    wanted = {**dict.fromkeys(expect.ran, "completed"), **dict.fromkeys(expect.skipped, "skipped"), **expect.nodes}
    for path, status in wanted.items():
        found = _statuses(path, result.nodes)
        if status not in found:
            node = result.nodes.get(path)
            why = (node.error.message,) if node is not None and node.error is not None else ()
            shown = " and ".join(sorted(found)) if found else "not run at all"
            yield Mismatch(f"`{path}` is {shown}, not {status}.", why)


def _statuses(path: str, nodes: Mapping[str, NodeResult]) -> set[str]:
    """Of one node; of a path without iterations, of all of them."""
    if path in nodes:
        return {nodes[path].status}
    return {result.status for other, result in nodes.items() if plain_path(other) == path}


def _check_effects(expected: Iterable[ExpectedEffect], made: Iterable[Made]) -> Iterator[Mismatch]:
    left = list(made)
    unmet: list[ExpectedEffect] = []
    for one in expected:
        fits = next((other for other in left if _is_at(one, other) and not _asks_otherwise(one, other)), None)
        if fits is not None:
            left.remove(fits)
        else:
            unmet.append(one)
    for one in unmet:
        other = next((other for other in left if _is_at(one, other)), None)
        if other is None:
            yield Mismatch(f"`{one.at}` was not made.")
        else:
            left.remove(other)
            yield Mismatch(f"`{other.path}` was asked something else.", _lines(_asks_otherwise(one, other)))
    for other in left:
        yield Mismatch(f"`{other.path}` ({other.type}) was made, and is not expected.", (_shown(other.asked),))


def _is_at(one: ExpectedEffect, other: Made) -> bool:
    return one.at in (other.path, plain_path(other.path))


def _asks_otherwise(one: ExpectedEffect, other: Made) -> list[Difference]:
    return list(lacking(dict(one.with_), dict(other.asked), "with"))


def _check_expressions(texts: Iterable[str], came: Came) -> Iterator[Mismatch]:
    result = came.result
    scope = {
        "output": result.output,
        "status": result.status,
        "error": result.error.to_dict() if result.error else None,
        "nodes": {path: _reading(node) for path, node in result.nodes.items()},
        "counters": dict(came.counters),
        "state": dict(came.state),
    }
    for text in texts:
        try:
            value = compile_expression(text).evaluate(scope)
        except ExpressionError as error:
            yield Mismatch(f"`{text}` has no value: {error.message}", (error.remedy,) if error.remedy else ())
            continue
        if value is not True:
            yield Mismatch(f"`{text}` is {_shown(value)}, not true.")


def _reading(node: NodeResult) -> dict[str, Any]:
    outputs = dict(node.outputs)
    whole = outputs["output"] if "output" in outputs else next(iter(outputs.values())) if len(outputs) == 1 else outputs
    return {**outputs, "output": whole, "status": node.status}


def lacking(wanted: Any, found: Any, path: str) -> Iterator[Difference]:
    """What of `wanted` is not in `found`: objects may hold more keys, everything else is equal."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        there = cast("Mapping[str, Any]", found)
        for key, value in cast("Mapping[str, Any]", wanted).items():
            if key not in there:
                yield Difference(f"{path}.{key}", value, MISSING)
            else:
                yield from lacking(value, there[key], f"{path}.{key}")
    elif isinstance(wanted, list | tuple) and isinstance(found, list | tuple):
        one, other = cast("list[Any]", wanted), cast("list[Any]", found)
        if len(one) != len(other):
            yield Difference(path, wanted, found)
            return
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from lacking(a, b, f"{path}[{at}]")
    elif not same(wanted, found):
        yield Difference(path, wanted, found)


def _values(name: str, wanted: Any, found: Any) -> list[Mismatch]:
    different = list(differences(wanted, aligned(wanted, found), name))
    return [Mismatch(f"`{name}` is not as expected.", _lines(different))] if different else []


def aligned(wanted: Any, found: Any) -> Any:
    """`found`, with times and exact numbers as the text that is wanted where they mean the same."""
    if isinstance(wanted, str) and isinstance(found, datetime | date | Decimal):
        return wanted if _means(wanted, found) else found
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        asked = cast("Mapping[str, Any]", wanted)
        return {key: aligned(asked.get(key), value) for key, value in cast("Mapping[str, Any]", found).items()}
    if isinstance(wanted, list) and isinstance(found, list | tuple):
        one, other = cast("list[Any]", wanted), cast("list[Any]", found)
        return [aligned(one[at] if at < len(one) else None, value) for at, value in enumerate(other)]
    return found


def _means(text: str, value: datetime | date | Decimal) -> bool:
    try:
        if isinstance(value, datetime):
            return datetime.fromisoformat(text) == value
        return Decimal(text) == value if isinstance(value, Decimal) else date.fromisoformat(text) == value
    except (ValueError, TypeError, ArithmeticError):
        return False


def _lines(found: Iterable[Difference]) -> tuple[str, ...]:
    lines = [f"{one.path}: expected {_shown(one.before)}, got {_shown(one.after)}" for one in found]
    return (*lines[:_MOST], f"… and {len(lines) - _MOST} more differences") if len(lines) > _MOST else tuple(lines)


def _shown(value: Any) -> str:
    if value is MISSING:
        return "nothing"
    text = json.dumps(written(value), ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
