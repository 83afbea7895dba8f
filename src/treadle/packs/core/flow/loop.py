"""Run the body once for each item."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import (
    Bodies,
    BodyCall,
    BodyFailed,
    BodyOutcome,
    Expression,
    Names,
    NodeError,
    Value,
    container,
)
from treadle.packs.core.flow.comparison import is_true

SAVE_FIRST = 100
"""Items before the first checkpoint; each next one lies twice as far. After a crash or a suspension a long loop goes on
from the last."""

ITEMS = "A list; an object (its `{key, value}` pairs); or a whole number n (0, 1 … n-1)"
MAX_ITERATIONS = "More items than this fail the node before the first one is run"
CONCURRENCY = "Iterations running at once, with `parallel`; no limit if empty"
STOP_WHEN = "Asked after each iteration; when true, no further one starts. Sees `loop` and the iteration's `result`"


class Looped(NamedTuple):
    results: Annotated[list[Any], Field(description="What each iteration came to, in the order of the items")]


def _check(config: Mapping[str, Any]) -> list[str]:
    if config.get("concurrency") is not None and config.get("parallel", False) is False:
        return ["`concurrency` means something only with `parallel: true`. Set it, or remove `concurrency`."]
    return []


@container(
    "flow.loop",
    title="Loop",
    names=("loop",),
    check=_check,
    example={
        "config": {"parallel": True},
        "inputs": {"items": [1, 2, 3]},
        "outputs": {"results": [10, 20, 30]},
    },
)
async def loop(
    bodies: Bodies,
    items: Annotated[Value, Field(description=ITEMS)],
    *,
    max_iterations: Annotated[int, Field(ge=1, description=MAX_ITERATIONS)] = 100,
    parallel: Annotated[bool, Field(description="Whether iterations run at the same time")] = False,
    concurrency: Annotated[int | None, Field(ge=1, description=CONCURRENCY)] = None,
    stop_when: Annotated[Expression | None, Names("loop", "result"), Field(description=STOP_WHEN)] = None,
) -> Looped:
    """Run the body once for each item, one after the other or, with `parallel`, at the same time.

    The body sees `loop.item`, `loop.index` (from 0) and `loop.count`. `results` holds the output of each
    iteration in the order of the items, whatever order they finished in; null for one whose last node was
    skipped. No item is ever left out silently: more than `max_iterations` is a failure. `stop_when` ends the
    loop early; `results` then holds the iterations that ran.

    When an iteration fails, no further one starts, those under way finish, and the node fails with that
    failure. To go on in spite of it, set `on_error` on the nodes in the body, or put a `flow.try` around
    them.
    """
    todo = _items(items)
    if len(todo) > max_iterations:
        raise NodeError(
            f"There are {len(todo)} items, and the loop may run {max_iterations} times.",
            code="too_many_iterations",
            remedy=f"Set `max_iterations` to {len(todo)} or more, or pass fewer items.",
            retryable=False,
            items=len(todo),
            max_iterations=max_iterations,
        )
    if parallel:
        return Looped(await _side_by_side(bodies, todo, concurrency, stop_when))
    return Looped(await _one_by_one(bodies, todo, stop_when))


async def _one_by_one(bodies: Bodies, items: Sequence[Any], stop_when: Expression | None) -> list[Any]:
    results: list[Any] = list(bodies.checkpoint or [])
    # All results are written each time, so the times lie further and further apart.
    save_at = max(SAVE_FIRST, 2 * len(results))
    for index in range(len(results), len(items)):
        seen = _seen(items, index)
        outcome = await bodies.run(index=index, loop=seen)
        results.append(_output(outcome))
        if stop_when is not None and is_true(
            await bodies.evaluate(stop_when, loop=seen, result=outcome.output), what="`stop_when`"
        ):
            break
        if len(results) == save_at and len(results) < len(items):
            await bodies.save(list(results))
            save_at *= 2
    return results


async def _side_by_side(
    bodies: Bodies, items: Sequence[Any], concurrency: int | None, stop_when: Expression | None
) -> list[Any]:
    def stop(index: int, outcome: BodyOutcome) -> bool:
        if stop_when is None or outcome.failure is not None:
            return False
        return is_true(stop_when.evaluate(loop=_seen(items, index), result=outcome.output), what="`stop_when`")

    calls = [BodyCall(index=index, names={"loop": _seen(items, index)}) for index in range(len(items))]
    outcomes = await bodies.run_all(calls, concurrency=concurrency, stop=stop if stop_when is not None else None)
    return [_output(outcome) for outcome in outcomes]


def _seen(items: Sequence[Any], index: int) -> dict[str, Any]:
    return {"item": items[index], "index": index, "count": len(items)}


def _output(outcome: BodyOutcome) -> Any:
    if outcome.failure is not None:
        raise BodyFailed(outcome.failure)
    return outcome.output


def _items(items: object) -> Sequence[Any]:
    if isinstance(items, list | tuple):
        return list(cast("list[Any]", items))
    if isinstance(items, dict):
        return [{"key": key, "value": value} for key, value in cast("dict[str, Any]", items).items()]
    if getattr(items, "ndim", None) == 1:
        return cast(Any, items).tolist()
    if isinstance(items, float) and items.is_integer():
        items = int(items)
    if isinstance(items, int) and not isinstance(items, bool) and items >= 0:
        return range(min(items, sys.maxsize))
    raise NodeError(
        f"Cannot loop over {_kind(items)}.",
        code="not_items",
        remedy="Pass a list, an object, or a whole number from 0; `?? []` stands in for a missing list.",
        retryable=False,
    )


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return f"the number {value}" if isinstance(value, int | float) else f"a value of type {type(value).__name__}"
