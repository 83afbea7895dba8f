"""Variables and counters in a replay: they are Treadle's own, and are worked out anew in the replay's own state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from treadle.engine.attempt import Attempt
from treadle.engine.history import Place
from treadle.engine.journal import StateChange
from treadle.engine.recorder import COUNTER
from treadle.engine.recording import Recording, Seen
from treadle.engine.sameness import same
from treadle.engine.state import owner_of
from treadle.model.run import RunRecord
from treadle.node import Context
from treadle.node.context import StateScope

OWN = frozenset({"data.variable"})
"""Effects that touch nothing but the run's state and counters."""


class NotRecorded(Exception):
    """The record does not tell what a variable was."""


class ReplayedState:
    """The variables of one run that is replayed: as the record tells they were, and as the replay changes them."""

    def __init__(self, run: RunRecord, recording: Recording, before: Mapping[Place, Seen]) -> None:
        self._run, self._recording, self._before = run, recording, before
        self._settled: dict[Place, tuple[StateChange, ...]] | None = None

    def is_as_recorded(self, attempt: Attempt, asked: Seen, changes: Sequence[StateChange]) -> bool:
        """Whether an effect is asked what it was, with the variable changed by the run as it was by then."""
        then = self._before.get(attempt.place)
        if then is None or not (same(then.arguments, asked.arguments) and same(then.config, asked.config)):
            return False
        key, kind = asked.config.get("name"), self._kind(asked.config)
        return _of(changes, key, kind) == _of(self._changes_before(attempt.place), key, kind)

    def run(self, attempt: Attempt, changes: Sequence[StateChange]) -> tuple[Any, tuple[StateChange, ...]]:
        """What the effect gives, and what it changes. Raises what it raises, and `NotRecorded`."""
        context = _Context(self, changes)
        call = attempt.node.function(cast(Context, context), *attempt.arguments, **attempt.config)
        try:
            call.send(None)
        except StopIteration as returned:
            return returned.value, tuple(context.changes)
        call.close()
        raise RuntimeError(f"`{attempt.path}` waits in a replay; this is a defect in Treadle.")

    def owner(self, scope: StateScope) -> str:
        return owner_of(self._run, scope)

    def value(self, key: str, scope: StateScope, changes: Iterable[StateChange]) -> Any:
        """What a variable is after the run's own `changes`. Raises `NotRecorded`."""
        own = _of(changes, key, _kind_of(self.owner(scope)))
        last = max((at for at, (_, by) in enumerate(own) if by is None), default=None)
        value: Any = self._at_start(key, scope) if last is None else own[last][0]
        for _, by in own[0 if last is None else last + 1 :]:
            value = (value or 0) + (by or 0)
        return value

    def _at_start(self, key: str, scope: StateScope) -> Any:
        """What the variable was before the run changed it: the first to have looked tells, or what expressions saw."""
        if scope == "run":
            return None
        kind = _kind_of(self.owner(scope))
        for place in self._in_order():
            seen, recorded = self._before.get(place), self._recording.find(place)
            if seen is None or recorded is None or seen.type not in OWN or recorded.status != "completed":
                continue
            action = seen.config.get("action", "get")
            if seen.config.get("name") != key or self._kind(seen.config) != kind or action not in ("get", "increment"):
                continue
            own = [by for _, by in _of(self._changes_before(place), key, kind)]
            if None in own:
                break  # what the run had set itself is all that is known from here on
            found = recorded.ports.get("output")
            if action == "get" and not own:
                return None if same(found, seen.config.get("default")) else found
            if isinstance(found, int | float):
                return found - (seen.config.get("by", 1) if action == "increment" else 0) - sum(by or 0 for by in own)
        state = self._recording.state
        if state is None or kind != _kind_of(self.owner("deployment")):
            raise NotRecorded
        return state.get(key)

    def _in_order(self) -> dict[Place, tuple[StateChange, ...]]:
        """Where effects settled, in that order, with what each changed; of one moment, as they were asked."""
        if self._settled is None:
            found = [
                (place, recorded) for place in self._before if (recorded := self._recording.find(place)) is not None
            ]
            self._settled = {place: recorded.state for place, recorded in sorted(found, key=lambda one: one[1].at)}
        return self._settled

    def _changes_before(self, place: Place) -> list[StateChange]:
        """What the run had changed and counted by the time this settled."""
        changes: list[StateChange] = []
        for other, made in self._in_order().items():
            if other == place:
                break
            changes += made
        return changes

    def _kind(self, config: Mapping[str, Any]) -> str:
        return _kind_of(self.owner(config.get("scope", "deployment")))


class _Context:
    """What such an effect asks of its context."""

    def __init__(self, replayed: ReplayedState, made: Sequence[StateChange]) -> None:
        self._replayed, self._made = replayed, made
        self.changes: list[StateChange] = []
        self.state = self

    def count(self, name: str, by: float = 1) -> None:
        self.changes.append(StateChange(COUNTER, name, None, by))

    async def get(self, key: str, *, scope: StateScope = "deployment", default: Any = None) -> Any:
        value = self._replayed.value(key, scope, (*self._made, *self.changes))
        return default if value is None else value

    async def set(self, key: str, value: Any, *, scope: StateScope = "deployment") -> None:
        self.changes.append(StateChange(self._replayed.owner(scope), key, value))

    async def increment(self, key: str, by: float = 1, *, scope: StateScope = "deployment") -> float:
        current = await self.get(key, scope=scope, default=0)
        self.changes.append(StateChange(self._replayed.owner(scope), key, None, by))
        return (current if isinstance(current, int | float) else 0) + by


def _of(changes: Iterable[StateChange], key: Any, kind: str) -> list[tuple[Any, float | None]]:
    """The changes of one variable."""
    return [
        (change.value, change.increment) for change in changes if (_kind_of(change.owner), change.key) == (kind, key)
    ]


def _kind_of(owner: str) -> str:
    """Whose it is, without which: a version under another name has state of another owner."""
    return owner.partition(":")[0]
