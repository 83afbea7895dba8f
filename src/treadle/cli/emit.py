"""`treadle emit`: publish an event."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.command import Invocation, command


@command
def emit(
    invocation: Invocation,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="What it is about: `orders.paid`.")],
    payload: Annotated[
        str | None, typer.Argument(metavar="JSON|@FILE", help="What it says: JSON, a file with JSON, or text.")
    ] = None,
) -> None:
    """Publish an event: each deployment that listens to the topic starts a run, with [bold]treadle up[/]."""
    from treadle.cli.session import wait_for

    wait_for(_emit(invocation, topic, payload))


async def _emit(invocation: Invocation, topic: str, payload: str | None) -> None:
    from treadle.cli.mark import count
    from treadle.cli.session import reading
    from treadle.cli.source import read_content
    from treadle.service.events import Events

    value = None if payload is None else read_content(payload, "The payload")
    async with reading(invocation) as application:
        events = Events(application)
        event_id = await events.publish(topic, value)
        listeners = await events.find_listeners(topic)
    if invocation.json:
        invocation.screen.print_json({"event_id": event_id, "topic": topic, "listeners": listeners})
        return
    heard = f"{count(len(listeners), 'active deployment')} listen{'s' if len(listeners) == 1 else ''} to it"
    invocation.screen.say(
        f"Published [bold]{topic}[/] [dim]{event_id}[/]: {heard if listeners else 'nobody listens to it'}."
    )
