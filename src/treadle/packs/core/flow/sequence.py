"""Run nodes one after the other."""

from treadle.node import Bodies, BodyFailed, JsonValue, container


@container(
    "flow.sequence",
    ordered=True,
    title="Sequence",
    example={"config": {}, "inputs": {}, "outputs": {"output": "sent"}},
)
async def sequence(bodies: Bodies) -> JsonValue:
    """Run the nodes of the body one after the other, in the order in which the file lists them.

    The output is that of the last node; null when it was skipped. When a node fails, those after it are not
    run and this node fails with the same failure.
    """
    outcome = await bodies.run()
    if outcome.failure is not None:
        raise BodyFailed(outcome.failure)
    return outcome.output
