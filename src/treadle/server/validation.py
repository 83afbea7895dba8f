"""Requests that do not fit the document: everything that is wrong at once, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.server.problem import find_redactor, problem

TAKEN = "treadle.body_taken"
"""In the scope of a request whose body is no JSON and was taken all the same."""
_PARTS = {"query": "the query", "path": "the address", "header": "the headers", "cookie": "the cookies"}
_KINDS = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "an object",
    "model": "an object",
    "mapping": "an object",
    "datetime": "a time such as 2026-01-31T12:00:00Z",
    "date": "a date such as 2026-01-31",
    "decimal": "a number",
}
_LENGTHS = {
    "string_too_long": "Write at most {max_length} characters.",
    "string_too_short": "Write {min_length} characters or more.",
    "too_long": "Send at most {max_length} items.",
    "too_short": "Send {min_length} items or more.",
    "greater_than": "Send a number greater than {gt}.",
    "greater_than_equal": "Send {ge} or more.",
    "less_than": "Send a number less than {lt}.",
    "less_than_equal": "Send {le} or less.",
    "string_pattern_mismatch": "It has to match `{pattern}`.",
    "literal_error": "Send {expected}.",
    "enum": "Send {expected}.",
}


async def answer_invalid(request: Request, error: Exception) -> JSONResponse:
    """The exception handler for `RequestValidationError`: `invalid_request` (422), or 415 for a body that is no JSON
    where one is read."""
    assert isinstance(error, RequestValidationError)
    found = cast("list[dict[str, Any]]", error.errors())
    in_body = any(one["loc"][:1] == ("body",) for one in found) and TAKEN not in request.scope
    if in_body and not is_json(request.headers.get("content-type", "")) and await request.body():
        return problem(unsupported(request.headers.get("content-type"), "JSON", "application/json"))
    issues = tuple(_issue(one) for one in found)
    said = " ".join(issue.message for issue in issues[:3]) + (" …" if len(issues) > 3 else "")
    return problem(
        InvalidWorkflow(
            f"The request is wrong: {said}",
            code="invalid_request",
            remedy=issues[0].remedy if len(issues) == 1 else "Correct everything that `issues` lists.",
            issues=issues,
        ),
        redactor=find_redactor(request),
    )


def is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def unsupported(given: str | None, wanted: str, media_type: str) -> InvalidWorkflow:
    """A body of a kind that is not read."""
    return InvalidWorkflow(
        f"The body is {f'`{given[:80]}`' if given else 'of no kind that the request names'}; {wanted} is read here.",
        code="unsupported_media_type",
        remedy=f"Send it with the header `Content-Type: {media_type}`.",
    )


def _issue(error: Mapping[str, Any]) -> Issue:
    part, *rest = error["loc"] or ("body",)
    path = tuple(one if isinstance(one, int) else str(one)[:100] for one in rest)
    kind, context = str(error["type"]), cast("dict[str, Any]", error.get("ctx") or {})
    issue = Issue("invalid_value", "", path)
    name = f"`{issue.where}`" if path else "The body"
    where = f" in {_PARTS[part]}" if part in _PARTS else ""
    if kind == "missing":
        return Issue("missing_value", f"{name}{where} is missing.", path, remedy="Send it.")
    if kind == "extra_forbidden":
        return Issue("unknown_key", f"{name}{where} is not known here.", path, remedy="Leave it out.")
    reason = str(context.get("error") or error.get("msg") or "it does not fit").rstrip(".")
    reason = reason[:1].lower() + reason[1:]
    wanted = _KINDS.get(kind.partition("_")[0])
    try:
        remedy = _LENGTHS[kind].format(**context) if kind in _LENGTHS else None
    except (KeyError, IndexError):
        remedy = None
    remedy = remedy or (f"Send {wanted}." if wanted else "Correct it; `/api/v1/openapi.json` says what fits.")
    return Issue("invalid_value", f"{name}{where} is wrong: {reason}.", path, remedy=remedy)
