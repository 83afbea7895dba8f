"""What the operator allows nodes to do on this machine. Everything is off unless it is turned on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Permissions:
    """`workspace` is the only folder file nodes see; `environment` the only variables `env.X` reads."""

    workspace: Path = Path()
    private_network: bool = False
    shell: bool = False
    trusted_code: bool = False
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
