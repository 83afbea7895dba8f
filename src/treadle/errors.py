"""Every error Treadle raises on purpose: what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class TreadleError(Exception):
    """The root of all public errors.

    `code` is stable and meant for programs, `message` and `remedy` are meant for people, and
    `attributes` carry the facts (JSON values) that the message was made from.
    """

    code: str = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        remedy: str | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.remedy = remedy
        self.attributes: Mapping[str, Any] = attributes

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message

    def to_dict(self) -> dict[str, Any]:
        """The same object on every surface: CLI, API (problem+json) and canvas."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            **({"details": dict(self.attributes)} if self.attributes else {}),
        }


class ExpressionError(TreadleError):
    """An expression that cannot be read, or whose evaluation went wrong.

    Attributes: `source` (the expression), `position` (0-based offset of the caret).
    """

    code = "expression_error"


class InvalidWorkflow(TreadleError):
    """A workflow, its input, or a command's argument was refused. `issues` lists every problem."""

    code = "invalid_workflow"

    def __init__(self, message: str, *, issues: tuple[Any, ...] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.issues = issues


class NodeError(TreadleError):
    """A node could not do its work. Node authors raise this, or let their own exception pass.

    `retryable` says whether trying again may help; `retry_after` is in seconds.
    """

    code = "node_error"

    def __init__(
        self,
        message: str,
        *,
        retryable: bool | None = None,
        retry_after: float | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message, **more)
        self.retryable = retryable
        self.retry_after = retry_after


class MissingCapability(TreadleError):
    """Something optional is not installed, not configured, or not allowed here."""

    code = "missing_capability"


class NotFound(TreadleError):
    """A run, workflow, version or payload that the store does not hold."""

    code = "not_found"


class Conflict(TreadleError):
    """The thing is not in a state in which this can be done (a second answer, a finished run)."""

    code = "conflict"


class Unauthenticated(TreadleError):
    """Nobody is signed in, or what was shown for it (session, key, link) counts no more."""

    code = "unauthenticated"


class Forbidden(TreadleError):
    """Whoever asks is known, and may not do this."""

    code = "forbidden"


class LimitExceeded(TreadleError):
    """More than is allowed at once or in this time: requests, runs, bytes. `retry_after` is in seconds."""

    code = "limit_exceeded"

    def __init__(self, message: str, *, retry_after: float | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after


class LeaseLost(TreadleError):
    """Another driver took the run over; whoever sees this stops at once and writes nothing more."""

    code = "lease_lost"


class StoreError(TreadleError):
    """The store could not read or write: disk full, locked, corrupt payload, wrong schema version."""

    code = "store_error"
