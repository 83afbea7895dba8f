"""API keys of one's own; all keys, for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Response

from treadle.server.caller import Called
from treadle.server.idempotency import ShownOnce
from treadle.server.models.access import KeyPage, MakeKey, NewKey, show_key, show_made
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.routes.users import KeyId
from treadle.server.slices import by_time, cut
from treadle.service.access.keys import Keys

router = APIRouter(prefix="/keys", tags=["keys"])


@router.get("", operation_id="listKeys", summary="List one's API keys", response_model=KeyPage)
async def list_keys(caller: Called, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> KeyPage:
    """Newest first, revoked ones too."""
    page, following = cut(
        await Keys(caller.application).list(),
        limit,
        cursor,
        order=lambda key: by_time(key.created_at, key.id, newest_first=True),
    )
    return KeyPage(items=[show_key(key) for key in page], next=following)


@router.post(
    "",
    operation_id="makeKey",
    summary="Make an API key",
    status_code=201,
    response_model=NewKey,
    dependencies=[ShownOnce],
)
async def make_key(caller: Called, body: MakeKey) -> NewKey:
    """It acts for whoever makes it, no further than its scopes. Its text is shown here and never again."""
    keys = Keys(caller.application)
    return show_made(await keys.make(body.name, scopes=body.scopes, expires_at=body.expires_at))


@router.get("/all", operation_id="listAllKeys", summary="List everybody's API keys", response_model=KeyPage)
async def list_all_keys(caller: Called, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> KeyPage:
    """Newest first."""
    page, following = cut(
        await Keys(caller.application).list_of(),
        limit,
        cursor,
        order=lambda key: by_time(key.created_at, key.id, newest_first=True),
    )
    return KeyPage(items=[show_key(key) for key in page], next=following)


@router.delete("/{key_id}", operation_id="revokeKey", summary="Revoke an API key", status_code=204)
async def revoke_key(caller: Called, key_id: KeyId) -> Response:
    """One of one's own; it counts no more, at once."""
    await Keys(caller.application).revoke(key_id)
    return Response(status_code=204)
