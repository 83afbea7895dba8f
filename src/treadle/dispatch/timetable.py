"""A timetable: when one trigger of a deployment is due, and when its runs are to start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import ValidationError

from treadle.errors import InvalidWorkflow
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.store.triggers import Trigger

CatchUp = Literal["skip", "last", "all"]

_OURS = ("catch_up", "jitter")
_MOST_WALKED = 1_000_000


@dataclass(frozen=True, slots=True)
class Timetable:
    """What `trigger.config` says. Fire times are `due`; a run starts at its fire time and up to `jitter` seconds later,
    the same for everybody who works it out."""

    definition: NodeDefinition
    config: Mapping[str, Any]
    catch_up: CatchUp
    jitter: float
    seed: str

    @classmethod
    def of(cls, trigger: Trigger, registry: Registry) -> Self | None:
        """None when the trigger does not run on time. Raises `NotFound` when there is no such type, and
        `InvalidWorkflow` (`invalid_trigger`) when its config does not fit."""
        definition = registry.get(trigger.type)
        if definition.next_fire is None:
            return None
        return cls._read(trigger, definition)

    @classmethod
    def _read(cls, trigger: Trigger, definition: NodeDefinition) -> Self:
        known = {field.name for field in definition.type.config}
        required = {field.name for field in definition.type.config if field.required}
        try:
            if not required <= trigger.config.keys() <= known:
                raise _misfit(trigger, definition, known)
            config = {name: definition.config_value(name, value) for name, value in trigger.config.items()}
        except ValidationError:
            raise _misfit(trigger, definition, known) from None
        return cls(
            definition,
            {name: value for name, value in config.items() if name not in _OURS},
            catch_up=config.get("catch_up", "last"),
            jitter=config.get("jitter", 0.0),
            seed=f"{trigger.deployment}/{trigger.id}",
        )

    def next_due(self, after: datetime) -> datetime | None:
        """The first fire time later than `after`; None when there is none any more."""
        due = self.definition.next_fire and self.definition.next_fire(after, **self.config)
        if due is not None and due <= after:
            raise InvalidWorkflow(
                f"`{self.definition.name}` says that it is due at {due}, which is not later than {after}.",
                code="invalid_trigger",
                remedy="Its `next_fire` is to give a later time than it is given.",
            )
        return due

    def last_due(self, after: datetime, until: datetime) -> datetime | None:
        """The last fire time later than `after` and no later than `until`."""
        if self.definition.last_fire is not None:
            return self.definition.last_fire(after, until, **self.config)
        last = None
        for _ in range(_MOST_WALKED):
            due = self.next_due(last or after)
            if due is None or due > until:
                break
            last = due
        return last

    def due_from(self, now: datetime, trigger: Trigger) -> datetime:
        """A time up to which all fire times of `trigger` are over by `now`, and from which on the next are told: of an
        interval they go on from the last one, not from whenever somebody asks."""
        known = [at for at in (trigger.armed_at, trigger.last_fired_at) if at is not None]
        over = max(known, default=now)
        if over >= now or self.definition.last_fire is None:
            return max(over, now)
        return self.last_due(over, now) or over

    def starts_at(self, due: datetime) -> datetime:
        """When the run for the fire time `due` is to start."""
        if not self.jitter:
            return due
        digest = hashlib.sha256(f"{self.seed}\n{due.timestamp():.6f}".encode()).digest()
        return due + timedelta(seconds=self.jitter * int.from_bytes(digest[:6]) / 2**48)

    def newest_started(self, after: datetime, now: datetime) -> datetime | None:
        """The last fire time later than `after` whose run should have started by `now`."""
        due = self.last_due(after, now)
        while due is not None and self.starts_at(due) > now:
            due = self.last_due(after, due - timedelta(microseconds=1))
        return due


def next_due(trigger: Trigger, registry: Registry, now: datetime) -> datetime | None:
    """The first fire time of a trigger later than `now`; None when it does not run on time. Raises as `Timetable.of`
    does."""
    timetable = Timetable.of(trigger, registry)
    return None if timetable is None else timetable.next_due(timetable.due_from(now, trigger))


def _misfit(trigger: Trigger, definition: NodeDefinition, known: set[str]) -> InvalidWorkflow:
    problems = [
        f"`{'.'.join(map(str, where))}`: {message}"
        for where, message in definition.config_problems(trigger.config, frozenset())
    ] + [f"there is no setting `{name}`" for name in sorted(trigger.config.keys() - known)]
    return InvalidWorkflow(
        f"The trigger `{trigger.id}` ({trigger.type}) does not fit: {'; '.join(problems)}.",
        code="invalid_trigger",
        remedy="Correct the workflow, and deploy it again.",
    )
