"""What the routes stand on: made once for a server, found by every request."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from treadle.server.door import Door
from treadle.server.metrics import HttpMetrics, RunMetrics
from treadle.server.rates import Rates
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments

ACTOR = "treadle.actor"
"""In the scope of a request for which it has been found: who asks; None is nobody."""


@dataclass
class Services:
    """`deployments` is that of the process: its scheduler is told of changes."""

    application: Application
    deployments: Deployments
    identities: Identities
    door: Door = field(default_factory=Door)
    rates: Rates = field(default_factory=Rates)
    http: HttpMetrics = field(default_factory=HttpMetrics)
    runs: RunMetrics | None = None

    @classmethod
    def of(cls, connection: HTTPConnection) -> Services:
        return connection.app.state.services
