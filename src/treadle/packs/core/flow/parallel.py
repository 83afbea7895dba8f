"""Run several branches at the same time."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from treadle.model.port import ANY, OutputPort, PortType
from treadle.node import Bodies, BodyFailed, JsonValue, Ports, container

UNTIL = "What ends it: `all` branches, or the `first` that completes; the others are then cancelled"
FAIL_FAST = "Whether the first failure cancels what is still running. Otherwise that is let finish first."


def _outputs(config: Mapping[str, Any]) -> tuple[OutputPort, ...]:
    if config.get("until", "all") == "all":
        return (OutputPort("output", PortType("object"), description="What each branch came to, by its last node"),)
    return (
        OutputPort("output", ANY, description="What the winner came to"),
        OutputPort("winner", PortType("text", nullable=True), description="The id of the winner's last node"),
    )


@container(
    "flow.parallel",
    title="Parallel",
    outputs=_outputs,
    example={
        "config": {"max_concurrency": 2},
        "inputs": {},
        "outputs": {"output": {"short": "Tides rise.", "keywords": ["tide", "moon"]}},
    },
)
async def parallel(
    bodies: Bodies,
    *,
    until: Annotated[Literal["all", "first"], Field(description=UNTIL)] = "all",
    fail_fast: Annotated[bool, Field(description=FAIL_FAST)] = False,
    max_concurrency: Annotated[int | None, Field(ge=1, description="Nodes running at once; no limit if empty")] = None,
) -> Ports:
    """Run several branches at the same time. The body holds them, side by side.

    The output is an object of what each branch came to, by the id of its last node; a branch that was skipped
    is null. When a node of the body fails, the other branches finish (or are cancelled, with `fail_fast`),
    and then this node fails with the first failure. To go on in spite of it, set `on_error` on the nodes in
    the body.

    With `until: first` the branches race. The first whose last node completes wins: `output` is what that
    node came to, and `winner` is its id. The others are cancelled: what runs is cancelled, what waits is given
    up, `finally` bodies run, and then this node completes. A branch that fails or is skipped cannot win. When
    none wins, this node fails with the first failure; without a failure, `output` and `winner` are null.
    """
    race = until == "first"
    outcome = await bodies.run_branches(concurrency=max_concurrency, fail_fast=fail_fast, race=race)
    if outcome.failure is not None:
        raise BodyFailed(outcome.failure)
    if race:
        winner = outcome.winner
        return Ports(output=None if winner is None else outcome.sinks[winner], winner=winner)
    branches: dict[str, JsonValue] = {branch: outcome.sinks.get(branch) for branch in bodies.nodes_of()}
    return Ports(output=branches)
