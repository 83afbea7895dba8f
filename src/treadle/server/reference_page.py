"""The API reference at `/docs`: a page made of the document that the server serves. It needs no script."""

from __future__ import annotations

import asyncio
import contextlib
import re
from functools import cache, lru_cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from treadle.errors import Unauthenticated
from treadle.server.api import create_document
from treadle.server.caller import find_actor
from treadle.server.pages import mark, respond, write
from treadle.server.reference import Reference, make_reference
from treadle.server.services import Services

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_STRONG = r"<strong>\1</strong>"
_LONGEST_QUERY = 100
_OPENED = 3
"""Of so few operations that were found, each is shown open."""


async def show(request: Request) -> Response:
    """All operations, or with `q` those that have its words. For everybody, as often as the API."""
    with contextlib.suppress(Unauthenticated):
        await find_actor(request)
    query = " ".join(request.query_params.get("q", "").split())[:_LONGEST_QUERY]
    public_url = Services.of(request).application.settings.public_url
    origin = (public_url or str(request.base_url)).rstrip("/")
    return respond(await asyncio.to_thread(_write if query else _write_all, origin, query))


@lru_cache(maxsize=4)
def _write_all(origin: str, query: str) -> str:
    return _write(origin, query)


def _write(origin: str, query: str) -> str:
    reference = read_reference()
    groups = reference.find(query)
    number = sum(len(group.operations) for group in groups)
    return write(
        "reference.html",
        reference=reference,
        groups=groups,
        things=reference.things_of(groups) if query else reference.things,
        number=number,
        query=query,
        opened=bool(query) and number <= _OPENED,
        origin=origin,
        said=said,
    )


@cache
def read_reference() -> Reference:
    return make_reference(create_document())


def said(text: str) -> Markup:
    """Paragraphs with `code` and **bold** as HTML; everything else as it is."""
    paragraphs = [mark(part) for part in re.split(r"\n\s*\n", text.strip()) if part]
    return Markup("".join(f"<p>{_BOLD.sub(_STRONG, str(one))}</p>" for one in paragraphs))


ROUTES = [Route("/docs", show, methods=["GET"])]
