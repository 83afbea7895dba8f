"""End the run."""

from typing import Annotated, Literal

from pydantic import Field

from treadle.node import StopRun, Value, Widget, node


@node(
    "flow.stop",
    title="Stop",
    example={"config": {"status": "failed", "message": "The feed is stale."}, "inputs": {}, "outputs": {}},
)
def stop(
    output: Annotated[
        Value, Field(description="What the run gives back, in place of the workflow's own outputs")
    ] = None,
    *,
    status: Annotated[Literal["completed", "failed"], Field(description="What the run becomes")] = "completed",
    message: Annotated[str, Widget("long_text"), Field(description="Why, for the people who look at the run")] = "",
) -> None:
    """End the whole run at once, as completed or failed.

    Nodes under way are cancelled, those still to come are not run, and `finally` bodies of `flow.try` are. A
    stop is not a failure of this node: no retry, no `on_error` and no `flow.try` around it holds it up.
    """
    raise StopRun(status, message, output)
