"""Calls as HTTP, and what is tried again: the same for both clients, without I/O."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, cast
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from treadle_client.errors import read_problem
from treadle_client.model import Model, Omitted

_ANYTHING = TypeAdapter[Any](Any)
_GRACE = 30.0


@dataclass(frozen=True)
class Call:
    """One operation with its arguments."""

    method: str
    path: str
    """A template: `/runs/{run_id}`."""
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    header: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None
    content_type: str | None = None
    """Of a body that is sent as it is; any other is written as JSON."""
    key: str | None = None
    """The idempotency key, where the caller wants their own."""
    after: str | None = None
    """The last event of a stream that was seen."""


@dataclass(frozen=True)
class Retries:
    """What is sent again, and when.

    Every change carries an idempotency key, so that one whose answer was lost is not made twice.
    """

    most: int = 4
    """Times that a request is sent again."""
    longest: float = 60
    """Seconds that a server may ask to wait."""
    first: float = 0.2

    def after_failure(self, attempt: int) -> float | None:
        """Seconds to wait after the `attempt`th time that there was no answer, from 1; None: give up."""
        return None if attempt > self.most else self._backoff(attempt)

    def after_answer(self, response: httpx.Response, attempt: int) -> float | None:
        """The same after an answer that has been read; None: it stands."""
        if attempt > self.most or not self._may_change(response):
            return None
        asked = _read_seconds(response.headers.get("retry-after"))
        if asked is None:
            return self._backoff(attempt)
        return None if asked > self.longest else asked

    def _may_change(self, response: httpx.Response) -> bool:
        if response.status_code == 409:
            return read_problem(response).code == "under_way"  # our own request, whose answer was lost
        return response.status_code in (429, 502, 503, 504)

    def _backoff(self, attempt: int) -> float:
        return min(self.first * 2 ** (attempt - 1), 5) * random.uniform(0.5, 1)


def build_request(http: httpx.Client | httpx.AsyncClient, base: str, call: Call) -> httpx.Request:
    headers = {name: str(value) for name, value in _given(call.header).items() if value is not None}
    if call.method != "GET":
        headers["Idempotency-Key"] = call.key or str(uuid.uuid4())
    if call.after is not None:
        headers["Last-Event-ID"] = call.after
    query = [pair for name, value in _given(call.query).items() for pair in _pairs(name, value)]
    content = None
    timeout = http.timeout
    if call.content_type is not None:
        content = call.body
        headers["Content-Type"] = call.content_type
    elif call.body is not None:
        body: Any = call.body
        if isinstance(body, dict):
            body = _given(cast("dict[str, Any]", body))
            if isinstance(asked := body.get("timeout"), int | float) and timeout.read is not None:
                # The server was asked to take this long.
                timeout = httpx.Timeout(timeout, read=max(asked + _GRACE, timeout.read))
        content = _ANYTHING.dump_json(body, by_alias=True, exclude_unset=True)
        headers["Content-Type"] = "application/json"
    url = base + fill(call.path, call.values)
    return http.build_request(
        call.method, url, params=httpx.QueryParams(tuple(query)), headers=headers, content=content, timeout=timeout
    )


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Raises `ValueError` for what would be another address than the one that is meant."""
    for name, value in values.items():
        text = str(value)
        if text in ("", ".", ".."):
            raise ValueError(f"`{name}` is {text!r}, which names nothing.")
        template = template.replace(f"{{{name}}}", quote(text, safe=""))
    return template


def read_answer(response: httpx.Response, answers: Mapping[int, Any], reads: str) -> Any:
    """What came back, as what was promised for its status. Raises `TreadleApiError`."""
    if response.status_code not in answers:
        raise read_problem(response)
    kind = answers[response.status_code]
    if kind is None:
        return None
    if reads != "json":
        return response.text if reads == "text" else response.content
    found = _adapter(kind).validate_json(response.content)
    if isinstance(found, Model):
        found._etag = response.headers.get("etag")  # pyright: ignore[reportPrivateUsage]
    return found


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not isinstance(value, Omitted)}


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [pair for one in cast("list[Any]", value) for pair in _pairs(name, one)]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    return [(name, value.isoformat() if isinstance(value, datetime | date) else str(value))]


def _read_seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(float(text), 0)
    except ValueError:
        return None  # a date: rare enough to be met with our own patience
