"""Publish an event."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from treadle.model.published import topic_problem
from treadle.node import Context, JsonValue, Needed, effect

TOPIC = "What the event is about, from the general to the special: `orders.paid`"


def _check(config: Mapping[str, Any]) -> list[str]:
    topic = config.get("topic")
    if isinstance(topic, str) and "{{" in topic:
        return []
    problem = topic_problem(topic)
    return [] if problem is None else [problem]


@effect(
    "flow.emit",
    in_doubt="repeat",
    title="Emit event",
    check=_check,
    example={
        "config": {"topic": "orders.paid"},
        "inputs": {"value": {"order": "A-17", "total": 120}},
        "outputs": {"output": "e5f0c1e2a9b04d7c8f3a6b1d2e4c7f905"},
    },
)
async def emit(
    ctx: Context,
    value: Annotated[JsonValue, Needed(), Field(description="What the event says")] = None,
    *,
    topic: Annotated[str, Field(description=TOPIC)],
) -> str:
    """Publish an event: every deployment with a `trigger.event` for the topic starts a run with it.

    The output is the event's id. It is published once, whatever crashes in between, and delivered to each deployment
    once; nobody need be listening. Events that start runs that publish events may follow each other 32 times
    (`too_many_hops`). Topics that begin with `run.` are Treadle's own.
    """
    return await ctx.events.publish(topic, value)
