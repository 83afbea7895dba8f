"""A named value that outlives the node: of the run, the deployment or the workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from treadle.errors import NodeError
from treadle.node import Context, JsonValue, Needed, effect
from treadle.packs.data.formats import json
from treadle.packs.data.row import shown

Scope = Literal["run", "deployment", "workflow"]


def _check(config: Mapping[str, Any]) -> list[str]:
    if config.get("action") == "count" and "scope" in config:
        return ["`scope` means nothing to a counter: it is the run's and its deployment's. Remove it."]
    return []


@effect(
    "data.variable",
    in_doubt="repeat",
    title="Variable",
    check=_check,
    example={
        "config": {"action": "increment", "name": "orders", "by": 2},
        "inputs": {},
        "outputs": {"output": 2.0},
    },
)
async def variable(
    ctx: Context,
    value: Annotated[Any, Needed(), Field(description="Set: what it becomes.")] = None,
    *,
    name: Annotated[str, Field(min_length=1, max_length=200, description="The variable's name.")],
    action: Annotated[
        Literal["get", "set", "increment", "count"],
        Field(description="Read it, replace it by what came in, add to it, or add to a counter of that name."),
    ] = "get",
    scope: Annotated[
        Scope,
        Field(description="Whose it is: this run's, the deployment's, or shared by all runs of the workflow."),
    ] = "deployment",
    by: Annotated[float, Field(description="Increment, count: how much is added; negative takes away.")] = 1,
    default: Annotated[JsonValue, Field(description="Get: what it is before anyone set it.")] = None,
) -> Any:
    """Get, set or increment a variable; gives its value.

    A change commits together with the run's progress, so a crash neither loses it nor makes it twice. An
    increment starts at 0 and is safe beside other runs doing the same. In expressions the deployment's are
    `state.<name>`.

    `count` adds to a counter of the run, such as `profit` or `trades`, and with it of its deployment, which shows
    the sums over all runs; it gives what was added. A counter cannot be read by a workflow.
    """
    if action == "count":
        ctx.count(name, by)
        return by
    if action == "get":
        return await ctx.state.get(name, scope=scope, default=default)
    if action == "set":
        stored = json.plain(value)
        await ctx.state.set(name, stored, scope=scope)
        return stored
    present = await ctx.state.get(name, scope=scope)
    if present is not None and (isinstance(present, bool) or not isinstance(present, int | float)):
        raise NodeError(
            f"Variable `{name}` cannot be incremented: it is {shown(present)}.",
            code="not_a_number",
            remedy="Set it to a number first, or use another name.",
            retryable=False,
            variable=name,
        )
    return await ctx.state.increment(name, by, scope=scope)
