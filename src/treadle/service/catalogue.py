"""What there is to build with: the node types, and the installation they run in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treadle import __version__
from treadle.model.port import InputPort, OutputPort
from treadle.node.definition import NodeDefinition
from treadle.service.access.operation import operation
from treadle.service.application import Application


@dataclass(frozen=True, slots=True)
class Installation:
    """`features` are what the operator allows: nothing that is a secret of the machine."""

    version: str
    time: datetime
    packs: Sequence[str]
    features: dict[str, bool]
    max_body: int
    max_concurrency: int


class Catalogue:
    """The operations on node types."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @operation("nodes.read")
    async def list(
        self, *, search: str | None = None, category: str | None = None, kind: str | None = None
    ) -> Sequence[NodeDefinition]:
        """By name. `search` is looked for in name, title and description, every word of it."""
        words = (search or "").lower().split()
        return [
            one
            for one in sorted(self.application.registry, key=lambda definition: definition.name)
            if category in (None, one.type.category)
            and kind in (None, one.type.kind)
            and all(word in f"{one.name} {one.type.title} {one.type.description}".lower() for word in words)
        ]

    @operation("nodes.read")
    async def get(self, type_: str) -> NodeDefinition:
        """Raises `NotFound` (`unknown_node_type`) with the nearest names."""
        return self.application.registry.get(type_)

    @operation("nodes.read")
    async def find_ports(
        self, type_: str, config: Mapping[str, Any]
    ) -> tuple[Sequence[InputPort], Sequence[OutputPort]]:
        """The ports that a node of this type has with a config as it is written. Raises `NotFound`."""
        found = self.application.registry.get(type_).type
        return found.inputs_of(config), found.outputs_of(config)

    @operation("nodes.read")
    async def describe(self) -> Installation:
        """The installation, for whoever is signed in."""
        application, settings = self.application, self.application.settings
        return Installation(
            version=__version__,
            time=application.world.clock.now(),
            packs=sorted({one.type.category for one in application.registry}),
            features={
                "private_network": settings.allow_private_network,
                "shell": settings.allow_shell,
                "trusted_code": settings.trusted_code,
            },
            max_body=settings.max_body,
            max_concurrency=settings.max_concurrency,
        )
