"""What the API refuses, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx


class TreadleApiError(Exception):
    """A request that was refused, or failed.

    `code` is stable and meant for programs; `message` and `remedy` are for people; `issues` lists everything that was
    wrong at once, each with `code`, `message` and `path`; `details` are the facts. `status` is HTTP's, 0 where there
    was no answer. `request_id` finds the request in the server's log.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str | None = None,
        issues: Sequence[Mapping[str, Any]] = (),
        status: int = 0,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.issues = list(issues)
        self.status = status
        self.details = dict(details or {})
        self.request_id = request_id

    def __str__(self) -> str:
        lines = [f"{self.message} {self.remedy or ''}".strip()]
        lines += [_issue_line(one) for one in self.issues]
        return "\n".join(lines)


def _issue_line(issue: Mapping[str, Any]) -> str:
    said = (f"{issue.get('path') or '(all)'}:", issue.get("message"), issue.get("remedy"))
    return "- " + " ".join(part for part in said if part)


class TreadleConnectionError(TreadleApiError):
    """The server was not reached, or went away, and did not come back in time."""


def read_problem(response: httpx.Response) -> TreadleApiError:
    """Of an answer that has been read: 4xx or 5xx, or one that should not have come."""
    request_id = response.headers.get("x-request-id")
    try:
        said: Any = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or "code" not in said:
        # Something between us and the server has answered.
        return TreadleApiError(
            f"http_{response.status_code}",
            f"{response.request.method} {response.request.url.path} was answered with status {response.status_code}.",
            status=response.status_code,
            request_id=request_id,
        )
    problem = cast("dict[str, Any]", said)
    return TreadleApiError(
        problem["code"],
        problem.get("title", problem["code"]),
        remedy=problem.get("remedy"),
        issues=problem.get("issues") or (),
        status=response.status_code,
        details=problem.get("details"),
        request_id=request_id,
    )


def unreachable(error: httpx.TransportError, url: str) -> TreadleConnectionError:
    what = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "cannot be reached"
    return TreadleConnectionError(
        "unreachable",
        f"Treadle at {url} {what}: {error or type(error).__name__}.",
        remedy="Is it running (`treadle up`), and is this its address?",
    )
