"""Errors as `application/problem+json` (RFC 9457): our code, message and remedy, and every issue at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from treadle.engine.redaction import Redactor
from treadle.errors import (
    Conflict,
    ExpressionError,
    Forbidden,
    InvalidWorkflow,
    LimitExceeded,
    MissingCapability,
    NodeError,
    NotFound,
    StoreError,
    TreadleError,
    Unauthenticated,
)
from treadle.model.issue import Issue
from treadle.model.run import Origin
from treadle.server.pages import mark, render
from treadle.server.remedies import for_api
from treadle.server.services import ACTOR, Services
from treadle.service.access.actor import Actor
from treadle.service.logs import REQUEST

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[TreadleError], int], ...] = (
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (InvalidWorkflow, 422),
    (ExpressionError, 422),
    (NodeError, 422),
    (LimitExceeded, 429),
    (MissingCapability, 501),
    (StoreError, 503),
)
_BY_CODE: dict[str, int] = {
    "invalid_json": 400,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "draft_changed": 412,
    "edited_meanwhile": 412,
    "body_too_large": 413,
    "address_too_long": 414,
    "unsupported_media_type": 415,
    "unstorable_value": 422,
    "precondition_required": 428,
    "headers_too_large": 431,
}
"""Codes whose status says more than their class."""


class ProblemIssue(BaseModel):
    """One of several things that are wrong, with its place."""

    code: str
    message: str
    path: str = Field(description="Where, as in `nodes[3].config.url`; empty: the whole.")
    line: int | None = Field(default=None, description="In the text that was sent, from 1.")
    column: int | None = None
    remedy: str | None = None
    severity: Literal["error", "warning"] = "error"


class Problem(BaseModel):
    """What was wrong and what to do about it. `code` is stable and meant for programs, the rest for people."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:treadle:error:unknown_workflow",
                "title": "There is no workflow `order-desc` in the store.",
                "status": 404,
                "code": "unknown_workflow",
                "detail": "There is no workflow `order-desc` in the store. Did you mean `order-desk`?",
                "remedy": "Did you mean `order-desk`?",
            }
        }
    )

    type: str = Field(description="The code as a URN.")
    title: str = Field(description="What was wrong.")
    status: int = Field(description="The HTTP status.")
    code: str
    detail: str = Field(description="What was wrong and what to do, in one text.")
    remedy: str | None = None
    details: dict[str, Any] | None = Field(default=None, description="The facts that the message was made from.")
    issues: list[ProblemIssue] | None = Field(default=None, description="Everything that was wrong, by its place.")


_MEANING = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the session or key counts no more.",
    403: "Whoever asks is known, and may not do this.",
    404: "It is not there, or the caller is not to know of it.",
    405: "The address does not know this method.",
    408: "The request did not arrive in time.",
    409: "It is not in a state in which this can be done.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    414: "The address with its query is too long.",
    415: "The body is of a kind that is not read here.",
    421: "The server does not answer to the host's name that was asked for.",
    422: "What was asked for is wrong; `issues` has everything that is.",
    428: "`If-Match` is missing.",
    429: "More than is allowed in this time; `Retry-After` says when to try again.",
    431: "The headers are too large.",
    500: "A defect of Treadle; the log has more under the id in `details`.",
    501: "Something optional is not installed or not allowed here.",
    503: "The store cannot be used now, or the process is about to stop.",
}
PROBLEM_NAMES: dict[int, str] = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "ContentTooLarge",
    414: "AddressTooLong",
    415: "UnsupportedMediaType",
    421: "MisdirectedRequest",
    422: "Unprocessable",
    428: "PreconditionRequired",
    429: "TooManyRequests",
    431: "HeadersTooLarge",
    500: "InternalError",
    501: "NotAvailable",
    503: "Unavailable",
}
"""What the document calls the refusal with each status."""


