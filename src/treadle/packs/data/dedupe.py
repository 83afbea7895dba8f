"""Let through what was not seen before."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import DEAD, Branch, Context, Expression, Names, effect
from treadle.packs.data.identity import fingerprint
from treadle.packs.data.row import evaluate_row, list_of

_ITERATION = re.compile(r"\[\d+\]")


class Sifted(NamedTuple):
    fresh: Branch[Any] = DEAD
    seen: Branch[Any] = DEAD


@effect(
    "data.dedupe",
    in_doubt="repeat",
    title="Dedupe",
    example={
        "config": {"key": "item.id", "each": True, "window": "7d"},
        "inputs": {"value": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}, {"id": 1, "title": "A again"}]},
        "outputs": {
            "fresh": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}],
            "seen": [{"id": 1, "title": "A again"}],
        },
    },
)
async def dedupe(
    ctx: Context,
    value: Any,
    *,
    key: Annotated[
        Expression | None,
        Names("item", "index"),
        Field(description="What makes two values the same, as an expression on `item`; without it the whole value."),
    ] = None,
    each: Annotated[
        bool, Field(description="Take a list apart: new items go to `fresh`, the others to `seen`.")
    ] = False,
    window: Annotated[
        Duration | None,
        Field(description="How long a key is remembered, such as `24h`; without it, for good."),
    ] = None,
    scope: Annotated[
        Literal["run", "deployment", "workflow"],
        Field(description="Among whose values: this run's, the deployment's, or all runs' of the workflow."),
    ] = "deployment",
    name: Annotated[str | None, Field(description="Nodes with the same name share what they have seen.")] = None,
) -> Sifted:
    """Pass a value on to `fresh` the first time its key is seen, else to `seen`.

    Keys are claimed at once and over all processes, so two runs at the same moment do not both find it
    fresh; a node that is tried again gets the answer it got before. With `each`, a port is live when it has
    items.
    """
    # The place in the workflow, not the iteration: a loop's bodies share what they have seen.
    place = name or _ITERATION.sub("", ctx.path)
    items = list_of(value, what="`data.dedupe` with `each`") if each else [value]
    fresh: list[Any] = []
    seen: list[Any] = []
    met: set[str] = set()
    for index, item in enumerate(items):
        mark = fingerprint(item if key is None else evaluate_row(key, "key", index, item))
        # Twice in one list: the second claim from one place would repeat the first's answer.
        first = mark not in met and await ctx.state.claim(f"dedupe/{place}/{mark}", window=window, scope=scope)
        met.add(mark)
        (fresh if first else seen).append(item)
    if not each:
        return Sifted(fresh=value) if fresh else Sifted(seen=value)
    return Sifted(fresh=fresh if fresh else DEAD, seen=seen if seen else DEAD)
