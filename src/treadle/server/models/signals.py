"""Signals and events as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from treadle.model.signal import Signal as Record
from treadle.server.models.runs import SignalBody, Taken
from treadle.server.paging import Page
from treadle.server.values import plain
from treadle.service.signals import Sent


class Signal(BaseModel):
    """A signal that nobody has taken yet."""

    id: str
    name: str
    key: str = Field(description="Whom it is about.")
    payload: Any = None
    run_id: str | None = Field(description="The only run it is meant for.")
    at: datetime | None

    @classmethod
    def of(cls, found: Record) -> Signal:
        return cls(
            id=found.id, name=found.name, key=found.key, payload=plain(found.payload), run_id=found.run_id, at=found.at
        )


class SignalPage(Page[Signal]):
    """Signals that nobody has taken, oldest first."""


class SendSignal(SignalBody):
    """A signal for a run, or for whichever run waits for its name and key."""

    run_id: str | None = Field(default=None, max_length=100)


class SentSignal(BaseModel):
    """A signal that is kept, and the run that was waiting for it."""

    id: str
    woken: str | None = Field(description="The run that takes it; null: none waits for it yet.")

    @classmethod
    def of(cls, sent: Sent) -> SentSignal:
        return cls(id=sent.signal.id, woken=sent.woken)


class PublishEvent(Taken):
    """Something that happened, for whoever listens to its topic."""

    topic: str = Field(min_length=1, max_length=200, description="Words with dots between: `order.paid`.")
    payload: Any = None


class PublishedEvent(BaseModel):
    """An event that is kept, to be delivered."""

    id: str
    topic: str
    listeners: list[str] = Field(description="The active deployments that listen to it, whatever they filter out.")


class Listeners(BaseModel):
    """The active deployments that listen to a topic."""

    topic: str
    deployments: list[str]
