"""Who asks: the session or API key of a request, as an actor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from treadle.errors import Unauthenticated
from treadle.server.services import Services
from treadle.service.access.actor import Actor
from treadle.service.application import Application

SESSION_COOKIE = "treadle_session"


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor, and the application as they may use it."""

    actor: Actor
    application: Application
    services: Services


async def find_actor(request: Request) -> Actor | None:
    """Whoever the request comes from. Raises `Unauthenticated` when what it shows counts no more; None: it shows
    nothing."""
    identities = Services.of(request).identities
    address = request.client.host if request.client else None
    header = request.headers.get("authorization", "")
    if header:
        kind, _, text = header.partition(" ")
        actor = await identities.find_by_key(text.strip(), address=address) if kind.lower() == "bearer" else None
    elif token := request.cookies.get(SESSION_COOKIE):
        actor = await identities.find_by_session(token, address=address)
    else:
        return None
    if actor is None:
        raise Unauthenticated("The session or API key counts no more.", remedy="Sign in again, or make another key.")
    return actor


async def get_caller(request: Request) -> Caller:
    """Raises `Unauthenticated`."""
    actor = await find_actor(request)
    if actor is None:
        raise Unauthenticated("Nobody is signed in.", remedy="Sign in, or send an API key as `Authorization: Bearer`.")
    services = Services.of(request)
    return Caller(actor, services.application.acting_as(actor), services)


Called = Annotated[Caller, Depends(get_caller)]
"""A route's parameter: only who is signed in gets further."""
