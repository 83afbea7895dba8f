"""How a run stands, in words: what came out, what went wrong, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from datetime import datetime

    from treadle.cli.command import Invocation
    from treadle.cli.screen import Screen
    from treadle.model.run import ExecutionResult, Failure
    from treadle.service.application import Application
    from treadle.service.debugging import Stop

_AGAIN_THE_SAME = frozenset(
    {
        "stopped", "invalid_value", "unstorable_value", "unstorable_input", "expression_error", "syntax",
        "unknown_name", "unknown_function", "missing_key", "null_access", "type_mismatch", "bad_argument",
        "division_by_zero", "not_calculable", "not_finite", "unreadable_value", "too_long", "too_deep",
        "too_many_operations", "series_not_decidable", "empty_range", "cannot_merge", "too_few_values",
        "code_syntax", "code_unsupported", "code_result", "not_a_list", "not_an_object", "not_text", "not_a_number",
        "not_items", "not_comparable", "invalid_schema", "too_many_iterations",
    }
)  # fmt: skip
"""Failures that the same file with the same values comes to each time: a retry keeps both."""

_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Standing:
    """A run with what its result does not tell: when it is due, and whether its process is gone."""

    result: ExecutionResult
    due: datetime | None = None
    interrupted: bool = False
    stops: Sequence[Stop] = ()
    """The nodes that it stands before, at breakpoints."""


async def stand(application: Application, result: ExecutionResult) -> Standing:
    """Look up how a run stands. Raises `NotFound`, `StoreError`."""
    if result.status == "suspended":
        from treadle.service.debugging import find_stops

        stands = any(node.status == "paused" for node in result.nodes.values())
        stops = find_stops(await application.store.load(result.run_id)) if stands else ()
        return Standing(result, due=(await application.store.get_run(result.run_id)).wake_at, stops=stops)
    if result.status == "running":
        return Standing(result, interrupted=result.run_id in await application.store.find_unfinished())
    return Standing(result)


def print_result(invocation: Invocation, standing: Standing, *, watched: bool = False) -> None:
    """The result alone with `--json`; otherwise how it went on standard error and the output on standard output."""
    from treadle.cli.mark import show_duration, status_text

    screen, result = invocation.screen, standing.result
    if invocation.json:
        screen.print_json(describe_result(result))
        return
    if not watched or not screen.err.is_terminal:
        took = f"  [dim]{show_duration(result.duration_ms)}[/]" if result.duration_ms is not None else ""
        status = status_text(result.status).markup
        screen.note(f"{status}  [bold]{result.workflow}[/]  [dim]{result.run_id}[/]{took}")
    print_outcome(invocation, standing)


def describe_result(result: ExecutionResult) -> dict[str, Any]:
    """The result as JSON; durations in milliseconds with three digits behind the point."""
    shown = result.to_dict()
    for node in shown["nodes"].values():
        node["duration_ms"] = round(node["duration_ms"], 3)
    return shown


def print_outcome(invocation: Invocation, standing: Standing) -> None:
    """What came out, or what went wrong, and what to do now."""
    screen, result = invocation.screen, standing.result
    if result.status == "completed" and result.output is not None:
        screen.print_value(result.output)
    if result.error is not None:
        _print_failure(screen, result.status, result.error)
    for line in _what_next(standing):
        screen.note(f"  {line}")


def _print_failure(screen: Screen, status: str, failure: Failure) -> None:
    from rich.markup import escape

    if status == "cancelled":
        screen.note(f"  {escape(failure.message)}")
        return
    where = f"Node [bold]{escape(failure.node)}[/] failed" if failure.node else "The run failed"
    attempt = failure.attempt or 1
    times = f" at attempt {attempt}" if attempt > 1 else ""
    screen.note(f"  {where}{times}: {escape(failure.message)}  [dim]{escape(f'[{failure.type}]')}[/]")
    remedy = failure.details.get("remedy")
    if remedy:
        screen.note(f"  {escape(str(remedy))}")
    inputs = failure.details.get("inputs")
    if isinstance(inputs, Mapping) and inputs:
        shown = show_inputs(cast("Mapping[str, Any]", inputs))
        screen.note(f"  [dim]What came in: {escape(shown)}[/]")


def show_inputs(inputs: Mapping[str, Any]) -> str:
    """`value: [1, 2], text: "x"`. The engine gives each value as its JSON text, which is what people read too."""
    from treadle.cli.screen import to_json

    texts = {name: value if isinstance(value, str) else to_json(value, indent=None) for name, value in inputs.items()}
    text = ", ".join(f"{name}: {value}" for name, value in texts.items())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _what_next(standing: Standing) -> Iterator[str]:
    result = standing.result
    run_id = result.run_id
    doubtful = [path for path, node in result.nodes.items() if node.status == "in_doubt"]
    if result.status == "failed":
        if result.error is not None and result.error.type in _AGAIN_THE_SAME:
            yield (
                "[dim]It would fail in the same way again: correct the workflow or what it is given, and start "
                "a new run.[/]"
            )
        else:
            yield f"[dim]Try again from there: treadle retry {run_id}[/]"
    elif result.status == "cancelled":
        yield f"[dim]Go on with it after all: treadle retry {run_id}[/]"
    elif doubtful:
        for path in doubtful:
            yield in_doubt_help(run_id, path)
    elif standing.stops:
        for stop in standing.stops:
            yield tell_stop(stop)
        yield f"[dim]Go on to the next breakpoint, or with --step one node: treadle continue {run_id}[/]"
    elif result.status == "suspended":
        yield f"[dim]{_goes_on(standing.due)} with `treadle up`, or here: treadle retry {run_id} --wait[/]"
    elif standing.interrupted:
        yield f"[yellow]{interrupted_help(run_id)}[/]"


def _goes_on(due: datetime | None) -> str:
    from treadle.cli.mark import show_until
    from treadle.engine.clock import SystemClock

    now = SystemClock().now()
    if due is None:
        return "It goes on when what it waits for has come,"
    return f"It goes on {show_until(due, now)}," if due > now else "It is due: it goes on"


def tell_stop(stop: Stop) -> str:
    """Before which node a run stands, and what that would get."""
    from rich.markup import escape

    from treadle.cli.screen import to_json

    values = {**stop.config, **stop.inputs}
    shown = show_inputs({name: to_json(value, indent=None) for name, value in values.items()})
    return f"Stands before [bold]{escape(stop.path)}[/]" + (f", which gets [dim]{escape(shown)}[/]" if shown else "")


def interrupted_help(run_id: str) -> str:
    """What is said of a run that is under way and driven by nobody."""
    return f"Interrupted: goes on with `treadle up` or `treadle retry {run_id}`"


def in_doubt_help(run_id: str, path: str) -> str:
    return (
        f"[yellow]Did `{path}` happen?[/] The process ended in the middle of it. Look outside, then say: "
        f"treadle resolve {run_id} {path} --as done|repeat|failed"
    )
