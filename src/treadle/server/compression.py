"""Large JSON goes out compressed; streams and everything outside the API as they are."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

LEAST = 4_096
_LEVEL = 4


class Compression:
    """An ASGI middleware: gzip for responses of the API that are worth it."""

    def __init__(self, app: ASGIApp, *, below: str) -> None:
        self._app = app
        self._below = f"{below}/"
        self._compressed = GZipMiddleware(app, minimum_size=LEAST, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = self._compressed if scope["type"] == "http" and scope["path"].startswith(self._below) else self._app
        await chosen(scope, receive, send)
