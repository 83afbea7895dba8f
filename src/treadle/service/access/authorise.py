"""The one place that says whether somebody may do something."""

from __future__ import annotations

from treadle.errors import Forbidden, NotFound, Unauthenticated
from treadle.model.holding import LEVELS, Holding, Level, Share
from treadle.service.access.actions import Action
from treadle.service.access.actor import ROLES, Actor, Role

_MOST: dict[Role, Level] = {"viewer": "view", "operator": "operate", "editor": "edit", "admin": "own"}
"""The most that a role may do with what is somebody else's or nobody's."""
_BY_LINK = frozenset({"tasks.read", "tasks.answer"})


def find_level(actor: Actor, holding: Holding) -> Level | None:
    """What the actor may do with a workflow; None: not even know of it. A role is a ceiling for all but owners."""
    if actor.is_local or actor.role == "admin":
        return "own"
    most = _MOST[actor.role]
    if holding.owner is None:
        return most
    if holding.owner == actor.user_id:
        return "own" if actor.role == "editor" else most
    given = [LEVELS.index(share.level) for share in holding.shares if _is_meant(share, actor)]
    return LEVELS[min(max(given), LEVELS.index(most))] if given else None


def authorise(actor: Actor, action: Action, holding: Holding | None = None) -> None:
    """Nothing, if the actor may do this; of a workflow that the action concerns, `holding` says whose it is.

    Raises `Unauthenticated`, `Forbidden` (`role_too_low`, `scope_missing`, `not_shared`), and `NotFound` for what the
    actor is not to know of.
    """
    if actor.is_local:
        return
    if actor.via == "link" and action.name in _BY_LINK:
        return  # the link itself was the leave, and says for which task
    if actor.via in ("nobody", "link"):
        raise Unauthenticated("Nobody is signed in.", remedy="Sign in, or send an API key as `Authorization: Bearer`.")
    if ROLES.index(actor.role) < ROLES.index(action.role):
        raise Forbidden(
            f"{action.summary}: that takes the role {action.role}; `{actor.name}` is {actor.role}.",
            code="role_too_low",
            remedy="Ask an administrator for the role, or somebody who has it.",
            action=action.name,
            role=action.role,
        )
    if not has_scope(actor, action):
        raise Forbidden(
            f"{action.summary}: the API key lacks the scope `{action.scope}`.",
            code="scope_missing",
            remedy=f"Make a key with the scope `{action.scope}`.",
            action=action.name,
            scope=action.scope,
        )
    if action.level is None or holding is None:
        return
    level = find_level(actor, holding)
    if level is None:
        raise NotFound(f"There is no workflow `{holding.workflow}`.", workflow=holding.workflow)
    if LEVELS.index(level) < LEVELS.index(action.level):
        raise Forbidden(
            f"{action.summary}: `{actor.name}` may {level} `{holding.workflow}`, and this takes {action.level}.",
            code="not_shared",
            remedy="Ask its owner to share it with you, or an administrator.",
            action=action.name,
            level=action.level,
        )


def has_scope(actor: Actor, action: Action) -> bool:
    """Whether the actor's key, if there is one, was made for this. Writing includes reading."""
    scopes = actor.scopes
    if scopes is None or "*" in scopes or action.scope in scopes:
        return True
    return not action.changes and action.scope.replace(":read", ":write") in scopes


def _is_meant(share: Share, actor: Actor) -> bool:
    if share.kind == "team":
        return share.subject in actor.teams
    return share.kind == "everybody" or share.subject == actor.user_id