def _documented(status: int, meaning: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": schema}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {status: _documented(status, text) for status, text in _MEANING.items()}
"""For a route's `responses=`: every way in which it may refuse. The API's document adds it where it is missing."""


def status_of(error: TreadleError) -> int:
    """The HTTP status that says what kind of error it is; 400 for any other."""
    found = _BY_CODE.get(error.code)
    return found or next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def problem(
    error: TreadleError,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    redactor: Redactor | None = None,
) -> JSONResponse:
    """`type` is the code as a URN, `title` and `detail` the message, `remedy` and `issues` ours; no secrets, with a
    `redactor`."""
    found = status or status_of(error)
    remedy = for_api(error.remedy) if error.remedy else None
    body: dict[str, Any] = {
        "type": f"urn:treadle:error:{error.code}",
        "title": error.message,
        "status": found,
        "code": error.code,
        "detail": f"{error.message} {remedy}" if remedy else error.message,
        "remedy": remedy,
    }
    details = {key: value for key, value in error.attributes.items() if key != "issues"}
    if details:
        body["details"] = details
    if isinstance(error, InvalidWorkflow) and error.issues:
        body["issues"] = [show_issue(issue) for issue in error.issues]
    sent = dict(headers or {})
    if isinstance(error, LimitExceeded) and error.retry_after is not None:
        sent["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if found == 401:
        sent["WWW-Authenticate"] = "Bearer"
    return JSONResponse(_written(body if redactor is None else redactor.value(body)), found, sent, MEDIA_TYPE)


def show_issue(issue: Issue) -> dict[str, Any]:
    """As `ProblemIssue` has it."""
    shown = issue.to_dict()
    return {**shown, "remedy": for_api(issue.remedy)} if issue.remedy else shown


def find_redactor(request: Request) -> Redactor | None:
    """What blots secrets out of what is said to whoever made the request: those that a run of theirs may have. That
    another's vanished would tell that it is one; and a stranger is told nothing that could hold any."""
    services: Services | None = getattr(request.app.state, "services", None)
    actor: Actor | None = request.scope.get(ACTOR)
    if services is None or actor is None:
        return None
    return services.application.world.redactor_for(Origin(account=actor.user_id))


async def answer_error(request: Request, error: Exception) -> Response:
    """The exception handler for `TreadleError`."""
    assert isinstance(error, TreadleError)
    return _answer(request, error)


def _answer(
    request: Request, error: TreadleError, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A problem; for somebody who looks for a page, one in words."""
    redactor = find_redactor(request)
    if not _wants_page(request):
        return problem(error, status=status, headers=headers, redactor=redactor)
    lines = [for_api(error.remedy)] if error.remedy else []
    title, *lines = [mark(line if redactor is None else redactor.text(line)) for line in (error.message, *lines)]
    found = status or status_of(error)
    response = render(
        "message.html",
        status=found,
        title=title,
        lines=lines,
        badge=str(found),
        tone="bad",
        link={"href": "/", "text": "To the beginning"},
    )
    response.headers.update(headers or {})
    return response


def _wants_page(request: Request) -> bool:
    """Whether a browser asks for an address that people go to: the API and webhooks are for programs."""
    is_ours = not request.url.path.startswith(("/api/", "/hooks/", "/static/"))
    return is_ours and request.method == "GET" and "text/html" in request.headers.get("accept", "")


async def answer_http(request: Request, error: Exception) -> Response:
    """The exception handler for what the router refuses: an address or a method that there is not."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        found: TreadleError = NotFound(
            "There is nothing at this address.",
            code="unknown_address",
            remedy="Look whether it was written right." if _wants_page(request) else "`/docs` lists what there is.",
        )
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        found = InvalidWorkflow(
            f"This address does not know {request.method}.",
            code="method_not_allowed",
            remedy=f"It knows {allowed}." if allowed else None,
        )
    elif error.status_code == 400:
        found = InvalidWorkflow("The request cannot be read.", code="invalid_json", remedy="Send a body that is JSON.")
    else:
        found = TreadleError(str(error.detail), code="refused")
    return _answer(request, found, error.status_code, error.headers)


async def answer_defect(request: Request, error: Exception) -> JSONResponse:
    """The exception handler for what nobody expected. `treadle.server.front` logs it under the same id."""
    return problem(internal_error(REQUEST.get()), status=500)


def internal_error(request_id: str | None) -> TreadleError:
    """What is said of a defect of ours: nothing but where its log is."""
    return TreadleError(
        "Something went wrong in Treadle itself.",
        code="internal_error",
        remedy=f"The log has more about request {request_id}.",
        request=request_id,
    )


def _written(body: dict[str, Any]) -> Any:
    try:
        return jsonable_encoder(body)
    except (ValueError, TypeError, RecursionError):  # facts that are no JSON: the message has what counts
        return {key: value for key, value in body.items() if key != "details"}
