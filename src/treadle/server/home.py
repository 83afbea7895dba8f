"""The page at the root where the editor was not installed: what runs here, and where everything else is."""

from __future__ import annotations

from datetime import datetime
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from treadle.errors import TreadleError, Unauthenticated
from treadle.server.caller import find_actor
from treadle.server.services import Services
from treadle.service.deployments import Deployments

_RECENT = 10
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
}


async def home(request: Request) -> Response:
    """For whoever is signed in; all others are sent to do so."""
    try:
        actor = await find_actor(request)
    except Unauthenticated:
        actor = None
    if actor is None:
        return RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
    application = Services.of(request).application.acting_as(actor)
    parts = [f"<p>You are signed in as <strong>{escape(actor.name)}</strong> ({actor.role}).</p>"]
    try:
        hidden = await application.access.find_hidden(actor)
        deployments = [one for one in await Deployments(application).list() if one.workflow not in hidden]
        runs = [run for run in await application.list_runs(limit=100) if run.workflow not in hidden][:_RECENT]
        rows = [(one.name, one.workflow, one.status) for one in deployments]
        parts.append(_table("Deployments", ("name", "workflow", "status"), rows))
        lines = [(run.id, run.workflow, run.status, _time(run.created_at)) for run in runs]
        parts.append(_table("Runs", ("run", "workflow", "status", "began"), lines))
    except TreadleError as error:
        parts.append(f"<p>{escape(str(error))}</p>")
    parts.append(
        "<h2>More</h2><ul>"
        '<li><a href="/docs">The API</a>, and its <a href="/api/v1/openapi.json">OpenAPI document</a></li>'
        '<li><a href="/readyz">Whether it is ready</a>, and its <a href="/metrics">metrics</a></li></ul>'
    )
    return HTMLResponse(_page("".join(parts)), headers=_HEADERS)


def _table(title: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return f"<h2>{title}</h2><p>None yet.</p>"
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{title}</h2><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Treadle</title></head>'
        f"<body><main><h1>Treadle</h1>{body}</main></body></html>"
    )


ROUTES = [Route("/", home, methods=["GET"])]
