"""Catch failures."""

from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Bodies, BodyFailed, Branch, JsonValue, Value, container


class Tried(NamedTuple):
    result: Annotated[Branch[Value], Field(description="The output of the body or, if that failed, of `catch`")] = DEAD
    error: Annotated[
        Branch[dict[str, JsonValue]],
        Field(description="{type, message, node, attempt, details}, if the body failed and there is no `catch`"),
    ] = DEAD


@container(
    "flow.try",
    title="Try",
    bodies=("body", "catch", "finally"),
    names=("error",),
    example={"config": {}, "inputs": {}, "outputs": {"result": "the page from the second source"}},
)
async def try_(bodies: Bodies) -> Tried:
    """Run the body, and catch its failure.

    Either `result` is live or `error`, never both. If the body succeeds, `result` is its output. If it fails,
    the `catch` body runs, sees the failure as `error` (`error.type`, `error.message`, `error.node`,
    `error.attempt`, `error.details`), and `result` is what it came to. Without a `catch` body the port
    `error` is live with the failure, and the run goes on from there.

    The `finally` body runs last in every case; its output is not used. If `catch` or `finally` fails, so does
    this node, with that failure; `finally` still runs when `catch` fails.
    """
    outcome = await bodies.run("body")
    failure = outcome.failure
    caught = failure is not None and bool(bodies.nodes_of("catch"))
    if failure is not None and caught:
        outcome = await bodies.run("catch", error=failure.to_dict())
    if bodies.nodes_of("finally"):
        last = await bodies.run("finally", error=failure.to_dict() if failure is not None else None)
        if last.failure is not None:
            raise BodyFailed(last.failure)
    if outcome.failure is None:
        return Tried(result=outcome.output)
    if caught:
        raise BodyFailed(outcome.failure)
    return Tried(error=outcome.failure.to_dict())
