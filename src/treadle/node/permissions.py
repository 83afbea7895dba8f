"""What the operator allows nodes to do on this machine. Everything is off unless it is turned on."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reserved:
    """What nodes do not write, and, with `is_secret`, do not read: the absolute `path` and all below it.

    With `endings`, below it only what is called so. `beside`: also what lies next to it, is called alike and goes on
    with one of these (`treadle.db-wal`). `what` it is, for people.
    """

    path: Path
    what: str
    is_secret: bool = False
    endings: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def holds(self, path: Path) -> bool:
        """Whether an absolute path is of this; disks that take two spellings for one name are not to be asked."""
        own, parts = _spelled(self.path), _spelled(path)
        last = len(own) - 1
        if len(parts) <= last or parts[:last] != own[:last]:
            return False
        if parts[last] != own[last]:
            return any(parts[last].startswith(own[last] + more) for more in self.beside)
        return not self.endings or parts[-1].endswith(self.endings)


@dataclass(frozen=True, slots=True)
class Permissions:
    """`workspace` is the only folder file nodes see, but for what is `reserved` in it; `environment` the only variables
    `env.X` reads."""

    workspace: Path = Path()
    private_network: bool = False
    shell: bool = False
    trusted_code: bool = False
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    reserved: tuple[Reserved, ...] = ()


def _spelled(path: Path) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFKC", part).casefold() for part in path.parts)
