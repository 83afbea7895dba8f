"""Live events as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class LiveEvent(BaseModel):
    """Something that happened: the `data` of one server-sent event."""

    id: str = Field(description="Where it stands: sent as `Last-Event-ID`, a stream goes on behind it.")
    type: str = Field(
        description="`run.queued`, `run.started`, `run.suspended`, `run.resumed`, `run.moved`, `run.finished`; "
        "`node.started`, `node.completed`, `node.failed`, `node.skipped`, `node.cancelled`, `node.retried`, "
        "`node.waiting`, `node.paused`, `node.continued`, `node.in_doubt`, `node.resolved`, `node.reset`; "
        "`breakpoints.changed`; `text`, `progress`, `log`; of the stream "
        "itself `stream.reset` (load anew what was built from it) and `stream.closed` (nothing comes any more)."
    )
    run_id: str | None = None
    workflow: str | None = None
    deployment: str | None = None
    at: datetime
    path: str = Field(description="The node's: `each[2]/send`; empty where it is about the run.")
    data: dict[str, Any] = Field(
        description="What goes with the type. A value that is too large is "
        '`{"truncated": true, "bytes": …, "preview": …}`; the whole is read from the run.'
    )
