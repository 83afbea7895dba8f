"""The names that the server answers to. A foreign name that was made to lead here (DNS rebinding) is refused."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from treadle.errors import Forbidden
from treadle.server.problem import problem
from treadle.service.settings import Settings


class Hosts:
    """An ASGI middleware for the whole server. Addresses are always answered to: nobody can make a foreign page's name
    of one."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.allowed_hosts)}
        if public := urlsplit(settings.public_url).hostname:
            names.add(public.lower())
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "")
            if not self._answers_to(host):
                refused = Forbidden(
                    f"This server does not answer to `{host[:100]}`.",
                    code="unknown_host",
                    remedy="Name it in `allowed_hosts` or `public_url` of the settings, if it is meant to.",
                )
                await problem(refused, status=421)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _answers_to(self, host: str) -> bool:
        if not host:
            return True  # HTTP/1.0: no browser
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        return name in self._names or name.endswith(".localhost") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
