"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from treadle.server.caller import SESSION_COOKIE, Called, address_of, drop_session, set_session
from treadle.server.csrf import csrf_token, require_same_origin
from treadle.server.idempotency import ShownOnce
from treadle.server.models.access import ChangePassword, EndedSessions, Me, Sessions, SignIn, show_me, show_session
from treadle.server.services import Services
from treadle.service.access.users import Account

router = APIRouter(tags=["session"])


@router.post(
    "/session", operation_id="signIn", summary="Sign in with a password", status_code=204, dependencies=[ShownOnce]
)
async def sign_in(request: Request, body: SignIn) -> Response:
    """Sets the session's cookie; `GET /me` then has the token that changes need. Nobody needs to be signed in."""
    services = Services.of(request)
    require_same_origin(request, public_url=services.application.settings.public_url, or_no_browser=True)
    token = await services.identities.sign_in(
        body.name,
        body.password,
        address=address_of(request),
        agent=request.headers.get("user-agent"),
        before=request.cookies.get(SESSION_COOKIE, ""),
    )
    response = Response(status_code=204)
    set_session(request, response, token)
    return response


@router.delete("/session", operation_id="signOut", summary="Sign out", status_code=204)
async def sign_out(request: Request, caller: Called) -> Response:
    """End the session that this comes by."""
    await Account(caller.application).sign_out()
    response = Response(status_code=204)
    drop_session(request, response)
    return response


@router.get("/me", operation_id="getMe", summary="Who one is", response_model=Me)
async def get_me(request: Request, caller: Called) -> Me:
    """With a session, also the token that its changes carry."""
    user = await Account(caller.application).read()
    token = request.cookies.get(SESSION_COOKIE)
    csrf = csrf_token(token) if token and caller.actor.via == "session" else None
    return show_me(user, caller.actor, csrf)


@router.put("/me/password", operation_id="changePassword", summary="Change one's password", status_code=204)
async def change_password(caller: Called, body: ChangePassword) -> Response:
    """All other sessions end."""
    identities = caller.services.identities
    account = Account(caller.application, identities.passwords, throttle=identities.throttle)
    await account.set_password(body.password, current=body.current_password)
    return Response(status_code=204)


@router.get("/me/sessions", operation_id="listMySessions", summary="List one's sessions", response_model=Sessions)
async def list_my_sessions(caller: Called) -> Sessions:
    """The last used first."""
    found = await Account(caller.application).list_sessions()
    return Sessions(items=[show_session(one, caller.actor.credential) for one in found])


@router.delete(
    "/me/sessions", operation_id="endMyOtherSessions", summary="End one's other sessions", response_model=EndedSessions
)
async def end_my_other_sessions(caller: Called) -> EndedSessions:
    """All but the one that asks."""
    return EndedSessions(ended=await Account(caller.application).end_other_sessions())


@router.delete("/me/sessions/{session_id}", operation_id="endMySession", summary="End a session", status_code=204)
async def end_my_session(
    caller: Called, session_id: Annotated[str, Path(min_length=16, max_length=64, pattern="^[0-9a-f]+$")]
) -> Response:
    """One of one's own."""
    await Account(caller.application).end_session(session_id)
    return Response(status_code=204)
