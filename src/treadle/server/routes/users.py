"""Users, for administrators; their names, for whoever shares a workflow."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from treadle.server.caller import Called
from treadle.server.idempotency import ShownOnce
from treadle.server.models.access import (
    ChangeUser,
    CreateUser,
    EndedSessions,
    KeyPage,
    MakeLink,
    Sessions,
    SetPassword,
    SignInLink,
    Transferred,
    TransferWorkflows,
    User,
    UserNames,
    UserPage,
    show_key,
    show_session,
    show_user,
)
from treadle.server.paging import DEFAULT_LIMIT, Cursor, Limit
from treadle.server.slices import by_time, cut
from treadle.service.access.keys import Keys
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users

router = APIRouter(prefix="/users", tags=["users"])

UserName = Annotated[str, Path(min_length=1, max_length=100, description="A name or an id.")]
KeyId = Annotated[str, Path(min_length=1, max_length=100)]


@router.get("", operation_id="listUsers", summary="List users", response_model=UserPage)
async def list_users(caller: Called, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> UserPage:
    """By name, disabled ones too."""
    page, following = cut(await Users(caller.application).list(), limit, cursor, order=lambda user: (user.name,))
    return UserPage(items=[show_user(user) for user in page], next=following)


@router.post("", operation_id="createUser", summary="Create a user", status_code=201, response_model=User)
async def create_user(caller: Called, body: CreateUser) -> User:
    """Without a password they sign in by a link that you make for them."""
    quotas = None if body.quotas is None else body.quotas.model_dump()
    users = Users(caller.application)
    return show_user(await users.create(body.name, role=body.role, password=body.password, quotas=quotas))


@router.get("/names", operation_id="listUserNames", summary="List names to share with", response_model=UserNames)
async def list_user_names(caller: Called) -> UserNames:
    """Names of active users, and of teams."""
    names = await Users(caller.application).list_names()
    return UserNames(users=list(names.users), teams=list(names.teams))


@router.get("/{name}", operation_id="getUser", summary="Read a user", response_model=User)
async def get_user(caller: Called, name: UserName) -> User:
    """By name or id."""
    return show_user(await Users(caller.application).get(name))


@router.patch("/{name}", operation_id="updateUser", summary="Change a user", response_model=User)
async def update_user(caller: Called, name: UserName, body: ChangeUser) -> User:
    """What is left out stays. The last active administrator stays one."""
    changes = {key: value for key, value in body.model_dump(exclude_unset=True).items() if key == "quotas" or value}
    return show_user(await Users(caller.application).change(name, changes))


@router.post("/{name}/disable", operation_id="disableUser", summary="Disable a user", response_model=User)
async def disable_user(caller: Called, name: UserName) -> User:
    """Nothing lets them in any more, at once; what is theirs stays."""
    return show_user(await Users(caller.application).disable(name))


@router.post("/{name}/enable", operation_id="enableUser", summary="Enable a user", response_model=User)
async def enable_user(caller: Called, name: UserName) -> User:
    """Their keys count again, their sessions do not."""
    return show_user(await Users(caller.application).enable(name))


@router.put("/{name}/password", operation_id="setUserPassword", summary="Set a password", status_code=204)
async def set_user_password(caller: Called, name: UserName, body: SetPassword) -> Response:
    """All their sessions end."""
    await Users(caller.application).set_password(name, body.password)
    return Response(status_code=204)


@router.post(
    "/{name}/sign-in-links",
    operation_id="makeSignInLink",
    summary="Make a sign-in link",
    status_code=201,
    response_model=SignInLink,
    dependencies=[ShownOnce],
)
async def make_sign_in_link(caller: Called, name: UserName, body: MakeLink) -> SignInLink:
    """It signs them in once. Whoever has it is them: send it where only they look."""
    token = await Users(caller.application).make_link(name, seconds=body.seconds)
    return SignInLink(path=f"/sign-in/{token}", seconds=body.seconds)


@router.get("/{name}/sessions", operation_id="listUserSessions", summary="List sessions", response_model=Sessions)
async def list_user_sessions(caller: Called, name: UserName) -> Sessions:
    """The last used first."""
    found = await Users(caller.application).list_sessions(name)
    return Sessions(items=[show_session(one, caller.actor.credential) for one in found])


@router.delete(
    "/{name}/sessions", operation_id="endUserSessions", summary="End all sessions", response_model=EndedSessions
)
async def end_user_sessions(caller: Called, name: UserName) -> EndedSessions:
    """They have to sign in again, everywhere."""
    return EndedSessions(ended=await Users(caller.application).end_sessions(name))


@router.get("/{name}/keys", operation_id="listUserKeys", summary="List a user's API keys", response_model=KeyPage)
async def list_user_keys(
    caller: Called, name: UserName, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> KeyPage:
    """Newest first, revoked ones too."""
    page, following = cut(
        await Keys(caller.application).list_of(name),
        limit,
        cursor,
        order=lambda key: by_time(key.created_at, key.id, newest_first=True),
    )
    return KeyPage(items=[show_key(key) for key in page], next=following)


@router.delete(
    "/{name}/keys/{key_id}", operation_id="revokeUserKey", summary="Revoke a user's API key", status_code=204
)
async def revoke_user_key(caller: Called, name: UserName, key_id: KeyId) -> Response:
    """It counts no more, at once."""
    await Keys(caller.application).revoke_of(name, key_id)
    return Response(status_code=204)


@router.post(
    "/{name}/transfer", operation_id="transferUserWorkflows", summary="Transfer workflows", response_model=Transferred
)
async def transfer_user_workflows(caller: Called, name: UserName, body: TransferWorkflows) -> Transferred:
    """Everything of theirs to somebody else, for instance before they are disabled."""
    return Transferred(workflows=list(await Sharing(caller.application).transfer_all(name, to=body.to)))
