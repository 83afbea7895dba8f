"""Hosted pages: templates that escape whatever they are given, and the one stylesheet they use. They need no script."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from treadle.server.headers import PAGE_CSP

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
_STYLE = "style.css"


def render(name: str, *, status: int = 200, form_action: str = "", **values: Any) -> HTMLResponse:
    """The page `name` (a template that extends `base.html`). `form_action` is an origin that its forms may lead to
    beside our own."""
    body = _environment().get_template(name).render(values)
    csp = PAGE_CSP if not form_action else PAGE_CSP.replace("form-action 'self'", f"form-action 'self' {form_action}")
    return HTMLResponse(body, status, {"Content-Security-Policy": csp, "Cache-Control": "no-store"})


def show_value(value: Any) -> str:
    """A value as text for people: JSON on several lines; text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)


async def _style(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=3600", "ETag": f'"{_digest()}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response((_FOLDER / _STYLE).read_bytes(), media_type="text/css", headers=headers)


@cache
def _digest() -> str:
    return sha256((_FOLDER / _STYLE).read_bytes()).hexdigest()[:12]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    known = cast("dict[str, Any]", environment.globals)
    known["style"] = f"/static/{_STYLE}?v={_digest()}"
    environment.filters["value"] = show_value
    return environment


ROUTES = [Route(f"/static/{_STYLE}", _style, methods=["GET"])]
