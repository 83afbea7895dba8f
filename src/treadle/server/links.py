"""Links in answers: whole, so that whoever reads one can open it."""

from __future__ import annotations

from starlette.requests import Request

from treadle.service.settings import Settings


def base_of(request: Request, settings: Settings) -> str:
    """What links to this server begin with, for whoever made the request: as the settings say, else as they asked."""
    return settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
