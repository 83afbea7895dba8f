"""Circuit breakers: a provider that fails again and again is left alone for a while, by the whole process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from treadle.errors import NodeError

log = logging.getLogger("treadle.engine")

CIRCUIT_OPEN = "circuit_open"
_PASSING = frozenset({"connection", "timeout", "rate_limited"})
_BUSY = frozenset({408, 425, 429})
_PROBE_AGAIN = 1.0
"""Seconds after which others ask again, while one attempt finds out whether the provider is back."""


@dataclass(slots=True)
class _Circuit:
    """`failures` in a row; `open_until` once there were too many; `probe` is who has been let through since."""

    failures: int = 0
    open_until: datetime | None = None
    probe: object | None = None


class Breakers:
    """One circuit per provider: closed, open after `threshold` failures in a row, and half open `rest` seconds later:
    one attempt is let through, and closes it if the provider answers.

    Only failures that may pass count: no connection, no answer in time, 5xx, 408, 425, 429. Any other answer, an error
    of the caller's included, shows that the provider is there.
    """

    def __init__(self, *, threshold: int = 20, rest: float = 30.0) -> None:
        self.threshold = threshold
        self.rest = rest
        self._circuits: dict[str, _Circuit] = {}

    @contextmanager
    def guard(self, provider: str | None, *, who: object, now: Callable[[], datetime]) -> Generator[None]:
        """While `who` asks the provider (None: nobody's circuit). Raises `NodeError` (`circuit_open`) before."""
        if provider is None:
            yield
            return
        self.enter(provider, who=who, now=now())
        try:
            yield
        except Exception as error:
            self.failed(provider, error, who=who, now=now())
            raise
        except BaseException:  # suspended or cancelled
            self.left(provider, who=who)
            raise
        self.succeeded(provider)

    def enter(self, provider: str, *, who: object, now: datetime) -> None:
        """Let `who` ask the provider. Raises `NodeError` (`circuit_open`), retryable once it may be asked again."""
        circuit = self._circuits.get(provider)
        if circuit is None or circuit.open_until is None:
            return
        left = (circuit.open_until - now) / timedelta(seconds=1)
        if left <= 0 and circuit.probe is None:
            circuit.probe = who
            return
        if circuit.probe is not None:
            left = _PROBE_AGAIN
        raise NodeError(
            f"`{provider}` has failed {circuit.failures} times in a row and is left alone for now.",
            code="circuit_open",
            remedy=f"It is asked again in {left:.0f} s; give the node a `retry`, and it waits for that.",
            retryable=True,
            retry_after=max(left, 0.1),
            provider=provider,
        )

    def succeeded(self, provider: str) -> None:
        """The provider answered."""
        circuit = self._circuits.pop(provider, None)
        if circuit is not None and circuit.open_until is not None:
            log.warning("%s answers again.", provider)

    def failed(self, provider: str, error: BaseException, *, who: object, now: datetime) -> None:
        """An attempt failed; whether that says anything of the provider is found out here."""
        passing = _may_pass(error)
        if passing is False:
            self.succeeded(provider)
        if not passing:
            self.left(provider, who=who)
            return
        circuit = self._circuits.setdefault(provider, _Circuit())
        circuit.failures += 1
        if circuit.failures >= self.threshold and (circuit.open_until is None or circuit.probe is who):
            log.warning("%s has failed %d times in a row: left alone for %g s.", provider, circuit.failures, self.rest)
            circuit.open_until = now + timedelta(seconds=self.rest)
        self.left(provider, who=who)

    def left(self, provider: str, *, who: object) -> None:
        """`who` has come back with nothing to tell."""
        circuit = self._circuits.get(provider)
        if circuit is not None and circuit.probe is who:
            circuit.probe = None

    def state_of(self, provider: str, *, now: datetime) -> str:
        """`closed`, `open` or `half open`."""
        circuit = self._circuits.get(provider)
        if circuit is None or circuit.open_until is None:
            return "closed"
        return "open" if now < circuit.open_until else "half open"


def _may_pass(error: BaseException) -> bool | None:
    """True: the provider failed in a way that may pass. False: it answered. None: that says nothing of it."""
    if isinstance(error, TimeoutError | ConnectionError):
        return True
    if not isinstance(error, NodeError):
        return None
    status: Any = error.attributes.get("status")
    if isinstance(status, int):
        return status >= 500 or status in _BUSY
    return True if error.code in _PASSING else None
