"""Which statuses are expected, and the error for one that is not."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from treadle.errors import NodeError
from treadle.packs.http.client.exchange import Answer
from treadle.packs.http.client.target import bare

_CLASS = re.compile(r"([1-5])xx\Z", re.IGNORECASE)
_RANGE = re.compile(r"([1-5]\d\d)\s*-\s*([1-5]\d\d)\Z")
_MAY_PASS = frozenset({408, 425, 429})
_SHOWN = 500


def statuses(rule: int | str) -> range:
    """The statuses that `404`, `"404"`, `"4xx"` or `"200-204"` stands for. Raises `ValueError`."""
    text = str(rule).strip()
    if match := _CLASS.match(text):
        return range(int(match[1]) * 100, int(match[1]) * 100 + 100)
    if match := _RANGE.match(text):
        return range(int(match[1]), int(match[2]) + 1)
    if re.fullmatch(r"[1-5]\d\d", text):
        return range(int(text), int(text) + 1)
    raise ValueError(f"{rule!r} is not a status; write 404, `4xx` or `200-204`")


def is_expected(status: int, rules: Sequence[int | str]) -> bool:
    return any(status in statuses(rule) for rule in rules)


def status_error(answer: Answer, *, method: str, now: datetime) -> NodeError:
    """The error `http_status`. Attributes: `status`, `url` (without its query), `body` (its first 500
    characters).
    """
    try:
        phrase = f" {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = ""
    body = answer.content[: _SHOWN * 4].decode("utf-8", "replace")[:_SHOWN]
    retryable = answer.status in _MAY_PASS or answer.status >= 500
    return NodeError(
        f"{method} {bare(answer.url)} answered {answer.status}{phrase}: {body[:200] or '(empty)'}",
        code="http_status",
        remedy=_remedy(answer.status),
        retryable=retryable,
        retry_after=retry_after(answer.headers.get("retry-after"), now=now),
        status=answer.status,
        url=bare(answer.url),
        body=body,
    )


def retry_after(text: str | None, *, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header: a number of seconds or an HTTP date; None without a
    readable one.
    """
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _remedy(status: int) -> str:
    if status in (401, 403):
        return "Check `auth` and what the credentials may do."
    if status == 404:
        return "Check the URL."
    if status in _MAY_PASS or status >= 500:
        return "It may pass: give the node a `retry`."
    return "Correct the request, or list the status in `expect` if it is an answer you want."
