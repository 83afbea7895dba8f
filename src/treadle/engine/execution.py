"""The loop without its awaiting: decide, run what is pure, hand out the rest, settle."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from treadle.engine.attempt import Attempt, Waiting
from treadle.engine.deciding import Deciding
from treadle.engine.scope import NO_PORTS, Ports
from treadle.model.run import Failure
from treadle.node.stop import StopRun

_YIELD_AFTER = 2000
"""Nodes run inline before the loop lets others have a turn."""


class Execution(Deciding):
    """One run on its way. Plain calls only: whoever drives it awaits the attempts it hands out and tells it how they
    ended (`completed`, `failed`, `wait`, `retry`)."""

    def advance(self) -> bool:
        """Decide and run all that can be, up to a turn's worth. Returns whether more is ready at once."""
        self.now = self.clock.now()
        self._advanced = True
        ready = self._ready
        turns = _YIELD_AFTER
        while True:
            while ready:
                scope, node = ready.popleft()
                self._decide(scope, node)
                turns -= 1
                if turns <= 0:
                    return True
            if self._ended:
                self._end_recalled()
            elif not self._parked or not self._unpark():
                return False

    def take_attempts(self) -> list[Attempt]:
        """The attempts that may start now, within the limits of their scopes; they count as running from here on."""
        taken: list[Attempt] = []
        kept: list[Attempt] = []
        queue, whole = self.queue, self.root.limit
        sweeps, self._sweeps = self._sweeps, False
        # Once the run's own limit is reached the rest need not be looked at, unless some of it is to be cancelled.
        while queue and (sweeps or whole.free()):
            attempt = queue.popleft()
            scope = attempt.scope
            if scope.is_cancelled or (scope.stopped and not (attempt.begun or attempt.resumed)):
                self.cancelled(attempt)
            elif scope.limit.free():
                scope.limit.take()
                self.running.add(attempt)
                taken.append(attempt)
            else:
                kept.append(attempt)
        queue.extendleft(reversed(kept))
        return taken

    def completed(self, attempt: Attempt, ports: Ports) -> None:
        """The attempt's result is durable; what follows may see it."""
        self._leave(attempt)
        self._settle(attempt.scope, attempt.node, ports)

    def failed(self, attempt: Attempt, failure: Failure, ports: Ports) -> None:
        """The attempt failed for good and its entry is recorded."""
        self._leave(attempt)
        self._fail(attempt.scope, attempt.node, failure, ports)

    def cancelled(self, attempt: Attempt) -> None:
        self._leave(attempt)
        if attempt.node.kind == "effect" and (attempt.begun or attempt.resumed or attempt.asked):
            # An attempt before it, or in a process that has died, may have asked for what it does not know of.
            self.recorder.abandon_all(attempt.place)
        self.recorder.settled(attempt.place, "cancelled", self.now, attempts=attempt.number, durable=True)
        self._settle(attempt.scope, attempt.node, NO_PORTS)

    def stop(self, attempt: Attempt, stop: StopRun) -> None:
        """A node that was handed out ended the run."""
        self._leave(attempt)
        self._stop(attempt.scope, attempt.node, stop)

    def wait(self, attempt: Attempt, waiting: Waiting) -> None:
        """The attempt ended in waiting; nothing of it stays in memory but its place."""
        self._release(attempt)
        if attempt.looks_again and waiting.signal is not None:
            waiting.resume()
        else:
            self.hold(waiting)

    def retry(self, attempt: Attempt, *, after: datetime | None) -> None:
        """Try again: at once, or once `after` has come."""
        self._release(attempt)
        following = Attempt(
            attempt.scope, attempt.node, attempt.number + 1, attempt.started_at, begun=True, asked=attempt.asked
        )
        if after is None:
            self.enqueue(following)
        else:
            self.hold(Waiting(attempt.scope, attempt.node, partial(self.enqueue, following), until=after))

    def wake(self, now: datetime) -> None:
        """Let go on whatever waited for a time that has come."""
        self.now = now
        for place, waiting in list(self.waiting.items()):
            if waiting.until is not None and waiting.until <= now and self.waiting.get(place) is waiting:
                del self.waiting[place]
                waiting.resume()

    def look_at_exchange(self) -> None:
        """Let whatever waits for something other than a time look whether it has come."""
        self.now = self.clock.now()
        for attempt in self.running:
            attempt.looks_again = True
        for place, waiting in list(self.waiting.items()):
            if waiting.signal is not None and self.waiting.get(place) is waiting:
                del self.waiting[place]
                waiting.resume()

    def abandon_waiting(self) -> bool:
        """Cancel what only waits in a scope that has already failed; call it when nothing runs. An effect in doubt
        goes on waiting for its answer."""
        progress = False
        for waiting in list(self.waiting.values()):
            doomed, inner = waiting.scope.doom()
            if waiting.in_doubt or not doomed or (waiting.scope.path, waiting.node.id) not in self.waiting:
                continue
            if inner is None:
                self._cancel_waiting(waiting)
            elif any(other.in_doubt and other.scope.is_within(inner) for other in self.waiting.values()):
                continue
            else:
                self.cancel(inner)
            progress = True
        return progress

    def end(self) -> None:
        """Cancel the whole run. One that is driven on is first brought to where it was, without anything new being
        started, so that the `finally` bodies of what had begun run."""
        if self._remembers and not self._advanced:
            self._recalling = True
            while self.advance():
                pass
            self._recalling = False
        self.cancel()

    @property
    def is_ready(self) -> bool:
        """Something can be decided at once."""
        return bool(self._ready or self._ended)
