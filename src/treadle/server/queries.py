"""Query parameters that a route does not know: a mistyped filter would be answered with everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.nearest import suggest

_KNOWN = "treadle_queries"


def require_known_queries(request: Request) -> None:
    """Raises `InvalidWorkflow` (`unknown_query`) with each that the route has no parameter for."""
    route: Any = request.scope.get("route")
    if not request.scope.get("query_string") or not hasattr(route, "dependant"):
        return
    known: frozenset[str] | None = getattr(route, _KNOWN, None)
    if known is None:
        known = frozenset(_names_of(route.dependant))
        setattr(route, _KNOWN, known)
    strange = sorted(set(request.query_params) - known)
    if not strange:
        return
    otherwise = "Leave it out." if known else "It takes none."
    issues = tuple(
        Issue(
            "unknown_query",
            f"There is no query parameter `{name}` here.",
            ("query", name),
            remedy=suggest(name, known, otherwise),
        )
        for name in strange
    )
    raise InvalidWorkflow(
        " ".join(issue.message for issue in issues[:3]),
        code="unknown_query",
        remedy=issues[0].remedy if len(issues) == 1 else "Correct everything that `issues` lists.",
        issues=issues,
    )


def _names_of(dependant: Any) -> Iterator[str]:
    """Of a route's function and of what it depends on."""
    for one in dependant.query_params:
        yield one.alias
    for below in dependant.dependencies:
        yield from _names_of(below)
