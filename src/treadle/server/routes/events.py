"""Events: published, and who listens to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from treadle.server.caller import Called
from treadle.server.models.signals import Listeners, PublishedEvent, PublishEvent
from treadle.service.events import Events

router = APIRouter(prefix="/events", tags=["events"])


@router.post("", operation_id="publishEvent", summary="Publish an event", status_code=202)
async def publish_event(caller: Called, body: PublishEvent) -> PublishedEvent:
    """It is kept, and starts a run of each deployment that listens to its topic and lets it through."""
    events = Events(caller.application)
    event_id = await events.publish(body.topic, body.payload)
    return PublishedEvent(id=event_id, topic=body.topic, listeners=await events.find_listeners(body.topic))


@router.get("/listeners", operation_id="listListeners", summary="Who listens to a topic")
async def list_listeners(caller: Called, topic: Annotated[str, Query(min_length=1, max_length=200)]) -> Listeners:
    """The active deployments that do, whatever they filter out."""
    return Listeners(topic=topic, deployments=await Events(caller.application).find_listeners(topic))
