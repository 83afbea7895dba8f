"""Hosted pages: templates that escape whatever they are given, and the stylesheets they use. They need no script."""

from __future__ import annotations

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from treadle.server.headers import PAGE_CSP

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
_FILES = {"style.css": "text/css", "reference.css": "text/css", "icon.svg": "image/svg+xml"}


def render(name: str, *, status: int = 200, form_action: str = "", **values: Any) -> HTMLResponse:
    """The page `name` (a template that extends `base.html`). `form_action` is an origin that its forms may lead to
    beside our own."""
    return respond(write(name, **values), status=status, form_action=form_action)


def write(name: str, **values: Any) -> str:
    """The page's text, for one that is kept."""
    return _environment().get_template(name).render(values)


def respond(body: str, *, status: int = 200, form_action: str = "") -> HTMLResponse:
    """A page that was written before."""
    csp = PAGE_CSP if not form_action else PAGE_CSP.replace("form-action 'self'", f"form-action 'self' {form_action}")
    return HTMLResponse(body, status, {"Content-Security-Policy": csp, "Cache-Control": "no-store"})


def show_value(value: Any) -> str:
    """A value as text for people: JSON on several lines; text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)


def mark(text: str) -> Markup:
    """A text of ours as HTML: what stands between backticks is code, everything else as it is."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


async def _file(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    headers = {"Cache-Control": "public, max-age=3600", "ETag": f'"{_digest(name)}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response((_FOLDER / name).read_bytes(), media_type=_FILES[name], headers=headers)


@cache
def _digest(name: str) -> str:
    return sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]


def _address(name: str) -> str:
    return f"/static/{name}?v={_digest(name)}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    known = cast("dict[str, Any]", environment.globals)
    known["static"] = _address
    environment.filters["value"] = show_value
    environment.filters["mark"] = mark
    return environment


ROUTES = [Route(f"/static/{name}", _file, methods=["GET"]) for name in _FILES]
