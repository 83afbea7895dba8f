"""What to run, in one shape for every surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from treadle.engine.handlers import Handlers
from treadle.model.ids import RunId
from treadle.model.policy import Mode
from treadle.model.workflow import Workflow


@dataclass(frozen=True, slots=True)
class ExecutionRequest:
    """A workflow (or the name of a stored one) and what to run it with.

    `source` is the file's text, kept with the version. `profiles` name the credentials that count
    before all others. `trigger` names the trigger node that fires, with `fired` as
    what it brings. `run_id` and `at` (aware UTC) are for runs whose id and time are known before they start. `version`
    says which of a stored workflow's versions; without it, the latest. `beside` are the other workflows of the file and
    their texts, kept too: the run may start them.
    """

    workflow: Workflow | str
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    mode: Mode = "live"
    source: str | None = None
    trigger: str | None = None
    fired: Any = None
    deployment: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    profiles: tuple[str, ...] = ()
    handlers: Handlers | None = None
    run_id: RunId | None = None
    at: datetime | None = None
    version: str | None = None
    beside: tuple[tuple[Workflow, str | None], ...] = ()
