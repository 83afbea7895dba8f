"""Run the body again for as long as a condition holds."""

from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.model.duration import Duration
from treadle.node import Bodies, BodyFailed, Expression, Names, Needed, NodeError, Value, container
from treadle.packs.core.flow.comparison import is_true

CONDITION = "Asked before each iteration; sees `state`, `loop.state` and `loop.index`"
MAX_ITERATIONS = "If the condition still holds after this many, the node fails"


class Repeated(NamedTuple):
    state: Annotated[Value, Field(description="The state with which the condition no longer held")]


@container(
    "flow.while",
    title="While",
    names=("loop",),
    example={
        "config": {"condition": "state.score < 8", "max_iterations": 5, "delay": "1m"},
        "inputs": {"state": {"score": 3}},
        "outputs": {"state": {"score": 9}},
    },
)
async def while_(
    bodies: Bodies,
    state: Annotated[Value, Needed(), Field(description="What the first iteration starts from")] = None,
    *,
    condition: Annotated[Expression, Names("state", "loop"), Field(description=CONDITION)],
    max_iterations: Annotated[int, Field(ge=1, description=MAX_ITERATIONS)] = 100,
    delay: Annotated[Duration, Field(ge=0, description="Pause between two iterations; durable")] = 0.0,
) -> Repeated:
    """Run the body again for as long as `condition` holds.

    For polling, and for trying again until a goal is met. The body sees `loop.state` and `loop.index`
    (from 0); its output is the next state. The condition is asked before each iteration, the first included,
    and there `state` is this node's state, not the deployment's. A run that pauses between iterations is
    suspended and costs nothing. After a crash the loop goes on with the last state it had.

    Fails when the condition still holds after `max_iterations`, and with the body's failure when that fails.
    """
    saved: Any = bodies.checkpoint
    index, state = (saved["index"], saved["state"]) if saved is not None else (0, state)
    while is_true(
        await bodies.evaluate(condition, state=state, loop={"state": state, "index": index}),
        what="The condition",
    ):
        if index >= max_iterations:
            raise NodeError(
                f"The condition `{condition.source}` still holds after {index} iterations.",
                code="too_many_iterations",
                remedy="Look at what the body makes of the state, or set a greater `max_iterations`.",
                retryable=False,
                max_iterations=max_iterations,
            )
        if index > 0 and delay > 0:
            await bodies.pause(delay)
        outcome = await bodies.run(index=index, loop={"state": state, "index": index})
        if outcome.failure is not None:
            raise BodyFailed(outcome.failure)
        index, state = index + 1, outcome.output
        await bodies.save({"index": index, "state": state})
    return Repeated(state)
