"""Who asks: the session or API key of a request, as an actor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from treadle.errors import Unauthenticated
from treadle.server.csrf import SAFE, require_own_page
from treadle.server.queries import require_known_queries
from treadle.server.services import ACTOR, Services
from treadle.service.access.actor import Actor
from treadle.service.access.identities import SESSION_SECONDS
from treadle.service.application import Application

SESSION_COOKIE = "treadle_session"


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor, and the application as they may use it."""

    actor: Actor
    application: Application
    services: Services


async def find_actor(request: Request, *, form_token: str | None = None) -> Actor | None:
    """Whoever the request comes from, asked for once a request; None: it shows nothing.

    A change that comes with a session needs its token too, in the header or as the `form_token` of a hosted form.
    Raises `Unauthenticated` when what it shows counts no more, `Forbidden` (`csrf_failed`), `LimitExceeded`.
    """
    if ACTOR in request.scope:
        return request.scope[ACTOR]
    services, address = Services.of(request), address_of(request)
    actor, shown = await _look_up(request, form_token)
    services.rates.take(actor, address, per_minute=services.application.settings.requests_per_minute)
    if actor is None and shown:
        raise Unauthenticated("The session or API key counts no more.", remedy="Sign in again, or make another key.")
    request.scope[ACTOR] = actor
    return actor


async def find_again(request: Request) -> Actor | None:
    """Whoever the request came from, as they are now; None: it shows nothing that counts any more."""
    return (await _look_up(request, None))[0]


async def _look_up(request: Request, form_token: str | None) -> tuple[Actor | None, bool]:
    """The actor, and whether anything was shown for one."""
    services, address = Services.of(request), address_of(request)
    header = request.headers.get("authorization", "")
    if header:
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer":
            return None, True
        return await services.identities.find_by_key(text.strip(), address=address), True
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None, False
    actor = await services.identities.find_by_session(token, address=address)
    if actor is not None and request.method not in SAFE:
        public_url = services.application.settings.public_url
        require_own_page(request, token, form_token=form_token, public_url=public_url)
    return actor, True


async def get_actor(request: Request) -> Actor:
    """Raises `Unauthenticated`, `Forbidden` (`csrf_failed`), `LimitExceeded`, `InvalidWorkflow` (`unknown_query`)."""
    actor = await find_actor(request)
    if actor is None:
        raise Unauthenticated("Nobody is signed in.", remedy="Sign in, or send an API key as `Authorization: Bearer`.")
    require_known_queries(request)
    return actor


async def get_caller(request: Request) -> Caller:
    """Raises as `get_actor`."""
    actor = await get_actor(request)
    services = Services.of(request)
    return Caller(actor, services.application.acting_as(actor), services)


Called = Annotated[Caller, Depends(get_caller)]
"""A route's parameter: only who is signed in gets further."""


def address_of(request: Request) -> str | None:
    """Where the request came from; of proxies only those that the settings name were believed before this."""
    return request.client.host if request.client else None


def set_session(request: Request, response: Response, token: str) -> None:
    """The cookie of a session that has just begun."""
    response.set_cookie(
        SESSION_COOKIE, token, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=_is_secure(request)
    )


def drop_session(request: Request, response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=_is_secure(request))


def _is_secure(request: Request) -> bool:
    public_url = Services.of(request).application.settings.public_url
    return request.url.scheme == "https" or public_url.startswith("https://")
