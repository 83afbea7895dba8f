"""Run another workflow."""

from typing import Annotated, Any, cast

from pydantic import Field

from treadle.node import Context, Needed, NodeError, effect

WORKFLOW = "The name of a stored workflow"
VERSION = "Which version of it; the latest if empty"
WAIT = "Wait for it, and give its output. Otherwise it goes its own way, and the output is the id of its run"


@effect(
    "flow.workflow",
    in_doubt="repeat",
    title="Workflow",
    example={
        "config": {"workflow": "score-a-lead"},
        "inputs": {"input": {"lead": "ada"}},
        "outputs": {"output": {"score": 7}},
    },
)
async def workflow(
    ctx: Context,
    input: Annotated[Any, Needed(), Field(description="The input of the run: an object, or nothing")] = None,
    *,
    workflow: Annotated[str, Field(min_length=1, description=WORKFLOW)],
    version: Annotated[str | None, Field(min_length=1, description=VERSION)] = None,
    wait: Annotated[bool, Field(description=WAIT)] = True,
) -> Any:
    """Run another workflow as a child of this run, and give its output.

    The child is a run of its own, with this one's mode and profiles: `treadle status` shows each under the other.
    While it runs, this run is suspended. Cancelling this run cancels it; when it fails, this node fails with
    `child_failed` (`details.run`, `details.error`), and with a `retry` starts another. With `wait: false` nothing of
    that holds: the child is on its own, and the output is the id of its run.

    A workflow may call itself, 32 deep at most (`too_deep`).
    """
    if input is not None and not isinstance(input, dict):
        raise NodeError(
            f"The input of a run is an object; got {input!r:.100}.",
            code="invalid_input",
            remedy='Give it a name: `{{ {"value": nodes.a.output} }}`.',
            retryable=False,
        )
    fields = cast("dict[str, Any]", input or {})
    if wait:
        return await ctx.children.run(workflow, input=fields, version=version)
    return await ctx.children.start(workflow, input=fields, version=version)
