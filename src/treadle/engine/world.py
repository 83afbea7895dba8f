"""What a driver is given: everything of the outside that a run may touch, passed in."""

from __future__ import annotations

import random
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from treadle.engine.breaker import Breakers
from treadle.engine.clock import Clock, SystemClock
from treadle.engine.exchange import ChildStarter, Exchange
from treadle.engine.journal import Journal
from treadle.engine.redaction import Redactor, hidden_of
from treadle.engine.series import SeriesMemory
from treadle.engine.tracing import Tracer
from treadle.model.run import Origin, RunRecord
from treadle.node.context import Resource
from treadle.node.permissions import Permissions

R = TypeVar("R", bound=Resource)


class Resources:
    """Things kept open for the whole process, one of each kind, made at first use."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions
        self._open: dict[type[Any], Any] = {}

    def get(self, kind: type[R]) -> R:
        if kind not in self._open:
            self._open[kind] = kind(self._permissions)
        return self._open[kind]

    async def aclose(self) -> None:
        for resource in reversed(list(self._open.values())):
            await resource.aclose()
        self._open.clear()


@dataclass
class World:
    """The journal, the clock, what nodes may do, secrets by name, chance. One per process.

    `crash` is called with the name of each crash point as it is passed; tests raise from it.
    """

    journal: Journal
    clock: Clock = field(default_factory=SystemClock)
    permissions: Permissions = field(default_factory=Permissions)
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Named credentials: what a run that is bound to one reads as its secrets, by name."""
    provider_of: Callable[[str], str | None] | None = None
    """What a profile was made for, where that is known beside its fields."""
    known_secrets: Callable[[], Iterable[str]] | None = None
    """The values of all secrets there are, whoever reads them; None: those of `secrets`."""
    known_to: Callable[[Origin], Iterable[str]] | None = None
    """Of those, the ones that a run may come by: no other user's alone; None: all of them."""
    chance: Callable[[], float] = random.random
    crash: Callable[[str, str], None] | None = None
    exchange: Exchange | None = None
    children: ChildStarter | None = None
    breakers: Breakers = field(default_factory=Breakers)
    tracer: Tracer | None = None
    series: SeriesMemory = field(default_factory=SeriesMemory)
    pinned_in: frozenset[str] = frozenset({"test"})
    """Modes of runs in which what is pinned to a node stands in for running it."""
    resources: Resources = field(init=False)

    def __post_init__(self) -> None:
        self.resources = Resources(self.permissions)

    def secrets_for(self, run: RunRecord) -> Mapping[str, str]:
        """The secrets as `run` sees them: those of the profiles it is bound to before all others."""
        if run.origin is None or not run.origin.profiles:
            return self.secrets
        bound = (self.profiles.get(name, {}) for name in run.origin.profiles)
        # Each is asked as it is: some know a name however it is written.
        return ChainMap(*(cast("dict[str, str]", one) for one in (*bound, self.secrets)))

    def redactor(self) -> Redactor:
        """Blots out every secret there is: for logs and the audit log, which are nobody's data."""
        return Redactor(known=self.known_secrets or (lambda: self.secrets.values()))

    def redactor_for(self, origin: Origin | None, secrets: Iterable[str] = ()) -> Redactor:
        """Blots out `secrets`, which a run of this origin reads, and every other that it may come by. Another user's it
        cannot: to blot out what looks like one would tell that it is one, and spoil data that has nothing to do with
        it."""
        known_to = self.known_to
        if known_to is None:
            bound = () if origin is None else origin.profiles
            fields = (pair for name in bound for pair in self.profiles.get(name, {}).items())
            secrets = {*secrets, *(one for field, value in fields for one in hidden_of(field, value))}
            return Redactor(secrets, known=self.known_secrets or (lambda: self.secrets.values()))
        return Redactor(secrets, known=lambda: known_to(origin or Origin()))
