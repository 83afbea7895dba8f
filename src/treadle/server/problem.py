"""Errors as `application/problem+json` (RFC 9457): our code, message and remedy, and every issue at once."""

from __future__ import annotations

import math
from typing import Any

from fastapi.encoders import jsonable_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse

from treadle.errors import (
    Conflict,
    Forbidden,
    InvalidWorkflow,
    LimitExceeded,
    MissingCapability,
    NotFound,
    StoreError,
    TreadleError,
    Unauthenticated,
)

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[TreadleError], int], ...] = (
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (InvalidWorkflow, 422),
    (LimitExceeded, 429),
    (MissingCapability, 501),
    (StoreError, 503),
)


def status_of(error: TreadleError) -> int:
    """The HTTP status that says what kind of error it is; 400 for any other."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def problem(error: TreadleError, *, status: int | None = None) -> JSONResponse:
    """`type` is the code as a URN, `title` and `detail` the message, `remedy` and `issues` ours."""
    found = status or status_of(error)
    body: dict[str, Any] = {
        "type": f"urn:treadle:error:{error.code}",
        "title": error.message,
        "status": found,
        "code": error.code,
        "detail": str(error),
        "remedy": error.remedy,
    }
    if error.attributes:
        body["details"] = {key: value for key, value in error.attributes.items() if key != "issues"}
    if isinstance(error, InvalidWorkflow) and error.issues:
        body["issues"] = [issue.to_dict() for issue in error.issues]
    headers: dict[str, str] = {}
    if isinstance(error, LimitExceeded) and error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if found == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(jsonable_encoder(body), found, headers, MEDIA_TYPE)


async def answer_error(request: Request, error: Exception) -> JSONResponse:
    """The exception handler for `TreadleError`."""
    assert isinstance(error, TreadleError)
    return problem(error)
