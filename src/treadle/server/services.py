"""What the routes stand on: made once for a server, found by every request."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.deployments import Deployments


@dataclass
class Services:
    """`deployments` is that of the process: its scheduler is told of changes."""

    application: Application
    deployments: Deployments
    identities: Identities

    @classmethod
    def of(cls, connection: HTTPConnection) -> Services:
        return connection.app.state.services
