"""Requests that do not fit the document: everything that is wrong at once, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast, get_args

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.nearest import suggest
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
_WRONG = {
    "string_too_long": "it is too long",
    "string_too_short": "it is too short",
    "too_long": "it has too many items",
    "too_short": "it has too few items",
    "greater_than": "it is too small",
    "greater_than_equal": "it is too small",
    "less_than": "it is too large",
    "less_than_equal": "it is too large",
    "string_pattern_mismatch": "it has another form",
    "literal_error": "there is no such thing",
    "enum": "there is no such thing",
}


async def answer_invalid(request: Request, error: Exception) -> JSONResponse:
    """The exception handler for `RequestValidationError`: `invalid_request` (422), or 415 for a body that is no JSON
    where one is read."""
    assert isinstance(error, RequestValidationError)
    found = cast("list[dict[str, Any]]", error.errors())
    in_body = any(one["loc"][:1] == ("body",) for one in found) and TAKEN not in request.scope
    if in_body and not is_json(request.headers.get("content-type", "")) and await request.body():
        return problem(unsupported(request.headers.get("content-type"), "JSON", "application/json"))
    route: object = request.scope.get("route")
    body = getattr(getattr(route, "body_field", None), "field_info", None)
    issues = tuple(_issue(one, getattr(body, "annotation", None)) for one in found)
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


def _issue(error: Mapping[str, Any], body: object) -> Issue:
    part, *rest = error["loc"] or ("body",)
    path = tuple(one if isinstance(one, int) else str(one)[:100] for one in rest)
    kind, context = str(error["type"]), cast("dict[str, Any]", error.get("ctx") or {})
    issue = Issue("invalid_value", "", path)
    name = f"`{issue.where}`" if path else "The body"
    where = f" in {_PARTS[part]}" if part in _PARTS else ""
    if kind == "missing":
        return Issue("missing_value", f"{name}{where} is missing.", path, remedy="Send it.")
    if kind == "extra_forbidden":
        remedy = suggest(str(path[-1]), _known(body, path), "Leave it out.") if part == "body" and path else None
        return Issue("unknown_key", f"{name}{where} is not known here.", path, remedy=remedy or "Leave it out.")
    wanted = _KINDS.get(kind.partition("_")[0])
    if kind in _WRONG:
        reason = _WRONG[kind]
    elif wanted and kind.endswith(("_type", "_parsing")):
        reason = f"it is not {wanted}"
    else:
        reason = str(context.get("error") or error.get("msg") or "it does not fit").rstrip(".")
        reason = reason[:1].lower() + reason[1:]
    try:
        remedy = _LENGTHS[kind].format(**context) if kind in _LENGTHS else None
    except (KeyError, IndexError):
        remedy = None
    remedy = remedy or (f"Send {wanted}." if wanted else "Correct it; `/api/v1/openapi.json` says what fits.")
    return Issue("invalid_value", f"{name}{where} is wrong: {reason}.", path, remedy=remedy)


def _known(body: object, path: tuple[str | int, ...]) -> Collection[str]:
    """What may stand beside the last of `path` in a body of this type."""
    kind = body
    for name in path[:-1]:
        if isinstance(name, int):
            continue  # of a list, all items are alike
        model = _find_model(kind)
        if model is None or name not in model.model_fields:
            return ()
        kind = model.model_fields[name].annotation
    model = _find_model(kind)
    return () if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _find_model(kind: object) -> type[BaseModel] | None:
    """The model in a type such as `list[Model] | None`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((found for one in get_args(kind) if (found := _find_model(one)) is not None), None)
