"""Whether and when a failed attempt is tried again (semantics 3.1). Pure: chance is passed in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from treadle.errors import NodeError
from treadle.model.policy import Retry, Settings
from treadle.model.run import Failure

_NEVER = {"invalid_value", "expression_error", "missing_capability", "cancelled"}


def retry_delay(
    policy: Retry | None, failure: Failure, error: BaseException, *, attempt: int, chance: float
) -> float | None:
    """Seconds before the next attempt, or None when `attempt` was the last. `chance` is in [0, 1)."""
    if policy is None or attempt >= policy.max_attempts or not _matches(policy, failure, error):
        return None
    delay = policy.delay_before(attempt + 1)
    if policy.jitter:
        delay *= chance
    asked = error.retry_after if isinstance(error, NodeError) else None
    return max(delay, asked) if asked is not None else delay


def out_of_budget(failure: Failure, settings: Settings) -> Failure:
    """The failure of an attempt that its policy would have tried again, and the workflow's budget does not."""
    said = failure.message.rstrip()
    end = "" if said.endswith((".", "!", "?")) else "."
    return replace(
        failure,
        message=f"{said}{end} It is not tried again: the workflow's retry budget of {settings.retry_budget} is spent.",
        details={**failure.details, "retry_budget": settings.retry_budget},
    )


def _matches(policy: Retry, failure: Failure, error: BaseException) -> bool:
    if not policy.retry_on:
        if isinstance(error, NodeError) and error.retryable is not None:
            return error.retryable
        return failure.type not in _NEVER
    return any(_is(rule, failure, error) for rule in policy.retry_on)


def _is(rule: str | int, failure: Failure, error: BaseException) -> bool:
    """`rule` is a status, a class of statuses, `timeout`, `connection`, a code, or the name of an exception class."""
    status: Any = failure.details.get("status")
    text = str(rule).lower()
    if len(text) == 3 and text.endswith("xx") and status is not None:
        return str(status)[:1] == text[0]
    if text.isdigit():
        return str(status) == text
    if text == failure.type.lower() or (text == "connection" and isinstance(error, ConnectionError)):
        return True
    return any(text == kind.__name__.lower() for kind in type(error).__mro__)
