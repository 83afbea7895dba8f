"""The API's document: what FastAPI makes of the routes, made complete."""

from __future__ import annotations

from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from treadle import __version__
from treadle.server.caller import SESSION_COOKIE
from treadle.server.idempotency import WRITES
from treadle.server.problem import PROBLEM_NAMES, PROBLEMS, Problem

_DESCRIPTION = """\
Workflows, runs, deployments and everything around them.

**Signing in.** Programs send an API key as `Authorization: Bearer trk_…`. Browsers have a session cookie, and with it
every change carries the session's `X-Treadle-CSRF` token.

**Errors** are `application/problem+json`: `code` is stable and meant for programs, `detail` says what was wrong and
what to do, `issues` lists everything that was wrong at once.

**Lists** are `{"items": […], "next": cursor}`. Send `next` as `cursor` for the page after; `null` says there is none.

**Changes** take an `Idempotency-Key`: sent again with the same key within 24 hours, a request is answered as before and
not done again (`Idempotency-Replayed: true`). What several may be editing has an `ETag`, which is sent back as
`If-Match`; 412 says that somebody was quicker.

**Times** are ISO 8601 in UTC.
"""

TAGS: dict[str, str] = {
    "info": "The installation: its version, its features, its limits, its time.",
    "workflows": "Workflows: drafts, checking, publishing, tags, the bin, import and export.",
    "versions": "Published versions: immutable, listed, compared, made the latest again.",
    "templates": "Templates: workflows to begin with; found, filled in, published, rated.",
    "nodes": "Node types: their config, ports and documentation; trying one out.",
    "expressions": "The expression language: its functions; trying an expression with given values.",
    "runs": "Runs: started, watched, cancelled, retried, forked, moved.",
    "live": "Server-sent events: what happens, as it happens; resumed by `Last-Event-ID`.",
    "deployments": "Deployments: a workflow version bound to profiles, parameters and triggers.",
    "schedules": "Schedules and their next fire times.",
    "tasks": "What people must do: approvals and forms.",
    "signals": "Signals to runs that wait for them.",
    "events": "Events that workflows publish and hear.",
    "failures": "Failed runs that nobody has dealt with.",
    "backtests": "Workflows over history: tested, searched, compared, and what speaks against it.",
    "bars": "Bars to test over: downloaded from venues, or of files, and kept.",
    "replays": "One version run over the recorded runs of another.",
    "profiles": "Named credentials of providers. Secrets go in and never come out.",
    "secrets": "Secrets of every run. They go in and never come out.",
    "sharing": "Whose a workflow is, and with whom it is shared.",
    "session": "Signing in and out, and who one is.",
    "users": "Users, their roles and quotas.",
    "keys": "API keys: for programs, narrowed to scopes.",
    "teams": "Teams, to share workflows with.",
    "audit": "Who did what when: append-only, verifiable.",
    "system": "Health, settings and copies of the installation.",
    "monitoring": "How the installation as a whole has been going, over time.",
}
"""Each tag with what it is about. A resource that is missing here is listed without a description."""

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your choice, new for each change; sent again, the request is not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_HEADERS = {
    name.lower(): name for name in ("Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "X-Treadle-CSRF")
}
"""How headers are written in the document, whatever a route writes."""
_SECURITY: list[dict[str, list[str]]] = [{"apiKey": []}, {"session": []}]
_VALIDATION = ("HTTPValidationError", "ValidationError")


def use_document(api: FastAPI) -> None:
    """Let `api` answer with its document made complete."""

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = make_document(api)
        return api.openapi_schema

    api.openapi = openapi  # pyright: ignore[reportAttributeAccessIssue]


def make_document(api: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Treadle",
        version=__version__,
        openapi_version="3.1.0",
        description=_DESCRIPTION,
        routes=api.routes,
        servers=[{"url": "/api/v1", "description": "This server"}],
        separate_input_output_schemas=False,
    )
    components = cast("dict[str, Any]", document.setdefault("components", {}))
    schemas = cast("dict[str, Any]", components.setdefault("schemas", {}))
    for name in _VALIDATION:
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    components["schemas"] = dict(sorted(schemas.items()))
    components["responses"] = {PROBLEM_NAMES[int(status)]: said for status, said in PROBLEMS.items()}
    components["securitySchemes"] = {
        "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key, `trk_…`."},
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "A browser's session."},
    }
    used: set[str] = set()
    for path in document.get("paths", {}).values():
        for method, route in path.items():
            _complete(method, route)
            used.update(route.get("tags", ()))
    known = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    document["tags"] = [*known, *({"name": name} for name in sorted(used - TAGS.keys()))]
    document["security"] = _SECURITY
    return document


def _complete(method: str, route: dict[str, Any]) -> None:
    changes = method.upper() in WRITES
    responses = cast("dict[str, Any]", route.setdefault("responses", {}))
    for status, said in PROBLEMS.items():
        found = responses.get(str(status))
        if found is None or found == said or "HTTPValidationError" in str(found):
            responses[str(status)] = {"$ref": f"#/components/responses/{PROBLEM_NAMES[int(status)]}"}
    parameters = cast("list[dict[str, Any]]", route.get("parameters", []))
    for one in parameters:
        if one.get("in") == "header":
            one["name"] = _HEADERS.get(one["name"].lower(), one["name"])
    if not changes:
        del responses["412"]
    if all(one["name"] != "If-Match" for one in parameters):
        del responses["428"]
    route["responses"] = dict(sorted(responses.items()))
    if changes and all(one["name"] != _KEY["name"] for one in parameters):
        route["parameters"] = [*parameters, _KEY]
