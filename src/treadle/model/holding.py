"""Whose a workflow is, with whom it is shared, and how far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["view", "operate", "edit", "own"]
"""What somebody may do with one workflow and all that belongs to it: its runs, deployments, tasks. Each includes those
before it."""

LEVELS: tuple[Level, ...] = get_args(Level)

ShareKind = Literal["user", "team", "everybody"]


@dataclass(frozen=True, slots=True)
class Share:
    """A workflow is shared with a user or a team (`subject` is its id), or with everybody (it is empty)."""

    kind: ShareKind
    subject: str
    level: Level


@dataclass(frozen=True, slots=True)
class Holding:
    """To whom a workflow belongs and with whom it is shared. Without an owner it is everybody's, as far as their role
    goes: so are those made on this machine."""

    workflow: str
    owner: str | None = None
    shares: Collection[Share] = ()
