"""Run several branches at the same time."""

from typing import Annotated

from pydantic import Field

from treadle.node import Bodies, BodyFailed, JsonValue, container

FAIL_FAST = "Whether the first failure cancels what is still running. Otherwise that is let finish first."


@container(
    "flow.parallel",
    title="Parallel",
    example={
        "config": {"max_concurrency": 2},
        "inputs": {},
        "outputs": {"output": {"short": "Tides rise.", "keywords": ["tide", "moon"]}},
    },
)
async def parallel(
    bodies: Bodies,
    *,
    fail_fast: Annotated[bool, Field(description=FAIL_FAST)] = False,
    max_concurrency: Annotated[int | None, Field(ge=1, description="Nodes running at once; no limit if empty")] = None,
) -> dict[str, JsonValue]:
    """Run several branches at the same time. The body holds them, side by side.

    The output is an object of what each branch came to, by the id of its last node; a branch that was skipped
    is null. When a node of the body fails, the other branches finish (or are cancelled, with `fail_fast`),
    and then this node fails with the first failure. To go on in spite of it, set `on_error` on the nodes in
    the body.
    """
    outcome = await bodies.run_branches(concurrency=max_concurrency, fail_fast=fail_fast)
    if outcome.failure is not None:
        raise BodyFailed(outcome.failure)
    return {branch: outcome.sinks.get(branch) for branch in bodies.nodes_of()}
